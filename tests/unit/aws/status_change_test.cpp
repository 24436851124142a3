#include "aws/status_change_event.h"

#include <catch2/catch.hpp>

#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;
namespace definitions = testing::definitions;

namespace {

/// The details of the events that executions cause, as they are committed.
struct Listening : EngineHarness {
  Listening() {
    core->on_status_change([this](Transaction& transaction, const ExecutionRecord& record) {
      events.push_back(aws::status_change_event(transaction, core->site(), record, Uuid{"id"}, transaction.now()));
    });
  }
  [[nodiscard]] std::string detail(std::size_t event, const char* name) const {
    return events.at(event).find("detail")->find(name)->text();
  }
  std::vector<Json> events;
};

}  // namespace

TEST_CASE("an execution's beginning and end are events in EventBridge's shape") {
  Listening engine;
  REQUIRE(engine.create("m", definitions::pass));
  const auto started = engine.start("m", R"({"a": 1})");
  REQUIRE(engine.events.size() == 2);
  CHECK(engine.detail(0, "status") == R"("RUNNING")");
  CHECK(engine.detail(0, "stopDate") == "null");
  CHECK(engine.detail(0, "output") == "null");
  CHECK(engine.detail(0, "outputDetails") == "null");
  CHECK(engine.detail(0, "redriveStatusReason") == R"("Execution is RUNNING and cannot be redriven")");
  CHECK(engine.detail(1, "status") == R"("SUCCEEDED")");
  CHECK(engine.detail(1, "input") == R"("{\"a\": 1}")");
  CHECK(engine.detail(1, "output") == R"("{\"a\": 1}")");
  CHECK(engine.detail(1, "startDate") == "1800000000000");

  const Json& event = engine.events[1];
  CHECK(event.find("source")->as_string() == "aws.states");
  CHECK(event.find("detail-type")->as_string() == "Step Functions Execution Status Change");
  CHECK(event.find("resources")->at(0)->as_string() == started->arn);
  CHECK(event.find("time")->as_string() == "2027-01-15T08:00:00Z");
}

TEST_CASE("failures show their error, time-outs none; a redrive begins anew") {
  Listening engine;
  REQUIRE(engine.create("f", R"({"StartAt":"A","States":{"A":{"Type":"Fail","Error":"E","Cause":"C"}}})"));
  const auto row = engine.start("f")->record.row;
  CHECK(engine.detail(1, "error") == R"("E")");
  CHECK(engine.detail(1, "redriveStatus") == R"("REDRIVABLE")");
  REQUIRE(engine.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.redrive_execution(row, {}); }));
  REQUIRE(engine.events.size() == 4);
  CHECK(engine.detail(2, "status") == R"("RUNNING")");
  CHECK(engine.detail(2, "redriveCount") == "1");
  CHECK(engine.detail(3, "status") == R"("FAILED")");

  REQUIRE(engine.create("t", R"({"StartAt":"A","TimeoutSeconds":5,"States":{"A":{"Type":"Wait","Seconds":10,"End":true}}})"));
  REQUIRE(engine.start("t"));
  engine.advance(std::chrono::seconds(6));
  REQUIRE(engine.events.size() == 6);
  CHECK(engine.detail(5, "status") == R"("TIMED_OUT")");
  CHECK(engine.detail(5, "error") == "null");
}

TEST_CASE("an event of a commit that fails is none: it is told with the transaction") {
  Listening engine;
  REQUIRE(engine.create("m", definitions::pass));
  std::size_t written = 0;
  engine.core->on_status_change([](Transaction& transaction, const ExecutionRecord& record) {
    transaction.put(Key(testing::sent_table, transaction.next_row(testing::sent_table)), std::string(to_string(record.status)));
  });
  engine.faulty.fails = [](const WriteBatch&) { return true; };
  CHECK_FALSE(engine.start("m"));
  engine.faulty.fails = nullptr;
  engine.memory.scan({.prefix = Key(testing::sent_table)}, [&](const Key&, std::string_view) { return ++written, true; });
  CHECK(written == 0);
}
