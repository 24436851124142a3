#include <catch2/catch.hpp>
#include <deque>
#include <fstream>
#include <map>
#include <tuple>

#include "signalbox/map_runs.h"
#include "support/engine_harness.h"
#include "support/temporary_directory.h"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

/// Items and results in memory; calls wait until the test answers them.
struct FakeStorage final : MapRunStorage {
  std::vector<Json> items;
  std::deque<std::pair<Read, std::function<void(Evaluated<Items>)>>> reads;
  std::deque<std::pair<MapRunRow, std::function<void(Evaluated<Written>)>>> writes;

  void read(Read request, std::function<void(Evaluated<Items>)> done) override { reads.emplace_back(std::move(request), std::move(done)); }
  void write(MapRunRow run, std::function<void(Evaluated<Written>)> done) override { writes.emplace_back(run, std::move(done)); }
  void forget(MapRunRow) override {}

  void answer_read() {
    auto [request, done] = std::move(reads.front());
    reads.pop_front();
    Items answer;
    for (auto at = static_cast<std::size_t>(request.position); at < items.size() && answer.items.size() < request.items_max; ++at)
      answer.items.push_back({items[at]});
    answer.at_end = static_cast<std::size_t>(request.position) + answer.items.size() == items.size();
    done(std::move(answer));
  }
};

struct Fixture : EngineHarness {
  FakeStorage storage;
  explicit Fixture(EngineOptions options = {}) : EngineHarness(std::move(options)) { core->keep_map_run_data(storage); }
  void restart_all() {
    REQUIRE(restart().has_value());
    storage.reads.clear();
    storage.writes.clear();
    core->keep_map_run_data(storage);
    settle();
  }
  MapRunRecord run(ExecutionRow parent) { return list_map_runs(memory, parent, std::nullopt, 10).at(0); }
  Result<Timestamp> redrive(ExecutionRow row) {
    auto done = transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.redrive_execution(row, {}); });
    settle();
    return done;
  }
  /// Each function that waits, by its input: gives what `answers` has for it, or its input back.
  void answer_all(const std::map<std::string, TaskAnswer>& answers = {}) {
    while (!runner.waiting.empty()) {
      const auto input = runner.waiting.front().call.input;
      const auto found = answers.find(input.text());
      runner.answer(found == answers.end() ? TaskAnswer(input) : found->second);
      settle();
    }
  }
};

std::string definition(const std::string& fields, const std::string& work = R"("Type":"Pass","End":true)",
                       const std::string& type = "STANDARD") {
  return R"({"StartAt":"M","States":{"M":{"Type":"Map","Label":"L","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":")" +
         type + R"("},"StartAt":"I","States":{"I":{)" + work + "}}}," + fields + R"("End":true}}})";
}
const std::string function_work = R"("Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true)";
const std::string reader =
    R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"k"}},)";

}  // namespace

TEST_CASE("items of the state's input run as executions of their own, and the parent shows the run alone") {
  Fixture f;
  REQUIRE(f.create("m", definition("")).has_value());
  const auto parent = f.start("m", "[1,2,3]").value().record.row;
  f.settle();
  CHECK(f.output(parent) == "[1,2,3]");
  CHECK(
      f.history(parent) ==
      "ExecutionStarted MapStateEntered MapStateStarted MapRunStarted MapRunSucceeded MapStateSucceeded MapStateExited ExecutionSucceeded");
  const auto run = f.run(parent);
  CHECK(run.status == MapRunStatus::Succeeded);
  CHECK(run.executions.succeeded == 3);
  const auto children = list_map_run_children(f.memory, run, {}, std::nullopt, 10);
  REQUIRE(children.size() == 3);
  CHECK(children[0].record.state_machine == "m/L");
  CHECK(f.output(children[2].record.row) == "1");
  // Map run events point where AWS lets them point.
  std::string previous;
  for (const auto& event : read_history(f.memory, f.record(parent), 4, false, 4)) previous += std::to_string(event.previous_id) + " ";
  CHECK(previous == "3 4 5 4 ");
}

TEST_CASE("ten thousand items, few of them at a time in memory") {
  Fixture f;
  REQUIRE(
      f.create(
           "m",
           definition(
               reader +
               R"("MaxConcurrency":50,"ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b","Prefix":"p"}},)"))
          .has_value());
  for (int i = 0; i < 10'000; ++i) f.storage.items.emplace_back(i);
  const auto parent = f.start("m").value().record.row;
  f.settle();
  std::uint64_t most_cached = 0;
  while (!f.storage.reads.empty()) {
    f.storage.answer_read();
    f.settle();
    most_cached = std::max(most_cached, f.core->counters().cached_executions);
  }
  REQUIRE(f.storage.writes.size() == 1);
  CHECK(f.run(parent).executions.succeeded == 10'000);
  CHECK(most_cached < 200);
  f.storage.writes.front().second(MapRunStorage::Written{json_object({{"Bucket", Json("b")}}), 10'000});
  f.settle();
  CHECK(f.output(parent).find("ResultWriterDetails") != std::string::npos);
}

TEST_CASE("a restart in the middle goes on; nothing is started twice") {
  Fixture f;
  REQUIRE(f.create("m", definition(reader + R"("MaxConcurrency":2,)", function_work)).has_value());
  for (int i = 0; i < 5; ++i) f.storage.items.emplace_back(i);
  const auto parent = f.start("m").value().record.row;
  f.settle();
  REQUIRE(f.storage.reads.size() == 1);
  f.restart_all();
  REQUIRE(f.storage.reads.size() == 1);  // asked for again
  f.storage.answer_read();
  f.settle();
  CHECK(f.runner.waiting.size() == 2);
  f.runner.answer(Json("done"));
  f.settle();
  CHECK(f.runner.waiting.size() == 2);
  f.restart_all();
  for (int guard = 0; guard < 20 && f.record(parent).status == ExecutionStatus::Running; ++guard) {
    CHECK(f.runner.waiting.size() <= 2);
    if (!f.runner.waiting.empty()) f.runner.answer(Json("done"));
    f.settle();
  }
  CHECK(f.output(parent) == R"(["done","done","done","done","done"])");
  CHECK(f.run(parent).executions.succeeded == 5);
}

TEST_CASE("one failure more than is tolerated fails the run and stops its children") {
  Fixture f;
  REQUIRE(f.create("m", definition(R"("ToleratedFailureCount":1,)", function_work)).has_value());
  const auto parent = f.start("m", "[1,2,3,4]").value().record.row;
  f.settle();
  REQUIRE(f.runner.waiting.size() == 4);
  f.runner.answer(WorkflowError{"E", "first"});
  f.settle();
  CHECK(f.record(parent).status == ExecutionStatus::Running);
  f.runner.answer(WorkflowError{"E", "second"});
  f.settle();
  CHECK(f.output(parent) == "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded");
  CHECK(f.history(parent).ends_with("MapRunStarted MapRunFailed MapStateFailed ExecutionFailed"));
  const auto run = f.run(parent);
  CHECK(run.executions.failed == 2);
  CHECK(run.executions.aborted == 2);
  CHECK(run.executions.running == 0);
}

TEST_CASE("stopping the execution stops the run") {
  Fixture f;
  REQUIRE(f.create("m", definition("", function_work)).has_value());
  const auto parent = f.start("m", "[1,2]").value().record.row;
  f.settle();
  REQUIRE(f.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.stop_execution(parent, {}); }).has_value());
  f.settle();
  const auto run = f.run(parent);
  CHECK(run.status == MapRunStatus::Aborted);
  CHECK(run.phase == MapRunPhase::Over);
  CHECK(run.executions.aborted == 2);
}

TEST_CASE("batches and selected items") {
  Fixture f;
  REQUIRE(
      f.create("m", definition(R"("ItemsPath":"$.list","ItemSelector":{"n.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index","of.$":"$.name"},
      "ItemBatcher":{"MaxItemsPerBatch":2,"BatchInput":{"who.$":"$.name"}},)"))
          .has_value());
  const auto parent = f.start("m", R"({"name":"x","list":[7,8,9]})").value().record.row;
  f.settle();
  CHECK(
      f.output(parent) ==
      R"([{"BatchInput":{"who":"x"},"Items":[{"n":7,"i":0,"of":"x"},{"n":8,"i":1,"of":"x"}]},{"BatchInput":{"who":"x"},"Items":[{"n":9,"i":2,"of":"x"}]}])");
  CHECK(f.run(parent).items.succeeded == 3);
  CHECK(f.run(parent).executions.succeeded == 2);
}

TEST_CASE("a reader's refusal fails the run with its own words") {
  Fixture f;
  REQUIRE(f.create("m", definition(reader)).has_value());
  const auto parent = f.start("m").value().record.row;
  f.settle();
  f.storage.reads.front().second(WorkflowError{"States.ItemReaderFailed", "Attempting to map over non-iterable node."});
  f.settle();
  CHECK(f.output(parent) == "States.ItemReaderFailed: Attempting to map over non-iterable node.");
}

TEST_CASE("a failed commit loses nothing of a run") {
  Fixture f;
  REQUIRE(f.create("m", definition(reader)).has_value());
  for (int i = 0; i < 300; ++i) f.storage.items.emplace_back(i);
  const auto parent = f.start("m").value().record.row;
  f.settle();
  f.faulty.fails = [failed = false](const WriteBatch&) mutable { return !std::exchange(failed, true); };
  f.storage.answer_read();
  f.settle();
  f.advance(std::chrono::seconds(2));
  for (int guard = 0; guard < 10 && f.record(parent).status == ExecutionStatus::Running; ++guard) {
    while (!f.storage.reads.empty()) f.storage.answer_read();
    f.advance(std::chrono::seconds(2));
  }
  CHECK(f.record(parent).status == ExecutionStatus::Succeeded);
  CHECK(f.run(parent).executions.succeeded == 300);
}

TEST_CASE("a redrive of the parent redrives the children that did not succeed, and starts those that had not begun") {
  Fixture f;
  REQUIRE(f.create("m", definition(R"("MaxConcurrency":2,)", function_work)).has_value());
  const auto parent = f.start("m", "[1,2,3,4]").value().record.row;
  f.settle();
  f.runner.answer(Json("one"));
  f.settle();
  f.answer_all({{"2", WorkflowError{"E", "no"}}});
  CHECK(f.record(parent).status == ExecutionStatus::Failed);
  const auto failed = f.run(parent);
  CHECK(std::tuple(failed.executions.succeeded, failed.executions.failed, failed.executions.aborted, failed.executions.pending) ==
        std::tuple(1, 1, 1, 1));
  f.runner.waiting.clear();  // the aborted one's

  const auto child = list_map_run_children(f.memory, failed, {.status = ExecutionStatus::Failed}, std::nullopt, 10).at(0).record;
  CHECK(f.redrive(child.row).error().code == ErrorCode::Conflict);
  REQUIRE(f.redrive(parent).has_value());
  const auto redriven = f.run(parent);
  CHECK(redriven.row == failed.row);
  CHECK(redriven.status == MapRunStatus::Running);
  CHECK(redriven.redrives == 1);
  CHECK(redriven.redriven_at == f.clock.now());
  CHECK(redriven.executions.running == 2);
  REQUIRE(f.restart().has_value());
  f.core->keep_map_run_data(f.storage);
  f.settle();
  CHECK(f.runner.waiting.size() == 2);
  f.answer_all();
  CHECK(f.output(parent) == R"(["one",2,3,4])");
  CHECK(f.history(parent) ==
        "ExecutionStarted MapStateEntered MapStateStarted MapRunStarted MapRunFailed MapStateFailed ExecutionFailed "
        "ExecutionRedriven MapRunRedriven MapRunSucceeded MapStateSucceeded MapStateExited ExecutionSucceeded");
  CHECK(f.run(parent).executions.succeeded == 4);
  CHECK(f.record(child.row).redrives == 1);
  CHECK(f.history(child.row).find("ExecutionFailed ExecutionRedriven LambdaFunctionScheduled") != std::string::npos);
  CHECK(list_map_run_children(f.memory, f.run(parent), {.redriven = true}, std::nullopt, 10).size() == 2);
}

TEST_CASE("children that wait to be redriven are told apart") {
  Fixture f;
  REQUIRE(f.create("m", definition(R"("ToleratedFailureCount":2,)", function_work)).has_value());
  const auto parent = f.start("m", "[1,2,3]").value().record.row;
  f.settle();
  const TaskAnswer no = WorkflowError{"E", "no"};
  f.answer_all({{"1", no}, {"2", no}, {"3", no}});
  CHECK(f.record(parent).status == ExecutionStatus::Failed);
  REQUIRE(f.transact<void>([&](EngineTransaction& transaction) {
    return transaction.update_map_run(f.run(parent).row,
                                      {.max_concurrency = 1, .tolerated_failure_count = {}, .tolerated_failure_percentage = {}});
  }));
  REQUIRE(f.redrive(parent).has_value());
  CHECK(f.run(parent).executions.pending_redrive == 2);
  CHECK(f.run(parent).executions.total() == 3);
  CHECK(list_map_run_children(f.memory, f.run(parent), {.pending_redrive = true}, std::nullopt, 10).size() == 2);
  CHECK(list_map_run_children(f.memory, f.run(parent), {.status = ExecutionStatus::Failed}, std::nullopt, 10).empty());
  f.answer_all({{"2", no}});
  CHECK(f.output(parent) == "[1,3]");
  CHECK(f.run(parent).executions.failed == 1);
  CHECK(f.run(parent).executions.failures_not_redrivable == 0);
}

TEST_CASE("a child whose time for a redrive has passed keeps its end") {
  Fixture f;
  REQUIRE(f.create("m", definition(R"("ToleratedFailureCount":1,)", function_work)).has_value());
  const auto parent = f.start("m", "[1,2,3]").value().record.row;
  f.settle();
  f.runner.answer(WorkflowError{"E", "early"});
  f.settle();
  f.advance(std::chrono::hours(24 * 10));
  f.runner.answer(WorkflowError{"E", "late"});
  f.settle();
  CHECK(f.record(parent).status == ExecutionStatus::Failed);
  f.runner.waiting.clear();
  f.advance(std::chrono::hours(24 * 10));
  REQUIRE(f.redrive(parent).has_value());
  CHECK(f.run(parent).executions.failures_not_redrivable == 1);
  f.answer_all();
  CHECK(f.output(parent) == "[2,3]");
}

TEST_CASE("a run that is still ending is redriven once it is over; a thousandth redrive is the last") {
  Fixture f;
  REQUIRE(f.create("m", definition("", function_work)).has_value());
  std::string items = "[0";
  for (int i = 1; i < 250; ++i) items += "," + std::to_string(i);
  const auto parent = f.start("m", items + "]").value().record.row;
  f.settle();
  REQUIRE(f.runner.waiting.size() == 250);
  f.runner.waiting.clear();
  // Stopping takes several transactions; the redrive comes between them.
  REQUIRE(f.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.stop_execution(parent, {}); }).has_value());
  CHECK(f.run(parent).phase == MapRunPhase::Stopping);
  REQUIRE(f.redrive(parent).has_value());
  CHECK(f.run(parent).executions.running == 250);
  f.answer_all();
  CHECK(f.record(parent).status == ExecutionStatus::Succeeded);
  CHECK(f.run(parent).executions.succeeded == 250);

  REQUIRE(f.create("never", definition("", R"("Type":"Fail")")).has_value());
  const auto hopeless = f.start("never", "[1]").value().record.row;
  f.settle();
  for (int i = 0; i < 1'000; ++i) REQUIRE(f.redrive(hopeless).has_value());
  CHECK(f.run(hopeless).redrives == 1'000);
  REQUIRE(f.redrive(hopeless).has_value());
  CHECK(f.output(hopeless).find("States.Runtime: ") == 0);
  CHECK(f.run(hopeless).redrives == 1'000);
}

TEST_CASE("a run that failed by its results' size is started anew, and items that could not be read are read") {
  Fixture f;
  REQUIRE(f.create("m", definition("", R"("Type":"Pass","Result":")" + std::string(150'000, 'x') + R"(","End":true)")).has_value());
  const auto parent = f.start("m", "[1,2]").value().record.row;
  f.settle();
  CHECK(f.output(parent).find("States.DataLimitExceeded") == 0);
  REQUIRE(f.redrive(parent).has_value());
  CHECK(list_map_runs(f.memory, parent, std::nullopt, 10).size() == 2);

  REQUIRE(f.create("reads", definition(reader)).has_value());
  for (int i = 0; i < 3; ++i) f.storage.items.emplace_back(i);
  const auto reading = f.start("reads").value().record.row;
  f.settle();
  f.storage.reads.front().second(WorkflowError{"States.ItemReaderFailed", "The specified key does not exist."});
  f.storage.reads.pop_front();
  f.settle();
  REQUIRE(f.redrive(reading).has_value());
  REQUIRE(f.storage.reads.size() == 1);
  f.storage.answer_read();
  f.settle();
  CHECK(f.output(reading) == "[0,1,2]");
}

TEST_CASE("express children have no history, outlive a restart from their beginning, and are started again by a redrive") {
  Fixture f;
  REQUIRE(f.create("m", definition("", function_work, "EXPRESS")).has_value());
  const auto parent = f.start("m", "[1,2]").value().record.row;
  f.settle();
  const auto children = list_map_run_children(f.memory, f.run(parent), {}, std::nullopt, 10);
  REQUIRE(children.size() == 2);
  const auto& child = children[0].record;
  CHECK(child.express);
  CHECK(execution_arn(Site{}, child) == "arn:aws:states:us-east-1:000000000000:express:m/L:" + child.name + ":" + child.id.value);
  CHECK(read_payloads(f.memory, child).input.text() == "2");
  REQUIRE(f.restart().has_value());
  f.core->keep_map_run_data(f.storage);
  f.settle();
  CHECK(f.runner.waiting.size() == 2);
  f.answer_all({{"2", WorkflowError{"E", "no"}}});
  CHECK(f.output(parent).find("States.ExceedToleratedFailureThreshold") == 0);
  CHECK(f.output(child.row) == "E: no");
  CHECK(f.history(child.row).empty());
  REQUIRE(f.redrive(parent).has_value());
  CHECK(f.runner.waiting.size() == 1);
  CHECK(f.record(child.row).status == ExecutionStatus::Running);
  f.answer_all();
  CHECK(f.output(parent) == "[1,2]");
  CHECK(f.record(child.row).redrives == 0);
}

TEST_CASE("express children are waited for, not stopped, and end after five minutes") {
  Fixture f;
  REQUIRE(f.create("m", definition("", function_work, "EXPRESS")).has_value());
  const auto parent = f.start("m", "[1,2]").value().record.row;
  f.settle();
  f.runner.answer(WorkflowError{"E", "no"});
  f.settle();
  CHECK(f.record(parent).status == ExecutionStatus::Running);
  f.advance(std::chrono::minutes(5));
  CHECK(f.record(parent).status == ExecutionStatus::Failed);
  CHECK(f.run(parent).executions.timed_out == 1);
}

TEST_CASE("an express child that met a bug fails at the next start, and the others go on") {
  const TemporaryDirectory directory;
  Fixture f(EngineOptions{.data_directory = directory.path()});
  REQUIRE(f.create("m", definition(R"("ToleratedFailureCount":1,)", function_work, "EXPRESS")).has_value());
  const auto parent = f.start("m", "[1,2]").value().record.row;
  f.settle();
  const auto children = list_map_run_children(f.memory, f.run(parent), {}, std::nullopt, 10);
  std::ofstream(directory.path() + "/bug-execution") << children.at(0).record.row.value;
  f.restart_all();
  CHECK(f.record(children[0].record.row).status == ExecutionStatus::Failed);
  CHECK(f.output(children[0].record.row) == "States.Runtime: The execution met a bug in the interpreter and was given up.");
  CHECK(f.runner.waiting.size() == 1);
  f.answer_all();
  CHECK(f.record(parent).status == ExecutionStatus::Succeeded);
  CHECK(f.run(parent).executions.failed == 1);
  CHECK(f.core->counters().set_aside_executions == 0);
}
