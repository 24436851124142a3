#include "deploy/template_includes.h"

#include <fmt/format.h>

namespace signalbox::deploy {

namespace {

constexpr std::string_view transform_name = "Fn::Transform";

class Includes {
 public:
  Includes(const ReadInclude& read, Faults& faults) : read_(read), faults_(faults) {}

  Json expand(const Json& value, const std::string& place) {
    if (value.is_array()) {
      Json::Array elements;
      for (std::size_t i = 0; i < value.size(); ++i) elements.push_back(expand(value.elements()[i], fmt::format("{}/{}", place, i)));
      return Json(std::move(elements));
    }
    if (!value.is_object()) return value;
    Json made = Json::empty_object();
    if (const auto* transform = value.find(transform_name)) made = included(*transform, fmt::format("{}/{}", place, transform_name));
    for (const auto& [name, member] : value.members())
      if (name != transform_name) made = made.with(name, expand(member, place + "/" + name));
    return made;
  }

 private:
  Json included(const Json& transform, const std::string& place) {
    const auto* name = transform.find("Name");
    if (!name || !(*name == Json("AWS::Include")))
      return fault(place + "/Name",
                   fmt::format("the transform {} is not offered here; AWS::Include is", name ? name->text() : "without a name"));
    const auto* parameters = transform.find("Parameters");
    const auto* location = parameters ? parameters->find("Location") : nullptr;
    if (!location || !location->is_string())
      return fault(place + "/Parameters/Location", "a path beside the template, or s3://BUCKET/KEY, is expected as a text");
    auto document = read_(std::string(location->as_string()));
    if (!document) return fault(place + "/Parameters/Location", document.error().message);
    if (!document->is_object()) return fault(place + "/Parameters/Location", "what is included must be an object");
    return std::move(*document);
  }

  Json fault(std::string place, std::string message) {
    faults_.add(std::move(place), std::move(message));
    return Json::empty_object();
  }

  const ReadInclude& read_;
  Faults& faults_;
};

bool has_includes(const Json& value) {
  if (value.is_object() && value.find(transform_name)) return true;
  if (value.is_object())
    for (const auto& member : value.members())
      if (has_includes(member.value)) return true;
  if (value.is_array())
    for (const auto& element : value.elements())
      if (has_includes(element)) return true;
  return false;
}

}  // namespace

Json expand_includes(const Json& document, const ReadInclude& read, Faults& faults) {
  return has_includes(document) ? Includes(read, faults).expand(document, "") : document;
}

}  // namespace signalbox::deploy
