#pragma once
/// The library of functions.

#include "jsonata/evaluate/evaluator.h"
#include "signalbox/jsonata.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace signalbox::jsonata::engine {

/// What a function of the library sees besides its arguments.
struct CallContext {
  Evaluator& evaluator;
  const Value& input;
  FrameCell* frame;
};

using Implementation = Value (*)(const CallContext& context, std::span<Value> arguments);

struct Builtin {
  std::string_view name;
  std::string_view signature;  ///< empty: none
  std::uint8_t parameters;     ///< how many arguments $map and its like pass to it
  Implementation implementation;
  const Signature* checked = nullptr;  ///< the signature, parsed
};

[[nodiscard]] const Builtin* find_plain_builtin(std::string_view name);
[[nodiscard]] const Builtin* find_step_functions_builtin(std::string_view name);

/// Adds a group of functions to a table under construction.
void list_string_functions(std::vector<Builtin>& table);
void list_matching_functions(std::vector<Builtin>& table);
void list_encoding_functions(std::vector<Builtin>& table);
void list_number_functions(std::vector<Builtin>& table);
void list_aggregate_functions(std::vector<Builtin>& table);
void list_array_functions(std::vector<Builtin>& table);
void list_object_functions(std::vector<Builtin>& table);
void list_higher_order_functions(std::vector<Builtin>& table);
void list_general_functions(std::vector<Builtin>& table);
void list_date_functions(std::vector<Builtin>& table);
void list_plain_functions(std::vector<Builtin>& table);           ///< $eval, and $random without a seed
void list_step_functions_functions(std::vector<Builtin>& table);  ///< what AWS adds

/// Stable; `behind(a, b)` says that a belongs behind b. Compares as few pairs, in the same order, as JSONata does, so that a comparison that
/// fails does so for the same pair.
template <class Behind>
void merge_sort(std::vector<std::size_t>& items, const Behind& behind) {
  if (items.size() <= 1) return;
  const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
  std::vector<std::size_t> left(items.begin(), middle), right(middle, items.end());
  merge_sort(left, behind);
  merge_sort(right, behind);
  std::size_t l = 0, r = 0;
  for (std::size_t& item : items) {
    if (l == left.size()) item = right[r++];
    else if (r == right.size()) item = left[l++];
    else item = behind(left[l], right[r]) ? right[r++] : left[l++];
  }
}

}  // namespace signalbox::jsonata::engine
