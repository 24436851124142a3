#include "deploy/intrinsics.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

/// The one member of `{"Ref": …}`, `{"Fn::…": …}` or `{"Condition": …}`; null pointer for any other value.
const Json::Member* function_call(const Json& value) {
  if (!value.is_object() || value.size() != 1) return nullptr;
  const auto& member = value.members().front();
  return member.name == "Ref" || member.name.starts_with("Fn::") ? &member : nullptr;
}

std::optional<std::string> pseudo_parameter(const Scope& scope, std::string_view name) {
  if (name == "AWS::Region") return scope.site.region;
  if (name == "AWS::AccountId") return scope.site.account;
  if (name == "AWS::Partition") return "aws";
  if (name == "AWS::URLSuffix") return "amazonaws.com";
  if (name == "AWS::StackName") return scope.stack;
  return std::nullopt;
}

std::string as_text(const Json& value) { return value.is_string() ? std::string(value.as_string()) : value.text(); }

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
    if (call.name == "Ref") {
      if (call.value == Json("AWS::NoValue")) return std::nullopt;
      if (call.value.is_string()) return ref(call.value.as_string(), here);
    } else if (call.name == "Fn::GetAtt") {
      if (const auto* parts = &call.value; parts->is_array() && parts->size() == 2 && parts->at(0)->is_string() && parts->at(1)->is_string())
        return attribute(parts->at(0)->as_string(), parts->at(1)->as_string(), here);
    } else if (call.name == "Fn::Sub") {
      if (call.value.is_string()) return sub(call.value.as_string(), {}, here);
      if (call.value.is_array() && call.value.size() == 2 && call.value.at(0)->is_string() && call.value.at(1)->is_object())
        return sub(call.value.at(0)->as_string(), *call.value.at(1), here);
    } else {
      faults_.add(here, fmt::format("the function {} is not offered here; Ref, Fn::GetAtt and Fn::Sub are", call.name));
      return Json();
    }
    faults_.add(here, fmt::format("{} cannot take {}", call.name, call.value.text()));
    return Json();
  }

  Json ref(std::string_view name, const std::string& place) {
    if (const auto parameter = scope_.parameters.find(std::string(name)); parameter != scope_.parameters.end()) return parameter->second;
    if (const auto pseudo = pseudo_parameter(scope_, name)) return *pseudo;
    const auto resource = scope_.resources.find(std::string(name));
    if (resource == scope_.resources.end()) faults_.add(place, fmt::format("there is no parameter or resource '{}'", name));
    else if (!resource->second.ref) faults_.add(place, fmt::format("what Ref gives for '{}' is not known before it is made", name));
    else return *resource->second.ref;
    return {};
  }

  Json attribute(std::string_view name, std::string_view attribute_name, const std::string& place) {
    const auto resource = scope_.resources.find(std::string(name));
    if (resource == scope_.resources.end()) {
      faults_.add(place, fmt::format("there is no resource '{}'", name));
      return {};
    }
    const auto found = resource->second.attributes.find(std::string(attribute_name));
    if (found != resource->second.attributes.end()) return found->second;
    faults_.add(place, fmt::format("the resource '{}' has no attribute '{}'", name, attribute_name));
    return {};
  }

  Json sub(std::string_view text, const Json& own_names, const std::string& place) {
    std::string out;
    for (const auto& piece : split_sub(text)) {
      if (!piece.is_name) {
        out += piece.text;
      } else if (const auto* own = own_names.find(piece.text)) {
        out += as_text(resolve(*own, place).value_or(Json()));
      } else if (const auto dot = piece.text.find('.'); dot != std::string::npos) {
        out += as_text(attribute(std::string_view(piece.text).substr(0, dot), std::string_view(piece.text).substr(dot + 1), place));
      } else {
        out += as_text(ref(piece.text, place));
      }
    }
    return out;
  }

  const Scope& scope_;
  Faults& faults_;
};

void collect(const Json& value, std::set<std::string>& names) {
  if (const auto* call = function_call(value)) {
    const auto* first = call->value.is_array() ? call->value.at(0) : &call->value;
    if (first && first->is_string()) {
      if (call->name == "Fn::Sub") {
        for (const auto& piece : split_sub(first->as_string()))
          if (piece.is_name) names.insert(piece.text.substr(0, piece.text.find('.')));
      } else {
        names.emplace(first->as_string());
      }
    }
    if (call->value.is_array())
      for (const auto& element : call->value.elements()) collect(element, names);
    return;
  }
  if (value.is_object())
    for (const auto& member : value.members()) collect(member.value, names);
  else if (value.is_array())
    for (const auto& element : value.elements()) collect(element, names);
}

}  // namespace

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
      literal += fmt::format("${{{}}}", name.substr(1));   // ${!Literal} stands for ${Literal}
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

std::set<std::string> references(const Json& value) {
  std::set<std::string> names;
  collect(value, names);
  return names;
}

}  // namespace signalbox::deploy
