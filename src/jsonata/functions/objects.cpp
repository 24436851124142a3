#include "jsonata/evaluate/work.h"
#include "jsonata/functions/library.h"

namespace signalbox::jsonata::engine {
namespace {

void collect_keys(const Value& value, ObjectCell& seen, Sequence& names) {
  count_work();
  for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) collect_keys(value.element(i), seen, names);
  for (std::size_t i = 0; value.is_object() && i < value.size(); ++i) {
    if (seen.find(value.member_name(i)) != ObjectCell::absent) continue;
    const Value name = value.member_key(i);
    seen.add(name, Value(true));
    names.add(name);
  }
}

Value keys(const CallContext&, std::span<Value> arguments) {
  ObjectCell* const seen = ObjectCell::make();
  const Value held = Value::adopt(seen);
  Sequence names;
  collect_keys(arguments[0], *seen, names);
  return names.take();
}

Value lookup(const CallContext& context, std::span<Value> arguments) {
  return arguments[1].is_undefined() ? Value() : context.evaluator.lookup_member(arguments[0], arguments[1].text());
}

void spread_into(const Value& value, ArrayCell& results) {
  count_work();
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) spread_into(value.element(i), results);
    return;
  }
  if (!value.is_object()) return results.push(value);
  for (std::size_t i = 0; i < value.size(); ++i) {
    ObjectCell* const single = ObjectCell::make();
    Value held = Value::adopt(single);
    single->add(value.member_key(i), value.member_value(i));
    results.push(std::move(held));
  }
}

/// What an object gives is a sequence, which reads as its only element; what an array with elements gives stays an array.
Value spread(const CallContext&, std::span<Value> arguments) {
  if (!arguments[0].is_array() && !arguments[0].is_object()) return arguments[0];
  ArrayCell* const results = ArrayCell::make(arguments[0].is_object() || arguments[0].size() == 0);
  Value result = Value::adopt(results);
  spread_into(arguments[0], *results);
  return result;
}

Value merge(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  ObjectCell* const merged = ObjectCell::make();
  Value result = Value::adopt(merged);
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    const Value object = arguments[0].element(i);
    for (std::size_t member = 0; member < object.size(); ++member) {
      context.evaluator.tick();
      merged->set(object.member_key(member), object.member_value(member));
    }
  }
  return result;
}

Value each(const CallContext& context, std::span<Value> arguments) {
  if (!arguments[0].is_object()) return {};
  Sequence results;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    results.add(context.evaluator.call_with(arguments[1], arguments[0].member_value(i), arguments[0].member_key(i), arguments[0]));
  }
  return results.take();
}

/// The signature lets the function be left out, yet no member can be sifted without one.
Value sift(const CallContext& context, std::span<Value> arguments) {
  if (!arguments[0].is_object() || arguments[0].size() == 0) return {};
  if (arguments[1].type() != Type::Function) raise(Raised{.failure = {.code = "T0410"}, .second = "2"});
  ObjectCell* const kept = ObjectCell::make();
  Value result = Value::adopt(kept);
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    const Value name = arguments[0].member_key(i), value = arguments[0].member_value(i);
    if (is_true(context.evaluator.call_with(arguments[1], value, name, arguments[0]))) kept->add(name, value);
  }
  return kept->members.empty() ? Value() : result;
}

}  // namespace

void list_object_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"keys", "<x-:a<s>>", 1, keys},
                             {"lookup", "<x-s:x>", 2, lookup},
                             {"spread", "<x-:a<o>>", 1, spread},
                             {"merge", "<a<o>:o>", 1, merge},
                             {"each", "<o-f:a>", 2, each},
                             {"sift", "<o-f?:o>", 2, sift}});
}

}  // namespace signalbox::jsonata::engine
