/// Functions that take functions and arrays.

#include "jsonata/functions/library.h"

namespace signalbox::jsonata::engine {
namespace {

Value call_for(const CallContext& context, const Value& function, const Value& array, std::size_t i) {
  return context.evaluator.call_with(function, array.element(i), Value(static_cast<double>(i)), array);
}

Value map(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  Sequence results;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) results.add(call_for(context, arguments[1], arguments[0], i));
  return results.take();
}

Value filter(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  Sequence results;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    if (is_true(call_for(context, arguments[1], arguments[0], i))) results.add(arguments[0].element(i));
  }
  return results.take();
}

Value single(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  bool found = false;
  Value result;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    if (arguments[1].is_function() && !is_true(call_for(context, arguments[1], arguments[0], i))) continue;
    if (found) raise("D3138");
    found = true;
    result = arguments[0].element(i);
  }
  if (!found) raise("D3139");
  return result;
}

Value reduce(const CallContext& context, std::span<Value> arguments) {
  const Value& array = arguments[0];
  if (array.is_undefined()) return {};
  const std::size_t parameters = parameter_count(arguments[1]);
  if (parameters < 2) raise("D3050");
  Value result = arguments[2];
  std::size_t i = 0;
  if (result.is_undefined() && array.size() > 0) result = array.element(i++);
  for (; i < array.size(); ++i) {
    Arguments given{std::move(result), array.element(i)};
    if (parameters >= 3) given.push_back(Value(static_cast<double>(i)));
    if (parameters >= 4) given.push_back(array);
    result = context.evaluator.call(arguments[1], std::move(given), {}, nullptr);
  }
  return result;
}

}  // namespace

void list_higher_order_functions(std::vector<Builtin>& table) {
  table.insert(table.end(),
               {{"map", "<af>", 2, map}, {"filter", "<af>", 2, filter}, {"single", "<af?>", 2, single}, {"reduce", "<afj?:j>", 3, reduce}});
}

}  // namespace signalbox::jsonata::engine
