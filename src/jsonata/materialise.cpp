#include "jsonata/materialise.h"

#include "jsonata/evaluate/work.h"
#include "jsonata/failure.h"
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

/// Parts that a value shares come out once for each place where they stand: what is made may be far more than what was held, and is
/// bounded by four times the evaluation's memory.
class Materialiser {
 public:
  explicit Materialiser(Unrepresentable unrepresentable) : unrepresentable_(unrepresentable) {}

  Json make(const Value& value) {
    count(Cost::element);
    if (value.json() != nullptr) return *value.json();
    switch (value.type()) {
      case Type::Boolean: return Json(value.is_true());
      case Type::Number: return number_to_json(value.number(), unrepresentable_);
      case Type::String: count(Cost::text(value.text().size())); return Json(clean(value.text()));
      case Type::Array: return array(*value.array());
      case Type::Object: return object(*value.object());
      default: return {};
    }
  }

 private:
  Json array(const ArrayCell& array) {
    Json::Array elements;
    elements.reserve(array.items.size());
    for (const Value& item : array.items) elements.push_back(make(item));
    return Json(std::move(elements));
  }

  Json object(const ObjectCell& object) {
    Json::Object members;
    members.reserve(object.members.size());
    for (const ObjectCell::Member& member : object.members) {
      if (member.value.is_function() || member.value.is_undefined()) continue;
      members.push_back({clean(member.name.text()), make(member.value)});
    }
    return Json(std::move(members));
  }

  void count(std::size_t cost) {
    made_ += cost;
    if (made_ / 4 > limit_) raise_limit(Limit::Memory);
    count_work();
  }

  Unrepresentable unrepresentable_;
  std::size_t limit_ = memory_limit();
  std::size_t made_ = 0;
};

}  // namespace

Json to_json(const Value& value, Unrepresentable unrepresentable) { return Materialiser(unrepresentable).make(value); }

}  // namespace signalbox::jsonata::engine
