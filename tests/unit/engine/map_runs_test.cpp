#include <catch2/catch.hpp>
#include <deque>

#include "signalbox/map_runs.h"
#include "support/engine_harness.h"

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
    for (auto at = static_cast<std::size_t>(request.position); at < items.size() && answer.items.size() < request.items_max; ++at) answer.items.push_back({items[at]});
    answer.at_end = static_cast<std::size_t>(request.position) + answer.items.size() == items.size();
    done(std::move(answer));
  }
};

struct Fixture : EngineHarness {
  FakeStorage storage;
  Fixture() { core->keep_map_run_data(storage); }
  void restart_all() {
    REQUIRE(restart().has_value());
    storage.reads.clear();
    storage.writes.clear();
    core->keep_map_run_data(storage);
    settle();
  }
  MapRunRecord run(ExecutionRow parent) { return list_map_runs(memory, parent, std::nullopt, 10).at(0); }
};

std::string definition(const std::string& fields, const std::string& work = R"("Type":"Pass","End":true)") {
  return R"({"StartAt":"M","States":{"M":{"Type":"Map","Label":"L","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{)" + work +
         "}}}," + fields + R"("End":true}}})";
}
const std::string function_work = R"("Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true)";
const std::string reader = R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"k"}},)";

}  // namespace

TEST_CASE("items of the state's input run as executions of their own, and the parent shows the run alone") {
  Fixture f;
  REQUIRE(f.create("m", definition("")).has_value());
  const auto parent = f.start("m", "[1,2,3]").value().record.row;
  f.settle();
  CHECK(f.output(parent) == "[1,2,3]");
  CHECK(f.history(parent) == "ExecutionStarted MapStateEntered MapStateStarted MapRunStarted MapRunSucceeded MapStateSucceeded MapStateExited ExecutionSucceeded");
  const auto run = f.run(parent);
  CHECK(run.status == MapRunStatus::Succeeded);
  CHECK(run.executions.succeeded == 3);
  const auto children = list_map_run_children(f.memory, run.row, std::nullopt, std::nullopt, 10);
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
  REQUIRE(f.create("m", definition(reader + R"("MaxConcurrency":50,"ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b","Prefix":"p"}},)")).has_value());
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
  REQUIRE(f.storage.reads.size() == 1);   // asked for again
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
  REQUIRE(f.create("m", definition(R"("ItemsPath":"$.list","ItemSelector":{"n.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index","of.$":"$.name"},
      "ItemBatcher":{"MaxItemsPerBatch":2,"BatchInput":{"who.$":"$.name"}},)"))
              .has_value());
  const auto parent = f.start("m", R"({"name":"x","list":[7,8,9]})").value().record.row;
  f.settle();
  CHECK(f.output(parent) == R"([{"BatchInput":{"who":"x"},"Items":[{"n":7,"i":0,"of":"x"},{"n":8,"i":1,"of":"x"}]},{"BatchInput":{"who":"x"},"Items":[{"n":9,"i":2,"of":"x"}]}])");
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
