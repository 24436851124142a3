#include "store/sqlite_store.h"

#include <sys/stat.h>

#include <cstdio>

#include "store/backup.h"
#include "store/data_directory.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/sqlite_tables.h"

namespace signalbox {

namespace {

/// Checkpoints every 1,000 pages keep the slowest commit short; a burst's log is cut down again to 16 MiB.
std::string writer_settings(int cache_kib) {
  return "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 16777216;"
         "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" + std::to_string(cache_kib);
}
std::string reader_settings(int cache_kib) { return "PRAGMA query_only = ON; PRAGMA cache_size = -" + std::to_string(cache_kib); }

constexpr int busy_timeout_ms = 5'000;   // a reader may meet the log's recovery or a backup

class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(sqlite::Database database)
      : database_(std::move(database)), tables_(database_.get()), begin_(sqlite::prepare(database_.get(), "BEGIN")), end_(sqlite::prepare(database_.get(), "COMMIT")) {}
  std::optional<std::string> get(const Key& key) const override { return tables_.get(key); }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override { tables_.scan(range, visit); }

 private:
  // The first read takes the lock. A failure to begin costs only the locks of each read; one to end cannot happen to a reader.
  void begin_snapshot() const override {
    if (snapshots_++ == 0) run(begin_.get());
  }
  void end_snapshot() const override {
    if (--snapshots_ == 0) run(end_.get());
  }
  static void run(sqlite3_stmt* statement) {
    const sqlite::Use use(statement);
    (void)sqlite3_step(statement);
  }

  sqlite::Database database_;
  mutable sqlite::Tables tables_;   // prepared statements: reading makes them
  sqlite::Statement begin_, end_;
  mutable int snapshots_ = 0;
};

}  // namespace

struct SqliteStore::Implementation {
  SqliteOptions options;
  DataDirectory directory;
  std::string path;
  sqlite::Database database;
  sqlite::Tables tables;
  sqlite::Statement begin, commit;

  Result<void> run(sqlite3_stmt* statement);
  Result<void> write(const WriteBatch& batch);
};

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteOptions options) {
  auto directory = DataDirectory::open(options.directory, options.allow_network_file_system);
  if (!directory) return directory.error();
  const std::string path = options.directory + "/signalbox.db";
  const mode_t old_mask = ::umask(0077);   // task tokens and keys are in it
  auto database = sqlite::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  ::umask(old_mask);
  if (!database) return database.error();
  sqlite3_busy_timeout(database->get(), busy_timeout_ms);
  if (auto set = sqlite::execute(database->get(), writer_settings(options.cache_kib)); !set) return error(ErrorCode::Internal, set.error().message, path);
  if (auto migrated = migrate(database->get(), schema_steps()); !migrated) return error(migrated.error().code, migrated.error().message, path);
  sqlite3* connection = database->get();
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::unique_ptr<Implementation>(
      new Implementation{std::move(options), std::move(*directory), path, std::move(*database), sqlite::Tables(connection),
                         sqlite::prepare(connection, "BEGIN IMMEDIATE"), sqlite::prepare(connection, "COMMIT")})));
}

SqliteStore::SqliteStore(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
SqliteStore::~SqliteStore() = default;

std::optional<std::string> SqliteStore::get(const Key& key) const { return implementation_->tables.get(key); }

void SqliteStore::scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const { implementation_->tables.scan(range, visit); }

Result<void> SqliteStore::Implementation::run(sqlite3_stmt* statement) {
  const sqlite::Use use(statement);
  if (sqlite3_step(statement) == SQLITE_DONE) return {};
  return sqlite::last_error(database.get(), sqlite3_sql(statement));
}

Result<void> SqliteStore::Implementation::write(const WriteBatch& batch) {
  if (auto begun = run(begin.get()); !begun) return begun;
  for (const auto& [table, writes] : batch.tables()) {
    if (!tables.write(*table, writes)) return sqlite::last_error(database.get(), std::string("write of ") + table->name);
  }
  return run(commit.get());
}

Result<void> SqliteStore::commit(const WriteBatch& batch) {
  if (batch.empty()) return {};
  sqlite3* database = implementation_->database.get();
  Result<void> written;
  try {
    written = implementation_->write(batch);
  } catch (const StoreFailure& failure) {
    written = error(ErrorCode::Unavailable, failure.what());
  }
  // SQLite may have rolled back by itself already.
  if (!written && sqlite3_get_autocommit(database) == 0) (void)sqlite::execute(database, "ROLLBACK");
  return written;
}

std::unique_ptr<Reader> SqliteStore::reader() {
  auto database = sqlite::open(implementation_->path, SQLITE_OPEN_READONLY);
  if (!database) throw StoreFailure(database.error().message);
  sqlite3_busy_timeout(database->get(), busy_timeout_ms);
  if (auto set = sqlite::execute(database->get(), reader_settings(implementation_->options.reader_cache_kib)); !set) throw StoreFailure(set.error().message);
  return std::make_unique<SqliteReader>(std::move(*database));
}

Result<void> SqliteStore::backup(const std::string& path) { return backup_file(implementation_->path, path); }

}  // namespace signalbox
