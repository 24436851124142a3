/// Paths that bind: `@$x`, `#$i`, `%`. Each item travels with its variables, as a tuple.

#include "jsonata/evaluate/evaluator.h"

namespace signalbox::jsonata::engine {
namespace {

Value tuple_stream() {
  ArrayCell* const cell = ArrayCell::make(true);
  cell->tuple_stream = true;
  return Value::adopt(cell);
}

}  // namespace

Ref<FrameCell> frame_of(const TupleCell& tuple, FrameCell* outer) {
  Ref<FrameCell> frame = FrameCell::make(outer, tuple.slots.size());
  for (const Slot& slot : tuple.slots) frame->slots.push_back(Slot{slot.name, slot.value});
  return frame;
}

Value Evaluator::tuple_step(const Node& node, const Value& input, const Value& tuples, FrameCell* frame) {
  std::span<Stage> filters = node.decoration == nullptr ? std::span<Stage>() : node.decoration->stages;
  if (node.kind == NodeKind::Sort) return stages(filters, sorted_tuples(as<SortNode>(node), input, tuples, frame), frame);
  Value result = tuple_stream();
  ArrayCell& out = *result.array();
  const bool first = tuples.is_undefined();
  const std::size_t count = first ? input.size() : tuples.size();
  const Decoration none{};
  const Decoration& decoration = node.decoration == nullptr ? none : *node.decoration;
  for (std::size_t i = 0; i < count; ++i) {
    const Value from = first ? Value() : tuples.element(i);
    const Value item = first ? input.element(i) : from.tuple()->item;
    const Ref<FrameCell> inner = first ? Ref<FrameCell>::share(frame) : frame_of(*from.tuple(), frame);
    const Value found = evaluate(node, item, inner.get());
    if (found.is_undefined()) continue;
    const std::size_t bindings = found.is_array() ? found.size() : 1;
    for (std::size_t place = 0; place < bindings; ++place) {
      TupleCell* const tuple = first ? TupleCell::make() : from.tuple()->copy();
      Value held = Value::adopt(tuple);
      Value value = found.is_array() ? found.element(place) : found;
      if (value.type() == Type::Tuple) {
        tuple->item = value.tuple()->item;
        for (const Slot& slot : value.tuple()->slots) tuple->bind(slot.name, slot.value);
      } else {
        tuple->item = decoration.focus == no_symbol ? value : item;
        if (decoration.focus != no_symbol) tuple->bind(decoration.focus, std::move(value));
        if (decoration.index != no_symbol) tuple->bind(decoration.index, Value(static_cast<double>(place)));
        if (decoration.ancestor != no_symbol) tuple->bind(decoration.ancestor, item);
      }
      out.push(std::move(held));
    }
  }
  return stages(filters, std::move(result), frame);
}

Value Evaluator::sorted_tuples(const SortNode& node, const Value& input, const Value& tuples, FrameCell* frame) {
  if (!tuples.is_undefined()) return sort(node, tuples, frame);
  const Value sorted = sort(node, input, frame);
  Value result = tuple_stream();
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    TupleCell* const tuple = TupleCell::make();
    Value held = Value::adopt(tuple);
    tuple->item = sorted.element(i);
    if (node.decoration != nullptr && node.decoration->index != no_symbol)
      tuple->bind(node.decoration->index, Value(static_cast<double>(i)));
    result.array()->push(std::move(held));
  }
  return result;
}

Value Evaluator::stages(std::span<Stage> stages, Value input, FrameCell* frame) {
  for (const Stage& stage : stages) {
    if (stage.filter != nullptr) {
      input = filter(*stage.filter, input, frame);
      continue;
    }
    for (std::size_t i = 0; i < input.size(); ++i) input.array()->items[i].tuple()->bind(stage.index, Value(static_cast<double>(i)));
  }
  return input;
}

}  // namespace signalbox::jsonata::engine
