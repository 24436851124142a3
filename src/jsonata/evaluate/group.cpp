/// Objects: `{name: value}` on its own, or grouping the items of what stands before it.

#include "jsonata/evaluate/evaluator.h"
#include "jsonata/materialise.h"

#include <functional>

namespace signalbox::jsonata::engine {
namespace {

struct Entry {
  Value name;
  std::size_t pair;
  Row<Value> items;
};

/// The groups so far, found by name.
class Groups {
 public:
  Entry& find_or_add(Value name, std::size_t pair) {
    const std::string_view text = name.text();
    if (entries_.size() < indexed_from) {
      for (Entry& entry : entries_) {
        if (entry.name.text() == text) return entry;
      }
    } else {
      if (index_.empty()) grow();
      std::size_t slot = std::hash<std::string_view>{}(text) & (index_.size() - 1);
      for (; index_[slot] != 0; slot = (slot + 1) & (index_.size() - 1)) {
        if (entries_[index_[slot] - 1].name.text() == text) return entries_[index_[slot] - 1];
      }
    }
    entries_.push_back(Entry{std::move(name), pair, {}});
    if (!index_.empty()) grow_or_note();
    return entries_.back();
  }
  Row<Entry>& entries() { return entries_; }

 private:
  static constexpr std::size_t indexed_from = 12;

  void grow_or_note() {
    if (entries_.size() * 2 > index_.size()) grow();
    else note(entries_.size() - 1);
  }
  void grow() {
    std::size_t slots = 64;
    while (slots < entries_.size() * 4) slots *= 2;
    index_ = {};
    index_.reserve(slots);
    for (std::size_t i = 0; i < slots; ++i) index_.push_back(0);
    for (std::size_t i = 0; i < entries_.size(); ++i) note(i);
  }
  void note(std::size_t place) {
    std::size_t slot = std::hash<std::string_view>{}(entries_[place].name.text()) & (index_.size() - 1);
    while (index_[slot] != 0) slot = (slot + 1) & (index_.size() - 1);
    index_[slot] = static_cast<std::uint32_t>(place + 1);
  }

  Row<Entry> entries_;
  Row<std::uint32_t> index_;
};

/// The items of a group as one context: a single one itself, more of them appended to each other.
Value joined(const Row<Value>& items) {
  if (items.size() == 1) return items[0];
  ArrayCell* const cell = ArrayCell::make(false);
  Value result = Value::adopt(cell);
  for (const Value& item : items) {
    if (!item.is_array()) cell->push(item);
    for (std::size_t i = 0; item.is_array() && i < item.size(); ++i) cell->push(item.element(i));
  }
  return result;
}

/// The tuples of a group as one: each variable has all their values.
Value reduced(const Row<Value>& tuples) {
  TupleCell* const result = tuples[0].tuple()->copy();
  Value held = Value::adopt(result);
  for (std::size_t i = 1; i < tuples.size(); ++i) {
    const TupleCell& tuple = *tuples[i].tuple();
    result->item = append(result->item, tuple.item);
    for (const Slot& slot : tuple.slots) {
      const auto* const known = [&]() -> const Value* {
        for (const Slot& mine : result->slots) {
          if (mine.name == slot.name) return &mine.value;
        }
        return nullptr;
      }();
      result->bind(slot.name, append(known == nullptr ? Value() : *known, slot.value));
    }
  }
  return held;
}

}  // namespace

Value Evaluator::group(const Group& group, const Value& input, FrameCell* frame) {
  const ArrayCell* const cell = input.array();
  const bool tuples = cell != nullptr && cell->tuple_stream;
  // Without items the pairs are evaluated once all the same, so that an object may be written anywhere.
  const std::size_t count = input.is_array() && input.size() > 0 ? input.size() : 1;
  const auto key_of = [&](const Pair& pair, const Value& context, FrameCell* inner) {
    Value name = evaluate(*pair.name, context, inner);
    if (!name.is_undefined() && !name.is_string()) raise_value("T1003", to_json(name), group.position);
    return name;
  };
  if (!tuples && count == 1) return group_of_one(group, input.is_array() ? (input.size() == 0 ? Value() : input.element(0)) : input, frame);
  Groups groups;
  for (std::size_t i = 0; i < count; ++i) {
    const Value item = input.is_array() ? (input.size() == 0 ? Value() : input.element(i)) : input;
    const bool is_tuple = item.type() == Type::Tuple;
    const Ref<FrameCell> inner = is_tuple ? frame_of(*item.tuple(), frame) : Ref<FrameCell>::share(frame);
    for (std::size_t pair = 0; pair < group.pairs.size(); ++pair) {
      Value name = key_of(group.pairs[pair], is_tuple ? item.tuple()->item : item, inner.get());
      if (name.is_undefined()) continue;
      Entry& entry = groups.find_or_add(name, pair);
      if (entry.pair != pair) raise_value("D1009", to_json(name), group.position);
      if (!item.is_undefined() || entry.items.empty()) entry.items.push_back(item);
      Heap::current().require(Cost::element * entry.items.size());
    }
  }
  ObjectCell* const object = ObjectCell::make();
  Value result = Value::adopt(object);
  for (Entry& entry : groups.entries()) {
    const Node& expression = *group.pairs[entry.pair].value;
    Value value;
    if (entry.items[0].type() == Type::Tuple) {
      const Value tuple = reduced(entry.items);
      const Ref<FrameCell> inner = frame_of(*tuple.tuple(), frame);
      value = evaluate(expression, tuple.tuple()->item, inner.get());
    } else {
      value = evaluate(expression, joined(entry.items), frame);
    }
    if (!value.is_undefined()) object->add(entry.name, std::move(value));
  }
  return result;
}

/// One item: every name is a group of its own, so names and values need not be kept apart.
Value Evaluator::group_of_one(const Group& group, const Value& item, FrameCell* frame) {
  ArrayCell* const names = ArrayCell::make(false);
  const Value held_names = Value::adopt(names);
  for (const Pair& pair : group.pairs) {
    Value name = evaluate(*pair.name, item, frame);
    if (!name.is_undefined() && !name.is_string()) raise_value("T1003", to_json(name), group.position);
    names->push(std::move(name));
  }
  ObjectCell* const object = ObjectCell::make();
  Value result = Value::adopt(object);
  object->members.reserve(group.pairs.size());
  for (std::size_t pair = 0; pair < group.pairs.size(); ++pair) {
    const Value& name = names->items[pair];
    if (name.is_undefined()) continue;
    if (object->find(name.text()) != ObjectCell::absent) raise_value("D1009", to_json(name), group.position);
    object->add(name, {});
  }
  std::size_t place = 0;
  for (std::size_t pair = 0; pair < group.pairs.size(); ++pair) {
    if (names->items[pair].is_undefined()) continue;
    Value value = evaluate(*group.pairs[pair].value, item, frame);
    if (value.is_undefined()) object->remove(names->items[pair].text());
    else object->put(place++, std::move(value));
  }
  return result;
}

}  // namespace signalbox::jsonata::engine
