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

EvaluationContext Scope::around(const Json& input, bool with_context) {
  // The label is unique for each piece of work: between two of the same frame there is always an event.
  if (!random_) {
    const Execution& execution = interpreter_.execution();
    random_.emplace(execution.started.key, fmt::format("{}/{}", frame_.id.value, execution.last_event_id));
  }
  if (!variables_) variables_ = variables_in_scope(interpreter_.execution(), frame_);
  return EvaluationContext{
      .input = input, .context = with_context ? context() : empty_object(), .variables = *variables_, .random = *random_, .now = interpreter_.now()};
}

const Json& Scope::context() {
  if (!context_) context_ = make_context(interpreter_.execution(), frame_, interpreter_.constant_context(), token_, item_);
  return *context_;
}

Evaluated<Json> Scope::evaluate(const PathExpression& path, const Json& input) {
  auto value = path.evaluate(around(input, path.reads_context()));
  if (!value) return WorkflowError{value.error().error, fmt::format("Invalid path '{}' : {}", path.text(), value.error().cause.value_or(""))};
  return value;
}

Evaluated<Json> Scope::evaluate(const IntrinsicCall& call, const Json& input) { return call.evaluate(around(input, true)); }
Evaluated<Json> Scope::evaluate(const PayloadTemplate& payload, const Json& input) { return payload.evaluate(around(input, true)); }

std::optional<Json> Scope::find(const PathExpression& path, const Json& input) {
  const auto surroundings = around(input, path.reads_context());
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
         is_identity(flow.output_path);
}

Evaluated<Json> select(Scope& scope, const PathOrNull& path, const Json& from) {
  if (!path) return empty_object();
  if (path->is_root()) return from;
  return scope.evaluate(*path, from);
}

Evaluated<Json> passed_through(Scope& scope, const PathOrNull& input_path, const PathOrNull& output_path, const Json& input) {
  auto selected = select(scope, input_path, input);
  return selected ? select(scope, output_path, *selected) : selected;
}

Evaluated<Json> effective_input(Scope& scope, const DataFlow& flow, const Json& raw_input) {
  auto selected = select(scope, flow.input_path, raw_input);
  if (!selected || !flow.parameters) return selected;
  return scope.evaluate(*flow.parameters, *selected);
}

boost::system::result<Json, Failure> state_output(Scope& scope, const DataFlow& flow, const Json& raw_input, const Json& result) {
  const auto put_together = [&]() -> Evaluated<Json> {
    Json value = result;
    if (flow.result_selector) {
      auto selected = scope.evaluate(*flow.result_selector, value);
      if (!selected) return selected;
      value = std::move(*selected);
    }
    if (!flow.result_path) {
      value = raw_input;
    } else if (!flow.result_path->is_root()) {
      auto inserted = flow.result_path->insert(raw_input, value);
      if (!inserted) return inserted;
      value = std::move(*inserted);
    }
    return select(scope, flow.output_path, value);
  };
  auto output = put_together();
  if (!output) return failure_in(scope.frame(), output.error());
  if (output->text_bytes() > payload_bytes_max) return Failure{.error = data_limit_exceeded(scope.frame().state)};
  return std::move(*output);
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) { throw_bad_evaluation_access(failure.error); }

}  // namespace signalbox::core
