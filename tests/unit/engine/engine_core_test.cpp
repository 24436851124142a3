#include <catch2/catch.hpp>

#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;
namespace definitions = testing::definitions;
using namespace std::chrono_literals;

TEST_CASE("an execution that needs nobody ends in the transaction that starts it") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::pass));
  const auto started = engine.start("m", R"({"a": 1})");
  REQUIRE(started);
  CHECK(started->arn == "arn:aws:states:us-east-1:000000000000:execution:m:" + started->record.id.value);
  CHECK(started->record.name == started->record.id.value);
  CHECK(started->record.status == ExecutionStatus::Succeeded);
  CHECK(engine.output(started->record.row) == R"({"a": 1})");
  CHECK(engine.history(started->record.row) == "ExecutionStarted PassStateEntered PassStateExited ExecutionSucceeded");
  CHECK(engine.faulty.commits == 3);  // foundation, machine, execution
  CHECK(find_open_execution(engine.memory, started->record.row) == std::nullopt);
  REQUIRE(engine.changes.size() == 2);
  CHECK(engine.changes[0].status == ExecutionStatus::Running);
  CHECK(engine.changes[1].status == ExecutionStatus::Succeeded);
  CHECK(find_execution(engine.memory, started->record.id)->row == started->record.row);
  CHECK(find_execution(engine.memory, "m", started->record.name)->row == started->record.row);
}

TEST_CASE("a wait fires on time and never early") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::wait));
  const auto row = engine.start("m")->record.row;
  engine.advance(9'999ms);
  CHECK(engine.record(row).status == ExecutionStatus::Running);
  engine.advance(1ms);
  CHECK(engine.record(row).status == ExecutionStatus::Succeeded);
}

TEST_CASE("a callback completes its task once") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const auto row = engine.start("m")->record.row;
  REQUIRE(engine.sent_tokens().size() == 1);
  const std::string token = engine.sent_tokens()[0];
  const auto waiting = list_waiting_tokens(engine.memory, engine.core->master_key(), std::nullopt, 10);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].token.value == token);
  CHECK(waiting[0].state_name == "A");

  CHECK(engine.succeed("rubbish", "1").error().code == ErrorCode::InvalidToken);
  REQUIRE(engine.succeed(token, R"({"ok":  true})"));
  CHECK(engine.record(row).status == ExecutionStatus::Succeeded);
  CHECK(engine.output(row) == R"({"ok":  true})");
  CHECK(engine.history(row) ==
        "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded");
  CHECK(engine.succeed(token, "2").error().code == ErrorCode::TaskClosed);
  CHECK(engine.output(row) == R"({"ok":  true})");
  CHECK(list_waiting_tokens(engine.memory, engine.core->master_key(), std::nullopt, 10).empty());
}

TEST_CASE("a payload over AWS's limit is refused before anything happens") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const std::string big = "\"" + std::string(payload_bytes_max, 'x') + "\"";
  CHECK(engine.start("m", big).error().code == ErrorCode::TooLarge);
  const auto row = engine.start("m")->record.row;
  CHECK(engine.succeed(engine.sent_tokens()[0], big).error().code == ErrorCode::TooLarge);
  CHECK(engine.record(row).status == ExecutionStatus::Running);
}

TEST_CASE("a waiting execution survives a restart, its timer too") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const auto first = engine.start("m")->record.row, second = engine.start("m")->record.row;
  REQUIRE(engine.restart());
  CHECK(engine.core->counters().open_executions == 2);
  CHECK(engine.core->counters().timers == 2);
  REQUIRE(engine.succeed(engine.sent_tokens()[0], "1"));
  CHECK(engine.record(first).status == ExecutionStatus::Succeeded);
  engine.advance(300s);
  CHECK(engine.record(second).status == ExecutionStatus::TimedOut);
  CHECK(engine.sent_tokens().size() == 2);  // nothing was sent again
}

TEST_CASE("a heartbeat moves the timer, leaves no history and survives a restart") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::heartbeat));
  const auto row = engine.start("m")->record.row;
  const std::string token = engine.sent_tokens()[0];
  const std::string before = engine.history(row);
  const auto beat = [&] {
    return engine.transact<void>([&](EngineTransaction& transaction) { return transaction.heartbeat_task(TaskToken{token}); });
  };
  engine.advance(20s);
  REQUIRE(beat());
  engine.advance(25s);
  CHECK(engine.history(row) == before);
  REQUIRE(engine.restart());
  engine.advance(29'999ms);  // the clock runs from the restart: nobody could beat before it
  CHECK(engine.record(row).status == ExecutionStatus::Running);
  engine.advance(1ms);
  CHECK(engine.record(row).status == ExecutionStatus::Failed);
  CHECK(beat().error().code == ErrorCode::TaskClosed);
}

TEST_CASE("an answer that comes too late is told so, even before the timer has fired") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::heartbeat));
  const auto row = engine.start("m")->record.row;
  engine.clock.advance(30s);
  CHECK(engine.succeed(engine.sent_tokens()[0], "1").error().code == ErrorCode::TaskClosed);
  engine.settle();
  CHECK(engine.record(row).status == ExecutionStatus::Failed);
}

TEST_CASE("a function is called after the commit, and again after a crash with the same request id") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::function));
  const auto row = engine.start("m", R"({"n":1})")->record.row;
  REQUIRE(engine.runner.waiting.size() == 1);
  const TaskCall first = engine.runner.waiting[0].call;
  CHECK(first.input.text() == R"({"n":1})");
  CHECK(engine.record(row).status == ExecutionStatus::Running);
  REQUIRE(engine.restart());
  CHECK(engine.runner.waiting.empty());  // readiness does not wait for it
  engine.settle();
  REQUIRE(engine.runner.waiting.size() == 1);
  CHECK(engine.runner.waiting[0].call.request_id == first.request_id);
  engine.settle();
  REQUIRE(engine.runner.waiting.size() == 1);
  engine.runner.answer(Json(7));
  engine.settle();
  CHECK(engine.output(row) == "7");
  CHECK(engine.history(row) ==
        "ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded TaskStateExited "
        "ExecutionSucceeded");
}

TEST_CASE("a function that fails fails its task") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::function));
  const auto row = engine.start("m")->record.row;
  engine.runner.answer(WorkflowError{"OrderRejected", "why"});
  engine.settle();
  CHECK(engine.record(row).status == ExecutionStatus::Failed);
  CHECK(engine.output(row) == "OrderRejected: why");
}

TEST_CASE("a loop of states is broken into transactions, and others go on meanwhile") {
  EngineHarness engine;
  REQUIRE(engine.create("loop", definitions::loop));
  REQUIRE(engine.create("m", definitions::pass));
  const auto looping = engine.start("loop")->record.row;
  CHECK(engine.core->is_busy());
  CHECK(engine.start("m")->record.status == ExecutionStatus::Succeeded);
  REQUIRE(engine.restart());
  engine.settle();
  CHECK(engine.record(looping).status == ExecutionStatus::Failed);  // after 25,000 events
  CHECK(engine.record(looping).events == history_events_max);
}

TEST_CASE("StopExecution aborts, once") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const auto row = engine.start("m")->record.row;
  const auto stop = [&] {
    return engine.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.stop_execution(row, {"E", "C"}); });
  };
  const auto at = engine.clock.now();
  CHECK((stop().value() == at));
  CHECK(engine.record(row).status == ExecutionStatus::Aborted);
  CHECK(engine.queue->cancelled.size() == 1);
  engine.advance(1s);
  CHECK((stop().value() == at));
  CHECK(engine.transact<Timestamp>([](EngineTransaction& transaction) { return transaction.stop_execution(ExecutionRow{99}, {}); })
            .error()
            .code == ErrorCode::NotFound);
}

TEST_CASE("StartExecution by name is idempotent by AWS's rules") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const auto first = engine.start("m", R"({"a":1})", "n");
  REQUIRE(first);
  const auto again = engine.start("m", R"({"a":1})", "n");
  REQUIRE(again);
  CHECK(again->existed);
  CHECK(again->record.row == first->record.row);
  CHECK(engine.sent_tokens().size() == 1);
  CHECK(engine.start("m", R"({"a":2})", "n").error().message ==
        "Execution Already Exists: 'arn:aws:states:us-east-1:000000000000:execution:m:n'");
  REQUIRE(engine.succeed(engine.sent_tokens()[0], "1"));
  CHECK(engine.start("m", R"({"a":1})", "n").error().code == ErrorCode::AlreadyExists);
  CHECK(engine.start("m", "{}", "bad name").error().message == "Invalid Name: 'bad name'");
  CHECK(engine.start("nothing").error().message ==
        "State Machine Does Not Exist: 'arn:aws:states:us-east-1:000000000000:stateMachine:nothing'");
}

TEST_CASE("an operation that fails leaves nothing, the others of its batch are kept") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  std::optional<ExecutionRow> dropped, kept;
  const auto start = [&](std::optional<ExecutionRow>& row, bool keep) {
    engine.submitted.push_back(
        {.run =
             [&row, keep](EngineTransaction& transaction) {
               row = transaction.start_execution({.state_machine = "m", .name = std::nullopt, .parent = std::nullopt})->record.row;
               return keep;
             },
         .committed = [] {},
         .failed = [](const Error&) {}});
  };
  start(dropped, false);
  start(kept, true);
  engine.settle();
  CHECK(find_execution(engine.memory, *dropped) == std::nullopt);
  CHECK(engine.record(*kept).status == ExecutionStatus::Running);
  CHECK(engine.sent_tokens().size() == 1);
  CHECK(engine.core->counters().open_executions == 1);
  CHECK(engine.core->counters().timers == 1);
}

TEST_CASE("a commit that fails answers everybody, and is got over") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::function));
  const auto row = engine.start("m")->record.row;
  engine.faulty.fails = [](const WriteBatch&) { return true; };
  CHECK(engine.start("m").error().code == ErrorCode::Unavailable);
  CHECK(engine.core->counters().store_failed);
  engine.runner.answer(Json(1));  // comes while nothing can be written: it must not be lost
  engine.settle();
  engine.faulty.fails = nullptr;
  CHECK(engine.start("m").error().code == ErrorCode::Unavailable);  // not probed again yet
  engine.advance(1s);
  engine.advance(0ms);
  CHECK_FALSE(engine.core->counters().store_failed);
  CHECK(engine.output(row) == "1");
  CHECK(engine.start("m"));
}

namespace {

/// Every operation is submitted; what becomes of it stands in a text once it is answered.
struct Answers {
  EngineHarness& engine;
  std::string text = {};

  void submit(const std::string& name, std::function<bool(EngineTransaction&)> work) {
    engine.submitted.push_back({.run = std::move(work),
                                .committed = [this, name] { text += name + " "; },
                                .failed = [this, name](const Error&) { text += name + "-failed "; }});
  }
  void start(const std::string& name) {
    submit(name, [name](EngineTransaction& transaction) {
      return transaction.start_execution({.state_machine = "m", .name = name, .parent = std::nullopt}).has_value();
    });
  }
  void run() { engine.core->run(std::exchange(engine.submitted, {})); }
};

/// Commits beside, and has the machine `m`.
struct CommittingBeside : EngineHarness {
  explicit CommittingBeside(const char* definition) {
    leaves_commit = [] { return false; };
    REQUIRE(restart());
    REQUIRE(create("m", definition));
  }
};

bool exists(const Reader& reader, const char* name) { return find_execution(reader, "m", name).has_value(); }

}  // namespace

TEST_CASE("operations run while a commit is under way, see what it commits, and are answered after it, in order") {
  CommittingBeside engine(definitions::callback);
  Answers answers{engine};
  answers.start("a");
  answers.run();
  CHECK(answers.text.empty());
  CHECK_FALSE(exists(engine.memory, "a"));
  answers.submit("reads", [](EngineTransaction& transaction) {
    CHECK(exists(transaction, "a"));
    CHECK(list_executions(transaction, {}, std::nullopt, 10).size() == 1);
    return true;
  });
  answers.start("b");
  answers.run();
  answers.start("c");
  answers.run();
  CHECK(answers.text.empty());
  const auto commits = engine.core->counters().commits;
  engine.end_commit();
  CHECK(answers.text == "a ");
  CHECK(exists(engine.memory, "a"));
  CHECK_FALSE(exists(engine.memory, "b"));
  engine.end_commit();
  CHECK(answers.text == "a reads b c ");
  CHECK(engine.core->counters().commits == commits + 2);
  CHECK(engine.sent_tokens().size() == 3);
}

TEST_CASE("what only read while a commit was under way is answered after it, without a commit of its own") {
  CommittingBeside engine(definitions::callback);
  Answers answers{engine};
  answers.start("a");
  answers.run();
  answers.submit("reads", [](EngineTransaction&) { return true; });
  answers.run();
  const auto commits = engine.core->counters().commits;
  engine.end_commit();
  CHECK(answers.text == "a reads ");
  CHECK(engine.core->counters().commits == commits + 1);
}

TEST_CASE("a commit that fails takes with it what ran meanwhile") {
  CommittingBeside engine(definitions::function);
  const auto row = engine.start("m")->record.row;
  engine.settle();
  Answers answers{engine};
  answers.start("a");
  answers.run();
  answers.start("b");
  engine.runner.answer(Json(1));  // must not be lost
  answers.run();
  engine.faulty.fails = [](const WriteBatch&) { return true; };
  engine.end_commit();
  CHECK(answers.text == "a-failed b-failed ");
  engine.faulty.fails = nullptr;
  engine.advance(1s);
  engine.advance(0ms);
  CHECK(engine.output(row) == "1");
  CHECK_FALSE(exists(engine.memory, "a"));
  CHECK_FALSE(exists(engine.memory, "b"));
  CHECK(engine.start("m"));
  CHECK(engine.core->counters().open_executions == 1);
}

TEST_CASE("a stop waits for the commit that is under way and for what joined it meanwhile") {
  CommittingBeside engine(definitions::callback);
  Answers answers{engine};
  answers.start("a");
  answers.run();
  answers.start("b");
  answers.run();
  engine.core->commit_beside({}, {});  // what is left is committed where it is
  engine.run_commit();
  engine.core->close();
  CHECK(answers.text == "a b ");
  CHECK(exists(engine.memory, "b"));
}

TEST_CASE("a parent waits for its child") {
  EngineHarness engine;
  REQUIRE(engine.create("child", definitions::callback));
  REQUIRE(engine.create("parent", definitions::parent));
  const auto parent = engine.start("parent")->record.row;
  REQUIRE(engine.restart());
  REQUIRE(engine.succeed(engine.sent_tokens()[0], R"({"done":true})"));
  CHECK(engine.record(parent).status == ExecutionStatus::Succeeded);
  const auto output = Json::parse(engine.output(parent)).value();
  CHECK(output.find("Output")->text() == R"({"done":true})");
  CHECK(output.find("Input")->text() == R"({"x":1})");
  CHECK(output.find("Status")->as_string() == "SUCCEEDED");
  CHECK(engine.history(parent) ==
        "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded");
}

TEST_CASE("a child that fails fails its parent with States.TaskFailed; one that ends at once is no special case") {
  EngineHarness engine;
  REQUIRE(engine.create("parent", definitions::parent));
  const auto orphan = engine.start("parent")->record.row;
  CHECK(engine.output(orphan).find("StepFunctions.StateMachineDoesNotExistException: State Machine Does Not Exist: ") == 0);
  REQUIRE(engine.create("child", R"({"StartAt":"A","States":{"A":{"Type":"Fail","Error":"E","Cause":"C"}}})"));
  const auto parent = engine.start("parent")->record.row;
  CHECK(engine.record(parent).status == ExecutionStatus::Failed);
  CHECK(engine.output(parent).find(R"(States.TaskFailed: {"Cause":"C","Error":"E","ExecutionArn":)") == 0);
}

TEST_CASE("a parent that is stopped stops its child") {
  EngineHarness engine;
  REQUIRE(engine.create("child", definitions::callback));
  REQUIRE(engine.create("parent", definitions::parent));
  const auto parent = engine.start("parent")->record.row;
  REQUIRE(engine.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.stop_execution(parent, {}); }));
  const auto executions = list_executions(engine.memory, {}, std::nullopt, 10);
  REQUIRE(executions.size() == 2);
  CHECK(executions[0].state_machine == "child");
  CHECK(executions[0].status == ExecutionStatus::Aborted);
}

TEST_CASE("closed executions go after the retention, with everything that belonged to them") {
  EngineHarness engine(EngineOptions{.retention = 24h});
  REQUIRE(engine.create("m", definitions::pass));
  REQUIRE(engine.create(
      "waiting",
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":{"QueueUrl":"q","MessageBody":"b"},"End":true}}})"));
  const auto waiting = engine.start("waiting")->record.row;
  for (int i = 0; i < 50; ++i) REQUIRE(engine.start("m", "{}", "n" + std::to_string(i)));
  engine.advance(23h);
  const auto late = engine.start("m")->record.row;
  CHECK(list_executions(engine.memory, {}, std::nullopt, 100).size() == 52);
  engine.advance(1h);
  const auto left = list_executions(engine.memory, {}, std::nullopt, 100);
  REQUIRE(left.size() == 2);
  CHECK(left[0].row == late);
  CHECK(left[1].row == waiting);
  int names = 0, chunks = 0;
  const auto count = [](int& number) { return [&number](const Key&, std::string_view) { return ++number, true; }; };
  engine.memory.scan({.prefix = Key(execution_names_table)}, count(names));
  engine.memory.scan({.prefix = Key(history_table)}, count(chunks));
  CHECK(names == 0);
  CHECK(chunks == 2);
  CHECK(engine.start("m", "{}", "n1"));  // the name is free again
}

TEST_CASE("a deleted machine starts nothing, lets what runs finish, and then is gone") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  REQUIRE(engine.start("m"));
  REQUIRE(engine.start("m"));
  const auto remove = [&] {
    return engine.transact<void>([](EngineTransaction& transaction) -> Result<void> {
      delete_state_machine(transaction, "m");
      return {};
    });
  };
  REQUIRE(remove());
  CHECK(engine.start("m").error().code == ErrorCode::Conflict);
  CHECK(engine.create("m", definitions::callback).error().code == ErrorCode::Conflict);
  REQUIRE(engine.succeed(engine.sent_tokens()[0], "1"));
  CHECK(find_state_machine(engine.memory, "m")->status == StateMachineStatus::Deleting);
  REQUIRE(engine.succeed(engine.sent_tokens()[1], "1"));
  CHECK(find_state_machine(engine.memory, "m") == std::nullopt);
  REQUIRE(remove());
}

TEST_CASE("an update does not disturb what runs") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const auto old = engine.start("m")->record;
  REQUIRE(engine.transact<StateMachineRecord>(
      [](EngineTransaction& transaction) { return update_state_machine(transaction, {.name = "m", .definition = definitions::pass}); }));
  CHECK(engine.start("m")->record.status == ExecutionStatus::Succeeded);
  REQUIRE(engine.restart());
  REQUIRE(engine.succeed(engine.sent_tokens()[0], "5"));
  CHECK(engine.output(old.row) == "5");
}

TEST_CASE("creation is idempotent by AWS's rules; a service that is not here is refused") {
  EngineHarness engine;
  const auto first = engine.create("m", definitions::pass);
  REQUIRE(first);
  CHECK(engine.create("m", definitions::pass)->definition == first->definition);
  CHECK(engine.create("m", definitions::wait).error().message ==
        "State Machine Already Exists: 'arn:aws:states:us-east-1:000000000000:stateMachine:m'");
  CHECK(engine.create("bad", "{}").error().code == ErrorCode::InvalidDefinition);
  const std::string activity =
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a","End":true}}})";
  const auto refused = engine.create("a", activity).error();
  CHECK(refused.code == ErrorCode::NotSupported);
  CHECK(refused.message == "/States/A/Resource: the service of 'arn:aws:states:us-east-1:000000000000:activity:a' is not offered here");
}

TEST_CASE("a cause has at most 32,768 characters, however deep executions are nested") {
  EngineHarness engine;
  REQUIRE(engine.create("m", R"json({"StartAt":"Deep","States":{
    "Deep":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericEquals":0,"Next":"Fail"}],"Default":"Child"},
    "Child":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","End":true,"Parameters":{
      "StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:m","Input":{"n.$":"States.MathAdd($.n, -1)"}}},
    "Fail":{"Type":"Fail","Error":"Bottom","Cause":"\"reached\""}}})json"));
  const std::string error = "States.TaskFailed: ";
  const auto cause = [&](int depth) {
    const auto row = engine.start("m", "{\"n\":" + std::to_string(depth) + "}")->record.row;
    engine.settle();
    return engine.output(row).substr(error.size());
  };
  CHECK(cause(1).starts_with(R"({"Cause":"\"reached\"","Error":"Bottom",)"));
  CHECK(cause(16).size() == 32'768);
}

TEST_CASE("a cause is cut between characters") {
  EngineHarness engine;
  std::string cause;
  for (int i = 0; i < 40'000; ++i) cause += "\u00e9";
  REQUIRE(engine.create("m", R"({"StartAt":"A","States":{"A":{"Type":"Fail","Error":"E","Cause":")" + cause + R"("}}})"));
  CHECK(engine.output(engine.start("m")->record.row) == "E: " + cause.substr(0, std::size_t{2} * 32'768));
}

TEST_CASE("another region or account than the data file's is refused") {
  testing::EngineHarness engine;
  ManualClock clock{Timestamp{}};
  EngineCore other(engine.memory, clock, {.site = {.region = "eu-west-1"}}, [](EngineOperation) {});
  CHECK(other.open().error().message ==
        "the data file was made for region us-east-1, not eu-west-1; start with --region us-east-1, or with another --data");
}
