#include "signalbox/engine.h"
#include "signalbox/inline_transaction.h"

#include <catch2/catch.hpp>

#include <future>
#include <thread>

#include "store/memory_store.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"

using namespace signalbox;

namespace {

template <class T>
std::future<Result<T>> asked(Engine& engine, std::function<Result<T>(EngineTransaction&)> work) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto future = promise->get_future();
  engine.transact<T>(std::move(work), [promise](Result<T> result) { promise->set_value(std::move(result)); });
  return future;
}

std::future<Result<StateMachineRecord>> create(Engine& engine, const char* definition) {
  return asked<StateMachineRecord>(engine, [=](EngineTransaction& transaction) {
    return create_state_machine(transaction, transaction.site(), {.name = "m", .definition = definition, .role_arn = "r"});
  });
}
std::future<Result<StartedExecution>> start(Engine& engine) {
  return asked<StartedExecution>(engine,
                                 [](EngineTransaction& transaction) { return transaction.start_execution({.state_machine = "m"}); });
}

}  // namespace

TEST_CASE("many threads ask one engine; their operations share commits") {
  MemoryStore store;
  const SystemClock clock;
  Engine engine(store, clock, {});
  REQUIRE(engine.start());
  REQUIRE(create(engine, testing::definitions::pass).get());
  std::vector<std::thread> threads;
  std::atomic<int> succeeded{0};
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      std::vector<std::future<Result<StartedExecution>>> answers;
      for (int i = 0; i < 200; ++i) answers.push_back(start(engine));
      for (auto& answer : answers) succeeded += answer.get().has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(succeeded == 800);
  engine.stop();
  const auto counters = engine.counters();
  CHECK(counters.executions_succeeded == 800);
  CHECK(counters.operations == 801);
  CHECK(counters.commits <= 801);
  CHECK(counters.open_executions == 0);
}

TEST_CASE("an operation that fails inside of another leaves nothing") {
  MemoryStore store;
  const SystemClock clock;
  Engine engine(store, clock, {});
  REQUIRE(engine.start());
  const auto put = [](EngineTransaction& transaction, std::int64_t row) { transaction.put(Key(testing::sent_table, row), ""); };
  std::vector<std::string> answers;
  const auto outer = asked<bool>(engine, [&](EngineTransaction& transaction) -> Result<bool> {
    put(transaction, 1);
    const InlineTransaction inside(transaction);
    for (const bool fails : {true, false}) {
      engine.transact<bool>(
          [&, fails](EngineTransaction& inner) -> Result<bool> {
            put(inner, fails ? 2 : 3);
            inner.erase(Key(testing::sent_table, 1));
            if (fails) return error(ErrorCode::Conflict, "half-way");
            return true;
          },
          [&](Result<bool> result) { answers.push_back(result ? "done" : result.error().message); });
      CHECK(transaction.get(Key(testing::sent_table, 1)).has_value() == fails);
    }
    return true;
  });
  outer.wait();
  engine.stop();
  CHECK(answers == std::vector<std::string>{"half-way", "done"});
  std::vector<std::int64_t> rows;
  store.scan({.prefix = Key(testing::sent_table)}, [&](const Key& key, std::string_view) {
    rows.push_back(key.integer(0));
    return true;
  });
  CHECK(rows == std::vector<std::int64_t>{3});
}

TEST_CASE("a wait ends by the real clock") {
  MemoryStore store;
  const SystemClock clock;
  Engine engine(store, clock, {});
  std::promise<ExecutionRow> ended;
  engine.on_change([&](const ExecutionChange& change) {
    if (change.status != ExecutionStatus::Running) ended.set_value(change.row);
  });
  REQUIRE(engine.start());
  REQUIRE(create(engine, R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,"End":true}}})").get());
  REQUIRE(start(engine).get());
  const auto record = find_execution(*engine.reader(), ended.get_future().get()).value();
  CHECK(record.status == ExecutionStatus::Succeeded);
  CHECK(*record.stopped_at - record.started_at >= std::chrono::seconds(1));
}

TEST_CASE("a stopped engine has committed what it was asked before, and refuses what comes after") {
  MemoryStore store;
  const SystemClock clock;
  Engine engine(store, clock, {});
  REQUIRE(engine.start());
  REQUIRE(create(engine, testing::definitions::callback).get().has_error());  // no queue is offered
  auto before = create(engine, testing::definitions::pass);
  engine.stop();
  CHECK(before.get());
  CHECK(start(engine).get().error().code == ErrorCode::Unavailable);
  CHECK(list_state_machines(*engine.reader(), "", 10).size() == 1);
}
