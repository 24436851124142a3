/// EngineTransaction::attempt: what a part of an operation did to executions, and what it set going, goes with it.

#include <catch2/catch.hpp>

#include "signalbox/inline_transaction.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;
namespace definitions = testing::definitions;

namespace {

/// Does `work` in a part that is dropped, and counts how often the operation was told of a commit.
int dropped(EngineHarness& engine, const std::function<void(EngineTransaction&)>& work) {
  int told = 0;
  REQUIRE(engine.transact<bool>([&](EngineTransaction& transaction) -> Result<bool> {
    transaction.on_commit([&] { ++told; });
    CHECK_FALSE(attempt(transaction, [&] {
      work(transaction);
      transaction.on_commit([&] { ++told; });
      return false;
    }));
    return true;
  }));
  engine.settle();
  return told;
}

}  // namespace

TEST_CASE("an execution that a dropped part started was never there") {
  EngineHarness engine;
  REQUIRE(engine.create("waits", definitions::callback));
  REQUIRE(engine.create("ends", definitions::pass));
  const auto changes = engine.changes.size();
  CHECK(dropped(engine, [&](EngineTransaction& transaction) {
          for (const auto* machine : {"waits", "ends"})
            CHECK(transaction.start_execution({.state_machine = machine, .name = "one"}).has_value());
        }) == 1);
  CHECK(engine.sent_tokens().empty());
  CHECK(engine.changes.size() == changes);
  CHECK_FALSE(find_execution(engine.memory, "waits", "one"));
  CHECK(engine.start("waits", "{}", "one"));
  CHECK(engine.sent_tokens().size() == 1);
}

TEST_CASE("an execution that a dropped part moved on is where it was") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::callback));
  const auto row = engine.start("m")->record.row;
  const auto token = engine.sent_tokens().at(0);
  CHECK(dropped(engine, [&](EngineTransaction& transaction) { CHECK(transaction.succeed_task(TaskToken{token}, Json(1)).has_value()); }) ==
        1);
  CHECK(engine.record(row).status == ExecutionStatus::Running);
  CHECK(dropped(engine, [&](EngineTransaction& transaction) { CHECK(transaction.stop_execution(row, {}).has_value()); }) == 1);
  CHECK(engine.record(row).status == ExecutionStatus::Running);
  REQUIRE(engine.succeed(token, "2"));
  CHECK(engine.output(row) == "2");
}

TEST_CASE("a machine that a dropped part changed is as it was") {
  EngineHarness engine;
  REQUIRE(engine.create("m", definitions::pass));
  CHECK(dropped(engine, [&](EngineTransaction& transaction) {
          CHECK(update_state_machine(transaction, {.name = "m", .definition = definitions::wait}).has_value());
        }) == 1);
  CHECK(engine.start("m")->record.status == ExecutionStatus::Succeeded);
}

TEST_CASE("rows that a dropped part was given are not given again, and the block's end is written anew") {
  EngineHarness engine;
  std::int64_t first = 0, second = 0;
  dropped(engine, [&](EngineTransaction& transaction) { first = transaction.next_row(testing::sent_table); });
  REQUIRE(engine.transact<bool>([&](EngineTransaction& transaction) -> Result<bool> {
    second = transaction.next_row(testing::sent_table);
    return true;
  }));
  CHECK(second > first);
  REQUIRE(engine.restart());
  REQUIRE(engine.transact<bool>([&](EngineTransaction& transaction) -> Result<bool> {
    CHECK(transaction.next_row(testing::sent_table) > second);
    return true;
  }));
}

TEST_CASE("of a part inside of a part only the inner one may fall") {
  EngineHarness engine;
  REQUIRE(engine.transact<bool>([&](EngineTransaction& transaction) -> Result<bool> {
    const auto put = [&](int row) { transaction.put(Key(testing::sent_table, row), "token"); };
    attempt(transaction, [&] {
      put(1);
      attempt(transaction, [&] {
        put(2);
        return false;
      });
      put(3);
      return true;
    });
    return true;
  }));
  CHECK(engine.sent_tokens().size() == 2);
}
