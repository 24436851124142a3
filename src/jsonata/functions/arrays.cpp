#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_set>

namespace signalbox::jsonata::engine {
namespace {

Value array_of(const Value& from, const std::vector<std::size_t>& order) {
  ArrayCell* const cell = ArrayCell::make(false);
  Value result = Value::adopt(cell);
  cell->reserve(order.size());
  for (const std::size_t i : order) cell->push(from.element(i));
  return result;
}

std::vector<std::size_t> in_order(std::size_t count) {
  Heap::current().require(count * Cost::element);
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  return order;
}

Value append_function(const CallContext&, std::span<Value> arguments) { return append(arguments[0], arguments[1]); }

Value reverse(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined() || arguments[0].size() <= 1) return arguments[0];
  auto order = in_order(arguments[0].size());
  std::ranges::reverse(order);
  return array_of(arguments[0], order);
}

Value zip(const CallContext& context, std::span<Value> arguments) {
  std::size_t count = arguments.empty() ? 0 : static_cast<std::size_t>(-1);
  for (const Value& array : arguments) count = std::min(count, array.is_array() ? array.size() : 0);
  ArrayCell* const rows = ArrayCell::make(false);
  Value result = Value::adopt(rows);
  for (std::size_t i = 0; i < count; ++i) {
    context.evaluator.tick();
    ArrayCell* const row = ArrayCell::make(false);
    Value held = Value::adopt(row);
    for (const Value& array : arguments) row->push(array.element(i));
    rows->push(std::move(held));
  }
  return result;
}

/// Without a function: all texts or all numbers, ascending.
Value sort(const CallContext& context, std::span<Value> arguments) {
  const Value& array = arguments[0];
  if (array.is_undefined() || array.size() <= 1) return array;
  auto order = in_order(array.size());
  if (arguments[1].is_function()) {
    merge_sort(order, [&](std::size_t a, std::size_t b) {
      return is_true(context.evaluator.call(arguments[1], {array.element(a), array.element(b)}, {}, nullptr));
    });
    return array_of(array, order);
  }
  const Type type = array.element(0).type();
  for (std::size_t i = 0; i < array.size(); ++i) {
    const Type other = array.element(i).type();
    if (other != type || (type != Type::Number && type != Type::String)) raise("D3070");
  }
  std::vector<double> numbers;
  if (type == Type::Number) {
    for (std::size_t i = 0; i < array.size(); ++i) numbers.push_back(array.element(i).number());
  }
  merge_sort(order, [&](std::size_t a, std::size_t b) {
    context.evaluator.tick();
    return type == Type::Number ? numbers[a] > numbers[b] : compare_utf16(array.element(a).text(), array.element(b).text()) > 0;
  });
  return array_of(array, order);
}

/// A number in [0, below), drawn from fresh bytes.
std::size_t random_index(const CallContext& context, std::size_t below) {
  const auto bytes = context.evaluator.fresh_bytes();
  std::uint64_t drawn = 0;
  std::memcpy(&drawn, bytes.data(), sizeof drawn);
  return static_cast<std::size_t>(drawn % below);
}

Value shuffle(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined() || arguments[0].size() <= 1) return arguments[0];
  auto order = in_order(arguments[0].size());
  for (std::size_t i = order.size(); i > 1; --i) {
    context.evaluator.tick();
    std::swap(order[i - 1], order[random_index(context, i)]);
  }
  return array_of(arguments[0], order);
}

/// Scalars have a text that no other value has; arrays and objects, which have not, are compared one by one.
std::optional<std::string> identity(const Value& value) {
  switch (value.type()) {
    case Type::Null: return "n";
    case Type::Boolean: return value.is_true() ? "t" : "f";
    case Type::String: return "s" + std::string(value.text());
    case Type::Number: {
      const double number = value.number() == 0 ? 0 : value.number();
      std::string bytes = "#";
      bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
      return bytes;
    }
    default: return std::nullopt;
  }
}

Value distinct(const CallContext& context, std::span<Value> arguments) {
  const Value& array = arguments[0];
  if (!array.is_array() || array.size() <= 1) return array;
  std::unordered_set<std::string> seen;
  std::vector<Value> seen_structures;
  ArrayCell* const cell = ArrayCell::make(is_sequence(array));
  Value result = Value::adopt(cell);
  for (std::size_t i = 0; i < array.size(); ++i) {
    context.evaluator.tick();
    const Value value = array.element(i);
    if (const auto scalar = identity(value)) {
      if (!seen.insert(*scalar).second) continue;
    } else {
      const auto is_same = [&](const Value& other) {
        context.evaluator.tick();
        return deep_equal(value, other);
      };
      if (std::ranges::any_of(seen_structures, is_same)) continue;
      seen_structures.push_back(value);
    }
    cell->push(value);
  }
  return result;
}

}  // namespace

void list_array_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"append", "<xx:a>", 2, append_function},
                             {"reverse", "<a:a>", 1, reverse},
                             {"zip", "<a+>", 0, zip},
                             {"sort", "<af?:a>", 2, sort},
                             {"shuffle", "<a:a>", 1, shuffle},
                             {"distinct", "<x:x>", 1, distinct}});
}

}  // namespace signalbox::jsonata::engine
