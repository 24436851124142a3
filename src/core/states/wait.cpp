#include "base/overload.h"
#include "core/data_flow.h"
#include "core/states/states.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

namespace signalbox::core {
namespace {

constexpr std::chrono::seconds delay_max{99'999'999};

WorkflowError runtime_error(std::string cause) { return WorkflowError{error_names::Runtime, std::move(cause)}; }

/// As AWS shows a faulty value: a text without its quotes.
std::string shown(const Json& value) { return value.is_string() ? std::string(value.as_string()) : value.text(); }

Evaluated<Timestamp> moment_after(Timestamp now, std::int64_t seconds) {
  if (seconds > delay_max.count()) return runtime_error("Wait state delay is too long.");
  return now + std::chrono::seconds(seconds);
}

Evaluated<Timestamp> moment_of(Scope& scope, const WaitState::Seconds& wait, const Json& input, Timestamp now) {
  const auto* path = std::get_if<PathExpression>(&wait.value);
  if (path == nullptr) return moment_after(now, std::get<std::int64_t>(wait.value));
  const auto value = scope.find(*path, input);
  if (!value || value->is_null()) return runtime_error(fmt::format("The SecondsPath parameter does not reference an input value: {}", path->text()));
  const auto seconds = value->as_integer();
  if (!seconds) {
    return runtime_error(fmt::format("The SecondsPath parameter cannot be parsed as a long value: {} == {}", path->text(), shown(*value)));
  }
  if (*seconds < 0) return runtime_error(fmt::format("The SecondsPath parameter references a negative value: {} == {}", path->text(), *seconds));
  return moment_after(now, *seconds);
}

Evaluated<Timestamp> moment_of(Scope& scope, const WaitState::Until& wait, const Json& input, Timestamp now) {
  Timestamp moment;
  if (const auto* path = std::get_if<PathExpression>(&wait.value)) {
    const auto value = scope.find(*path, input);
    if (!value || value->is_null()) return runtime_error(fmt::format("The TimestampPath parameter does not reference an input value: {}", path->text()));
    const auto parsed = value->is_string() ? parse_rfc3339(value->as_string()) : std::nullopt;
    if (!parsed) {
      return runtime_error(fmt::format("The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {} == {}",
                                       path->text(), shown(*value)));
    }
    moment = *parsed;
  } else {
    moment = std::get<Timestamp>(wait.value);
  }
  if (moment > now + delay_max) return runtime_error("Wait state delay is too long.");
  return moment;
}

/// `input` is the effective input.
void leave(Interpreter& interpreter, Frame& frame, Scope& scope, const State& state, const WaitState& wait, const Json& input) {
  auto variables = assigned(scope, state.assign, input);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = select(scope, wait.output_path, input);
  if (!output) return interpreter.fail(frame, failure_in(frame, output.error()));
  interpreter.leave(frame, state, std::move(*output), wait.next, std::move(*variables));
}

}  // namespace

void begin_wait(Interpreter& interpreter, Frame& frame, const State& state, const WaitState& wait) {
  Scope scope(interpreter, frame);
  const auto input = select(scope, wait.input_path, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  const auto due = std::visit([&](const auto& form) { return moment_of(scope, form, *input, interpreter.now()); }, wait.wait);
  if (!due) return interpreter.fail(frame, failure_in(frame, due.error()));
  if (*due > interpreter.now()) {
    interpreter.record(frame, WaitStarted{.due = *due});
    return;
  }
  leave(interpreter, frame, scope, state, wait, *input);
}

void end_wait(Interpreter& interpreter, Frame& frame) {
  const State& state = interpreter.state_of(frame);
  const auto& wait = std::get<WaitState>(state.type);
  Scope scope(interpreter, frame);
  const auto input = select(scope, wait.input_path, frame.input);
  if (!input) return interpreter.fail(frame, failure_in(frame, input.error()));
  leave(interpreter, frame, scope, state, wait, *input);
}

}  // namespace signalbox::core
