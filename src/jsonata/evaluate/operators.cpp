#include "jsonata/evaluate/evaluator.h"
#include "jsonata/evaluate/work.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

constexpr double range_size_max = 1e7;

bool comparable(const Value& value) { return value.is_undefined() || value.is_string() || value.is_number(); }

/// Numbers of an operator, with the operator's place and word on what is wrong.
bool operand(const Value& value, const char* code, const BinaryNode& node) {
  if (value.is_undefined()) return false;
  try {
    if (is_numeric(value)) return true;
  } catch (Raised& raised) {
    raised.offset = node.position;
    raised.failure.token = text_of(node.op);
    throw;
  }
  raise_value(code, to_json(value), node.position, std::string(text_of(node.op)));
}

}  // namespace

bool is_numeric(const Value& value) {
  if (!value.is_number()) return false;
  const double number = value.number();
  if (!std::isfinite(number)) {
    if (std::isnan(number)) return false;
    raise_value("D1001", Json());
  }
  return true;
}

std::optional<bool> truth(const Value& value) {
  count_work();
  switch (value.type()) {
    case Type::Undefined: return std::nullopt;
    case Type::Boolean: return value.is_true();
    case Type::Number: return is_numeric(value) && value.number() != 0;
    case Type::String: return !value.text().empty();
    case Type::Object: return value.size() > 0;
    case Type::Array:
      if (value.size() == 1) return is_true(value.element(0));
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (is_true(value.element(i))) return true;
      }
      return false;
    case Type::Function: {
      // 2.0.6 tests a function as the object that it keeps it as; a matcher is none.
      const FunctionCell* const cell = value.function();
      return cell == nullptr || (cell->kind != FunctionKind::Matcher && cell->kind != FunctionKind::NextMatch);
    }
    default: return false;
  }
}

bool deep_equal(const Value& a, const Value& b) {
  count_work();
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::Undefined:
    case Type::Null: return true;
    case Type::Boolean: return a.is_true() == b.is_true();
    case Type::Number: return a.number() == b.number();
    case Type::String: return a.text() == b.text();
    case Type::Array:
    case Type::Object: break;
    default: return a.cell() == b.cell() && a.builtin() == b.builtin();
  }
  if (a.cell() != nullptr && a.cell() == b.cell()) return true;
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a.is_array() ? deep_equal(a.element(i), b.element(i)) : deep_equal(a.member_value(i), b.find(a.member_name(i)));
    if (!same) return false;
  }
  return true;
}

Value Evaluator::constant(const ConstantNode& node) const {
  switch (node.type) {
    case Type::Number: return Value(node.number);
    case Type::String: return Value::literal(node.text);
    case Type::Boolean: return Value(node.number != 0);
    default: return Value::null();
  }
}

Value Evaluator::boolean_operation(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const bool left = is_true(evaluate(*node.left, input, frame));
  if (left == (node.kind == NodeKind::Or)) return Value(left);
  return Value(is_true(evaluate(*node.right, input, frame)));
}

Value Evaluator::equality(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const Value left = evaluate(*node.left, input, frame);
  const Value right = evaluate(*node.right, input, frame);
  if (left.is_undefined() || right.is_undefined()) return Value(false);
  return Value(deep_equal(left, right) == (node.op == Op::Equal));
}

/// Scalars by value; arrays and objects only if they are the same one.
Value Evaluator::inclusion(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const Value left = evaluate(*node.left, input, frame);
  const Value right = evaluate(*node.right, input, frame);
  if (left.is_undefined() || right.is_undefined()) return Value(false);
  const auto same = [&left](const Value& item) {
    if (!left.is_array() && !left.is_object()) return deep_equal(left, item);
    return left.type() == item.type() && left.cell() == item.cell() && left.json() == item.json();
  };
  if (!right.is_array()) return Value(same(right));
  for (std::size_t i = 0; i < right.size(); ++i) {
    tick();
    if (same(right.element(i))) return Value(true);
  }
  return Value(false);
}

Value Evaluator::comparison(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const Value left = evaluate(*node.left, input, frame);
  const Value right = evaluate(*node.right, input, frame);
  if (!comparable(left) || !comparable(right))
    raise_value("T2010", to_json(comparable(left) ? right : left), node.position, std::string(text_of(node.op)));
  if (left.is_undefined() || right.is_undefined()) return {};
  if (left.type() != right.type()) {
    raise(Raised{.failure = {.code = "T2009", .token = std::string(text_of(node.op)), .value = to_json(left)},
                 .offset = node.position,
                 .second = to_json(right).compact_text()});
  }
  // Texts become a number that compares with zero as they with each other.
  const double a = left.is_number() ? left.number() : compare_utf16(left.text(), right.text());
  const double b = left.is_number() ? right.number() : 0;
  switch (node.op) {
    case Op::Less: return Value(a < b);
    case Op::LessEqual: return Value(a <= b);
    case Op::Greater: return Value(a > b);
    default: return Value(a >= b);
  }
}

Value Evaluator::arithmetic(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const Value left = evaluate(*node.left, input, frame);
  const Value right = evaluate(*node.right, input, frame);
  const bool has_left = operand(left, "T2001", node);
  const bool has_right = operand(right, "T2002", node);
  if (!has_left || !has_right) return {};
  const double a = left.number(), b = right.number();
  switch (node.op) {
    case Op::Plus: return Value(a + b);
    case Op::Minus: return Value(a - b);
    case Op::Star: return Value(a * b);
    case Op::Slash: return Value(a / b);
    default: return Value(std::fmod(a, b));
  }
}

Value Evaluator::range(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const Value left = evaluate(*node.left, input, frame);
  const Value right = evaluate(*node.right, input, frame);
  const auto whole = [](const Value& value) {
    return value.is_undefined() || (value.is_number() && std::isfinite(value.number()) && value.number() == std::trunc(value.number()));
  };
  if (!whole(left)) raise_value("T2003", to_json(left), node.position, "..");
  if (!whole(right)) raise_value("T2004", to_json(right), node.position, "..");
  if (left.is_undefined() || right.is_undefined() || left.number() > right.number()) return {};
  const double size = right.number() - left.number() + 1;
  if (size > range_size_max) raise_value("D2014", Json(size), node.position, "..");
  ArrayCell* const cell = ArrayCell::make(true);
  Value result = Value::adopt(cell);
  cell->reserve(static_cast<std::size_t>(size));
  for (double i = 0; i < size; ++i) {
    tick();
    cell->push(Value(left.number() + i));
  }
  return result;
}

/// The parts nest to the left as `(a & b) & c`, and count so in the depth.
Value Evaluator::concat(const ListNode& node, const Value& input, FrameCell* frame) {
  const std::size_t outer = depth_;
  std::string text;
  try {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      depth_ = outer + node.items.size() - 1 - std::max<std::size_t>(i, 1);
      const Value part = evaluate(*node.items[i], input, frame);
      if (part.is_undefined()) continue;
      append_string(text, part);
      Heap::current().require(Cost::text(text.size()));
    }
  } catch (...) {
    depth_ = outer;
    throw;
  }
  depth_ = outer;
  return make_string(text);
}

Value Evaluator::negate(const BinaryNode& node, const Value& input, FrameCell* frame) {
  const Value value = evaluate(*node.left, input, frame);
  if (value.is_undefined()) return {};
  if (!is_numeric(value)) raise_value("D1002", to_json(value), node.position, "-");
  return Value(-value.number());
}

Value Evaluator::array(const ListNode& node, const Value& input, FrameCell* frame) {
  Value result = Value::adopt(ArrayCell::make(false));
  for (const Node* item : node.items) {
    Value value = evaluate(*item, input, frame);
    if (value.is_undefined()) continue;
    if (!value.is_array() || item->kind == NodeKind::Array) {
      result.array()->push(std::move(value));
      continue;
    }
    ArrayCell* const made = value.array();
    if (result.array()->items.empty() && made != nullptr && made->count == 1) {
      // Nobody else has it: its elements need not be copied.
      made->sequence = made->keep_singleton = made->constructed = made->outer_wrapper = false;
      result = std::move(value);
      continue;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      tick();
      result.array()->push(value.element(i));
    }
  }
  if (node.constructed) result.array()->constructed = true;
  return result;
}

Value Evaluator::condition(const ConditionNode& node, const Value& input, FrameCell* frame) {
  if (is_true(evaluate(*node.condition, input, frame))) return evaluate(*node.then, input, frame);
  return node.otherwise == nullptr ? Value() : evaluate(*node.otherwise, input, frame);
}

Value Evaluator::block(const ListNode& node, const Value& input, FrameCell* frame) {
  const Ref<FrameCell> own = node.declared.empty() ? Ref<FrameCell>::share(frame) : FrameCell::make(frame, node.declared.size());
  Value result;
  for (const Node* item : node.items) result = evaluate(*item, input, own.get());
  return result;
}

Value Evaluator::bind(const BindNode& node, const Value& input, FrameCell* frame) {
  Value value = evaluate(*node.value, input, frame);
  frame->bind(node.name, value);
  return value;
}

Value append(const Value& a, const Value& b) {
  if (a.is_undefined()) return b;
  if (b.is_undefined()) return a;
  ArrayCell* const cell = ArrayCell::make(false);
  Value result = Value::adopt(cell);
  cell->reserve((a.is_array() ? a.size() : 1) + (b.is_array() ? b.size() : 1));
  for (const Value* part : {&a, &b}) {
    if (!part->is_array()) cell->push(*part);
    for (std::size_t i = 0; part->is_array() && i < part->size(); ++i) cell->push(part->element(i));
  }
  return result;
}

}  // namespace signalbox::jsonata::engine
