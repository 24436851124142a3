/// Pulls the plug at the writes and syncs of a workload: nothing that was answered may be missing.

#include "support/power_loss_vfs.h"

#include <catch2/catch.hpp>

#include <spdlog/spdlog.h>

#include <set>

#include "store/sqlite.h"
#include "store/sqlite_store.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"
#include "support/temporary_directory.h"

using namespace signalbox;
using testing::PowerLossVfs;

namespace {

/// What callers were told.
struct Answered {
  std::set<ExecutionRow> started, completed;
};

/// Messages go nowhere: the data file has no table of the tests' own.
class SilentQueue final : public InternalTask {
 public:
  TaskAnswer call(Transaction&, const TaskCall&) override { return Json::empty_object(); }
};

struct Daemon {
  explicit Daemon(const std::string& directory) : opened(SqliteStore::open({.directory = directory})) {
    if (!opened) return;
    core = std::make_unique<EngineCore>(**opened, clock, EngineOptions{}, [](EngineOperation) {});
    core->tasks().offer("sqs:sendMessage", std::make_unique<SilentQueue>());
    ready = core->open();
  }

  template <class T>
  Result<T> transact(std::function<Result<T>(EngineTransaction&)> work) {
    std::optional<Result<T>> result, answer;
    std::vector<EngineOperation> batch;
    batch.push_back({.run =
                         [&](EngineTransaction& transaction) {
                           result.emplace(work(transaction));
                           return result->has_value();
                         },
                     .committed = [&] { answer = std::move(result); },
                     .failed = [&](const Error& error) { answer.emplace(error); }});
    core->run(std::move(batch));
    return std::move(*answer);
  }
  Result<TaskCompletion> complete(const std::string& token) {
    return transact<TaskCompletion>([&](EngineTransaction& transaction) { return transaction.succeed_task(TaskToken{token}, Json(1)); });
  }
  std::vector<std::string> tokens() {
    std::vector<std::string> found;
    for (const auto& token : list_waiting_tokens(**opened, core->master_key(), std::nullopt, 1'000)) found.push_back(token.token.value);
    return found;
  }

  ManualClock clock{Timestamp{std::chrono::seconds(1'800'000'000)}};
  Result<std::unique_ptr<SqliteStore>> opened;
  std::unique_ptr<EngineCore> core;
  Result<void> ready = error(ErrorCode::Unavailable, "the store was not opened");
};

/// Starts executions and completes every second one, until the power is gone or `count` are done.
void work(Daemon& daemon, int count, Answered& answered, bool disk_is_dead) {
  if (!daemon.ready) return;
  const auto created = daemon.transact<StateMachineRecord>([](EngineTransaction& transaction) {
    return create_state_machine(transaction, Site{}, {.name = "m", .definition = testing::definitions::callback, .role_arn = "r"});
  });
  if (!created && !disk_is_dead) FAIL(created.error().message);
  for (int i = 0; created && i < count; ++i) {
    const auto started = daemon.transact<StartedExecution>([&](EngineTransaction& transaction) {
      return transaction.start_execution({.state_machine = "m", .input = Json(std::string(static_cast<std::size_t>(i) * 97 % 3'000, 'x'))});
    });
    if (!started) return;
    answered.started.insert(started->record.row);
    if (i % 2 == 0) continue;
    const auto completed = daemon.complete(daemon.tokens().back());
    if (!completed) return;
    answered.completed.insert(completed->execution);
  }
}

void check(Daemon& daemon, const Answered& answered) {
  REQUIRE(daemon.opened);
  REQUIRE(daemon.ready);
  const Reader& store = **daemon.opened;
  for (ExecutionRow row : answered.started) CHECK(find_execution(store, row).has_value());
  for (ExecutionRow row : answered.completed) CHECK(find_execution(store, row)->status == ExecutionStatus::Succeeded);
  // Every one that is there is whole: it can be folded, and goes on.
  for (const auto& token : daemon.tokens()) CHECK(daemon.complete(token));
  for (const auto& record : list_executions(store, {}, std::nullopt, 1'000)) CHECK(record.status == ExecutionStatus::Succeeded);
}

long operations_of_workload(int count) {
  PowerLossVfs disk;
  const testing::TemporaryDirectory directory;
  Daemon daemon(directory.path());
  REQUIRE(daemon.opened);
  REQUIRE(daemon.ready);
  Answered answered;
  work(daemon, count, answered, false);
  REQUIRE(static_cast<int>(answered.started.size()) == count);
  return disk.operations();
}

}  // namespace

TEST_CASE("what was answered survives the loss of power at any moment") {
  spdlog::set_level(spdlog::level::off);
  constexpr int executions = 40;
  const long operations = operations_of_workload(executions);
  REQUIRE(operations > 200);
  std::mt19937 random(11);
  for (long at = 1; at <= operations; at += 1 + static_cast<long>(random() % 9)) {
    for (std::mt19937* which : {static_cast<std::mt19937*>(nullptr), &random}) {
      INFO("power lost at operation " << at << (which ? ", some unsynced writes kept" : ""));
      PowerLossVfs disk;
      const testing::TemporaryDirectory directory;
      Answered answered;
      {
        disk.fail_after(at);
        Daemon daemon(directory.path());
        work(daemon, executions, answered, true);
      }
      disk.lose_power(which);
      Daemon daemon(directory.path());
      check(daemon, answered);
    }
  }
  spdlog::set_level(spdlog::level::info);
}

TEST_CASE("a store that does not sync is found out") {
  // The check above must be able to fail: with synchronous off, what was written is lost.
  PowerLossVfs disk;
  const testing::TemporaryDirectory directory;
  const std::string path = directory.path() + "/x.db";
  {
    auto database = sqlite::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    REQUIRE(database);
    REQUIRE(sqlite::execute(
        database->get(),
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (n); PRAGMA synchronous = OFF; INSERT INTO t VALUES (1)"));
    disk.fail_after(1);
  }
  disk.lose_power(nullptr);
  auto database = sqlite::open(path, SQLITE_OPEN_READWRITE);
  REQUIRE(database);
  const auto count = sqlite::prepare(database->get(), "SELECT count(*) FROM t");
  REQUIRE(sqlite3_step(count.get()) == SQLITE_ROW);
  CHECK(sqlite3_column_int(count.get(), 0) == 0);
}
