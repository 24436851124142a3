#include "services/access/policy.h"

#include <algorithm>
#include <array>

namespace signalbox::access {

namespace {

Error malformed(const std::string& text) { return error(ErrorCode::InvalidArgument, text); }
Error syntax() { return malformed("Syntax errors in policy."); }

/// A text or a list of them. Errors: anything else.
Result<std::vector<std::string>> texts_of(const Json& value) {
  std::vector<std::string> texts;
  if (value.is_string()) return std::vector{std::string(value.as_string())};
  if (!value.is_array()) return syntax();
  for (const auto& element : value.elements()) {
    if (!element.is_string()) return syntax();
    texts.emplace_back(element.as_string());
  }
  return texts;
}

/// One of two elements that exclude each other, `Action` and `NotAction`; empty if neither is there.
struct Either {
  std::vector<std::string> texts;
  bool negated = false, given = false;
};
Result<Either> either_of(const Json& statement, std::string_view name) {
  const auto* plain = statement.find(name);
  const auto* negated = statement.find("Not" + std::string(name));
  if (plain && negated) return syntax();
  if (!plain && !negated) return Either{};
  auto texts = texts_of(plain ? *plain : *negated);
  if (!texts) return texts.error();
  return Either{std::move(*texts), negated != nullptr, true};
}

Result<Principals> principals_of(const Json& value) {
  Principals out;
  if (value.is_string() && value.as_string() == "*") {
    out.anybody = true;
    return out;
  }
  if (!value.is_object()) return malformed("Invalid principal in policy");
  for (const auto& [kind, member] : value.members()) {
    auto texts = texts_of(member);
    if (!texts) return texts.error();
    for (auto& text : *texts) {
      if (kind == "AWS" && text == "*") out.anybody = true;
      else if (kind == "AWS") out.aws.push_back(std::move(text));
      else if (kind == "Service") out.services.push_back(std::move(text));
      else if (kind != "Federated" && kind != "CanonicalUser")
        return malformed("Invalid principal in policy: \"" + kind + "\":\"" + text + "\"");
    }
  }
  return out;
}

Result<void> check_action(const std::string& action) {
  if (action == "*" || action.find(':') != std::string::npos) return {};
  return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
}

Result<void> check_resource(const std::string& resource) {
  // A variable may stand for a whole ARN's beginning.
  if (resource == "*" || resource.starts_with("arn:") || resource.starts_with("${")) return {};
  return malformed("Resource " + resource + " must be in ARN format or \"*\".");
}

Result<void> check_members(const Json& statement) {
  constexpr std::array known{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};
  for (const auto& member : statement.members()) {
    if (std::find(known.begin(), known.end(), member.name) == known.end()) return syntax();
  }
  return {};
}

Result<void> read_principals(const Json& element, PolicyUse use, Statement& out) {
  const auto* plain = element.find("Principal");
  const auto* negated = element.find("NotPrincipal");
  if (use == PolicyUse::Identity) return plain || negated ? malformed("Policy document should not specify a principal.") : Result<void>();
  if (!plain && !negated) return malformed("Missing required field Principal");
  if (plain && negated) return syntax();
  auto principals = principals_of(plain ? *plain : *negated);
  if (!principals) return principals.error();
  out.principals = std::move(*principals);
  out.not_principals = negated != nullptr;
  return {};
}

Result<void> read_actions(const Json& element, Statement& out) {
  auto actions = either_of(element, "Action");
  if (!actions) return actions.error();
  if (!actions->given || actions->texts.empty()) return malformed("Policy statement must contain actions.");
  for (const auto& action : actions->texts) {
    if (auto good = check_action(action); !good) return good;
  }
  out.actions = std::move(actions->texts);
  out.not_actions = actions->negated;
  return {};
}

Result<void> read_resources(const Json& element, PolicyUse use, Statement& out) {
  auto resources = either_of(element, "Resource");
  if (!resources) return resources.error();
  if (use == PolicyUse::Trust) return resources->given ? malformed("Has prohibited field Resource") : Result<void>();
  if (use == PolicyUse::Identity && (!resources->given || resources->texts.empty()))
    return malformed("Policy statement must contain resources.");
  if (use == PolicyUse::Identity) {
    for (const auto& resource : resources->texts) {
      if (auto good = check_resource(resource); !good) return good;
    }
  }
  out.resources = std::move(resources->texts);
  out.not_resources = resources->negated;
  return {};
}

Result<Statement> parse_statement(const Json& element, PolicyUse use) {
  Statement out;
  if (!element.is_object()) return syntax();
  if (auto good = check_members(element); !good) return good.error();
  if (const auto* id = element.find("Sid"); id && id->is_string()) out.id = id->as_string();
  const auto* effect = element.find("Effect");
  if (!effect || !effect->is_string() || (effect->as_string() != "Allow" && effect->as_string() != "Deny")) return syntax();
  out.allows = effect->as_string() == "Allow";
  if (auto read = read_principals(element, use, out); !read) return read.error();
  if (auto read = read_actions(element, out); !read) return read.error();
  if (auto read = read_resources(element, use, out); !read) return read.error();
  if (const auto* condition = element.find("Condition")) {
    auto conditions = parse_conditions(*condition);
    if (!conditions) return conditions.error();
    out.conditions = std::move(*conditions);
  }
  return out;
}

}  // namespace

Result<Policy> parse_policy(const Json& document, PolicyUse use) {
  if (!document.is_object()) return syntax();
  Policy policy;
  if (const auto* version = document.find("Version")) {
    policy.has_variables = version->is_string() && version->as_string() == "2012-10-17";
    if (!policy.has_variables && !(version->is_string() && version->as_string() == "2008-10-17"))
      return malformed("Policy document must be version 2012-10-17 or greater.");
  }
  const auto* statements = document.find("Statement");
  if (!statements) return syntax();
  const auto add = [&](const Json& element) -> Result<void> {
    auto statement = parse_statement(element, use);
    if (!statement) return statement.error();
    policy.statements.push_back(std::move(*statement));
    return {};
  };
  if (!statements->is_array()) {
    if (auto added = add(*statements); !added) return added.error();
    return policy;
  }
  for (const auto& element : statements->elements()) {
    if (auto added = add(element); !added) return added.error();
  }
  return policy;
}

Result<Policy> parse_policy(std::string_view document, PolicyUse use) {
  const auto json = Json::parse(std::string(document));
  if (!json) return json.error();
  return parse_policy(*json, use);
}

}  // namespace signalbox::access
