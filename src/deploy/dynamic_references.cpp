#include "deploy/dynamic_references.h"

#include <fmt/format.h>

namespace signalbox::deploy {

namespace {

constexpr std::string_view opening = "{{resolve:", closing = "}}";

/// Of `SERVICE:REST`.
std::string resolved(std::string_view reference, const SystemsManagerLookup& systems_manager, const std::string& place, Faults& faults) {
  const auto colon = reference.find(':');
  const auto service = reference.substr(0, colon);
  const std::string name(colon == std::string_view::npos ? "" : reference.substr(colon + 1));
  if (service != "ssm" && service != "ssm-secure") {
    faults.add(place, fmt::format("dynamic references to {} are not offered here; those to ssm and ssm-secure are", service));
    return {};
  }
  auto stored = systems_manager ? systems_manager(name) : std::nullopt;
  if (!stored) faults.add(place, fmt::format("Systems Manager has no parameter '{}'", name));
  else if (stored->is_secure && service == "ssm") faults.add(place, "Non-secure ssm prefix was used for secure parameter: " + name);
  else if (!stored->is_secure && service == "ssm-secure") faults.add(place, "Secure ssm prefix was used for non-secure parameter: " + name);
  return stored ? std::move(stored->value) : std::string();
}

std::string resolved_text(std::string_view text, const SystemsManagerLookup& systems_manager, const std::string& place, Faults& faults) {
  std::string out;
  while (true) {
    const auto start = text.find(opening);
    const auto end = start == std::string_view::npos ? start : text.find(closing, start);
    if (end == std::string_view::npos) return out.append(text);
    const auto first = start + opening.size();
    out += text.substr(0, start);
    out += resolved(text.substr(first, end - first), systems_manager, place, faults);
    text.remove_prefix(end + closing.size());
  }
}

}  // namespace

Json with_dynamic_references(const Json& value, const SystemsManagerLookup& systems_manager, const std::string& place, Faults& faults) {
  if (value.is_string()) {
    if (value.as_string().find(opening) == std::string_view::npos) return value;
    return Json(resolved_text(value.as_string(), systems_manager, place, faults));
  }
  if (value.is_array()) {
    Json::Array elements;
    for (std::size_t i = 0; i < value.size(); ++i)
      elements.push_back(with_dynamic_references(value.elements()[i], systems_manager, fmt::format("{}/{}", place, i), faults));
    return Json(std::move(elements));
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& [name, member] : value.members())
    members.push_back({name, with_dynamic_references(member, systems_manager, place + "/" + name, faults)});
  return Json(std::move(members));
}

}  // namespace signalbox::deploy
