#include "core/data_flow.h"

#include "core/context_object.h"

#include <fmt/format.h>

namespace signalbox::core {
namespace {

const Json& empty_object() {
  static const Json empty = Json::empty_object();
  return empty;
}

}  // namespace

EvaluationContext Scope::around(const Json& input, const Json& context) {
  // The label is unique for each piece of work: between two of the same frame there is always an event, or they are numbered.
  if (!random_) {
    const Execution& execution = interpreter_.execution();
    auto label = std::to_string(frame_.id.value) + '/' + std::to_string(execution.last_event_id);
    if (number_) label += '/' + std::to_string(*number_);
    random_.emplace(execution.started.key, label);
  }
  if (!variables_) variables_ = variables_in_scope(interpreter_.execution(), frame_);
  return EvaluationContext{.input = input, .context = context, .variables = *variables_, .random = *random_, .now = interpreter_.now()};
}

const Json& Scope::context() {
  if (const StateTest* test = interpreter_.test(); test != nullptr && test->context && !context_)
    context_ = item_ ? with_item(*test->context, *item_) : *test->context;
  if (!context_)
    context_ = make_context(interpreter_.execution(), frame_, interpreter_.constant_context(), token_, item_, {.all = true, .members = {}});
  return *context_;
}

// Most templates read a member or two, above all the token.
Json Scope::context(const ContextReads& reads) {
  if (reads.all || context_ || (interpreter_.test() && interpreter_.test()->context)) return context();
  if (reads.members.empty()) return empty_object();
  const bool is_constant = reads.has("Execution") || reads.has("StateMachine");
  return make_context(interpreter_.execution(), frame_, is_constant ? interpreter_.constant_context() : empty_object(), token_, item_,
                      reads);
}

Evaluated<Json> Scope::evaluate(const PathExpression& path, const Json& input) {
  if (!path.is_root() && path.reads_null(input)) return WorkflowError{error_names::Runtime, std::string(PathExpression::null_input)};
  auto value = path.evaluate(around(input, path.reads_context() ? context() : empty_object()));
  if (!value)
    return WorkflowError{value.error().error, fmt::format("Invalid path '{}' : {}", path.text(), value.error().cause.value_or(""))};
  return value;
}

Evaluated<Json> Scope::evaluate(const IntrinsicCall& call, const Json& input) { return call.evaluate(around(input, context())); }
Evaluated<Json> Scope::evaluate(const PayloadTemplate& payload, const Json& input) {
  const Json read = context(payload.reads());
  return payload.evaluate(around(input, read));
}

Json Scope::states(const StatesMembers& read) {
  Json::Object members;
  if (read.input) members.push_back({"input", frame_.input});
  if (read.context) members.push_back({"context", context()});
  if (read.result && result_) members.push_back({"result", *result_});
  if (read.error_output && error_output_) members.push_back({"errorOutput", *error_output_});
  return Json(std::move(members));
}

template <class... Expected>
Outcome<Json> Scope::evaluate_jsonata(const JsonataTemplate& field, Expected... expected) {
  const auto surroundings = around(frame_.input, false);
  const Json seen = states(field.reads());
  auto value = field.evaluate({.states = seen, .variables = surroundings.variables, .random = surroundings.random, .now = surroundings.now},
                              expected...);
  if (!value) return failure(std::move(value.error()));
  return std::move(*value);
}

Outcome<Json> Scope::evaluate(const JsonataTemplate& field) { return evaluate_jsonata(field); }
Outcome<Json> Scope::evaluate(const JsonataTemplate& field, Json::Kind expected) { return evaluate_jsonata(field, expected); }

Outcome<Json> Scope::evaluate(const Template& field, const Json& input) {
  if (const auto* jsonata = std::get_if<JsonataTemplate>(&field)) return evaluate(*jsonata);
  auto value = evaluate(std::get<PayloadTemplate>(field), input);
  if (!value) return failure_in(frame_, value.error());
  return std::move(*value);
}

std::optional<Json> Scope::find(const PathExpression& path, const Json& input) {
  const auto surroundings = around(input, path.reads_context() ? context() : empty_object());
  if (path.is_root()) return input;
  if (auto value = path.find(surroundings)) return value;
  if (path.is_reference()) return std::nullopt;
  auto matches = path.evaluate(surroundings);
  if (!matches || matches->size() == 0) return std::nullopt;
  return *matches;
}

bool is_identity(const PathOrNull& path) { return path && path->is_root(); }

bool is_identity(const DataFlow& flow) {
  return is_identity(flow.input_path) && !flow.parameters && !flow.result_selector && flow.result_path && flow.result_path->is_root() &&
         is_identity(flow.output_path) && !flow.arguments && !flow.output;
}

Evaluated<Json> select(Scope& scope, const PathOrNull& path, const Json& from) {
  if (!path) return empty_object();
  if (path->is_root()) return from;
  return scope.evaluate(*path, from);
}

Outcome<Json> selected_input(Scope& scope, const PathOrNull& input_path) {
  auto selected = select(scope, input_path, scope.frame().input);
  if (!selected) return failure_in(scope.frame(), selected.error());
  scope.show(&StateInspection::after_input_path, *selected);
  return std::move(*selected);
}

Outcome<Json> within_limit(const Scope& scope, Json output) {
  if (output.text_bytes() > payload_bytes_max) return Failure{.error = data_limit_exceeded(scope.frame().state)};
  return output;
}

Outcome<Json> passed_on(Scope& scope, const PathOrNull& output_path, const std::optional<JsonataTemplate>& output, const Json& input) {
  if (output) {
    auto computed = scope.evaluate(*output);
    return computed ? within_limit(scope, std::move(*computed)) : computed;
  }
  auto selected = select(scope, output_path, input);
  if (!selected) return failure_in(scope.frame(), selected.error());
  return std::move(*selected);
}

Outcome<Json> effective_input(Scope& scope, const DataFlow& flow) {
  const auto selected = selected_input(scope, flow.input_path);
  return selected ? parameters_of(scope, flow, *selected) : selected;
}

Outcome<Json> parameters_of(Scope& scope, const DataFlow& flow, const Json& selected) {
  if (flow.arguments) {
    auto arguments = scope.evaluate(*flow.arguments);
    if (arguments) scope.show(&StateInspection::after_arguments, *arguments);
    return arguments;
  }
  auto parameters = flow.parameters ? scope.evaluate(*flow.parameters, selected) : Evaluated<Json>(selected);
  if (!parameters) return failure_in(scope.frame(), parameters.error());
  scope.show(&StateInspection::after_parameters, *parameters);
  return std::move(*parameters);
}

Outcome<Json> state_output(Scope& scope, const DataFlow& flow, const Json& result) {
  if (flow.output) {
    auto computed = scope.evaluate(*flow.output);
    return computed ? within_limit(scope, std::move(*computed)) : computed;
  }
  const Json& raw_input = scope.frame().input;
  const auto put_together = [&]() -> Evaluated<Json> {
    Json value = result;
    if (flow.result_selector) {
      auto selected = scope.evaluate(*flow.result_selector, value);
      if (!selected) return selected;
      value = std::move(*selected);
    }
    scope.show(&StateInspection::after_result_selector, value);
    if (!flow.result_path) {
      value = raw_input;
    } else if (!flow.result_path->is_root()) {
      auto inserted = flow.result_path->insert(raw_input, value);
      if (!inserted) return inserted;
      value = std::move(*inserted);
    }
    scope.show(&StateInspection::after_result_path, value);
    return select(scope, flow.output_path, value);
  };
  auto output = put_together();
  if (!output) return failure_in(scope.frame(), output.error());
  return within_limit(scope, std::move(*output));
}

}  // namespace signalbox::core
