#include "deploy/intrinsics.h"

#include "deploy/template_functions.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

using PureFunction = Result<Json> (*)(const Json&);
const std::map<std::string_view, PureFunction> pure_functions{{"Fn::Join", join},
                                                              {"Fn::Select", select},
                                                              {"Fn::Split", split},
                                                              {"Fn::Base64", base64},
                                                              {"Fn::Cidr", cidr},
                                                              {"Fn::Length", length},
                                                              {"Fn::ToJsonString", to_json_string}};

/// The one member of `{"Ref": …}` or `{"Fn::…": …}`; null pointer for any other value.
const Json::Member* function_call(const Json& value) {
  if (!value.is_object() || value.size() != 1) return nullptr;
  const auto& member = value.members().front();
  return member.name == "Ref" || member.name.starts_with("Fn::") ? &member : nullptr;
}

std::optional<Json> pseudo_parameter(const Scope& scope, std::string_view name) {
  if (name == "AWS::Region") return Json(scope.site.region);
  if (name == "AWS::AccountId") return Json(scope.site.account);
  if (name == "AWS::Partition") return Json("aws");
  if (name == "AWS::URLSuffix") return Json("amazonaws.com");
  if (name == "AWS::StackName") return Json(scope.stack);
  if (name == "AWS::StackId") return Json(stack_id(scope.site, scope.stack));
  if (name == "AWS::NotificationARNs") return Json::empty_array();
  return std::nullopt;
}

/// `["Name", "Attribute"]` or `"Name.Attribute"`, whose attribute may have dots of its own.
std::optional<std::pair<std::string, Json>> attribute_parts(const Json& value) {
  if (value.is_array() && value.size() == 2 && value.at(0)->is_string())
    return std::pair(std::string(value.at(0)->as_string()), *value.at(1));
  if (!value.is_string()) return std::nullopt;
  const auto text = value.as_string();
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return std::pair(std::string(text.substr(0, dot)), Json(text.substr(dot + 1)));
}

class Resolver {
 public:
  Resolver(const Scope& scope, Faults& faults) : scope_(scope), faults_(faults) {}

  /// Nothing stands for AWS::NoValue.
  std::optional<Json> resolve(const Json& value, const std::string& place) {
    if (const auto* call = function_call(value)) return resolve_call(*call, place);
    if (value.is_object()) {
      Json::Object members;
      for (const auto& [name, member] : value.members())
        if (auto resolved = resolve(member, place + "/" + name)) members.push_back({name, std::move(*resolved)});
      return Json(std::move(members));
    }
    if (value.is_array()) {
      Json::Array elements;
      for (std::size_t i = 0; i < value.size(); ++i)
        if (auto resolved = resolve(value.elements()[i], fmt::format("{}/{}", place, i))) elements.push_back(std::move(*resolved));
      return Json(std::move(elements));
    }
    return value;
  }

 private:
  std::optional<Json> resolve_call(const Json::Member& call, const std::string& place) {
    const auto here = place + "/" + call.name;
    if (call.name == "Ref" && call.value == Json("AWS::NoValue")) return std::nullopt;
    if (call.name == "Ref" && call.value.is_string()) return ref(call.value.as_string(), here);
    if (call.name == "Fn::GetAtt")
      if (const auto parts = attribute_parts(call.value))
        return attribute(parts->first, plain_text(resolve(parts->second, here).value_or(Json())), here);
    if (call.name == "Fn::Sub" && call.value.is_string()) return sub(call.value.as_string(), Json::empty_object(), here);
    if (call.name == "Fn::Sub" && call.value.is_array() && call.value.size() == 2 && call.value.at(0)->is_string() &&
        call.value.at(1)->is_object())
      return sub(call.value.at(0)->as_string(), *call.value.at(1), here);
    if (call.name == "Fn::If" && call.value.is_array() && call.value.size() == 3 && call.value.at(0)->is_string())
      return choose(call.value, here);
    if (call.name == "Fn::FindInMap" && call.value.is_array() && call.value.size() >= 3) return find_in_map(call.value, here);
    if (call.name == "Fn::ImportValue") return import(call.value, here);
    if (call.name == "Fn::GetAZs") return zones(call.value, here);
    if (const auto pure = pure_functions.find(call.name); pure != pure_functions.end()) return apply(pure->second, call.value, here);
    static const std::set<std::string_view> known{"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::FindInMap"};
    faults_.add(here, known.contains(call.name) ? fmt::format("{} cannot take {}", call.name, call.value.text())
                                                : fmt::format("the function {} is not offered here", call.name));
    return Json();
  }

  Json apply(PureFunction function, const Json& argument, const std::string& place) {
    const auto before = faults_.list().size();
    const auto resolved = resolve(argument, place).value_or(Json());
    if (faults_.list().size() != before) return Json();  // what is wrong is said already
    auto result = function(resolved);
    if (result) return std::move(*result);
    faults_.add(place, result.error().message);
    return Json();
  }

  std::optional<Json> choose(const Json& arguments, const std::string& place) {
    const auto condition = scope_.conditions.find(std::string(arguments.at(0)->as_string()));
    if (condition == scope_.conditions.end()) {
      faults_.add(place, fmt::format("there is no condition '{}'", arguments.at(0)->as_string()));
      return Json();
    }
    const std::size_t branch = condition->second ? 1 : 2;
    return resolve(*arguments.at(branch), fmt::format("{}/{}", place, branch));
  }

  /// `[map, first key, second key]`, and with the language extensions `{"DefaultValue": …}`.
  std::optional<Json> find_in_map(const Json& arguments, const std::string& place) {
    const Json* found = &scope_.mappings;
    std::string path;
    for (std::size_t i = 0; i < 3 && found; ++i) {
      const auto key = plain_text(resolve(*arguments.at(i), place).value_or(Json()));
      path += "/" + key;
      found = found->find(key);
    }
    if (found) return *found;
    if (const Json* options = arguments.at(3); options && options->find("DefaultValue"))
      return resolve(*options->find("DefaultValue"), place);
    faults_.add(place, fmt::format("the mappings have no {}", path));
    return Json();
  }

  Json import(const Json& argument, const std::string& place) {
    const auto name = plain_text(resolve(argument, place).value_or(Json()));
    if (scope_.imports != nullptr) scope_.imports->insert(name);
    if (const auto found = scope_.exports.find(name); found != scope_.exports.end()) return found->second;
    faults_.add(place, fmt::format("No export named {} found", name));
    return {};
  }

  Json zones(const Json& argument, const std::string& place) {
    auto region = plain_text(resolve(argument, place).value_or(Json("")));
    if (region.empty()) region = scope_.site.region;
    return json_array({Json(region + "a"), Json(region + "b"), Json(region + "c")});
  }

  Json ref(std::string_view name, const std::string& place) {
    if (const auto parameter = scope_.parameters.find(std::string(name)); parameter != scope_.parameters.end()) return parameter->second;
    if (auto pseudo = pseudo_parameter(scope_, name)) return std::move(*pseudo);
    if (const auto* resource = find_resource(name, "parameter or resource", place)) {
      if (resource->ref) return *resource->ref;
      faults_.add(place, fmt::format("what Ref gives for '{}' is not known before it is made", name));
    }
    return {};
  }

  Json attribute(std::string_view name, std::string_view attribute_name, const std::string& place) {
    const auto* resource = find_resource(name, "resource", place);
    if (!resource) return {};
    const auto found = resource->attributes.find(std::string(attribute_name));
    if (found != resource->attributes.end()) return found->second;
    if (resource->is_recorded_only) return Json(resource->physical_id + "." + std::string(attribute_name));
    faults_.add(place, fmt::format("the resource '{}' has no attribute '{}'", name, attribute_name));
    return {};
  }

  const Identity* find_resource(std::string_view name, std::string_view kind, const std::string& place) {
    const auto resource = scope_.resources.find(std::string(name));
    if (resource != scope_.resources.end()) return &resource->second;
    if (scope_.left_out.contains(std::string(name)))
      faults_.add(place, fmt::format("the resource '{}' is not made, since its condition is false", name));
    else faults_.add(place, fmt::format("there is no {} '{}'", kind, name));
    return nullptr;
  }

  Json sub(std::string_view text, const Json& own_names, const std::string& place) {
    std::string out;
    for (const auto& piece : split_sub(text)) {
      if (!piece.is_name) {
        out += piece.text;
      } else if (const auto* own = own_names.find(piece.text)) {
        out += plain_text(resolve(*own, place).value_or(Json()));
      } else if (const auto dot = piece.text.find('.'); dot != std::string::npos) {
        out += plain_text(attribute(std::string_view(piece.text).substr(0, dot), std::string_view(piece.text).substr(dot + 1), place));
      } else {
        out += plain_text(ref(piece.text, place));
      }
    }
    return out;
  }

  const Scope& scope_;
  Faults& faults_;
};

/// Evaluates conditions that may name each other, each once.
class Conditions {
 public:
  Conditions(const Json& source, const Scope& scope, Faults& faults) : source_(source), scope_(scope), faults_(faults) {}

  std::map<std::string, bool> run() {
    for (const auto& member : source_.members()) (void)named(member.name, "/Conditions");
    return std::move(values_);
  }

 private:
  bool named(const std::string& name, const std::string& place) {
    if (const auto known = values_.find(name); known != values_.end()) return known->second;
    const Json* condition = source_.find(name);
    if (!condition) return fault(place, fmt::format("there is no condition '{}'", name));
    if (!open_.insert(name).second) return fault(place, fmt::format("the condition '{}' depends on itself", name));
    const bool value = evaluate(*condition, "/Conditions/" + name);
    open_.erase(name);
    values_[name] = value;
    return value;
  }

  bool evaluate(const Json& condition, const std::string& place) {
    if (!condition.is_object() || condition.size() != 1)
      return fault(place, "a condition is one of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition");
    const auto& [function, argument] = condition.members().front();
    const auto here = place + "/" + function;
    if (function == "Condition" && argument.is_string()) return named(std::string(argument.as_string()), here);
    if (!argument.is_array()) return fault(here, fmt::format("{} cannot take {}", function, argument.text()));
    if (function == "Fn::Equals" && argument.size() == 2)
      return plain_text(resolve(*argument.at(0), scope_, here, faults_)) == plain_text(resolve(*argument.at(1), scope_, here, faults_));
    if (function == "Fn::Not" && argument.size() == 1) return !evaluate(*argument.at(0), here);
    if ((function == "Fn::And" || function == "Fn::Or") && argument.size() >= 2 && argument.size() <= 10) {
      const bool all = function == "Fn::And";
      bool value = all;
      for (const auto& one : argument.elements()) {
        const bool holds = evaluate(one, here);  // each, so that all faults are found
        value = all ? value && holds : value || holds;
      }
      return value;
    }
    return fault(here, fmt::format("the condition {} cannot take {}", function, argument.text()));
  }

  bool fault(const std::string& place, std::string message) {
    faults_.add(place, std::move(message));
    return false;
  }

  const Json& source_;
  const Scope& scope_;
  Faults& faults_;
  std::map<std::string, bool> values_;
  std::set<std::string> open_;
};

class References {
 public:
  explicit References(const std::map<std::string, bool>& conditions) : conditions_(conditions) {}

  void collect(const Json& value) {
    if (const auto* call = function_call(value)) return collect_call(*call);
    if (value.is_object())
      for (const auto& member : value.members()) collect(member.value);
    else if (value.is_array())
      for (const auto& element : value.elements()) collect(element);
  }
  std::set<Reference> take() { return std::move(found_); }

 private:
  /// `Name` or `Name.Attribute`, as texts of Fn::Sub have it.
  static Reference reference_of(const std::string& name) {
    const auto dot = name.find('.');
    return {name.substr(0, dot), dot == std::string::npos ? std::string() : name.substr(dot + 1)};
  }
  void collect_call(const Json::Member& call) {
    const Json& argument = call.value;
    if (call.name == "Ref" && argument.is_string()) found_.insert({std::string(argument.as_string()), {}});
    else if (call.name == "Fn::GetAtt") collect_attribute(argument);
    else if (call.name == "Fn::Sub") collect_sub(argument);
    else if (call.name == "Fn::If" && argument.is_array() && argument.size() == 3 && argument.at(0)->is_string()) collect_branch(argument);
    else collect(argument);
  }
  void collect_attribute(const Json& argument) {
    if (const auto parts = attribute_parts(argument)) {
      found_.insert({parts->first, parts->second.is_string() ? std::string(parts->second.as_string()) : parts->second.text()});
      collect(parts->second);
    }
  }
  void collect_sub(const Json& argument) {
    const Json* text = argument.is_array() ? argument.at(0) : &argument;
    const Json* own = argument.is_array() ? argument.at(1) : nullptr;
    if (text && text->is_string())
      for (const auto& piece : split_sub(text->as_string()))
        if (piece.is_name && !(own && own->find(piece.text))) found_.insert(reference_of(piece.text));
    if (own) collect(*own);
  }
  void collect_branch(const Json& argument) {
    const auto condition = conditions_.find(std::string(argument.at(0)->as_string()));
    if (condition != conditions_.end()) collect(*argument.at(condition->second ? 1 : 2));
  }

  const std::map<std::string, bool>& conditions_;
  std::set<Reference> found_;
};

}  // namespace

std::string stack_id(const Site& site, std::string_view stack) {
  return site.arn("cloudformation", fmt::format("stack/{}/{}", stack, uuid_of("stack " + std::string(stack))));
}

std::string uuid_of(std::string_view seed) {
  const auto bytes = hex_encode(digest(DigestAlgorithm::Sha256, seed));
  return fmt::format("{}-{}-4{}-a{}-{}", bytes.substr(0, 8), bytes.substr(8, 4), bytes.substr(13, 3), bytes.substr(17, 3),
                     bytes.substr(20, 12));
}

std::vector<SubPiece> split_sub(std::string_view text) {
  std::vector<SubPiece> pieces;
  std::string literal;
  while (!text.empty()) {
    const auto start = text.find("${");
    const auto end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) break;
    literal += text.substr(0, start);
    const auto name = text.substr(start + 2, end - start - 2);
    text.remove_prefix(end + 1);
    if (name.starts_with('!')) {
      literal += fmt::format("${{{}}}", name.substr(1));  // ${!Literal} stands for ${Literal}
      continue;
    }
    if (!literal.empty()) pieces.push_back({false, std::exchange(literal, {})});
    pieces.push_back({true, std::string(name)});
  }
  literal += text;
  if (!literal.empty()) pieces.push_back({false, std::move(literal)});
  return pieces;
}

Json resolve(const Json& value, const Scope& scope, const std::string& place, Faults& faults) {
  return Resolver(scope, faults).resolve(value, place).value_or(Json());
}

std::map<std::string, bool> evaluate_conditions(const Json& conditions, const Scope& scope, Faults& faults) {
  return Conditions(conditions, scope, faults).run();
}

std::set<Reference> detailed_references(const Json& value, const std::map<std::string, bool>& conditions) {
  References found(conditions);
  found.collect(value);
  return found.take();
}

std::set<std::string> references(const Json& value, const std::map<std::string, bool>& conditions) {
  std::set<std::string> names;
  for (const auto& reference : detailed_references(value, conditions)) names.insert(reference.name);
  return names;
}

}  // namespace signalbox::deploy
