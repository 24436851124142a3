// Random machines, random events: the execution is the fold of its stored history, and forgetting it after any step changes nothing
// that comes after. A failure prints the seed; run one again by SIGNALBOX_SEED=….

#include "core/history_codec.h"
#include "core/print.h"
#include "signalbox/step.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>
#include <set>

namespace signalbox {
namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  /// In [0, end); the generator's own numbers, so that a seed means the same with every library.
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  bool chance(std::uint64_t percent) { return below(100) < percent; }
  std::string one_of(std::initializer_list<const char*> choices) { return *(choices.begin() + below(choices.size())); }

 private:
  std::mt19937_64 engine_;
};

/// Definitions in either query language with every type of state, nested up to three deep, that most inputs can run through.
class RandomDefinition {
 public:
  explicit RandomDefinition(Draw& draw) : draw_(draw), jsonata_(draw.chance(50)) {}

  std::string text() {
    return fmt::format("{{{}{}{}}}", jsonata_ ? R"("QueryLanguage": "JSONata", )" : "", draw_.chance(20) ? R"("TimeoutSeconds": 50, )" : "",
                       flow(3));
  }

 private:
  std::string flow(int depth) {
    std::vector<std::string> names(1 + draw_.below(4));
    for (auto& name : names) name = fmt::format("S{}", ++states_);
    std::string states;
    for (std::size_t index = 0; index < names.size(); ++index) {
      if (index != 0) states += ", ";
      const std::string next = index + 1 < names.size() ? fmt::format(R"("Next": "{}")", names[index + 1]) : R"("End": true)";
      states +=
          fmt::format(R"("{}": {{{}}})", names[index], index + 1 < names.size() ? state(depth, next, names[index + 1]) : last(depth, next));
    }
    return fmt::format(R"("StartAt": "{}", "States": {{{}}})", names.front(), states);
  }

  std::string last(int depth, const std::string& next) {
    switch (draw_.below(6)) {
      case 0: return R"("Type": "Succeed")" + (jsonata_ ? ", " + output() : std::string());
      case 1: return fmt::format(R"("Type": "Fail", "Error": "{}")", draw_.one_of({"E1", "E2"}));
      default: return state(depth, next, "");
    }
  }

  std::string state(int depth, const std::string& next, const std::string& next_name) {
    switch (draw_.below(depth > 0 ? 10 : 6)) {
      case 0: return R"("Type": "Pass", )" + next;
      case 1: return pass() + assign(depth) + next;
      case 2: return fmt::format(R"("Type": "Wait", "Seconds": {}, {})", number(draw_.below(20)), next);
      case 3:
        if (!next_name.empty()) return choice(next_name);
        [[fallthrough]];
      case 4:
      case 5: return task() + assign(depth) + errors(next_name) + next;
      case 6:
      case 7: {
        std::string branches = "{" + flow(depth - 1) + "}";
        for (auto more = draw_.below(3); more > 0; --more) branches += ", {" + flow(depth - 1) + "}";
        return fmt::format(R"("Type": "Parallel", "Branches": [{}], {}{}{})", branches, assign(depth), errors(next_name), next);
      }
      case 8:
        return map(depth, R"("ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, )") + assign(depth) +
               errors(next_name) + next;
      default: return map(depth, "") + assign(depth) + errors(next_name) + next;
    }
  }

  std::string pass() {
    if (!jsonata_) return R"x("Type": "Pass", "Parameters": {"v.$": "$", "id.$": "States.UUID()"}, "ResultPath": null, )x";
    return R"("Type": "Pass", )" + output() + ", ";
  }

  /// One in ten fails to be evaluated.
  std::string output() {
    if (draw_.chance(10)) return R"("Output": {"v": "{% $states.input.nothing.at.all %}"})";
    return R"x("Output": {"of": "{% $type($states.input) %}", "id": "{% $uuid() %}", "drawn": "{% $random() %}", "at": "{% $now() %}"})x";
  }

  std::string choice(const std::string& next) {
    if (!jsonata_)
      return fmt::format(R"("Type": "Choice", "Choices": [{{"Variable": "$", "IsString": true, "Next": "{0}"}}], "Default": "{0}")", next);
    return fmt::format(
        R"x("Type": "Choice", "Choices": [{{"Condition": "{{% $type($states.input) = 'string' %}}", "Output": "{{% $random() %}}", "Next": "{0}"}}], "Default": "{0}")x",
        next);
  }

  std::string map(int depth, const std::string& config) {
    const std::string limit = draw_.chance(50) ? fmt::format(R"("MaxConcurrency": {}, )", number(draw_.below(3))) : "";
    const std::string tolerated = draw_.chance(40) ? fmt::format(R"("ToleratedFailureCount": {}, )", number(draw_.below(3))) : "";
    // The items are a list that every execution's input holds, wherever in the machine the Map stands.
    const char* const items =
        jsonata_ ? R"("Items": "{% $states.context.Execution.Input.list %}")" : R"("ItemsPath": "$$.Execution.Input.list")";
    return fmt::format(R"("Type": "Map", {}, {}{}"ItemProcessor": {{{}{}}}, )", items, limit, tolerated, config, flow(depth - 1));
  }

  std::string task() {
    const std::string timeout = draw_.chance(50) ? fmt::format(R"("TimeoutSeconds": {}, )", number(10 + draw_.below(20))) : "";
    const std::string heartbeat = draw_.chance(30) ? R"("HeartbeatSeconds": 5, )" : "";
    switch (draw_.below(3)) {
      case 0: return R"("Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", )" + timeout;
      case 1: return R"("Type": "Task", "Resource": "arn:aws:states:us-east-1:000000000000:activity:a", )" + timeout + heartbeat;
      default:
        return std::string(R"("Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", )") +
               (jsonata_ ? R"("Arguments": {"QueueUrl": "q", "MessageBody": "{% $states.context.Task.Token %}"}, )"
                         : R"("Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}, )") +
               timeout + heartbeat;
    }
  }

  /// As it is, or as an expression.
  std::string number(std::uint64_t value) {
    return jsonata_ && draw_.chance(50) ? fmt::format(R"("{{% {} + 0 %}}")", value) : std::to_string(value);
  }

  /// Each level of nesting has its own names, so that no inner scope assigns an outer one's.
  std::string assign(int depth) {
    if (draw_.chance(50)) return "";
    const auto value = draw_.below(100);
    if (jsonata_)
      return fmt::format(R"x("Assign": {{"v{0}": {1}, "w{0}": "{{% $states.input %}}", "id{0}": "{{% $uuid() %}}"}}, )x", depth, value);
    return fmt::format(R"x("Assign": {{"v{0}": {1}, "w{0}.$": "$", "id{0}.$": "States.UUID()"}}, )x", depth, value);
  }

  std::string errors(const std::string& next_name) {
    std::string fields;
    if (draw_.chance(40)) {
      fields += fmt::format(R"("Retry": [{{"ErrorEquals": ["{}"], "MaxAttempts": {}, "JitterStrategy": "{}"}}], )",
                            draw_.one_of({"E1", "States.ALL", "States.TaskFailed", "States.Timeout", "States.QueryEvaluationError"}),
                            draw_.below(3), draw_.one_of({"FULL", "NONE"}));
    }
    if (draw_.chance(40) && !next_name.empty()) {
      fields += fmt::format(R"("Catch": [{{"ErrorEquals": ["{}"], {}, "Next": "{}"}}], )",
                            draw_.one_of({"E2", "States.ALL", "States.HeartbeatTimeout"}),
                            jsonata_ ? R"("Output": "{% $states.errorOutput.Error %}")" : R"("ResultPath": null)", next_name);
    }
    return fields;
  }

  Draw& draw_;
  const bool jsonata_;
  int states_ = 0;
};

/// An execution, and another that is forgotten and folded anew after every step.
class Twins {
 public:
  explicit Twins(const StateMachine& machine) : machine_(machine) {}

  void handle(const Event& event, Timestamp now) {
    Execution folded = fold();
    restore_heartbeats(folded);
    const Step kept = step(machine_, kept_, event, now);
    const Step again = step(machine_, folded, event, now);
    if (!kept.history.empty()) stored_.push_back(encode_events(kept.history));
    check_equal(kept, again);
    CHECK(print(kept_) == print(folded));
    CHECK(print(kept_, PrintedClocks::WithoutHeartbeats) == print(fold(), PrintedClocks::WithoutHeartbeats));
    check_ids(kept);
    check_indexes();
    note_commands(kept);
  }

  [[nodiscard]] const Execution& execution() const { return kept_; }
  /// Attempts that were asked for and may be answered; ended ones stay, since late answers must do no harm.
  [[nodiscard]] const std::vector<TaskAttempt>& invoked() const { return invoked_; }
  /// Likewise, of map runs.
  [[nodiscard]] const std::vector<TaskAttempt>& map_runs() const { return map_runs_; }
  [[nodiscard]] bool wants_continue() const { return wants_continue_; }
  [[nodiscard]] int closed() const { return closed_; }

 private:
  Execution fold() const {
    Execution execution = blank_execution(kept_.row);
    for (const auto& chunk : stored_) decode_events(chunk, [&execution](HistoryEvent&& event) { apply(execution, event); });
    return execution;
  }

  /// A restart starts heartbeat clocks anew; to compare, they are set to what the kept execution knows.
  void restore_heartbeats(Execution& folded) const {
    for (auto& [attempt, task] : folded.tasks) {
      const auto& kept = kept_.tasks.at(attempt);
      task.heartbeat_due = kept.heartbeat_due;
      Frame& frame = folded.frames.at(task.frame);
      const auto due = kept_.frames.at(task.frame).due;
      if (frame.due == due || !folded.running()) continue;
      if (frame.due) folded.due.erase({*frame.due, frame.id});
      if (due) folded.due.emplace(*due, frame.id);
      frame.due = due;
    }
  }

  static void check_equal(const Step& a, const Step& b) {
    REQUIRE(a.history.size() == b.history.size());
    for (std::size_t index = 0; index < a.history.size(); ++index) CHECK(print(a.history[index]) == print(b.history[index]));
    REQUIRE(a.commands.size() == b.commands.size());
    for (std::size_t index = 0; index < a.commands.size(); ++index) CHECK(print(a.commands[index]) == print(b.commands[index]));
  }

  /// Ids without gaps; every previousEventId names an earlier event.
  void check_ids(const Step& step) {
    for (const auto& event : step.history) {
      if (is_internal(event)) continue;
      CHECK(event.id == ++last_id_);
      CHECK(event.previous_id < event.id);
    }
    CHECK(kept_.last_event_id == last_id_);
  }

  /// What is kept ordered says what the frames say.
  void check_indexes() const {
    if (!kept_.running()) return;
    std::set<std::pair<Timestamp, FrameId>> due;
    for (const auto& [id, frame] : kept_.frames) {
      if (frame.due) due.emplace(*frame.due, id);
      if (const auto* in_task = std::get_if<Frame::InTask>(&frame.activity)) CHECK(kept_.tasks.at(in_task->attempt).frame == id);
      if (std::holds_alternative<Frame::Ready>(frame.activity)) CHECK(kept_.ready.contains(id));
    }
    CHECK(due == kept_.due);
    for (const auto& [attempt, task] : kept_.tasks) CHECK(std::get<Frame::InTask>(kept_.frames.at(task.frame).activity).attempt == attempt);
  }

  void note_commands(const Step& step) {
    wants_continue_ = false;
    for (const auto& command : step.commands) {
      if (const auto* invoke = std::get_if<commands::InvokeTask>(&command)) invoked_.push_back(invoke->attempt);
      if (const auto* run = std::get_if<commands::StartMapRun>(&command)) map_runs_.push_back(run->attempt);
      wants_continue_ = wants_continue_ || std::holds_alternative<commands::Continue>(command);
      closed_ += std::holds_alternative<commands::Close>(command) ? 1 : 0;
    }
  }

  const StateMachine& machine_;
  Execution kept_ = blank_execution(ExecutionRow{9});
  std::vector<std::string> stored_;
  std::vector<TaskAttempt> invoked_, map_runs_;
  std::int64_t last_id_ = 0;
  bool wants_continue_ = false;
  int closed_ = 0;
};

Event random_end(Draw& draw, TaskAttempt run) {
  if (draw.chance(60)) return events::MapRunEnded{run, Json::parse("[1,2]").value(), std::nullopt};
  return events::MapRunEnded{run, std::nullopt,
                             WorkflowError{draw.one_of({"States.ExceedToleratedFailureThreshold", "States.DataLimitExceeded"}), "why"}};
}

Event random_event(Draw& draw, const Twins& twins) {
  if (const auto& runs = twins.map_runs(); !runs.empty() && draw.chance(20)) return random_end(draw, runs[draw.below(runs.size())]);
  const auto& invoked = twins.invoked();
  const TaskAttempt attempt = invoked.empty() ? TaskAttempt{1} : invoked[draw.below(invoked.size())];
  const WorkflowError error{draw.one_of({"E1", "E2", "Other"}), "why"};
  switch (draw.below(invoked.empty() ? 1 : 10)) {
    case 0: return events::TimerFired{};
    case 1: return events::TaskTaken{attempt, "worker"};
    case 2:
    case 3: return events::TaskAnswered{attempt, json_object({{"answer", attempt.value}})};
    case 4: return events::TaskRefused{attempt, TaskFailureKind::Failed, error};
    case 5:
    case 6: return events::CallbackSucceeded{attempt, Json("called back")};
    case 7: return events::CallbackFailed{attempt, error};
    case 8: return events::Heartbeat{attempt};
    default: return draw.chance(3) ? Event(events::Stop{error}) : Event(events::Continue{});
  }
}

ExecutionStarted start_fact() {
  ExecutionStarted started;
  started.input = Json::parse(R"({"list": [1, "two", {"three": 3}], "n": 0.0})").value();
  started.execution_arn = "arn:aws:states:us-east-1:000000000000:execution:m:run";
  started.name = "run";
  started.key = std::string(32, 'k');
  return started;
}

void run_one(std::uint64_t seed) {
  Draw draw(seed);
  const std::string definition = RandomDefinition(draw).text();
  INFO("seed " << seed << ": " << definition);
  const auto parsed = parse_definition(definition);
  REQUIRE(parsed.machine);
  Twins twins(*parsed.machine);
  Timestamp now{std::chrono::milliseconds(1'800'000'000'000)};
  twins.handle(events::StartExecution{start_fact()}, now);
  const auto go_on = [&](int events) {
    for (int count = 0; count < events; ++count) {
      now += std::chrono::milliseconds(draw.below(4) == 0 ? draw.below(8000) : draw.below(10));
      twins.handle(twins.wants_continue() ? Event(events::Continue{}) : random_event(draw, twins), now);
    }
    if (twins.execution().running()) twins.handle(events::Stop{}, now);
  };
  go_on(60);
  int ends = 1;
  for (; ends <= 2 && twins.execution().status != ExecutionStatus::Succeeded; ++ends) {
    twins.handle(events::Redrive{.count = ends}, now);
    go_on(30);
  }
  // Whatever is left has ended, if only by being stopped; afterwards nothing changes any more.
  const std::string ended = print(twins.execution());
  for (int count = 0; count < 5; ++count) twins.handle(random_event(draw, twins), now + std::chrono::hours(count));
  CHECK(print(twins.execution()) == ended);
  CHECK(twins.closed() == ends);
}

TEST_CASE("An execution is the fold of its stored history, and a restart after any step changes nothing") {
  if (const char* seed = std::getenv("SIGNALBOX_SEED")) return run_one(std::strtoull(seed, nullptr, 10));
  for (std::uint64_t seed = 1; seed <= 300; ++seed) run_one(seed);
}

}  // namespace
}  // namespace signalbox
