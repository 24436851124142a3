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

Evaluated<Timestamp> moment_after(Timestamp now, std::int64_t seconds) {
  if (seconds > delay_max.count()) return runtime_error("Wait state delay is too long.");
  return now + std::chrono::seconds(seconds);
}

/// Not further away than AWS lets a Wait wait.
Outcome<Timestamp> within_reach(const Scope& scope, Timestamp moment, Timestamp now) {
  if (moment > now + delay_max) return failure_in(scope.frame(), runtime_error("Wait state delay is too long."));
  return moment;
}

Evaluated<Timestamp> moment_by_path(Scope& scope, const PathExpression& path, const Json& input, Timestamp now) {
  const auto value = scope.find(path, input);
  if (!value || value->is_null())
    return runtime_error(fmt::format("The SecondsPath parameter does not reference an input value: {}", path.text()));
  const auto seconds = value->as_integer();
  if (!seconds) {
    return runtime_error(
        fmt::format("The SecondsPath parameter cannot be parsed as a long value: {} == {}", path.text(), plain_text(*value)));
  }
  if (*seconds < 0)
    return runtime_error(fmt::format("The SecondsPath parameter references a negative value: {} == {}", path.text(), *seconds));
  return moment_after(now, *seconds);
}

Outcome<Timestamp> moment_by_jsonata(Scope& scope, const JsonataTemplate& field, Timestamp now) {
  const auto value = scope.evaluate(field, Json::Kind::Number);
  if (!value) return value.error();
  const auto seconds = value->as_integer();
  if (!seconds) return scope.failure({fmt::format("The Seconds field cannot be parsed as a long value: {}", value->text()), field.field()});
  if (*seconds < 0) return scope.failure({fmt::format("The Seconds field references a negative value: {}", *seconds), field.field()});
  if (*seconds > delay_max.count()) return scope.failure({"Wait state delay is too long.", field.field()});
  return now + std::chrono::seconds(*seconds);
}

Outcome<Timestamp> moment_of(Scope& scope, const WaitState::Seconds& wait, const Json& input, Timestamp now) {
  const auto complete = [&scope](Evaluated<Timestamp> moment) -> Outcome<Timestamp> {
    if (!moment) return failure_in(scope.frame(), moment.error());
    return *moment;
  };
  return std::visit(Overload{
                        [&](std::int64_t seconds) { return complete(moment_after(now, seconds)); },
                        [&](const PathExpression& path) { return complete(moment_by_path(scope, path, input, now)); },
                        [&](const JsonataTemplate& field) { return moment_by_jsonata(scope, field, now); },
                    },
                    wait.value);
}

std::optional<Timestamp> parsed_timestamp(const Json& value) { return value.is_string() ? parse_rfc3339(value.as_string()) : std::nullopt; }

Outcome<Timestamp> moment_of(Scope& scope, const WaitState::Until& wait, const Json& input, Timestamp now) {
  constexpr std::string_view format = "ISO-8601 extended offset date-time format string";
  return std::visit(
      Overload{
          [&](Timestamp moment) { return within_reach(scope, moment, now); },
          [&](const PathExpression& path) -> Outcome<Timestamp> {
            const auto fail = [&scope](std::string cause) { return failure_in(scope.frame(), runtime_error(std::move(cause))); };
            const auto value = scope.find(path, input);
            if (!value || value->is_null())
              return fail(fmt::format("The TimestampPath parameter does not reference an input value: {}", path.text()));
            const auto moment = parsed_timestamp(*value);
            if (moment) return within_reach(scope, *moment, now);
            return fail(fmt::format("The TimestampPath parameter does not reference a valid {}: {} == {}", format, path.text(),
                                    plain_text(*value)));
          },
          [&](const JsonataTemplate& field) -> Outcome<Timestamp> {
            const auto value = scope.evaluate(field, Json::Kind::String);
            if (!value) return value.error();
            const auto moment = parsed_timestamp(*value);
            if (!moment)
              return scope.failure(
                  {fmt::format("The Timestamp field cannot be parsed as an {}: {}", format, plain_text(*value)), field.field()});
            if (*moment > now + delay_max) return scope.failure({"Wait state delay is too long.", field.field()});
            return *moment;
          },
      },
      wait.value);
}

/// `input` is the effective input.
void leave(Interpreter& interpreter, Frame& frame, Scope& scope, const State& state, const WaitState& wait, const Json& input) {
  auto variables = assigned(scope, state.assign, input);
  if (!variables) return interpreter.fail(frame, variables.error());
  auto output = passed_on(scope, wait.output_path, wait.output, input);
  if (!output) return interpreter.fail(frame, output.error());
  interpreter.leave(frame, state, std::move(*output), wait.next, std::move(*variables));
}

}  // namespace

void begin_wait(Interpreter& interpreter, Frame& frame, const State& state, const WaitState& wait) {
  Scope scope(interpreter, frame);
  const auto input = selected_input(scope, wait.input_path);
  if (!input) return interpreter.fail(frame, input.error());
  const auto due = std::visit([&](const auto& form) { return moment_of(scope, form, *input, interpreter.now()); }, wait.wait);
  if (!due) return interpreter.fail(frame, due.error());
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
  const auto input = selected_input(scope, wait.input_path);
  if (!input) return interpreter.fail(frame, input.error());
  leave(interpreter, frame, scope, state, wait, *input);
}

}  // namespace signalbox::core
