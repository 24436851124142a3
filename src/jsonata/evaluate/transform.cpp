/// `|pattern|update|delete|`: a copy of the object, in which what the pattern finds is changed in place.

#include "jsonata/evaluate/evaluator.h"
#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"

namespace signalbox::jsonata::engine {
namespace {

bool is_string_or_strings(const Value& value) {
  if (!value.is_array()) return value.is_string();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!value.element(i).is_string()) return false;
  }
  return true;
}

}  // namespace

Value Evaluator::transform(FunctionCell& function, const Value& object) {
  const auto& node = as<TransformNode>(*function.node);
  if (object.is_undefined()) return {};
  if (!object.is_object() && !object.is_array()) {
    raise(Raised{.failure = {.code = "T0410", .value = to_json(object)}, .offset = node.position, .second = "1"});
  }
  Value result = clone(object);
  const Value matches = evaluate(*node.pattern, result, function.frame.get());
  const std::size_t count = matches.is_array() ? matches.size() : matches.is_undefined() ? 0 : 1;
  for (std::size_t i = 0; i < count; ++i) {
    tick();
    transform_match(node, matches.is_array() ? matches.element(i) : matches, function.frame.get());
  }
  return result;
}

void Evaluator::transform_match(const TransformNode& node, const Value& match, FrameCell* frame) {
  const Value update = evaluate(*node.update, match, frame);
  if (!update.is_undefined()) {
    if (!update.is_object()) raise_value("T2011", to_json(update), node.update->position);
    // What is put in is a copy, so that nothing comes to contain itself.
    for (std::size_t i = 0; match.object() != nullptr && i < update.size(); ++i)
      match.object()->set(update.member_key(i), clone(update.member_value(i)));
  }
  if (node.removal == nullptr) return;
  const Value removal = evaluate(*node.removal, match, frame);
  if (removal.is_undefined()) return;
  if (!is_string_or_strings(removal)) raise_value("T2012", to_json(removal), node.removal->position);
  if (match.object() == nullptr) return;
  if (removal.is_string()) match.object()->remove(removal.text());
  for (std::size_t i = 0; removal.is_array() && i < removal.size(); ++i) match.object()->remove(removal.element(i).text());
}

Value clone(const Value& value) {
  if (value.is_array()) {
    ArrayCell* const copy = ArrayCell::make(false);
    Value result = Value::adopt(copy);
    copy->reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) copy->push(clone(value.element(i)));
    return result;
  }
  if (!value.is_object()) return value;
  ObjectCell* const copy = ObjectCell::make();
  Value result = Value::adopt(copy);
  copy->members.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) copy->add(value.member_key(i), clone(value.member_value(i)));
  return result;
}

}  // namespace signalbox::jsonata::engine
