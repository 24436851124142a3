#include "deploy/template_loops.h"

#include "deploy/intrinsics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace signalbox::deploy {

namespace {

constexpr std::string_view loop_prefix = "Fn::ForEach::";

bool has_loops(const Json& value) {
  if (value.is_array()) return std::any_of(value.elements().begin(), value.elements().end(), &has_loops);
  if (!value.is_object()) return false;
  return std::any_of(value.members().begin(), value.members().end(),
                     [](const Json::Member& member) { return member.name.starts_with(loop_prefix) || has_loops(member.value); });
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

/// Identifiers of the loops around, with their elements.
using Bindings = std::map<std::string, std::string>;

/// `${Name}` as it stands, `&{Name}` without what logical ids cannot have.
std::string bound_text(std::string text, const Bindings& bindings) {
  for (const auto& [name, element] : bindings) {
    std::string plain;
    std::copy_if(element.begin(), element.end(), std::back_inserter(plain), [](unsigned char c) { return std::isalnum(c) != 0; });
    text = replaced(replaced(std::move(text), "${" + name + "}", element), "&{" + name + "}", plain);
  }
  return text;
}

class Loops {
 public:
  Loops(std::map<std::string, Json> parameters, bool is_allowed, Faults& faults)
      : parameters_(std::move(parameters)), is_allowed_(is_allowed), faults_(faults) {}

  Json expand(const Json& value, const Bindings& bindings, const std::string& place) {
    if (value.is_string()) return bindings.empty() ? value : Json(bound_text(std::string(value.as_string()), bindings));
    if (value.is_array()) {
      Json::Array elements;
      for (std::size_t i = 0; i < value.size(); ++i)
        elements.push_back(expand(value.elements()[i], bindings, fmt::format("{}/{}", place, i)));
      return Json(std::move(elements));
    }
    if (!value.is_object()) return value;
    if (const auto* reference = value.size() == 1 ? value.find("Ref") : nullptr; reference && reference->is_string())
      if (const auto bound = bindings.find(std::string(reference->as_string())); bound != bindings.end()) return Json(bound->second);
    Json::Object members;
    for (const auto& member : value.members()) {
      const auto here = place + "/" + member.name;
      if (member.name.starts_with(loop_prefix)) run(member.value, bindings, here, members);
      else add({bound_text(member.name, bindings), expand(member.value, bindings, here)}, here, members);
    }
    return Json(std::move(members));
  }

 private:
  void add(Json::Member member, const std::string& place, Json::Object& into) {
    const bool taken = std::any_of(into.begin(), into.end(), [&](const Json::Member& other) { return other.name == member.name; });
    if (taken) faults_.add(place, fmt::format("'{}' is there already", member.name));
    else into.push_back(std::move(member));
  }

  /// `[identifier, collection, {key: value}]`
  void run(const Json& loop, const Bindings& bindings, const std::string& place, Json::Object& into) {
    if (!is_allowed_) return faults_.add(place, "Fn::ForEach needs the transform AWS::LanguageExtensions");
    const bool fits = loop.is_array() && loop.size() == 3 && loop.at(0)->is_string() && loop.at(2)->is_object();
    if (!fits) return faults_.add(place, "Fn::ForEach takes an identifier, a collection and an object");
    const std::string identifier(loop.at(0)->as_string());
    if (bindings.contains(identifier))
      return faults_.add(place, fmt::format("the identifier '{}' is that of a loop around this one", identifier));
    const auto collection = elements_of(*loop.at(1), bindings, place + "/1");
    if (!collection) return;
    for (const auto& element : *collection) {
      auto bound = bindings;
      bound.emplace(identifier, element);
      const auto given = expand(*loop.at(2), bound, place + "/2");
      for (const auto& member : given.members()) add(member, place, into);
    }
  }

  std::optional<std::vector<std::string>> elements_of(const Json& collection, const Bindings& bindings, const std::string& place) {
    const auto* name = collection.find("Ref");
    const auto parameter = name && name->is_string() ? parameters_.find(std::string(name->as_string())) : parameters_.end();
    const Json list = parameter != parameters_.end() ? parameter->second : expand(collection, bindings, place);
    if (!list.is_array()) {
      faults_.add(place, fmt::format("{} is no list of texts, and no parameter that is one", collection.text()));
      return std::nullopt;
    }
    std::vector<std::string> elements;
    for (const auto& element : list.elements()) {
      if (element.is_object() || element.is_array()) faults_.add(place, fmt::format("{} is no text", element.text()));
      else elements.push_back(plain_text(element));
    }
    return elements;
  }

  std::map<std::string, Json> parameters_;
  bool is_allowed_;
  Faults& faults_;
};

bool has_transform(const Json& document, std::string_view name) {
  const auto* transform = document.find("Transform");
  if (!transform) return false;
  if (!transform->is_array()) return *transform == Json(name);
  return std::any_of(transform->elements().begin(), transform->elements().end(), [&](const Json& one) { return one == Json(name); });
}

}  // namespace

Json expand_loops(const Json& document, const ParameterValues& parameters, Faults& faults) {
  if (!document.is_object() || !has_loops(document)) return document;
  Faults said_later;  // by whoever reads the whole template
  const auto* declarations = document.find("Parameters");
  const auto declared = read_template(json_object({{"Parameters", declarations ? *declarations : Json::empty_object()}}), said_later);
  Loops loops(parameters(declared), has_transform(document, "AWS::LanguageExtensions"), faults);
  Json expanded = document;
  for (const auto* section : {"Conditions", "Resources", "Outputs"})
    if (const auto* value = document.find(section)) expanded = expanded.with(section, loops.expand(*value, {}, std::string("/") + section));
  return expanded;
}

}  // namespace signalbox::deploy
