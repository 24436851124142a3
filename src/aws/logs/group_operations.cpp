// Groups: made, shown, changed, deleted.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "aws/kept.h"
#include "aws/logs/logs.h"
#include "services/functions/service.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::logs_api {

namespace {

constexpr std::array<std::int64_t, 23> retention_days{1,   3,   5,   7,    14,   30,   60,   90,   120,  150,  180, 365,
                                                      400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 0};

/// A function's own log counts as its files do.
std::int64_t stored_bytes(const OperationContext& context, const Reader& reader, const Group& group) {
  std::int64_t bytes = 0;
  if (!group.function.empty() && context.services.functions)
    bytes += static_cast<std::int64_t>(context.services.functions->logs().bytes(group.function));
  if (group.record.row == 0) return bytes;
  for (const auto& stream : logs::list_streams(reader, group.record, {}, {}, SIZE_MAX)) bytes += stream.stored_bytes;
  return bytes;
}

Json group_json(const OperationContext& context, const Reader& reader, const Group& group) {
  const auto arn = group_arn(context, group.record.name);
  const Json settings = Json::from_stored(group.record.settings);
  const Json* type = settings.find("logGroupClass");
  Json out = json_object({{"logGroupName", Json(group.record.name)},
                          {"creationTime", Json(group.record.created_at.time_since_epoch().count())},
                          {"metricFilterCount", 0},  // there are none here
                          {"arn", Json(arn + ":*")},
                          {"storedBytes", Json(stored_bytes(context, reader, group))},
                          {"logGroupClass", type ? *type : Json("STANDARD")},
                          {"logGroupArn", Json(arn)}});
  if (group.record.retention_days) out = out.with("retentionInDays", Json(*group.record.retention_days));
  if (const Json* key = settings.find("kmsKeyId")) out = out.with("kmsKeyId", *key);
  return out;
}

std::map<std::string, std::string> tags_of(const Json* object) {
  std::map<std::string, std::string> tags;
  if (!object || !object->is_object()) return tags;
  for (const auto& [key, value] : object->members()) tags[key] = plain_text(value);
  return tags;
}

/// The group, stored from now on: what is said of a function's group needs a record.
Answer<logs::GroupRecord> stored_group(EngineTransaction& transaction, const Json& request) {
  const auto group = group_of(transaction, request);
  if (!group) return group.error();
  if (group->record.row != 0) return group->record;
  auto created = logs::create_group(transaction, {.name = group->record.name});
  if (!created) return failure_of(created.error());
  return std::move(*created);
}

Answer<Json> update(EngineTransaction& transaction, const logs::GroupRecord& group) {
  if (const auto updated = logs::update_group(transaction, group); !updated) return failure_of(updated.error());
  return Json::empty_object();
}

}  // namespace

Answer<Json> create_log_group(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  logs::GroupRecord group{.name = parameters.required("logGroupName", {1, 512})};
  const auto key = parameters.text("kmsKeyId", {0, 256});
  const auto type = parameters.one_of("logGroupClass", {"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"});
  const Json* tags = parameters.object("tags");
  if (auto fault = fault_of(parameters)) return *fault;
  Json settings = Json::empty_object();
  if (key) settings = settings.with("kmsKeyId", Json(*key));
  if (type) settings = settings.with("logGroupClass", Json(*type));
  group.settings = settings.text();
  group.tags = tags_of(tags);
  if (const auto created = logs::create_group(transaction, std::move(group)); !created) return failure_of(created.error());
  return Json::empty_object();
}

Answer<Json> delete_log_group(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto group = group_of(transaction, request);
  if (!group) return group.error();
  if (group->record.row != 0) {
    if (const auto deleted = logs::delete_group(transaction, group->record.name); !deleted) return failure_of(deleted.error());
  }
  if (!group->function.empty() && context.services.functions) {
    transaction.on_commit([functions = context.services.functions, name = group->function] { functions->remove_log(name); });
  }
  return Json::empty_object();
}

namespace {

/// Accounts of which groups are asked for: this one has no other linked to it. [CloudWatch cross-account observability]
bool asks_for_others_only(Parameters& parameters, const Site& site) {
  const auto accounts = parameters.texts("accountIdentifiers");
  const bool linked = parameters.boolean("includeLinkedAccounts").value_or(false);
  const auto is_account = [](const std::string& text) {
    return text.size() == 12 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  const auto shown = fmt::format("'[{}]'", fmt::join(accounts, ", "));
  if (accounts.size() > 20) parameters.violation(shown, "accountIdentifiers", "Member must have length less than or equal to 20");
  else if (!std::all_of(accounts.begin(), accounts.end(), is_account))
    parameters.violation(shown, "accountIdentifiers",
                         "Member must satisfy constraint: [Member must have length less than or equal to 12, Member must have length "
                         "greater than or equal to 12, Member must satisfy regular expression pattern: ^\\d{12}$]");
  return linked && !accounts.empty() && std::find(accounts.begin(), accounts.end(), site.account) == accounts.end();
}

/// The name in `arn:…:log-group:NAME` or `…:NAME:*`, or the name itself.
std::string named_group(const std::string& identifier) {
  constexpr std::string_view mark = ":log-group:";
  const auto at = identifier.find(mark);
  auto name = at == std::string::npos ? identifier : identifier.substr(at + mark.size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return name;
}

/// What a request wants of the groups; nothing: all of them.
struct GroupFilter {
  std::string pattern, type;
  std::set<std::string> names;
  [[nodiscard]] bool is_empty() const { return pattern.empty() && type.empty() && names.empty(); }
  [[nodiscard]] bool fits(const Group& group) const {
    const Json settings = Json::from_stored(group.record.settings);
    const auto* given = settings.find("logGroupClass");
    const auto class_of_group = given ? given->as_string() : std::string_view("STANDARD");
    return group.record.name.find(pattern) != std::string::npos && (type.empty() || type == class_of_group) &&
           (names.empty() || names.contains(group.record.name));
  }
};

}  // namespace

Answer<Json> describe_log_groups(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("logGroupNamePrefix", {1, 512});
  const auto pattern = parameters.text("logGroupNamePattern", {0, 512});
  const auto token = parameters.text("nextToken", {1, 2048});
  const auto limit = static_cast<std::size_t>(parameters.integer("limit", {1, 50}).value_or(50));
  GroupFilter filter{.pattern = pattern.value_or(""),
                     .type = parameters.one_of("logGroupClass", {"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"}).value_or(""),
                     .names = {}};
  for (const auto& identifier : parameters.texts("logGroupIdentifiers")) filter.names.insert(named_group(identifier));
  const bool of_others = asks_for_others_only(parameters, context.services.engine.site());
  if (auto fault = fault_of(parameters)) return *fault;
  if (!filter.names.empty() && (prefix || pattern || !filter.type.empty()))
    return invalid_parameter("LogGroup identifiers and LogGroup name filters are mutually exclusive parameters.");
  if (of_others) return json_object({{"logGroups", Json::empty_array()}});
  if (prefix && pattern) return invalid_parameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  const auto after = token ? base64url_decode(*token) : std::string();
  if (!after) return invalid_parameter("The specified nextToken is invalid.");
  auto groups = list_groups(reader, prefix.value_or(""), *after, filter.is_empty() ? limit + 1 : SIZE_MAX / 2);
  if (!filter.is_empty()) std::erase_if(groups, [&](const Group& group) { return !filter.fits(group); });
  Json::Array shown;
  for (std::size_t i = 0; i < groups.size() && i < limit; ++i) shown.push_back(group_json(context, reader, groups[i]));
  Json out = json_object({{"logGroups", Json(std::move(shown))}});
  return groups.size() > limit ? out.with("nextToken", Json(base64url_encode(groups[limit - 1].record.name))) : out;
}

Answer<Json> put_retention_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto days = parameters.integer("retentionInDays");
  if (auto fault = fault_of(parameters)) return *fault;
  if (!days)
    return invalid_parameter(
        "1 validation error detected: Value null at 'retentionInDays' failed to satisfy constraint: Member must not be null");
  if (*days == 0 || std::find(retention_days.begin(), retention_days.end(), *days) == retention_days.end()) {
    return invalid_parameter("1 validation error detected: Value '" + std::to_string(*days) +
                             "' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, "
                             "30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]");
  }
  auto group = stored_group(transaction, request);
  if (!group) return group.error();
  group->retention_days = *days;
  return update(transaction, *group);
}

Answer<Json> delete_retention_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  auto group = stored_group(transaction, request);
  if (!group) return group.error();
  group->retention_days.reset();
  return update(transaction, *group);
}

Answer<Json> tag_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  auto group = stored_group(transaction, request);
  if (!group) return group.error();
  for (auto& [key, value] : tags_of(request.find("tags"))) group->tags[key] = std::move(value);
  return update(transaction, *group);
}

Answer<Json> untag_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  auto keys = parameters.texts("tagKeys");
  if (keys.empty()) keys = parameters.texts("tags");  // UntagLogGroup's name for them
  if (auto fault = fault_of(parameters)) return *fault;
  auto group = stored_group(transaction, request);
  if (!group) return group.error();
  for (const auto& key : keys) group->tags.erase(key);
  return update(transaction, *group);
}

Answer<Json> list_tags_for_resource(const OperationContext&, const Reader& reader, const Json& request) {
  const auto group = group_of(reader, request);
  if (!group) return group.error();
  Json::Object tags;
  for (const auto& [key, value] : group->record.tags) tags.push_back({key, Json(value)});
  return json_object({{"tags", Json(std::move(tags))}});
}

/// There are none: making one is refused.
Answer<Json> describe_metric_filters(const OperationContext&, const Reader& reader, const Json& request) {
  if (request.find("logGroupName")) {
    if (const auto group = group_of(reader, request); !group) return group.error();
  }
  return json_object({{"metricFilters", Json::empty_array()}});
}

Answer<Json> describe_subscription_filters(const OperationContext&, const Reader& reader, const Json& request) {
  if (const auto group = group_of(reader, request); !group) return group.error();
  return json_object({{"subscriptionFilters", Json::empty_array()}});
}

Answer<Json> put_resource_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.text("policyName", {1, 256}).value_or("default");
  const auto document = parameters.required("policyDocument", {1, 5120});
  if (auto fault = fault_of(parameters)) return *fault;
  const Json policy = json_object({{"policyName", Json(name)},
                                   {"policyDocument", Json(document)},
                                   {"lastUpdatedTime", Json(transaction.now().time_since_epoch().count())}});
  keep(transaction, "logs-policy", "", name, policy);
  return json_object({{"resourcePolicy", policy}});
}

Answer<Json> delete_resource_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.text("policyName").value_or("default");
  if (auto fault = fault_of(parameters)) return *fault;
  if (!drop_kept(transaction, "logs-policy", "", name))
    return Failure{"ResourceNotFoundException", "Policy with name [" + name + "] does not exist"};
  return Json::empty_object();
}

Answer<Json> describe_resource_policies(const OperationContext&, const Reader& reader, const Json&) {
  Json::Array policies;
  for (auto& [name, policy] : list_kept(reader, "logs-policy", "")) policies.push_back(std::move(policy));
  return json_object({{"resourcePolicies", Json(std::move(policies))}});
}

}  // namespace signalbox::aws::logs_api
