/// The engine on a store that fails, with a clock that stands still and a process that dies at any commit; then all heals, and every
/// execution must end, with everything inside the data file done exactly once. Failures print the seed: SIGNALBOX_SEED=N runs that one alone.

#include <catch2/catch.hpp>

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "core/print.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;
using namespace std::chrono_literals;

namespace {

/// Thrown from the store: the process dies there.
struct Crash {};

class Simulation {
 public:
  /// Every second one commits beside, so that what is lost with a commit takes with it what ran meanwhile.
  explicit Simulation(unsigned seed) : random_(seed) {
    if (seed % 2 == 0) {
      engine_.leaves_commit = [this] { return chance(leave_percent_); };
      REQUIRE(engine_.restart());
    }
    engine_.faulty.fails = [this](const WriteBatch&) { return before_commit(); };
    engine_.faulty.committed = [this] {
      if (chance(crash_percent_)) throw Crash{};
    };
  }

  void run(int steps) {
    create_machines();
    crash_percent_ = 6;
    fail_percent_ = 4;
    for (int i = 0; i < steps; ++i) survive([this] { one_step(); });
    crash_percent_ = fail_percent_ = leave_percent_ = 0;
    heal();
    check();
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }

  bool before_commit() {
    if (chance(crash_percent_)) throw Crash{};
    return chance(fail_percent_);
  }

  void survive(const std::function<void()>& work) {
    try {
      work();
    } catch (const Crash&) {
      for (bool up = false; !up;) {
        try {
          up = engine_.restart().has_value();
        } catch (const Crash&) {
        }
      }
    }
  }

  void create_machines() {
    const std::string queue = R"("Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage)";
    const std::string message = R"(","Parameters":{"QueueUrl":"q","MessageBody":{"T.$":"$$.Execution.Name"}},)";
    const std::string token = R"(.waitForTaskToken","Parameters":{"QueueUrl":"q","MessageBody":{"T.$":"$$.Task.Token"}},)";
    const std::string function = R"("Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f",)";
    add("callback", R"({"StartAt":"A","States":{"A":{)" + queue + token +
                        R"("TimeoutSeconds":600,"HeartbeatSeconds":200,"Next":"B"},"B":{)" + queue + message + R"("End":true}}})");
    add("function",
        R"({"StartAt":"A","TimeoutSeconds":900,"States":{"A":{)" + function +
            R"("Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":5,"MaxAttempts":2}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}],"Next":"B"},)" +
            R"("B":{"Type":"Wait","Seconds":30,"Next":"C"},"C":{)" + queue + message + R"("End":true}}})");
    add("map",
        R"({"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":2,"ItemsPath":"$.items","ItemProcessor":{"StartAt":"A","States":{"A":{)" +
            function + R"("Next":"B"},"B":{)" + queue + message + R"("End":true}}},"End":true}}})");
    add("parallel",
        R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[{"StartAt":"A","States":{"A":{)" + queue + token +
            R"("TimeoutSeconds":300,"End":true}}},{"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":60,"Next":"D"},"D":{)" + function +
            R"("End":true}}}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Z"}],"End":true},"Z":{"Type":"Pass","End":true}}})");
    add("parent",
        R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","TimeoutSeconds":700,)"
        R"("Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:callback","Input":{"items":[1]}},"End":true}}})");
    add("loop",
        R"({"StartAt":"A","States":{"A":{)" + queue + message +
            R"x("ResultPath":null,"Next":"N"},"N":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"C"},)x" +
            R"("C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":150,"Next":"E"}],"Default":"A"},"E":{"Type":"Succeed"}}})");
  }

  void add(const std::string& name, const std::string& definition) {
    const auto created = engine_.create(name, definition);
    INFO(definition);
    REQUIRE(created);
    machines_.push_back(name);
  }

  void one_step() {
    switch (below(10)) {
      case 0:
      case 1: return start();
      case 2:
      case 3:
      case 4: return answer_function();
      case 5:
      case 6: return answer_token();
      case 7: return engine_.advance(std::chrono::seconds(below(90)));
      case 8: return disturb();
      default: return engine_.settle();
    }
  }

  void start() {
    const auto& machine = machines_[below(static_cast<unsigned>(machines_.size()))];
    const auto started = engine_.start(machine, R"({"items":[1,2,3,4,5],"n":)" + std::to_string(below(140)) + "}");
    if (started) answered_.insert(started->record.row);
    engine_.settle();
  }

  void answer_function() {
    if (engine_.runner.waiting.empty()) return;
    engine_.runner.answer(chance(75) ? TaskAnswer(Json(7)) : TaskAnswer(WorkflowError{"Broken", "by chance"}));
    engine_.settle();
  }

  void answer_token() {
    const auto tokens = engine_.sent_tokens();
    if (tokens.empty()) return;
    const std::string& token = tokens[below(static_cast<unsigned>(tokens.size()))];
    if (const auto completed = engine_.succeed(token, "\"answer\"")) {
      INFO("a token was accepted twice");
      CHECK(used_.insert(token).second);
    }
    engine_.settle();
  }

  void disturb() {
    const auto tokens = engine_.sent_tokens();
    if (!tokens.empty() && chance(50)) {
      const TaskToken token{tokens[below(static_cast<unsigned>(tokens.size()))]};
      (void)engine_.transact<void>([&](EngineTransaction& transaction) { return transaction.heartbeat_task(token); });
    } else if (!answered_.empty() && chance(20)) {
      auto row = answered_.begin();
      std::advance(row, below(static_cast<unsigned>(answered_.size())));
      (void)engine_.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.stop_execution(*row, {}); });
    } else if (chance(30)) {
      throw Crash{};  // between batches
    }
    engine_.settle();
  }

  /// Nothing fails any more, everybody answers: now everything must end.
  void heal() {
    for (int round = 0; round < 400 && open_count() > 0; ++round) {
      engine_.advance(20s);
      while (!engine_.runner.waiting.empty()) {
        engine_.runner.answer(Json(7));
        engine_.settle();
      }
    }
  }

  std::size_t open_count() {
    std::size_t count = 0;
    engine_.memory.scan({.prefix = Key(open_executions_table)}, [&](const Key&, std::string_view) { return ++count, true; });
    return count;
  }

  void check() {
    CHECK(open_count() == 0);
    CHECK(engine_.core->counters().open_executions == 0);
    for (ExecutionRow row : answered_) CHECK(find_execution(engine_.memory, row).has_value());
    std::map<ExecutionRow, std::size_t> scheduled;
    for (const auto& record : list_executions(engine_.memory, {}, std::nullopt, 100'000)) {
      CHECK(record.status != ExecutionStatus::Running);
      std::int64_t last_id = 0, ends = 0;
      for (const auto& event : read_history(engine_.memory, record, 1, false, 100'000)) {
        ++last_id;
        if (event.id != last_id) CHECK(event.id == last_id);
        const auto* task = std::get_if<TaskScheduled>(&event.fact);
        if (task && task->resource_type == "sqs") ++scheduled[record.row];
        ends += event.fact.index() >= 1 && event.fact.index() <= 4;
      }
      CHECK(ends == 1);
      CHECK(last_id == record.events);
    }
    check_messages(scheduled);
  }

  /// Exactly one message for every time that a task was scheduled.
  void check_messages(const std::map<ExecutionRow, std::size_t>& scheduled) {
    std::map<ExecutionRow, std::size_t> sent;
    std::set<std::string> tokens;
    for (const auto& token : engine_.sent_tokens()) {
      CHECK(tokens.insert(token).second);
      ++sent[parse_task_token(engine_.core->master_key(), token)->row];
    }
    for (const auto& [row, count] : scheduled) {
      INFO("execution " << row.value << " of " << engine_.record(row).state_machine << ": " << engine_.history(row));
      CHECK(sent[row] == count);
    }
    CHECK(sent.size() == scheduled.size());
  }

  std::mt19937 random_;
  unsigned crash_percent_ = 0, fail_percent_ = 0, leave_percent_ = 50;
  EngineHarness engine_;
  std::vector<std::string> machines_;
  std::set<ExecutionRow> answered_;
  std::set<std::string> used_;
};

}  // namespace

TEST_CASE("whatever crashes, every execution ends once, and inside everything happens once") {
  spdlog::set_level(spdlog::level::off);
  const char* only = std::getenv("SIGNALBOX_SEED");
  const unsigned first = only ? static_cast<unsigned>(std::atoi(only)) : 1, count = only ? 1 : 120;
  for (unsigned seed = first; seed < first + count; ++seed) {
    INFO("SIGNALBOX_SEED=" << seed);
    Simulation(seed).run(120);
  }
  spdlog::set_level(spdlog::level::info);
}

namespace {

/// A fixed piece of work; `between` runs after its commits. Gives all histories, printed.
std::string worked(const std::function<void(EngineHarness&)>& between) {
  EngineHarness engine;
  const auto pause = [&] { between(engine); };
  const std::string parallel =
      R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":5,"End":true}}},)"
      R"({"StartAt":"F","States":{"F":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f",)"
      R"("Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":3}],"End":true}}}],"End":true}}})";
  REQUIRE(engine.create("parallel", parallel));
  REQUIRE(engine.create("child", testing::definitions::callback));
  REQUIRE(engine.create("parent", testing::definitions::parent));
  pause();
  const std::vector<ExecutionRow> rows = {engine.start("parallel", "{}", "a")->record.row, engine.start("parent", "{}", "b")->record.row};
  pause();
  engine.settle();
  engine.runner.answer(WorkflowError{"E", "C"});
  engine.settle();
  pause();
  engine.advance(4s);
  pause();
  engine.settle();
  engine.runner.answer(Json(3));
  engine.settle();
  pause();
  engine.advance(4s);
  pause();
  REQUIRE(engine.succeed(engine.sent_tokens()[0], R"({"a":  1})"));
  pause();
  std::string printed;
  for (ExecutionRow row : rows) {
    CHECK(engine.record(row).status == ExecutionStatus::Succeeded);
    for (const auto& event : read_history(engine.memory, engine.record(row), 1, false, 1'000)) {
      printed += std::to_string(event.id) + "<" + std::to_string(event.previous_id) + " " + event_type_name(event) + "\n";
    }
  }
  return printed;
}

}  // namespace

TEST_CASE("a restart after every commit changes nothing") {
  const std::string undisturbed = worked([](EngineHarness&) {});
  CHECK(undisturbed.find("ParallelStateSucceeded") != undisturbed.npos);
  CHECK(worked([](EngineHarness& engine) { REQUIRE(engine.restart()); }) == undisturbed);
}

TEST_CASE("what the cache holds is the fold of the history") {
  EngineHarness engine;
  REQUIRE(engine.create("m", testing::definitions::callback));
  const auto row = engine.start("m")->record.row;
  std::string cached;
  REQUIRE(engine.transact<void>([&](EngineTransaction& transaction) -> Result<void> {
    cached = print(*transaction.execution(row), PrintedClocks::WithoutHeartbeats);
    return {};
  }));
  CHECK(print(load_execution(engine.memory, engine.record(row)), PrintedClocks::WithoutHeartbeats) == cached);
}
