#include "jsonata/evaluate/evaluator.h"

namespace signalbox::jsonata::engine {

ArrayCell& Sequence::cell() {
  if (many_ == nullptr) {
    many_ = ArrayCell::make(true);
    held_ = Value::adopt(many_);
    if (!first_.is_undefined()) many_->push(std::move(first_));
    first_ = {};
  }
  return *many_;
}

void Sequence::add(Value value) {
  if (value.is_undefined()) return;
  if (many_ == nullptr && first_.is_undefined()) {
    first_ = std::move(value);
    return;
  }
  cell().push(std::move(value));
}

void Sequence::add_flattened(Value value) {
  const ArrayCell* const array = value.array();
  if (!value.is_array() || (array != nullptr && array->constructed)) return add(std::move(value));
  add_elements(value);
}

void Sequence::add_elements(const Value& array) {
  const std::size_t count = array.size();
  for (std::size_t i = 0; i < count; ++i) {
    Value item = array.element(i);
    // Undefined has its place in what a filter of nothing gives, and in `groups` of a match.
    if (item.is_undefined()) cell().push(std::move(item));
    else add(std::move(item));
  }
}

Value Sequence::take() {
  (void)cell();
  many_ = nullptr;
  return std::move(held_);
}

Value Sequence::take_unwrapped() {
  if (many_ == nullptr) return std::move(first_);
  if (many_->items.size() == 1) return many_->items[0];
  return take();
}

}  // namespace signalbox::jsonata::engine
