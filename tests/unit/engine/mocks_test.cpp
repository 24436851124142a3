#include <catch2/catch.hpp>

#include "signalbox/express.h"
#include "signalbox/mocks.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;
using testing::EngineHarness;
namespace definitions = testing::definitions;

namespace {

constexpr const char* configuration = R"({
  "StateMachines": {
    "m": {"TestCases": {"Happy": {"A": "Success"}, "Retried": {"A": "FailsTwice"}, "Short": {"A": "Once"}, "Real": {}}}
  },
  "MockedResponses": {
    "Success": {"0": {"Return": {"ok": true}}},
    "FailsTwice": {"0-1": {"Throw": {"Error": "E", "Cause": "no"}}, "2": {"Return": "third"}},
    "Once": {"0": {"Throw": {"Error": "E"}}}
  }
})";

EngineOptions mocked() {
  EngineOptions options;
  options.mocks = std::make_shared<const Mocks>(Mocks::parse(configuration).value());
  return options;
}

constexpr const char* retrying =
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Retry":[{"ErrorEquals":["E"],"MaxAttempts":5}],"End":true}}})";

}  // namespace

TEST_CASE("a faulty mock configuration says where") {
  CHECK(Mocks::parse("{").error().code == ErrorCode::InvalidJson);
  CHECK(Mocks::parse(R"({"StateMachines": {}})").error().message == "the object 'MockedResponses' is missing");
  const auto where = [](const char* responses) {
    return Mocks::parse(std::string(R"({"StateMachines": {}, "MockedResponses": )") + responses + "}").error().where;
  };
  CHECK(where(R"({"R": {"a": {"Return": 1}}})") == "/MockedResponses/R/a");
  CHECK(where(R"({"R": {"2-1": {"Return": 1}}})") == "/MockedResponses/R/2-1");
  CHECK(where(R"({"R": {"0": {}}})") == "/MockedResponses/R/0");
  CHECK(where(R"({"R": {"0": {"Throw": {"Cause": "c"}}}})") == "/MockedResponses/R/0/Throw");
  CHECK(Mocks::parse(R"({"StateMachines": {"m": {"TestCases": {"T": {"A": "None"}}}}, "MockedResponses": {}})").error().where ==
        "/StateMachines/m/TestCases/T/A");
}

TEST_CASE("a mocked state is not called; which answer it gets goes by its invocations") {
  EngineHarness engine(mocked());
  REQUIRE(engine.create("m", retrying));
  const auto happy = engine.start("m#Happy")->record.row;
  CHECK(engine.output(happy) == R"({"ok":true})");
  CHECK(engine.history(happy) ==
        "ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded TaskStateExited "
        "ExecutionSucceeded");

  const auto retried = engine.start("m#Retried")->record.row;
  engine.advance(std::chrono::seconds(1));
  REQUIRE(engine.restart());  // the count is in the history
  engine.advance(std::chrono::seconds(2));
  CHECK(engine.output(retried) == R"("third")");
  CHECK(engine.runner.waiting.empty());

  const auto real = engine.start("m#Real")->record.row;
  engine.settle();
  CHECK(engine.runner.waiting.size() == 1);
  CHECK(engine.record(real).status == ExecutionStatus::Running);
}

TEST_CASE("a test case that has no more answers fails by name; one that is not configured cannot be started") {
  EngineHarness engine(mocked());
  REQUIRE(engine.create("m", retrying));
  const auto row = engine.start("m#Short")->record.row;
  engine.advance(std::chrono::seconds(1));
  CHECK(engine.output(row) == "Signalbox.NoMockedResponse: The test case 'Short' has no response for invocation 1 of the state 'A'");
  CHECK(engine.start("m#Nope").error().where == "testCase");
  EngineHarness without;
  REQUIRE(without.create("m", retrying));
  CHECK(without.start("m#Happy").error().where == "testCase");
}

TEST_CASE("a mocked callback is submitted and completed") {
  EngineHarness engine(mocked());
  REQUIRE(engine.create("m", definitions::callback));
  const auto row = engine.start("m#Happy")->record.row;
  CHECK(engine.history(row) ==
        "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded");
  CHECK(engine.sent_tokens().empty());
}

TEST_CASE("states of services that are not here are accepted if they are mocked, or by option") {
  constexpr const char* foreign =
      R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::glue:startJobRun","Parameters":{"JobName":"j"},"End":true}}})";
  EngineHarness plain;
  CHECK(plain.create("m", foreign).error().code == ErrorCode::NotSupported);
  EngineHarness engine(mocked());
  REQUIRE(engine.create("m", foreign));
  CHECK(engine.create("n", foreign).error().code == ErrorCode::NotSupported);
  CHECK(engine.output(engine.start("m#Happy")->record.row) == R"({"ok":true})");

  EngineOptions options;
  options.allow_unsupported = true;
  EngineHarness lenient(std::move(options));
  REQUIRE(lenient.create("m", foreign));
  CHECK(lenient.output(lenient.start("m")->record.row) ==
        "Signalbox.NotSupported: The service of 'arn:aws:states:::glue:startJobRun' is not offered here");
}

TEST_CASE("express executions and the children of map runs are mocked like others") {
  EngineHarness engine(mocked());
  REQUIRE(engine.transact<StateMachineRecord>([&](EngineTransaction& transaction) {
    return create_state_machine(
        transaction, Site{},
        {.name = "m", .definition = retrying, .role_arn = "arn:aws:iam::000000000000:role/r", .type = StateMachineType::Express});
  }));
  std::optional<ExpressEnd> end;
  const auto start = [&](const std::string& machine) {
    return engine.transact<StartedExecution>([&](EngineTransaction& transaction) {
      return transaction.start_execution(
          {.state_machine = machine, .on_express_end = [&](Result<ExpressEnd> ended) { end = ended.value(); }});
    });
  };
  REQUIRE(start("m#Retried"));
  engine.advance(std::chrono::seconds(1));
  engine.advance(std::chrono::seconds(2));
  REQUIRE(end);
  CHECK(end->output->text() == R"("third")");
  CHECK(start("m#Unknown").error().code == ErrorCode::InvalidArgument);
  CHECK(engine.runner.waiting.empty());
}

TEST_CASE("the test case of an execution holds for its map runs' children") {
  for (const auto* type : {"STANDARD", "EXPRESS"}) {
    EngineHarness engine(mocked());
    REQUIRE(engine.create(
        "m",
        std::string(
            R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":")") +
            type +
            R"("},"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true}}},"End":true}}})"));
    const auto row = engine.start("m#Happy", "[1,2]")->record.row;
    engine.settle();
    CHECK(engine.output(row) == R"([{"ok":true},{"ok":true}])");
  }
}
