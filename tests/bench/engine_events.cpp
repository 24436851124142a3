/// History events a second through the whole engine, against raw SQLite group commit of the same bytes in the same run; and what
/// executions that wait cost in memory, on disk and at start, HTTP apart. Prints one JSON object.

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "engine/engine_core.h"
#include "signalbox/state_machines.h"
#include "store/sqlite.h"
#include "store/sqlite_store.h"
#include "support/engine_harness.h"
#include "support/temporary_directory.h"

namespace {

using namespace signalbox;
using Clock_ = std::chrono::steady_clock;

double seconds_since(Clock_::time_point begin) { return std::chrono::duration<double>(Clock_::now() - begin).count(); }

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

/// Counts the rows and bytes of what passes.
class Recording final : public Store {
 public:
  explicit Recording(Store& store) : store_(store) {}
  struct Row {
    std::string key, record;
  };
  std::vector<std::vector<Row>> commits;
  bool recording = false;

  std::optional<std::string> get(const Key& key) const override { return store_.get(key); }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    store_.scan(range, visit);
  }
  Result<void> commit(const WriteBatch& batch) override {
    if (recording) {
      auto& rows = commits.emplace_back();
      for (const auto& [table, writes] : batch.tables()) {
        for (const auto& [key, record] : writes) rows.push_back({key, record.value_or("")});
      }
    }
    return store_.commit(batch);
  }
  std::unique_ptr<Reader> reader() override { return store_.reader(); }
  Result<void> backup(const std::string& path) override { return store_.backup(path); }

 private:
  Store& store_;
};

struct Bench {
  explicit Bench(Store& store) : core(store, clock, EngineOptions{}, [](EngineOperation) {}) {
    core.tasks().offer("sqs:sendMessage", std::make_unique<testing::FakeQueue>());
    if (!core.open()) std::abort();
  }
  SystemClock clock;
  EngineCore core;
  std::vector<std::string> tokens;

  void create() {
    std::vector<EngineOperation> batch;
    batch.push_back(
        {.run =
             [](EngineTransaction& transaction) {
               return create_state_machine(
                          transaction, Site{},
                          {.name = "m", .definition = testing::definitions::callback, .role_arn = "r", .allow_unsupported = true})
                   .has_value();
             },
         .committed = [] {},
         .failed = [](const Error&) { std::abort(); }});
    core.run(std::move(batch));
  }
  void start(int count, const std::string& input) {
    std::vector<EngineOperation> batch;
    for (int i = 0; i < count; ++i) {
      batch.push_back({.run =
                           [this, &input](EngineTransaction& transaction) {
                             const auto started = transaction.start_execution({.state_machine = "m", .input = Json::parse(input).value()});
                             const auto* execution = transaction.execution(started->record.row);
                             tokens.push_back(make_task_token(execution->started.key, execution->row, TaskAttempt{1}).value);
                             return true;
                           },
                       .committed = [] {},
                       .failed = [](const Error&) { std::abort(); }});
    }
    core.run(std::move(batch));
  }
  void complete(int count) {
    std::vector<EngineOperation> batch;
    for (int i = 0; i < count && !tokens.empty(); ++i) {
      batch.push_back(
          {.run = [token = tokens.back()](
                      EngineTransaction& transaction) { return transaction.succeed_task(TaskToken{token}, Json(1)).has_value(); },
           .committed = [] {},
           .failed = [](const Error&) { std::abort(); }});
      tokens.pop_back();
    }
    core.run(std::move(batch));
  }
};

/// The same rows in the same commits, into one table, appended.
double raw_seconds(const std::string& directory, const std::vector<std::vector<Recording::Row>>& commits) {
  auto database = sqlite::open(directory + "/raw.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database || !sqlite::execute(database->get(),
                                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000; CREATE TABLE t (n "
                                    "INTEGER PRIMARY KEY, k BLOB, r BLOB)"))
    std::abort();
  const auto insert = sqlite::prepare(database->get(), "INSERT INTO t (k, r) VALUES (?, ?)");
  const auto begin = Clock_::now();
  for (const auto& commit : commits) {
    if (!sqlite::execute(database->get(), "BEGIN IMMEDIATE")) std::abort();
    for (const auto& row : commit) {
      sqlite::bind_record(insert.get(), 1, row.key);
      sqlite::bind_record(insert.get(), 2, row.record);
      if (sqlite3_step(insert.get()) != SQLITE_DONE) std::abort();
      sqlite3_reset(insert.get());
    }
    if (!sqlite::execute(database->get(), "COMMIT")) std::abort();
  }
  return seconds_since(begin);
}

std::unique_ptr<SqliteStore> opened(const std::string& directory) {
  auto store = SqliteStore::open({.directory = directory});
  if (!store) std::abort();
  // The fake queue's table is the bench's own.
  auto raw = sqlite::open(directory + "/signalbox.db", SQLITE_OPEN_READWRITE);
  if (!raw || !sqlite::execute(raw->get(), "CREATE TABLE IF NOT EXISTS sent_messages (number INTEGER PRIMARY KEY, record BLOB)"))
    std::abort();
  return std::move(*store);
}

void measure_events(int workflows, int batch) {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  Recording recording(*store);
  Bench bench(recording);
  bench.create();
  const std::string input = R"({"order":")" + std::string(200, 'x') + R"("})";
  const auto once = [&] {
    const auto begin = Clock_::now();
    const double cpu = cpu_seconds();
    const auto before = bench.core.counters().events;
    for (int done = 0; done < workflows; done += batch) {
      bench.start(batch, input);
      bench.complete(batch);
    }
    const double wall = seconds_since(begin), used = cpu_seconds() - cpu;
    return std::tuple{wall, used, static_cast<double>(bench.core.counters().events - before)};
  };
  (void)once();
  const auto [wall, used, count] = once();
  recording.recording = true;
  (void)once();
  const double raw = raw_seconds(directory.path(), recording.commits);
  std::printf(
      "\"events/s, batch %d\": %.0f, \"callback workflows/s, batch %d\": %.0f, \"CPU ms per workflow, batch %d\": %.4f, \"raw SQLite "
      "events/s, batch %d\": %.0f, \"of raw SQLite, batch %d\": %.3f, ",
      batch, count / wall, batch, workflows / wall, batch, used * 1e3 / workflows, batch, count / raw, batch, raw / wall);
}

void waiting(int count) {
  const testing::TemporaryDirectory directory;
  const std::string input = R"({"order":")" + std::string(200, 'x') + R"("})";
  long with_few = 0;
  {
    const auto store = opened(directory.path());
    Bench bench(*store);
    bench.create();
    const auto start = [&](int more) {
      for (int i = 0; i < more; i += 100) bench.start(100, input);
      bench.tokens.clear();
      bench.tokens.shrink_to_fit();
    };
    start(1'000);
    with_few = resident_kib();
    start(count - 1'000);
    std::printf("\"MiB added by %d waiting over 1000\": %.2f, ", count, static_cast<double>(resident_kib() - with_few) / 1024);
  }
  struct stat file {};
  ::stat((directory.path() + "/signalbox.db").c_str(), &file);
  const auto begin = Clock_::now();
  auto store = SqliteStore::open({.directory = directory.path()});
  Bench again(**store);
  std::printf("\"KB on disk each\": %.3f, \"opened after it ms\": %.1f", static_cast<double>(file.st_size) / count / 1e3,
              seconds_since(begin) * 1e3);
}

}  // namespace

int main() {
  std::printf("{");
  measure_events(1'000, 1);
  measure_events(10'000, 16);
  measure_events(20'000, 64);
  measure_events(40'000, 1'000);
  waiting(100'000);
  std::printf("}\n");
}
