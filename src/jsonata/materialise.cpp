#include "jsonata/materialise.h"

#include "jsonata/text.h"

#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

std::string clean(std::string_view text) { return has_surrogate(text) ? without_surrogates(text) : std::string(text); }

Json number_to_json(double number, Unrepresentable unrepresentable) {
  if (std::isfinite(number)) return Json(number);
  if (unrepresentable == Unrepresentable::Null) return {};
  return Json(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
}

}  // namespace

Json to_json(const Value& value, Unrepresentable unrepresentable) {
  if (value.json() != nullptr) return *value.json();
  switch (value.type()) {
    case Type::Boolean: return Json(value.is_true());
    case Type::Number: return number_to_json(value.number(), unrepresentable);
    case Type::String: return Json(clean(value.text()));
    case Type::Array: {
      const ArrayCell* const array = value.array();
      Json::Array elements;
      elements.reserve(array->items.size());
      for (const Value& item : array->items) elements.push_back(to_json(item, unrepresentable));
      return Json(std::move(elements));
    }
    case Type::Object: {
      const ObjectCell* const object = value.object();
      Json::Object members;
      members.reserve(object->members.size());
      for (const ObjectCell::Member& member : object->members) {
        if (member.value.is_function() || member.value.is_undefined()) continue;
        members.push_back({clean(member.name.text()), to_json(member.value, unrepresentable)});
      }
      return Json(std::move(members));
    }
    default: return {};
  }
}

}  // namespace signalbox::jsonata::engine
