#include "scenario/runner.h"

#include "core/history_codec.h"
#include "core/print.h"
#include "signalbox/encoding.h"
#include "signalbox/keys.h"
#include "signalbox/step.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace signalbox::test {
namespace {

constexpr std::string_view key = "0123456789abcdef0123456789abcdef";
const Timestamp beginning = *parse_rfc3339("2026-01-01T00:00:00Z");

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("scenario: " + what); }

std::string take_word(std::string& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  std::string word = rest.substr(0, end);
  rest.erase(0, std::min(end + 1, rest.size()));
  return word;
}

std::optional<std::string> take_optional(std::string& rest) { return rest.empty() ? std::nullopt : std::optional(take_word(rest)); }

Timestamp parse_time(const std::string& text) {
  int parts[3] = {0, 0, 0}, milliseconds = 0, count = 0;
  const auto dot = text.find('.');
  if (dot != text.npos) milliseconds = std::stoi((text.substr(dot + 1) + "000").substr(0, 3));
  std::istringstream in(text.substr(0, dot));
  for (std::string part; std::getline(in, part, ':') && count < 3;) parts[count++] = std::stoi(part);
  if (count < 2) refuse("a time is MM:SS or HH:MM:SS: " + text);
  const int seconds = count == 2 ? parts[0] * 60 + parts[1] : parts[0] * 3600 + parts[1] * 60 + parts[2];
  return beginning + std::chrono::seconds(seconds) + std::chrono::milliseconds(milliseconds);
}

Json parse_json(std::string text) {
  static const std::regex filler("<([0-9]+) bytes>");
  for (std::smatch match; std::regex_search(text, match, filler);) {
    text.replace(static_cast<std::size_t>(match.position(0)), static_cast<std::size_t>(match.length(0)),
                 std::string(std::stoul(match[1]), 'x'));
  }
  auto parsed = Json::parse(text.empty() ? "{}" : text);
  if (!parsed) refuse(parsed.error().message + ": " + text);
  return *parsed;
}

TaskFailureKind parse_kind(const std::string& text) {
  static const std::map<std::string, TaskFailureKind> kinds{{"Failed", TaskFailureKind::Failed},
                                                            {"ScheduleFailed", TaskFailureKind::ScheduleFailed},
                                                            {"StartFailed", TaskFailureKind::StartFailed},
                                                            {"SubmitFailed", TaskFailureKind::SubmitFailed}};
  const auto found = kinds.find(text);
  if (found == kinds.end()) refuse("no such kind of failure: " + text);
  return found->second;
}

class Scenario {
 public:
  explicit Scenario(const std::string& definition) {
    auto parsed = parse_definition(definition);
    for (const auto& fault : parsed.diagnostics) {
      if (fault.severity == Diagnostic::Severity::Error) refuse(fault.code + ": " + fault.message + " at " + fault.where.value_or("?"));
    }
    machine_ = parsed.machine;
  }

  std::string run(std::string line) {
    trace_.clear();
    quiet_ = line.starts_with("quiet ");
    if (quiet_) line.erase(0, 6);
    const std::string verb = take_word(line);
    if (line.starts_with("at=")) now_ = parse_time(take_word(line).substr(3));
    perform(verb, line);
    compare_with_fold();
    return readable(trace_);
  }

 private:
  void perform(const std::string& verb, std::string& rest) {
    if (verb == "start") return start(parse_json(rest));
    if (verb == "tick") {
      now_ = parse_time(take_word(rest));
      return handle(events::TimerFired{});
    }
    if (verb == "continue") return go_on();
    if (verb == "stop") {
      auto error = take_optional(rest);
      return handle(events::Stop{{std::move(error), rest.empty() ? std::nullopt : std::optional(rest)}});
    }
    if (verb == "redrive") return redrive(rest);
    if (verb == "missing-activity") return surroundings_.missing_activities.push_back(rest);
    if (verb == "restart") return restart();
    if (verb == "due") return say(next_due(execution_) ? "due=" + format_rfc3339(*next_due(execution_)) : "nothing is due");
    if (verb == "result") return say_result();
    if (verb == "pending") {
      for (const auto& command : pending_commands(*machine_, execution_)) say("> " + print(command));
      return;
    }
    if (verb == "context") return say(context_object(execution_, execution_.frames.at(FrameId{std::stoll(rest)})).pretty());
    if (verb == "count") return count(rest);
    perform_on_task(verb, TaskAttempt{std::stoll(take_word(rest))}, rest);
  }

  void perform_on_task(const std::string& verb, TaskAttempt attempt, std::string& rest) {
    if (verb == "taken") return handle(events::TaskTaken{attempt, take_optional(rest)});
    if (verb == "answer") return handle(events::TaskAnswered{attempt, parse_json(rest)});
    if (verb == "succeed") return handle(events::CallbackSucceeded{attempt, parse_json(rest)});
    if (verb == "map-run") return handle(events::MapRunEnded{attempt, parse_json(rest), std::nullopt});
    if (verb == "heartbeat") return handle(events::Heartbeat{attempt});
    const auto kind = verb == "refuse" ? parse_kind(take_word(rest)) : TaskFailureKind::Failed;
    auto name = take_optional(rest);
    WorkflowError error{std::move(name), rest.empty() ? std::nullopt : std::optional(rest)};
    if (verb == "refuse") return handle(events::TaskRefused{attempt, kind, std::move(error)});
    if (verb == "map-run-fails") return handle(events::MapRunEnded{attempt, std::nullopt, std::move(error)});
    if (verb == "fail") return handle(events::CallbackFailed{attempt, std::move(error)});
    refuse("no such command: " + verb);
  }

  void start(Json input) {
    handle(events::StartExecution{ExecutionStarted{.input = std::move(input),
                                                   .role_arn = "arn:aws:iam::000000000000:role/role",
                                                   .state_machine_version_arn = {},
                                                   .state_machine_alias_arn = {},
                                                   .execution_arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run",
                                                   .name = "run",
                                                   .state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:machine",
                                                   .state_machine_name = "machine",
                                                   .key = std::string(key),
                                                   .timeout_at = {}}});
  }

  void handle(const Event& event) {
    const Step step = signalbox::step(*machine_, execution_, event, now_, surroundings_);
    go_on_ = false;
    for (const auto& fact : step.history) {
      if (!quiet_) say(print(fact) + (fact.timestamp == now_ ? "" : " at=" + format_rfc3339(fact.timestamp)));
      ++counts_[event_type_name(fact)];
    }
    for (const auto& command : step.commands) {
      go_on_ = go_on_ || std::holds_alternative<commands::Continue>(command);
      if (!quiet_ || std::holds_alternative<commands::Close>(command)) say("> " + print(command));
    }
    if (!step.history.empty()) stored_.push_back(encode_events(step.history));
  }

  void go_on() {
    do handle(events::Continue{});
    while (go_on_);
  }

  void redrive(std::string& rest) {
    events::Redrive event{.count = execution_.redrive_count + 1};
    if (auto state = take_optional(rest)) {
      event.from_state = std::move(state);
      event.input = parse_json(rest);
    }
    handle(event);
  }

  Execution fold() const {
    Execution execution = blank_execution(execution_.row);
    for (const auto& chunk : stored_) decode_events(chunk, [&execution](HistoryEvent&& event) { apply(execution, event); });
    return execution;
  }

  void restart() {
    execution_ = fold();
    restart_heartbeats(execution_, now_);
  }

  void compare_with_fold() {
    const auto folded = print(fold(), PrintedClocks::WithoutHeartbeats), held = print(execution_, PrintedClocks::WithoutHeartbeats);
    if (folded != held) say("THE FOLD OF THE HISTORY DIFFERS:\n" + folded + "FROM THE EXECUTION:\n" + held);
  }

  void say_result() {
    say(std::string(to_string(execution_.status)));
    if (execution_.output) say("output=" + execution_.output->text());
    if (execution_.error.error) say("error=" + *execution_.error.error);
    if (execution_.error.cause) say("cause=" + *execution_.error.cause);
    if (execution_.stopped_at) say("stopped_at=" + format_rfc3339(*execution_.stopped_at));
  }

  void count(const std::string& name) { say(fmt::format("{} {}", counts_[name], name)); }

  void say(const std::string& line) { trace_ += line + "\n"; }

  /// Times without their date, tokens by the attempt they belong to.
  std::string readable(std::string text) const {
    text = std::regex_replace(text, std::regex("2026-01-01T([0-9:]{8}(\\.[0-9]+)?)Z"), "$1");
    for (std::int64_t attempt = 1; attempt < execution_.next_attempt.value; ++attempt) {
      const auto token = make_task_token(key, execution_.row, TaskAttempt{attempt}).value;
      for (auto at = text.find(token); at != text.npos; at = text.find(token))
        text.replace(at, token.size(), fmt::format("<token {}>", attempt));
    }
    return text;
  }

  std::shared_ptr<const StateMachine> machine_;
  Execution execution_ = blank_execution(ExecutionRow{7});
  Surroundings surroundings_;
  Timestamp now_ = beginning;
  std::vector<std::string> stored_;
  std::map<std::string, int> counts_;
  std::string trace_;
  bool quiet_ = false, go_on_ = false;
};

/// Lines up to an empty one.
std::string take_block(std::istringstream& in) {
  std::string block;
  for (std::string line; std::getline(in, line) && !line.empty();) block += line + "\n";
  return block;
}

}  // namespace

std::string run_scenario(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  std::optional<Scenario> scenario;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) {
      out += line + "\n";
    } else if (line == "machine") {
      const std::string definition = take_block(in);
      scenario.emplace(definition);
      out += "machine\n" + definition + "\n";
    } else {
      if (!scenario) refuse("no machine before: " + line);
      out += line + "\n----\n" + scenario->run(line) + "\n";
      take_block(in);
    }
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace signalbox::test
