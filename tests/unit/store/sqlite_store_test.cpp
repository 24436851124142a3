#include "store/sqlite_store.h"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "store/data_directory.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "support/temporary_directory.h"
#include "unit/store/store_contract.h"

using namespace signalbox;

namespace {

std::unique_ptr<SqliteStore> opened(const std::string& directory) {
  auto store = SqliteStore::open({.directory = directory});
  INFO((store ? "" : store.error().message));
  REQUIRE(store.has_value());
  return std::move(*store);
}

std::unique_ptr<SqliteStore> opened_with_contract_tables(const std::string& directory) {
  opened(directory);
  auto raw = sqlite::open(directory + "/signalbox.db", SQLITE_OPEN_READWRITE);
  REQUIRE(raw.has_value());
  REQUIRE(sqlite::execute(raw->get(), testing::contract_schema));
  return opened(directory);
}

WriteBatch one(const char* name, const std::string& record) {
  WriteBatch batch;
  batch.put(Key(meta_table, name), record);
  return batch;
}

Error refused(const std::string& directory) {
  auto store = SqliteStore::open({.directory = directory});
  REQUIRE(store.has_error());
  return store.error();
}

}  // namespace

TEST_CASE("the data file keeps the contract") {
  const testing::TemporaryDirectory directory;
  const auto store = opened_with_contract_tables(directory.path());
  testing::check_store_contract(*store);
}

TEST_CASE("what was committed is there after a restart, readable by its owner only") {
  const testing::TemporaryDirectory parent;
  const std::string directory = parent.path() + "/data";
  REQUIRE(opened(directory)->commit(one("a", "1")));
  CHECK(opened(directory)->get(Key(meta_table, "a")) == "1");
  struct stat found {};
  REQUIRE(::stat((directory + "/signalbox.db").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("a commit larger than the cache and than any one write of the log is whole") {
  const testing::TemporaryDirectory directory;
  constexpr int count = 3'000;
  const auto name = [](int i) { return "record " + std::to_string(i); };
  const auto record = [](int i) { return std::string(4'000, static_cast<char>('a' + i % 26)); };
  {
    const auto store = opened(directory.path());
    const auto reader = store->reader();
    for (int round = 0; round < 2; ++round) {
      WriteBatch batch;
      for (int i = 0; i < count; ++i) batch.put(Key(meta_table, name(i)), record(i + round));
      REQUIRE(store->commit(batch));
      CHECK(reader->get(Key(meta_table, name(count / 2))) == record(count / 2 + round));
    }
  }
  const auto store = opened(directory.path());
  int wrong = 0;
  for (int i = 0; i < count; ++i) wrong += store->get(Key(meta_table, name(i))) != record(i + 1);
  CHECK(wrong == 0);
}

TEST_CASE("between commits the store reads on, and a commit ends what reading held") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  for (int i = 0; i < 3; ++i) {
    REQUIRE(store->commit(one("a", std::to_string(i))));
    CHECK(store->get(Key(meta_table, "a")) == std::to_string(i));
    CHECK(store->get(Key(meta_table, "b")) == std::nullopt);
  }
}

TEST_CASE("JSON records are text in the data file") {
  const testing::TemporaryDirectory directory;
  REQUIRE(opened(directory.path())->commit(one("json", R"({"a":1})")));
  auto raw = sqlite::open(directory.path() + "/signalbox.db", SQLITE_OPEN_READONLY);
  REQUIRE(raw.has_value());
  const auto statement = sqlite::prepare(raw->get(), "SELECT json_extract(record, '$.a') FROM meta WHERE name = 'json'");
  REQUIRE(sqlite3_step(statement.get()) == SQLITE_ROW);
  CHECK(sqlite3_column_int(statement.get(), 0) == 1);
}

TEST_CASE("a reader on another thread sees each commit") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  const auto reader = store->reader();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(store->commit(one("a", std::to_string(i))));
    std::optional<std::string> seen;
    std::thread([&] { seen = reader->get(Key(meta_table, "a")); }).join();
    CHECK(seen == std::to_string(i));
  }
}

TEST_CASE("a snapshot shows one state until the outermost ends") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  const auto reader = store->reader();
  REQUIRE(store->commit(one("a", "before")));
  {
    const ReadSnapshot outer(*reader);
    CHECK(reader->get(Key(meta_table, "a")) == "before");
    REQUIRE(store->commit(one("a", "after")));
    { const ReadSnapshot inner(*reader); }
    CHECK(reader->get(Key(meta_table, "a")) == "before");
  }
  CHECK(reader->get(Key(meta_table, "a")) == "after");
}

namespace {

/// Stands for an event loop: keeps what is to be done later until it is asked to do it.
struct Loop {
  std::vector<std::function<void()>> waiting;

  void run() {
    for (const auto& work : std::exchange(waiting, {})) work();
  }
  void serve(Reader& reader) {
    reader.share_snapshots([this](std::function<void()> work) { waiting.push_back(std::move(work)); });
  }
};

std::uintmax_t log_bytes(const std::string& directory) { return std::filesystem::file_size(directory + "/signalbox.db-wal"); }

}  // namespace

TEST_CASE("a shared snapshot never hides a commit") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  const auto reader = store->reader();
  Loop loop;
  loop.serve(*reader);
  for (int i = 0; i < 20; ++i) {
    REQUIRE(store->commit(one("a", std::to_string(i))));
    CHECK(reader->get(Key(meta_table, "a")) == std::to_string(i));
    {
      const ReadSnapshot snapshot(*reader);
      CHECK(reader->get(Key(meta_table, "a")) == std::to_string(i));
    }
    if (i % 3 == 0) loop.run();
  }
}

TEST_CASE("a shared snapshot is let go of once, when the loop has done what it had at hand") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  auto reader = store->reader();
  Loop loop;
  loop.serve(*reader);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(reader->get(Key(meta_table, "a")));
  CHECK(loop.waiting.size() == 1);
  loop.run();
  CHECK(loop.waiting.empty());
  CHECK_FALSE(reader->get(Key(meta_table, "a")));
  CHECK(loop.waiting.size() == 1);
  reader.reset();
  loop.run();  // finds it gone
}

TEST_CASE("a reader that shares snapshots does not keep the log from being cut down") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  const auto reader = store->reader();
  Loop loop;
  loop.serve(*reader);
  const std::string record(20'000, 'x');
  for (int i = 0; i < 1'000; ++i) {  // five pages each: five times the pages after which the log is written back
    REQUIRE(store->commit(one("a", record)));
    CHECK(reader->get(Key(meta_table, "a")).has_value());
    if (i % 10 == 9) loop.run();
  }
  CHECK(log_bytes(directory.path()) < 10'000'000);
}

TEST_CASE("a bad data directory is refused with its remedy") {
  const testing::TemporaryDirectory parent;
  CHECK(refused(parent.path() + "/no/such").message ==
        "the directory above the data directory does not exist; make it, or name another with --data");
  std::ofstream(parent.path() + "/file") << "x";
  CHECK(refused(parent.path() + "/file").message == "the data directory is a file; name a directory with --data");
  std::filesystem::create_directory(parent.path() + "/foreign");
  std::ofstream(parent.path() + "/foreign/signalbox.db") << std::string(8'192, 'x');
  CHECK(refused(parent.path() + "/foreign").message.find("file is not a database") != std::string::npos);
}

TEST_CASE("a data directory has one daemon at a time") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  const auto error = refused(directory.path());
  CHECK(error.code == ErrorCode::Conflict);
  CHECK(error.message == "the data directory is in use by another signalbox (process " + std::to_string(::getpid()) +
                             "); stop it, or name another directory with --data");
}

TEST_CASE("network file systems are known by their numbers") {
  CHECK(network_file_system(0x6969) == std::string("NFS"));
  CHECK(network_file_system(0xFF534D42) == std::string("CIFS"));
  CHECK(network_file_system(0xEF53) == nullptr);      // ext4
  CHECK(network_file_system(0x01021994) == nullptr);  // tmpfs
}

TEST_CASE("a backup made under way is whole, and overwrites nothing") {
  const testing::TemporaryDirectory parent;
  const auto store = opened(parent.path() + "/data");
  REQUIRE(store->commit(one("a", "1")));
  std::filesystem::create_directory(parent.path() + "/copy");
  const std::string copy = parent.path() + "/copy/signalbox.db";
  REQUIRE(store->backup(copy));
  REQUIRE(store->commit(one("a", "2")));
  CHECK(opened(parent.path() + "/copy")->get(Key(meta_table, "a")) == "1");
  const auto again = store->backup(copy);
  REQUIRE(again.has_error());
  CHECK(again.error().code == ErrorCode::AlreadyExists);
  CHECK(store->backup(parent.path() + "/no/such/file").has_error());
}

TEST_CASE("a full disk fails the commit, harms nothing, and is got over") {
  const testing::TemporaryDirectory directory;
  const auto store = opened(directory.path());
  REQUIRE(store->commit(one("a", "1")));
  // No file of this process may grow beyond 64 KiB for a while: write(2) fails, as on a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const rlimit small{65'536, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto failed = store->commit(one("a", std::string(1'000'000, 'x')));
  const auto kept = store->get(Key(meta_table, "a"));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  REQUIRE(failed.has_error());
  CHECK(failed.error().code == ErrorCode::Unavailable);
  CHECK(kept == "1");
  REQUIRE(store->commit(one("b", "2")));
  CHECK(store->get(Key(meta_table, "a")) == "1");
  CHECK(store->get(Key(meta_table, "b")) == "2");
}

TEST_CASE("the program's own schema steps are numbered from 1, without gaps, module by module") {
  std::map<std::string_view, int> versions;
  for (const auto& step : schema_steps()) {
    CHECK_FALSE(step.module.empty());
    CHECK(step.version == ++versions[step.module]);
  }
  CHECK(versions.contains("store"));
  CHECK(versions.contains("engine"));
}

TEST_CASE("schema steps run once each, in order; a newer file is refused") {
  const testing::TemporaryDirectory directory;
  auto database = sqlite::open(directory.path() + "/x.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  REQUIRE(database.has_value());
  const SchemaStep first{1, "a", "CREATE TABLE t (n INTEGER PRIMARY KEY, record BLOB)"};
  const SchemaStep other{1, "b", "CREATE TABLE u (n INTEGER PRIMARY KEY, record BLOB)"};
  const SchemaStep second{2, "a", "INSERT INTO t VALUES (1, 'x')"};
  const std::vector<SchemaStep> old_program{first}, new_program{first, other, second};
  REQUIRE(migrate(database->get(), old_program));
  REQUIRE(migrate(database->get(), new_program));
  REQUIRE(migrate(database->get(), new_program));
  const auto downgrade = migrate(database->get(), old_program);
  REQUIRE(downgrade.has_error());
  CHECK(downgrade.error().code == ErrorCode::Conflict);
  CHECK(downgrade.error().message ==
        "the data file was written by a newer signalbox (schema a 2, this one knows 1); start that version, or restore a backup made "
        "before the upgrade");
}

TEST_CASE("a schema step that fails leaves the file as it was") {
  const testing::TemporaryDirectory directory;
  auto database = sqlite::open(directory.path() + "/x.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  REQUIRE(database.has_value());
  const std::vector<SchemaStep> broken{{1, "a", "CREATE TABLE t (n INTEGER PRIMARY KEY, record BLOB)"}, {2, "a", "CREATE TABLE nonsense"}};
  const auto failed = migrate(database->get(), broken);
  REQUIRE(failed.has_error());
  CHECK(failed.error().message.find("schema step 2 of a failed") == 0);
  const std::vector<SchemaStep> repaired{{1, "a", "CREATE TABLE t (n INTEGER PRIMARY KEY, record BLOB)"}};
  CHECK(migrate(database->get(), repaired));
}
