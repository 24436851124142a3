#include "services/gateway/velocity/storable.h"

#include <map>
#include <set>

namespace signalbox::velocity {

namespace {

/// Where the value's elements are; null for what has none.
const void* place_of(const Value& value) {
  if (const auto* list = value.list()) return list;
  return value.map();
}

class Search {
 public:
  explicit Search(const void* wanted) : wanted_(wanted) {}

  /// Whether it is the wanted one, or holds it.
  bool reaches(const Value& value) {
    const void* place = place_of(value);
    if (!place || !seen_.insert(place).second) return false;
    if (place == wanted_) return true;
    if (const auto* list = value.list())
      for (const auto& element : *list)
        if (reaches(element)) return true;
    if (const auto* map = value.map())
      for (const auto& [name, member] : *map)
        if (reaches(member)) return true;
    return false;
  }

 private:
  const void* wanted_;
  std::set<const void*> seen_;
};

/// What stands in several places does so in the copy.
class Copy {
 public:
  Value of(const Value& value) {
    const void* place = place_of(value);
    if (!place) return value;
    if (const auto made = made_.find(place); made != made_.end()) return made->second;
    Value copy = value.list() ? Value(elements(*value.list())) : Value(members(*value.map()));
    made_.emplace(place, copy);
    return copy;
  }

 private:
  List elements(const List& list) {
    List copies;
    for (const auto& element : list) copies.push_back(of(element));
    return copies;
  }
  Map members(const Map& map) {
    Map copies;
    for (const auto& [name, member] : map) copies.emplace_back(name, of(member));
    return copies;
  }

  std::map<const void*, Value> made_;
};

}  // namespace

Value storable(Value value, const Value& holder) {
  const void* place = place_of(holder);
  return place && Search(place).reaches(value) ? Copy().of(value) : value;
}

}  // namespace signalbox::velocity
