/// Order-by. Each term is evaluated once an item, when a comparison first asks for it.

#include "jsonata/evaluate/evaluator.h"
#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

namespace signalbox::jsonata::engine {
namespace {

bool sortable(const Value& value) { return value.is_string() || value.is_number(); }

/// Negative, zero, positive. Undefined sorts behind everything.
int compare_keys(const Value& a, const Value& b, const SortNode& node) {
  if (a.is_undefined() || b.is_undefined()) return static_cast<int>(a.is_undefined()) - static_cast<int>(b.is_undefined());
  if (!sortable(a) || !sortable(b)) raise_value("T2008", to_json(sortable(a) ? b : a), node.position);
  if (a.type() != b.type())
    raise(Raised{.failure = {.code = "T2007", .value = to_json(a)}, .offset = node.position, .second = to_json(b).compact_text()});
  if (a.is_string()) return compare_utf16(a.text(), b.text());
  return a.number() == b.number() ? 0 : a.number() < b.number() ? -1 : 1;
}

}  // namespace

Value Evaluator::sort(const SortNode& node, const Value& input, FrameCell* frame) {
  const std::size_t count = input.is_array() ? input.size() : 0;
  const ArrayCell* const cell = input.array();
  const bool tuples = cell != nullptr && cell->tuple_stream;
  std::vector<std::optional<Value>> keys(count * node.terms.size());
  const auto key = [&](std::size_t item, std::size_t term) -> const Value& {
    std::optional<Value>& known = keys[item * node.terms.size() + term];
    if (known) return *known;
    const Value context = input.element(item);
    Value found;
    if (tuples) {
      const Ref<FrameCell> inner = frame_of(*context.tuple(), frame);
      found = evaluate(*node.terms[term].expression, context.tuple()->item, inner.get());
    } else {
      found = evaluate(*node.terms[term].expression, context, frame);
    }
    // Reading a number's digits again at each comparison would cost more than the comparison.
    known = found.is_number() ? Value(found.number()) : std::move(found);
    return *known;
  };
  const auto behind = [&](std::size_t a, std::size_t b) {
    tick();
    for (std::size_t term = 0; term < node.terms.size(); ++term) {
      const Value& first = key(a, term);
      const Value& second = key(b, term);
      const int order = compare_keys(first, second, node);
      if (order == 0) continue;
      const bool flipped = node.terms[term].descending && !first.is_undefined() && !second.is_undefined();
      return (flipped ? -order : order) > 0;
    }
    return false;
  };
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  merge_sort(order, behind);

  ArrayCell* const sorted = ArrayCell::make(true);
  Value result = Value::adopt(sorted);
  sorted->tuple_stream = tuples;
  sorted->reserve(count);
  for (const std::size_t item : order) sorted->push(input.element(item));
  return result;
}

}  // namespace signalbox::jsonata::engine
