#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

#include <cstring>
#include <optional>

namespace signalbox::jsonata::engine {
namespace {

/// As the operators see it, but that a function handed over is false.
std::optional<bool> truth_of_argument(const Value& value) { return value.is_function() ? false : truth(value); }

Value boolean(const CallContext&, std::span<Value> arguments) {
  const auto result = truth_of_argument(arguments[0]);
  return result ? Value(*result) : Value();
}

Value negation(const CallContext&, std::span<Value> arguments) {
  const auto result = truth_of_argument(arguments[0]);
  return result ? Value(!*result) : Value();
}

Value exists(const CallContext&, std::span<Value> arguments) { return Value(!arguments[0].is_undefined()); }

Value type(const CallContext&, std::span<Value> arguments) {
  switch (arguments[0].type()) {
    case Type::Null: return make_string("null");
    case Type::Boolean: return make_string("boolean");
    case Type::Number: return make_string("number");
    case Type::String: return make_string("string");
    case Type::Array: return make_string("array");
    case Type::Object: return make_string("object");
    case Type::Function: return make_string("function");
    default: return {};
  }
}

[[noreturn]] void raise_message(const char* code, const Value& message, const char* otherwise) {
  const bool given = message.is_string() && !message.text().empty();
  raise(Raised{.failure = {.code = code, .message = given ? std::string(message.text()) : otherwise}});
}

Value error(const CallContext&, std::span<Value> arguments) { raise_message("D3137", arguments[0], "$error() function evaluated"); }

Value assertion(const CallContext&, std::span<Value> arguments) {
  if (!is_true(arguments[0])) raise_message("D3141", arguments[1], "$assert() statement failed");
  return {};
}

Value clone_function(const CallContext&, std::span<Value> arguments) { return clone(arguments[0]); }

/// In [0, 1), of 53 fresh bits.
Value random(const CallContext& context, std::span<Value>) {
  const auto bytes = context.evaluator.fresh_bytes();
  std::uint64_t drawn = 0;
  std::memcpy(&drawn, bytes.data(), sizeof drawn);
  return Value(static_cast<double>(drawn >> 11U) / 9007199254740992.0);
}

Value eval(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  Value input = arguments[1].is_undefined() ? context.input : arguments[1];
  if (arguments[1].is_array() && !is_sequence(arguments[1])) {
    ArrayCell* const wrapper = ArrayCell::make(true);
    input = Value::adopt(wrapper);
    wrapper->outer_wrapper = true;
    wrapper->push(arguments[1]);
  }
  try {
    return context.evaluator.evaluate_text(arguments[0].text(), input, context.frame);
  } catch (Raised& raised) {
    if (raised.failure.kind == Failure::Kind::Limit) throw;
    complete(raised);
    const bool syntax = raised.failure.code.starts_with('S') || raised.failure.kind == Failure::Kind::Syntax;
    raise_value(syntax ? "D3120" : "D3121", Json(without_surrogates(raised.failure.message)));
  }
}

}  // namespace

void list_general_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"boolean", "<x-:b>", 1, boolean},
                             {"not", "<x-:b>", 1, negation},
                             {"exists", "<x:b>", 1, exists},
                             {"type", "<x:s>", 1, type},
                             {"error", "<s?:x>", 1, error},
                             {"assert", "<bs?:x>", 2, assertion},
                             {"clone", "<(oa)-:o>", 1, clone_function}});
}

void list_plain_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"eval", "<sx?:x>", 2, eval}, {"random", "<:n>", 0, random}});
}

}  // namespace signalbox::jsonata::engine
