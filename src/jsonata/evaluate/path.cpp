/// Paths: each step maps the items that the one before it gave, and its results, flattened, are the items of the next.

#include "jsonata/evaluate/evaluator.h"
#include "jsonata/evaluate/work.h"

#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

/// Flattened by all levels into the sequence.
void flatten_into(const Value& array, Sequence& results) {
  for (std::size_t i = 0; i < array.size(); ++i) {
    count_work();
    const Value item = array.element(i);
    if (item.is_array()) flatten_into(item, results);
    else results.add(item);
  }
}

bool starts_with_variable(const PathNode& node) {
  return node.steps.front()->kind == NodeKind::Variable || node.steps.front()->kind == NodeKind::Context;
}

}  // namespace

/// The member of an object; of an array, the members of all its objects.
Value Evaluator::lookup_member(const Value& value, std::string_view name) {
  if (value.is_object()) return value.find(name);
  if (!value.is_array()) return {};
  Sequence results;
  for (std::size_t i = 0; i < value.size(); ++i) {
    tick();
    const Value item = value.element(i);
    Value found = lookup_member(item, name);
    if (found.is_array()) results.add_elements(found);
    else results.add(std::move(found));
  }
  return results.take_unwrapped();
}

/// A path of names: no array is made while each step gives one object.
Value Evaluator::field(const PathNode& node, const Value& input, FrameCell* frame) {
  if (depth_ >= environment_.limits.depth) raise_limit(Limit::Depth);
  const bool from_variable = node.steps[0]->kind == NodeKind::Variable;
  Value current = from_variable ? look_up(as<VariableNode>(*node.steps[0]).name, frame) : input;
  std::size_t at = from_variable ? 1 : 0;
  while (at < node.steps.size() && current.is_object()) current = current.find(as<NameNode>(*node.steps[at++]).name);
  if (!current.is_array()) return at == node.steps.size() ? current : Value();
  if (at == node.steps.size() && is_sequence(current)) {
    Sequence flattened;
    flattened.add_elements(current);
    return flattened.take_unwrapped();
  }
  for (; at < node.steps.size(); ++at) {
    current = step(*node.steps[at], current, frame, at + 1 == node.steps.size());
    if (current.size() == 0) return is_sequence(current) ? Value() : current;
  }
  return current;
}

Value Evaluator::path(const PathNode& node, const Value& input, FrameCell* frame) {
  Value current = input;
  if (!input.is_array() || starts_with_variable(node)) {
    ArrayCell* const single = ArrayCell::make(true);
    current = Value::adopt(single);
    single->items.push_back(input);
    Heap::current().charge(Cost::element);
  }
  Value tuples;
  bool binds = false;
  for (std::size_t i = 0; i < node.steps.size(); ++i) {
    const Node& next = *node.steps[i];
    binds = binds || next.tuple;
    Value result;
    if (i == 0 && next.constructed) {
      result = evaluate(next, current, frame);
    } else if (binds) {
      tuples = tuple_step(next, current, tuples, frame);
    } else {
      result = step(next, current, frame, i + 1 == node.steps.size());
    }
    if (!binds && (result.is_undefined() || (result.is_array() && result.size() == 0))) {
      current = std::move(result);
      break;
    }
    if (next.decoration == nullptr || next.decoration->focus == no_symbol) current = std::move(result);
  }
  if (binds) {
    if (node.tuple) {
      current = tuples;
    } else {
      Sequence items;
      ArrayCell& cell = items.cell();
      for (std::size_t i = 0; i < tuples.size(); ++i) cell.push(tuples.element(i).tuple()->item);
      current = items.take();
    }
  }
  if (node.keep_singleton) {
    ArrayCell* array = current.array();
    if (array != nullptr && array->constructed && !array->sequence) {
      Sequence wrapped;
      array = &wrapped.cell();
      array->push(current);
      current = wrapped.take();
    }
    if (array != nullptr) array->keep_singleton = true;
  }
  if (node.decoration != nullptr && node.decoration->group != nullptr)
    current = group(*node.decoration->group, binds ? tuples : current, frame);
  return current;
}

/// Evaluates the step for each item of `input`. The result is an array whenever it is more or less than one value that is no array.
Value Evaluator::step(const Node& node, const Value& input, FrameCell* frame, bool last) {
  std::span<Stage> filters = node.decoration == nullptr ? std::span<Stage>() : node.decoration->stages;
  if (node.kind == NodeKind::Sort) return stages(filters, sort(as<SortNode>(node), input, frame), frame);
  Sequence results;
  Value only;  // the first result, as long as there is no second one
  std::size_t count = 0;
  const std::size_t items = input.is_array() ? input.size() : 0;
  for (std::size_t i = 0; i < items; ++i) {
    Value result = evaluate(node, input.element(i), frame);
    for (const Stage& stage : filters) result = filter(*stage.filter, result, frame);
    if (result.is_undefined()) continue;
    if (++count == 1) {
      only = std::move(result);
      continue;
    }
    if (count == 2) results.add_flattened(std::move(only));
    results.add_flattened(std::move(result));
  }
  if (count == 1) {
    if (last && only.is_array() && !is_sequence(only)) return only;
    results.add_flattened(std::move(only));
  }
  return results.take();
}

/// `input[predicate]`: by number, or by what is true of each item.
Value Evaluator::filter(const Node& predicate, const Value& input, FrameCell* frame) {
  const ArrayCell* const cell = input.array();
  const bool tuples = cell != nullptr && cell->tuple_stream;
  Sequence results;
  if (tuples) results.cell().tuple_stream = true;
  // Nothing is filtered as one item that is undefined.
  const std::size_t count = input.is_array() ? input.size() : 1;
  const auto element = [&input](std::size_t i) { return input.is_array() ? input.element(i) : input; };
  if (predicate.kind == NodeKind::Constant && as<ConstantNode>(predicate).type == Type::Number) {
    double index = std::floor(as<ConstantNode>(predicate).number);
    if (index < 0) index += static_cast<double>(count);
    if (index >= 0 && index < static_cast<double>(count)) {
      Value item = element(static_cast<std::size_t>(index));
      if (item.is_array()) return item;
      results.add(std::move(item));
    }
    return results.take();
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Value item = element(i);
    if (tuples) {
      const Ref<FrameCell> inner = frame_of(*item.tuple(), frame);
      filter_one(predicate, item, i, count, item.tuple()->item, inner.get(), results);
    } else {
      filter_one(predicate, item, i, count, item, frame, results);
    }
  }
  return results.take();
}

void Evaluator::filter_one(const Node& predicate, const Value& item, std::size_t index, std::size_t count, const Value& context,
                           FrameCell* frame, Sequence& results) {
  const Value verdict = evaluate(predicate, context, frame);
  const auto selects = [index, count](const Value& number) {
    double chosen = std::floor(number.number());
    if (chosen < 0) chosen += static_cast<double>(count);
    return chosen == static_cast<double>(index);
  };
  if (is_numeric(verdict)) {
    if (selects(verdict)) results.cell().push(item);
    return;
  }
  bool numbers = verdict.is_array();
  for (std::size_t i = 0; numbers && i < verdict.size(); ++i) numbers = is_numeric(verdict.element(i));
  if (!numbers) {
    if (is_true(verdict)) results.cell().push(item);
    return;
  }
  for (std::size_t i = 0; i < verdict.size(); ++i) {
    tick();
    if (selects(verdict.element(i))) results.cell().push(item);
  }
}

Value Evaluator::wildcard(const Value& input) {
  Sequence results;
  const ArrayCell* const array = input.array();
  const Value value = array != nullptr && array->outer_wrapper && !array->items.empty() ? array->items[0] : input;
  bool plain = false;
  const std::size_t count = value.is_array() || value.is_object() ? value.size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Value item = value.is_array() ? value.element(i) : value.member_value(i);
    if (!item.is_array()) {
      results.add(item);
      continue;
    }
    flatten_into(item, results);
    plain = true;
  }
  Value result = results.take();
  // An array among the values makes an array of the result, even of one value.
  if (plain) result.array()->sequence = false;
  return result;
}

Value Evaluator::descendants(const Value& input) {
  Sequence results;
  if (!input.is_undefined()) descend(input, results);
  return results.take_unwrapped();
}

void Evaluator::descend(const Value& value, Sequence& results) {
  tick();
  if (!value.is_array()) results.add(value);
  for (std::size_t i = 0; i < value.size() && (value.is_array() || value.is_object()); ++i) {
    descend(value.is_array() ? value.element(i) : value.member_value(i), results);
  }
}

}  // namespace signalbox::jsonata::engine
