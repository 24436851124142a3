#include "services/gateway/velocity/methods.h"

#include "services/gateway/velocity/text_methods.h"

#include <algorithm>
#include <cmath>

namespace signalbox::velocity {

namespace {

using Arguments = std::vector<Value>;

std::optional<std::size_t> place(const Value& index, std::size_t size) {
  const auto* number = index.as<std::int64_t>();
  if (!number) return std::nullopt;
  const auto place = *number < 0 ? *number + static_cast<std::int64_t>(size) : *number;
  if (place < 0 || static_cast<std::size_t>(place) >= size) return std::nullopt;
  return static_cast<std::size_t>(place);
}

std::optional<Value> found(const Value* value) { return value ? std::optional(*value) : std::nullopt; }

std::optional<Value> call_list(List& list, std::string_view method, const Arguments& arguments) {
  const auto has = [&](std::string_view name, std::size_t count) { return method == name && arguments.size() == count; };
  const auto position = [&] { return std::find(list.begin(), list.end(), arguments.front()); };
  if (has("size", 0)) return Value(static_cast<std::int64_t>(list.size()));
  if (has("isEmpty", 0)) return Value(list.empty());
  if (has("contains", 1)) return Value(position() != list.end());
  if (has("indexOf", 1)) return Value(position() == list.end() ? std::int64_t{-1} : static_cast<std::int64_t>(position() - list.begin()));
  if (has("get", 1)) {
    const auto at = place(arguments.front(), list.size());
    return at ? std::optional(list[*at]) : std::nullopt;
  }
  if (has("add", 1)) {
    list.push_back(arguments.front());
    return Value(true);
  }
  if (has("addAll", 1)) {
    const auto more = elements_of(arguments.front());
    list.insert(list.end(), more.begin(), more.end());
    return Value(!more.empty());
  }
  if (has("set", 2)) {
    const auto at = place(arguments.front(), list.size());
    if (!at) return std::nullopt;
    return std::exchange(list[*at], arguments.back());
  }
  if (has("remove", 1)) {
    const auto at = place(arguments.front(), list.size());
    if (!at) return std::nullopt;
    auto removed = std::move(list[*at]);
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(*at));
    return removed;
  }
  return std::nullopt;
}

Value names_of(const Map& map) {
  List names;
  for (const auto& member : map) names.emplace_back(member.first);
  return names;
}

Value entries_of(const Map& map) {
  List entries;
  for (const auto& [name, value] : map) entries.emplace_back(Map{{"key", name}, {"value", value}});
  return entries;
}

std::optional<Value> remove_member(Map& map, const std::string& name) {
  const auto at = std::find_if(map.begin(), map.end(), [&](const auto& member) { return member.first == name; });
  if (at == map.end()) return std::nullopt;
  auto removed = std::move(at->second);
  map.erase(at);
  return removed;
}

std::optional<Value> call_map(Map& map, std::string_view method, const Arguments& arguments) {
  const auto has = [&](std::string_view name, std::size_t count) { return method == name && arguments.size() == count; };
  const auto name = [&] { return arguments.front().text(); };
  if (has("get", 1)) return found(find(map, name()));
  if (has("containsKey", 1)) return Value(find(map, name()) != nullptr);
  if (has("containsValue", 1))
    return Value(std::any_of(map.begin(), map.end(), [&](const auto& member) { return member.second == arguments.front(); }));
  if (has("size", 0)) return Value(static_cast<std::int64_t>(map.size()));
  if (has("isEmpty", 0)) return Value(map.empty());
  if (has("keySet", 0)) return names_of(map);
  if (has("entrySet", 0)) return entries_of(map);
  if (has("values", 0)) return Value(elements_of(Value(map)));
  if (has("getOrDefault", 2)) {
    const auto* value = find(map, name());
    return value ? *value : arguments.back();
  }
  if (has("put", 2)) {
    auto before = found(find(map, name()));
    put(map, name(), arguments.back());
    return before;
  }
  if (has("putAll", 1) && arguments.front().map()) {
    const Map more = *arguments.front().map();
    for (const auto& [key, value] : more) put(map, key, value);
    return std::nullopt;
  }
  if (has("remove", 1)) return remove_member(map, name());
  if (has("getKey", 0)) return found(find(map, "key"));
  if (has("getValue", 0)) return found(find(map, "value"));
  return std::nullopt;
}

std::optional<Value> call_number(double number, std::string_view method) {
  if (method == "intValue" || method == "longValue") {
    if (!(std::abs(number) < 9.2e18)) return std::nullopt;
    return Value(static_cast<std::int64_t>(number));
  }
  if (method == "doubleValue" || method == "floatValue") return Value::from_number(number);
  return std::nullopt;
}

Value arithmetic(Operator op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Operator::Add: overflow = __builtin_add_overflow(a, b, &result); break;
    case Operator::Subtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case Operator::Multiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    case Operator::Divide:
    case Operator::Remainder:
      if (b == 0) return {};
      if (b == -1) return op == Operator::Remainder ? Value(std::int64_t{0}) : arithmetic(Operator::Multiply, a, -1);
      return op == Operator::Divide ? a / b : a % b;
    default: return {};
  }
  if (!overflow) return result;
  const auto x = static_cast<double>(a);
  const auto y = static_cast<double>(b);
  return Value::from_number(op == Operator::Add ? x + y : op == Operator::Subtract ? x - y : x * y);
}

Value arithmetic(Operator op, double a, double b) {
  switch (op) {
    case Operator::Add: return Value::from_number(a + b);
    case Operator::Subtract: return Value::from_number(a - b);
    case Operator::Multiply: return Value::from_number(a * b);
    case Operator::Divide: return b == 0 ? Value() : Value::from_number(a / b);
    case Operator::Remainder: return b == 0 ? Value() : Value::from_number(std::fmod(a, b));
    default: return {};
  }
}

template <class T>
bool compare(Operator op, const T& a, const T& b) {
  switch (op) {
    case Operator::Less: return a < b;
    case Operator::LessEqual: return a <= b;
    case Operator::Greater: return a > b;
    default: return a >= b;
  }
}

bool is_comparison(Operator op) {
  return op == Operator::Less || op == Operator::LessEqual || op == Operator::Greater || op == Operator::GreaterEqual;
}

}  // namespace

Value combine_values(Operator op, const Value& left, const Value& right) {
  if (op == Operator::Equal) return left == right;
  if (op == Operator::NotEqual) return !(left == right);
  const auto a = left.number();
  const auto b = right.number();
  if (is_comparison(op)) {
    if (a && b) return compare(op, *a, *b);
    return false;
  }
  if (op == Operator::Add && (left.as<std::string>() || right.as<std::string>()) && !left.is_null() && !right.is_null())
    return left.text() + right.text();
  if (!a || !b) return {};
  const auto* x = left.as<std::int64_t>();
  const auto* y = right.as<std::int64_t>();
  return x && y ? arithmetic(op, *x, *y) : arithmetic(op, *a, *b);
}

std::optional<Value> property(const Value& value, std::string_view name) {
  if (auto* map = value.map()) {
    if (const auto* member = find(*map, name)) return *member;
    return name == "empty" ? std::optional(Value(map->empty())) : std::nullopt;
  }
  if (const auto* const* object = value.as<const Object*>()) return (*object)->property(name);
  if (name == "empty") return call(value, "isEmpty", {});
  return std::nullopt;
}

std::optional<Value> element(const Value& value, const Value& index) {
  if (auto* map = value.map()) return found(find(*map, index.text()));
  auto* list = value.list();
  const auto at = list ? place(index, list->size()) : std::nullopt;
  return at ? std::optional((*list)[*at]) : std::nullopt;
}

void set_element(const Value& value, const Value& index, Value element) {
  if (auto* map = value.map()) return put(*map, index.text(), std::move(element));
  auto* list = value.list();
  const auto at = list ? place(index, list->size()) : std::nullopt;
  if (at) (*list)[*at] = std::move(element);
}

std::optional<Value> call(const Value& value, std::string_view method, const Arguments& arguments) {
  if (const auto* const* object = value.as<const Object*>()) return (*object)->call(method, arguments);
  if (method == "toString" && arguments.empty()) return Value(value.text());
  if (method == "equals" && arguments.size() == 1) return Value(value == arguments.front());
  if (auto* list = value.list()) return call_list(*list, method, arguments);
  if (auto* map = value.map()) return call_map(*map, method, arguments);
  if (const auto* text = value.as<std::string>()) return call_text(*text, method, arguments);
  if (const auto number = value.number(); number && arguments.empty()) return call_number(*number, method);
  return std::nullopt;
}

List elements_of(const Value& value) {
  if (const auto* list = value.list()) return *list;
  List values;
  if (const auto* map = value.map())
    for (const auto& member : *map) values.push_back(member.second);
  return values;
}

}  // namespace signalbox::velocity
