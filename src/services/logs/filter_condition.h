#pragma once
/// Comparisons in filter patterns, and their combination by &&, || and parentheses.

#include "services/logs/filter_text.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace signalbox::logs {

enum class Comparison : std::uint8_t { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, IsNull, IsTrue, IsFalse, NotExists };

struct Condition {
  Comparison comparison = Comparison::Equal;
  std::string text = {};  ///< for = and !=; `*` stands for anything
  std::optional<double> number = std::nullopt;
  std::shared_ptr<const re2::RE2> expression = nullptr;  ///< instead of text

  /// For a scalar's text: as numbers where both are, otherwise as texts.
  [[nodiscard]] bool holds_for(std::string_view value) const;
};

/// An operator and its value; a value without quotes ends before one of `ends`.
[[nodiscard]] Result<Condition> read_condition(FilterText& text, std::string_view ends);

/// `a && (b || c)`: && binds closer.
template <class Value>
Result<std::function<bool(Value)>> read_combination(FilterText& text, Result<std::function<bool(Value)>> (*read)(FilterText&)) {
  using Test = std::function<bool(Value)>;
  const auto read_one = [&]() -> Result<Test> {
    if (!text.take('(')) return read(text);
    auto inner = read_combination<Value>(text, read);
    if (inner && !text.take(')')) return text.fault(") is missing");
    return inner;
  };
  const auto read_all = [&]() -> Result<Test> {
    auto test = read_one();
    while (test && text.take_text("&&")) {
      auto right = read_one();
      if (!right) return right;
      test = Test([left = *test, right = *right](Value value) { return left(value) && right(value); });
    }
    return test;
  };
  auto test = read_all();
  while (test && text.take_text("||")) {
    auto right = read_all();
    if (!right) return right;
    test = Test([left = *test, right = *right](Value value) { return left(value) || right(value); });
  }
  return test;
}

}  // namespace signalbox::logs
