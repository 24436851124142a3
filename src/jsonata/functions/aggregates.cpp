#include "jsonata/functions/library.h"

#include <algorithm>

namespace signalbox::jsonata::engine {
namespace {

double total(const CallContext& context, const Value& numbers) {
  double sum = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    context.evaluator.tick();
    sum += numbers.element(i).number();
  }
  return sum;
}

Value sum(const CallContext& context, std::span<Value> arguments) {
  return arguments[0].is_undefined() ? Value() : Value(total(context, arguments[0]));
}

Value count(const CallContext&, std::span<Value> arguments) {
  return Value(arguments[0].is_undefined() ? 0.0 : static_cast<double>(arguments[0].size()));
}

Value average(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined() || arguments[0].size() == 0) return {};
  return Value(total(context, arguments[0]) / static_cast<double>(arguments[0].size()));
}

template <class Better>
Value best(const CallContext& context, const Value& numbers, Better better) {
  if (numbers.is_undefined() || numbers.size() == 0) return {};
  double result = numbers.element(0).number();
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    context.evaluator.tick();
    result = better(result, numbers.element(i).number());
  }
  return Value(result);
}

Value maximum(const CallContext& context, std::span<Value> arguments) {
  return best(context, arguments[0], [](double a, double b) { return std::max(a, b); });
}

Value minimum(const CallContext& context, std::span<Value> arguments) {
  return best(context, arguments[0], [](double a, double b) { return std::min(a, b); });
}

}  // namespace

void list_aggregate_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"sum", "<a<n>:n>", 1, sum},
                             {"count", "<a:n>", 1, count},
                             {"average", "<a<n>:n>", 1, average},
                             {"max", "<a<n>:n>", 1, maximum},
                             {"min", "<a<n>:n>", 1, minimum}});
}

}  // namespace signalbox::jsonata::engine
