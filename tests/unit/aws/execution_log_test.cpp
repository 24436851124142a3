#include "aws/execution_log.h"

#include <catch2/catch.hpp>

#include "signalbox/logs.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;

namespace {

constexpr const char* failing = R"({"StartAt":"P","States":{"P":{"Type":"Pass","Next":"F"},"F":{"Type":"Fail","Error":"E","Cause":"C"}}})";

struct Logging : EngineHarness {
  Logging() {
    core->on_history([this](Transaction& transaction, const ExecutionRecord& record, std::span<const HistoryEvent> facts) {
      aws::write_execution_log(transaction, core->site(), record, facts);
    });
    REQUIRE(transact<bool>([](EngineTransaction& transaction) -> Result<bool> {
      logs::GroupRecord group;
      group.name = "/aws/vendedlogs/states/g";
      if (auto made = logs::create_group(transaction, group); !made) return made.error();
      return true;
    }));
  }
  void run(const std::string& level, bool data, const std::string& group = "/aws/vendedlogs/states/g") {
    const auto configuration =
        Json::parse(R"({"level":")" + level + R"(","includeExecutionData":)" + (data ? "true" : "false") +
                    R"(,"destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:)" + group +
                    R"(:*"}}]})");
    REQUIRE(transact<StateMachineRecord>([&](EngineTransaction& transaction) {
      return create_state_machine(transaction, Site{},
                                  {.name = "m", .definition = failing, .role_arn = "role", .logging_configuration = *configuration});
    }));
    REQUIRE(start("m", R"({"a":1})"));
  }
  /// `1 ExecutionStarted {…}` for each event in the group.
  std::vector<Json> logged() {
    std::vector<Json> events;
    const auto group = logs::find_group(memory, "/aws/vendedlogs/states/g");
    for (const auto& stream : logs::list_streams(memory, *group, "", "", 10)) {
      CHECK(stream.name.starts_with("states/m/"));
      for (const auto& event : logs::read_events(memory, *group, stream, {}, clock.now()))
        events.push_back(Json::parse(event.message).value());
    }
    return events;
  }
  std::string types() {
    std::string text;
    for (const auto& event : logged()) text += (text.empty() ? "" : " ") + std::string(event.find("type")->as_string());
    return text;
  }
};

}  // namespace

TEST_CASE("levels let events pass as AWS's table says") {
  Logging engine;
  SECTION("ALL") {
    engine.run("ALL", true);
    CHECK(engine.types() == "ExecutionStarted PassStateEntered PassStateExited FailStateEntered ExecutionFailed");
    const auto events = engine.logged();
    CHECK(events[1].find("details")->text() == R"({"name":"P","input":"{\"a\":1}","inputDetails":{"truncated":false}})");
    CHECK(events[1].find("id")->as_string() == "2");
    CHECK(events[1].find("previous_event_id")->as_string() == "0");
    CHECK(events[1].find("redrive_count")->as_string() == "0");
    CHECK(events[1].find("event_timestamp")->as_string() == "1800000000000");
  }
  SECTION("ERROR") {
    engine.run("ERROR", false);
    CHECK(engine.types() == "FailStateEntered ExecutionFailed");
    CHECK(engine.logged()[0].find("details")->text() == R"({"name":"F"})");
    CHECK(engine.logged()[1].find("details")->text() == R"({"error":"E","cause":"C"})");  // no execution data, and so shown
  }
  SECTION("FATAL") {
    engine.run("FATAL", true);
    CHECK(engine.types() == "ExecutionFailed");
  }
  SECTION("OFF") {
    engine.run("OFF", true);
    CHECK(engine.types().empty());
  }
}

TEST_CASE("a log group that does not exist hinders nobody") {
  Logging engine;
  engine.run("ALL", true, "/missing");
  CHECK(engine.types().empty());
  CHECK(engine.changes.back().status == ExecutionStatus::Failed);
}
