#include <catch2/catch.hpp>

#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;
namespace definitions = testing::definitions;
using namespace std::chrono_literals;

namespace {

Result<Timestamp> redrive(EngineHarness& engine, ExecutionRow row, RedriveRequest request = {}) {
  return engine.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.redrive_execution(row, request); });
}

ExecutionRow failed_function(EngineHarness& engine) {
  REQUIRE(engine.create("m", definitions::function));
  const auto row = engine.start("m")->record.row;
  engine.settle();
  engine.runner.answer(WorkflowError{"E", "C"});
  engine.settle();
  REQUIRE(engine.record(row).status == ExecutionStatus::Failed);
  return row;
}

}  // namespace

TEST_CASE("a redriven execution calls its function again and can succeed") {
  EngineHarness engine;
  const auto row = failed_function(engine);
  engine.changes.clear();
  engine.advance(1h);
  REQUIRE(redrive(engine, row));
  CHECK(engine.record(row).status == ExecutionStatus::Running);
  CHECK(engine.record(row).redrives == 1);
  CHECK(engine.record(row).redriven_at == engine.clock.now());
  CHECK_FALSE(engine.record(row).stopped_at);
  REQUIRE(engine.runner.waiting.size() == 1);
  engine.runner.answer(Json(7));
  engine.settle();
  CHECK(engine.output(row) == "7");
  CHECK(engine.history(row) ==
        "ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionFailed ExecutionFailed "
        "ExecutionRedriven "
        "LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded TaskStateExited ExecutionSucceeded");
  REQUIRE(engine.changes.size() == 2);
  CHECK(engine.changes[0].status == ExecutionStatus::Running);
  CHECK(redrive(engine, row).error().message == "Execution is SUCCEEDED and cannot be redriven");
}

TEST_CASE("a redrive survives a crash and is not lost with a failed commit") {
  EngineHarness engine;
  const auto row = failed_function(engine);
  engine.faulty.fails = [](const WriteBatch&) { return true; };
  CHECK(redrive(engine, row).error().code == ErrorCode::Unavailable);
  CHECK(engine.record(row).status == ExecutionStatus::Failed);
  engine.faulty.fails = nullptr;
  engine.advance(10s);
  REQUIRE(redrive(engine, row));
  REQUIRE(engine.restart());
  engine.settle();
  REQUIRE(engine.runner.waiting.size() == 1);
  engine.runner.answer(Json(7));
  engine.settle();
  CHECK(engine.output(row) == "7");
}

TEST_CASE("a client token names one redrive") {
  EngineHarness engine;
  const auto row = failed_function(engine);
  const auto first = redrive(engine, row, {.client_token = "t"});
  REQUIRE(first);
  engine.advance(1s);
  CHECK(*redrive(engine, row, {.client_token = "t"}) == *first);
  CHECK(redrive(engine, row, {.client_token = "u"}).error().message == "Execution is RUNNING and cannot be redriven");
}

TEST_CASE("what can no longer be redriven says why") {
  EngineHarness engine;
  const auto row = failed_function(engine);
  CHECK(redrive(engine, ExecutionRow{999}).error().code == ErrorCode::NotFound);
  SECTION("fourteen days after its end") {
    engine.advance(14 * 24h);
    CHECK_FALSE(not_redrivable(engine.memory, engine.record(row), engine.clock.now()));
    engine.advance(1ms);
    CHECK(redrive(engine, row).error().message == "Execution redrivable period exceeded");
  }
  SECTION("its machine is gone") {
    REQUIRE(engine.transact<bool>([](EngineTransaction& transaction) -> Result<bool> {
      delete_state_machine(transaction, "m");
      return true;
    }));
    CHECK(redrive(engine, row).error().message == "State machine is in DELETING status");
  }
}

TEST_CASE("a redrive keeps to the definition that the execution was started with") {
  EngineHarness engine;
  const auto row = failed_function(engine);
  REQUIRE(engine.transact<StateMachineRecord>(
      [](EngineTransaction& transaction) { return update_state_machine(transaction, {.name = "m", .definition = definitions::pass}); }));
  REQUIRE(redrive(engine, row));
  CHECK(engine.runner.waiting.size() == 1);
}

TEST_CASE("from a chosen state, with a corrected input, or with what the state got last") {
  EngineHarness engine;
  const auto row = failed_function(engine);
  CHECK(redrive(engine, row, {.from_state = "Nowhere"}).error().where == "state");
  SECTION("the failed state with another input") {
    REQUIRE(redrive(engine, row, {.input = Json::parse(R"({"b":2})").value()}));
    REQUIRE(engine.runner.waiting.size() == 1);
    CHECK(engine.runner.waiting.front().call.input.text() == R"({"b":2})");
  }
  SECTION("a state chosen by name") {
    REQUIRE(redrive(engine, row, {.from_state = "A"}));
    REQUIRE(engine.runner.waiting.size() == 1);
    CHECK(engine.runner.waiting.front().call.input.text() == "{}");
    CHECK(engine.history(row).find("ExecutionRedriven TaskStateEntered LambdaFunctionScheduled") != std::string::npos);
  }
}
