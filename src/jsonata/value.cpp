#include "jsonata/value.h"

#include "jsonata/cells.h"
#include "jsonata/failure.h"
#include "jsonata/text.h"

#include <algorithm>
#include <functional>

namespace signalbox::jsonata::engine {
namespace {

template <class T, class... Arguments>
T* make_cell(std::size_t cost, Arguments... arguments) {
  Heap& heap = Heap::current();
  heap.charge(cost);
  return new (heap.allocate(sizeof(T))) T(arguments...);
}

template <class T>
void destroy_as(Cell* cell, std::size_t cost) {
  Heap& heap = Heap::current();
  static_cast<T*>(cell)->~T();
  heap.release(cell, sizeof(T));
  heap.refund(cost);
}

void destroy_one(Cell* cell) {
  switch (cell->type) {
    case CellType::String: {
      const std::size_t size = static_cast<StringCell*>(cell)->size;
      Heap::current().release(cell, sizeof(StringCell) + size);
      Heap::current().refund(Cost::text(size));
      return;
    }
    case CellType::Array: destroy_as<ArrayCell>(cell, Cost::cell + Cost::element * static_cast<ArrayCell*>(cell)->items.size()); return;
    case CellType::Object: destroy_as<ObjectCell>(cell, Cost::cell + Cost::member * static_cast<ObjectCell*>(cell)->members.size()); return;
    case CellType::Function: destroy_as<FunctionCell>(cell, Cost::function); return;
    case CellType::Tuple: destroy_as<TupleCell>(cell, Cost::frame); return;
    case CellType::Frame: destroy_as<FrameCell>(cell, Cost::frame); return;
  }
}

std::uint32_t deeper(std::uint32_t depth, const Value& inside) {
  const std::uint32_t needed = depth_of(inside) + 1;
  if (needed > value_depth_max) raise_limit(Limit::Depth);
  return std::max(depth, needed);
}

void put_slot(Row<Slot>& slots, Symbol name, Value value) {
  for (Slot& slot : slots) {
    if (slot.name == name) {
      slot.value = std::move(value);
      return;
    }
  }
  slots.push_back(Slot{name, std::move(value)});
}

}  // namespace

void destroy(Cell* cell) noexcept {
  thread_local Cell* waiting = nullptr;
  thread_local bool busy = false;
  cell->next_dead = waiting;
  waiting = cell;
  if (busy) return;
  busy = true;
  while (waiting != nullptr) {
    Cell* const dead = waiting;
    waiting = dead->next_dead;
    destroy_one(dead);
  }
  busy = false;
}

std::uint32_t depth_of(const Value& value) {
  if (const ArrayCell* const array = value.array()) return array->depth;
  if (const ObjectCell* const object = value.object()) return object->depth;
  const Json* const json = value.json();
  return json == nullptr ? 0 : static_cast<std::uint32_t>(json->depth());
}

std::size_t Value::size() const {
  if (form_ == Form::Borrowed) return payload_.json->size();
  if (type_ == Type::Array) return static_cast<const ArrayCell*>(payload_.cell)->items.size();
  return type_ == Type::Object ? static_cast<const ObjectCell*>(payload_.cell)->members.size() : 0;
}

Value Value::element(std::size_t index) const {
  if (form_ == Form::Borrowed) return borrow(payload_.json->elements()[index]);
  return static_cast<const ArrayCell*>(payload_.cell)->items[index];
}

std::string_view Value::member_name(std::size_t index) const {
  if (form_ == Form::Borrowed) return payload_.json->members()[index].name;
  return static_cast<const ObjectCell*>(payload_.cell)->members[index].name.text();
}

Value Value::member_value(std::size_t index) const {
  if (form_ == Form::Borrowed) return borrow(payload_.json->members()[index].value);
  return static_cast<const ObjectCell*>(payload_.cell)->members[index].value;
}

Value Value::member_key(std::size_t index) const {
  return form_ == Form::Borrowed ? make_string(member_name(index)) : static_cast<const ObjectCell*>(payload_.cell)->members[index].name;
}

Value Value::find(std::string_view name) const {
  if (type_ != Type::Object) return {};
  if (form_ == Form::Borrowed) {
    const Json* const found = payload_.json->find(name);
    return found == nullptr ? Value() : borrow(*found);
  }
  const auto* const object = static_cast<const ObjectCell*>(payload_.cell);
  const std::size_t place = object->find(name);
  return place == ObjectCell::absent ? Value() : object->members[place].value;
}

StringCell* StringCell::make(std::size_t length) {
  Heap& heap = Heap::current();
  heap.charge(Cost::text(length));
  return new (heap.allocate(sizeof(StringCell) + length)) StringCell(length);
}

Value make_string(std::string_view text) {
  StringCell* const cell = StringCell::make(text.size());
  if (!text.empty()) std::memcpy(cell->data(), text.data(), text.size());
  return Value::adopt(cell);
}

Value make_string(std::string_view left, std::string_view right) {
  if (left.size() >= 3 && right.size() >= 3 && left[left.size() - 3] == '\xED' && right[0] == '\xED') {
    std::string joined(left);
    append_text(joined, right);
    return make_string(joined);
  }
  StringCell* const cell = StringCell::make(left.size() + right.size());
  if (!left.empty()) std::memcpy(cell->data(), left.data(), left.size());
  if (!right.empty()) std::memcpy(cell->data() + left.size(), right.data(), right.size());
  return Value::adopt(cell);
}

ArrayCell* ArrayCell::make(bool is_sequence) {
  auto* const cell = make_cell<ArrayCell>(Cost::cell);
  cell->sequence = is_sequence;
  return cell;
}

void ArrayCell::reserve(std::size_t wanted) {
  Heap::current().require((wanted > items.size() ? wanted - items.size() : 0) * Cost::element);
  items.reserve(wanted);
}

void ArrayCell::push(Value value) {
  depth = deeper(depth, value);
  Heap::current().charge(Cost::element);
  items.push_back(std::move(value));
}

ObjectCell* ObjectCell::make() { return make_cell<ObjectCell>(Cost::cell); }

void ObjectCell::set(const Value& name, Value value) {
  const std::size_t place = find(name.text());
  if (place == absent) return add(name, std::move(value));
  put(place, std::move(value));
}

void ObjectCell::put(std::size_t place, Value value) {
  depth = deeper(depth, value);
  members[place].value = std::move(value);
}

void ObjectCell::add(Value name, Value value) {
  depth = deeper(depth, value);
  Heap::current().charge(Cost::member);
  members.push_back(Member{std::move(name), std::move(value)});
  if (index_.empty()) return;
  if (members.size() * 2 > index_.size()) index_ = {};
  else index(members.size() - 1);
}

void ObjectCell::remove(std::string_view name) {
  const std::size_t place = find(name);
  if (place == absent) return;
  members.erase(place);
  Heap::current().refund(Cost::member);
  index_ = {};
}

std::size_t ObjectCell::find(std::string_view name) const {
  if (members.size() < index_from) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name.text() == name) return i;
    }
    return absent;
  }
  if (index_.empty()) build_index();
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = std::hash<std::string_view>{}(name)&mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    if (members[index_[slot] - 1].name.text() == name) return index_[slot] - 1;
  }
  return absent;
}

void ObjectCell::index(std::size_t place) const {
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(members[place].name.text()) & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = static_cast<std::uint32_t>(place + 1);
}

void ObjectCell::build_index() const {
  std::size_t slots = 64;
  while (slots < members.size() * 4) slots *= 2;
  index_.reserve(slots);
  for (std::size_t i = 0; i < slots; ++i) index_.push_back(0);
  for (std::size_t i = 0; i < members.size(); ++i) index(i);
}

Ref<FrameCell> FrameCell::make(FrameCell* outer, std::size_t slots) {
  Ref<FrameCell> frame(make_cell<FrameCell>(Cost::frame));
  frame->outer = Ref<FrameCell>::share(outer);
  if (slots > 0) frame->slots.reserve(slots);
  return frame;
}

void FrameCell::bind(Symbol name, Value value) { put_slot(slots, name, std::move(value)); }

const Value* FrameCell::find(Symbol name) const {
  for (const FrameCell* frame = this; frame != nullptr; frame = frame->outer.get()) {
    for (const Slot& slot : frame->slots) {
      if (slot.name == name) return &slot.value;
    }
  }
  return nullptr;
}

TupleCell* TupleCell::make() { return make_cell<TupleCell>(Cost::frame); }

TupleCell* TupleCell::copy() const {
  TupleCell* const result = make();
  result->item = item;
  result->slots.reserve(slots.size() + 1);
  for (const Slot& slot : slots) result->slots.push_back(Slot{slot.name, slot.value});
  return result;
}

void TupleCell::bind(Symbol name, Value value) { put_slot(slots, name, std::move(value)); }

FunctionCell* FunctionCell::make(FunctionKind kind) { return make_cell<FunctionCell>(Cost::function, kind); }

}  // namespace signalbox::jsonata::engine
