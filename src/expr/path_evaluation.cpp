#include "expr/filter.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::expr {
namespace {

const Json* element(const Json& array, std::int64_t index) {
  if (!array.is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(array.size());
  if (index < 0) index += size;
  return index >= 0 && index < size ? &array.elements()[static_cast<std::size_t>(index)] : nullptr;
}

/// The one value that a single step leads to.
const Json* follow(const Step& step, const Json& from) {
  return step.kind == Step::Kind::Names ? from.find(step.names[0]) : element(from, step.indexes[0]);
}

/// The members that are there, as an object of their own.
Json merged(const Step& step, const Json& from) {
  Json::Object members;
  for (const std::string& name : step.names) {
    const Json* const value = from.find(name);
    const bool repeated = std::ranges::any_of(members, [&name](const Json::Member& member) { return member.name == name; });
    if (value != nullptr && !repeated) members.push_back({name, *value});
  }
  return Json(std::move(members));
}

class Search {
 public:
  Search(const Path& path, const Json& root, std::size_t& visits) : path_(path), root_(root), visits_(visits) {}

  /// Collects what the steps from `place` on find in `value`. False once the visits have run out.
  bool collect(const Json& value, std::size_t place) {
    if (!spend()) return false;
    if (place == path_.steps.size()) {
      found.push_back(value);
      return true;
    }
    const Step& step = path_.steps[place];
    return step.deep ? descend(step, value, place) : apply(step, value, place);
  }

  Json::Array found;

 private:
  bool spend() { return visits_ > 0 && --visits_ > 0; }

  bool descend(const Step& step, const Json& value, std::size_t place) {
    if (!spend()) return false;
    // A filter behind `..` asks each value itself, so an array's elements are not asked twice.
    const bool passed_over = step.kind == Step::Kind::Filter && value.is_array() && !accepts(*step.filter, value, root_, visits_);
    if (!passed_over && !apply(step, value, place)) return false;
    return for_each_child(value, [&](const Json& child) { return descend(step, child, place); });
  }

  bool apply(const Step& step, const Json& value, std::size_t place) {
    switch (step.kind) {
      case Step::Kind::Names: return apply_names(step, value, place);
      case Step::Kind::Indexes:
        return std::ranges::all_of(step.indexes, [&](std::int64_t index) { return go_on(element(value, index), place); });
      case Step::Kind::Slice: return apply_slice(step, value, place);
      case Step::Kind::Wildcard: return for_each_child(value, [&](const Json& child) { return collect(child, place + 1); });
      case Step::Kind::Filter: return apply_filter(step, value, place);
    }
    return true;
  }

  bool apply_names(const Step& step, const Json& value, std::size_t place) {
    if (!value.is_object()) return true;
    if (step.names.size() > 1 && place + 1 == path_.steps.size()) return collect(merged(step, value), place + 1);
    return std::ranges::all_of(step.names, [&](const std::string& name) { return go_on(value.find(name), place); });
  }

  bool apply_slice(const Step& step, const Json& value, std::size_t place) {
    if (!value.is_array()) return true;
    const auto size = static_cast<std::int64_t>(value.size());
    const auto bound = [size](std::int64_t index) { return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size); };
    const std::int64_t to = bound(step.to.value_or(size));
    for (std::int64_t i = bound(step.from.value_or(0)); i < to; ++i) {
      if (!collect(value.elements()[static_cast<std::size_t>(i)], place + 1)) return false;
    }
    return true;
  }

  /// An array's elements are asked one by one; an object is asked itself.
  bool apply_filter(const Step& step, const Json& value, std::size_t place) {
    const auto ask = [&](const Json& candidate) {
      if (!spend()) return false;
      return !accepts(*step.filter, candidate, root_, visits_) || collect(candidate, place + 1);
    };
    if (value.is_array()) return std::ranges::all_of(value.elements(), ask);
    return !value.is_object() || ask(value);
  }

  bool go_on(const Json* value, std::size_t place) { return value == nullptr || collect(*value, place + 1); }

  template <class Function>
  static bool for_each_child(const Json& value, const Function& function) {
    if (value.is_array()) return std::ranges::all_of(value.elements(), function);
    if (value.is_object())
      return std::ranges::all_of(value.members(), [&function](const Json::Member& member) { return function(member.value); });
    return true;
  }

  const Path& path_;
  const Json& root_;
  std::size_t& visits_;
};

}  // namespace

const Json* find_single(const Path& path, const Json& root) {
  const Json* value = &root;
  for (const Step& step : path.steps) {
    value = follow(step, *value);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string missing_reason(const Path& path, const Json& root) {
  const Json* value = &root;
  std::string passed = "$";
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const Step& step = path.steps[i];
    const bool last = i + 1 == path.steps.size();
    if (step.kind == Step::Kind::Names && !value->is_object())
      return fmt::format("Property {} not found in path {}", step.printed(), passed);
    if (step.kind == Step::Kind::Indexes && value->is_null()) return fmt::format("The path {} is null", passed);
    if (step.kind == Step::Kind::Indexes && !value->is_array()) {
      return fmt::format("Filter: {} can only be applied to arrays. Current context is: {}", step.printed(), value->compact_text());
    }
    passed += step.printed();
    value = step.names.size() > 1 ? value : follow(step, *value);
    if (value == nullptr && step.kind == Step::Kind::Names && !last) return fmt::format("Missing property in path {}", passed);
    if (value == nullptr) break;
  }
  return fmt::format("No results for path: ${}", path.printed());
}

std::optional<Json::Array> find_all(const Path& path, const Json& start, const Json& root, std::size_t& visits) {
  Search search(path, root, visits);
  if (!search.collect(start, 0) || visits == 0) return std::nullopt;
  return std::move(search.found);
}

std::optional<Json> value_at(const Path& path, const Json& start, const Json& root, std::size_t& visits) {
  auto found = find_all(path, start, root, visits);
  if (!found) return std::nullopt;
  if (!path.definite) return Json(std::move(*found));
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

}  // namespace signalbox::expr
