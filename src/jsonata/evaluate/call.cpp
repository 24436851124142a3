/// Calls: of the expression's own functions, of the library's, and of what is made of them. A function whose body ends in a call does not call:
/// it returns, and call() goes on with that call, so that recursion in last place needs no depth.

#include "jsonata/evaluate/evaluator.h"
#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"

#include <bit>

namespace signalbox::jsonata::engine {
namespace {

/// Adds what is known here to an error from inside the call.
void add_place(Raised& raised, std::uint32_t position, std::string_view name) {
  if (raised.failure.kind != Failure::Kind::Evaluation) return;
  if (raised.offset == no_position) raised.offset = position;
  if (raised.failure.token.empty()) raised.failure.token = name;
}

}  // namespace

std::size_t parameter_count(const Value& function) {
  if (const Builtin* const builtin = function.builtin()) return builtin->parameters;
  const FunctionCell* const cell = function.function();
  switch (cell->kind) {
    case FunctionKind::Lambda: return cell->parameters.size();
    case FunctionKind::Partial: return static_cast<std::size_t>(std::popcount(cell->holes));
    case FunctionKind::Matcher: return 2;
    case FunctionKind::Transform:
    case FunctionKind::Composition: return 1;
    case FunctionKind::NextMatch: return 0;
  }
  return 0;
}

Value Evaluator::lambda(const LambdaNode& node, const Value& input, FrameCell* frame) {
  FunctionCell* const function = FunctionCell::make(FunctionKind::Lambda);
  Value result = Value::adopt(function);
  function->node = &node;
  function->input = input;
  function->frame = Ref<FrameCell>::share(frame);
  function->parameters.reserve(node.parameters.size());
  for (const Symbol parameter : node.parameters) function->parameters.push_back(parameter);
  return result;
}

/// `piped`: what stands left of `~>`, the first argument.
Value Evaluator::call_node(const CallNode& node, const Value& input, FrameCell* frame, const Value* piped) {
  Value procedure = evaluate(*node.procedure, input, frame);
  if (procedure.is_undefined() && node.meant != no_symbol && !look_up(node.meant, frame).is_undefined())
    raise("T1005", node.position, std::string(node.name));
  Arguments arguments;
  arguments.reserve(node.arguments.size() + 1);
  if (piped != nullptr) arguments.push_back(*piped);
  for (const Node* argument : node.arguments) arguments.push_back(evaluate(*argument, input, frame));
  try {
    return call(procedure, std::move(arguments), input, frame);
  } catch (Raised& raised) {
    add_place(raised, node.position, node.name);
    throw;
  }
}

Value Evaluator::call(const Value& function, Arguments arguments, const Value& input, FrameCell* frame) {
  Value result = call_once(function, std::move(arguments), input, frame);
  while (result.type() == Type::TailCall) {
    tick();
    const PendingCall pending = std::exchange(pending_, PendingCall{});
    const CallNode& node = *pending.node;
    const Value procedure = evaluate(*node.procedure, pending.input, pending.frame.get());
    Arguments next;
    next.reserve(node.arguments.size());
    for (const Node* argument : node.arguments) next.push_back(evaluate(*argument, pending.input, pending.frame.get()));
    try {
      result = call_once(procedure, std::move(next), input, frame);
    } catch (Raised& raised) {
      add_place(raised, node.position, node.name);
      throw;
    }
  }
  return result;
}

Value Evaluator::call_with(const Value& function, Value first, Value second, Value third) {
  const std::size_t count = parameter_count(function);
  Arguments arguments;
  arguments.reserve(3);
  arguments.push_back(std::move(first));
  if (count >= 2) arguments.push_back(std::move(second));
  if (count >= 3) arguments.push_back(std::move(third));
  return call(function, std::move(arguments), {}, nullptr);
}

Value Evaluator::call_once(const Value& function, Arguments arguments, const Value& input, FrameCell* frame) {
  if (const Builtin* const builtin = function.builtin()) {
    if (builtin->checked != nullptr) builtin->checked->apply(arguments, input);
    if (arguments.size() < builtin->parameters) arguments.resize(builtin->parameters);
    return builtin->implementation(CallContext{*this, input, frame}, arguments);
  }
  FunctionCell* const cell = function.function();
  if (cell == nullptr) raise("T1006");
  // Its own name may be bound to something else while it runs.
  const Value kept = function;
  return call_function(*cell, std::move(arguments), input, frame);
}

Value Evaluator::call_function(FunctionCell& function, Arguments arguments, const Value& input, FrameCell* frame) {
  switch (function.kind) {
    case FunctionKind::Lambda: return call_lambda(function, std::move(arguments), input);
    case FunctionKind::Partial: {
      Arguments all;
      std::size_t next = 0;
      for (std::size_t i = 0; i < function.bound.size(); ++i) {
        const bool hole = (function.holes >> i & 1U) != 0;
        all.push_back(!hole ? function.bound[i] : next < arguments.size() ? arguments[next] : Value());
        if (hole) ++next;
      }
      return call(function.first, std::move(all), input, frame);
    }
    case FunctionKind::Matcher: return arguments.empty() || !arguments[0].is_string() ? Value() : match_at(function, arguments[0], 0);
    case FunctionKind::Transform: return transform(function, arguments.empty() ? Value() : arguments[0]);
    case FunctionKind::Composition: return call(function.second, {call(function.first, std::move(arguments), {}, frame)}, {}, frame);
    case FunctionKind::NextMatch: return match_at(function, function.input, function.offset);
  }
  return {};
}

Value Evaluator::call_lambda(FunctionCell& function, Arguments arguments, const Value& input) {
  const auto& node = as<LambdaNode>(*function.node);
  if (node.signature != nullptr && function.is_signed) node.signature->apply(arguments, input);
  if (function.parameters.empty()) return evaluate(*node.body, function.input, function.frame.get());
  const Ref<FrameCell> frame = FrameCell::make(function.frame.get(), function.parameters.size());
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    frame->slots.push_back(Slot{function.parameters[i], i < arguments.size() ? std::move(arguments[i]) : Value()});
  }
  return evaluate(*node.body, function.input, frame.get());
}

Value Evaluator::partial(const CallNode& node, const Value& input, FrameCell* frame) {
  Row<Value> given;
  std::uint64_t holes = 0;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    if (node.arguments[i]->kind == NodeKind::Placeholder && i < 64) {
      holes |= std::uint64_t{1} << i;
      given.push_back({});
    } else {
      given.push_back(evaluate(*node.arguments[i], input, frame));
    }
  }
  const Value procedure = evaluate(*node.procedure, input, frame);
  if (procedure.is_undefined() && node.meant != no_symbol && !look_up(node.meant, frame).is_undefined())
    raise("T1007", node.position, std::string(node.name));
  if (!procedure.is_function()) raise("T1008", node.position, std::string(node.name));
  FunctionCell* const inner = procedure.function();
  if (inner == nullptr || inner->kind != FunctionKind::Lambda) {
    FunctionCell* const result = FunctionCell::make(FunctionKind::Partial);
    Value held = Value::adopt(result);
    result->first = procedure;
    result->bound = std::move(given);
    result->holes = holes;
    return held;
  }
  FunctionCell* const result = FunctionCell::make(FunctionKind::Lambda);
  Value held = Value::adopt(result);
  result->node = inner->node;
  result->is_signed = false;
  result->input = inner->input;
  result->frame = FrameCell::make(inner->frame.get(), inner->parameters.size());
  for (std::size_t i = 0; i < inner->parameters.size(); ++i) {
    if ((holes >> i & 1U) != 0) result->parameters.push_back(inner->parameters[i]);
    else result->frame->bind(inner->parameters[i], i < given.size() ? given[i] : Value());
  }
  return held;
}

Value Evaluator::apply(const BinaryNode& node, const Value& input, FrameCell* frame) {
  Value left = evaluate(*node.left, input, frame);
  if (node.right->kind == NodeKind::Call) {
    Value result = call_node(as<CallNode>(*node.right), input, frame, &left);
    if (node.right->decoration != nullptr) result = decorated(*node.right, std::move(result), input, frame);
    return result;
  }
  const Value right = evaluate(*node.right, input, frame);
  if (!right.is_function()) raise_value("T2006", to_json(right), node.position);
  if (!left.is_function()) {
    try {
      return call(right, {std::move(left)}, {}, frame);
    } catch (Raised& raised) {
      const bool is_variable = node.right->kind == NodeKind::Variable;
      add_place(raised, node.position,
                is_variable ? std::string_view((*symbols_)[as<VariableNode>(*node.right).name].name) : std::string_view());
      throw;
    }
  }
  FunctionCell* const composition = FunctionCell::make(FunctionKind::Composition);
  Value result = Value::adopt(composition);
  composition->first = std::move(left);
  composition->second = right;
  return result;
}

}  // namespace signalbox::jsonata::engine
