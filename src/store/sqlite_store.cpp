#include "store/sqlite_store.h"

#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <utility>

#include "store/backup.h"
#include "store/data_directory.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/sqlite_tables.h"

namespace signalbox {

namespace {

constexpr int checkpoint_pages = 1'000;  ///< keeps the slowest commit short

/// A burst's log is cut down again to 16 MiB.
std::string writer_settings(int cache_kib) {
  return "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;"
         "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" +
         std::to_string(cache_kib);
}
std::string reader_settings(int cache_kib) { return "PRAGMA query_only = ON; PRAGMA cache_size = -" + std::to_string(cache_kib); }

constexpr int busy_timeout_ms = 5'000;  // a reader may meet the log's recovery or a backup

/// What the writing connection tells the reading ones.
struct LogState {
  std::atomic<std::uint64_t> commits{0};
  std::atomic<bool> is_long{false};  ///< it waits to be written back, which a reader that looks at it holds up
};

class SqliteReader final : public Reader {
 public:
  SqliteReader(sqlite::Database database, std::shared_ptr<const LogState> log)
      : database_(std::move(database)),
        log_(std::move(log)),
        tables_(database_.get()),
        begin_(sqlite::prepare(database_.get(), "BEGIN")),
        end_(sqlite::prepare(database_.get(), "COMMIT")) {}

  std::optional<std::string> get(const Key& key) const override {
    const Hold hold(*this);
    return tables_.get(key);
  }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    const Hold hold(*this);
    tables_.scan(range, visit);
  }
  void share_snapshots(std::function<void(std::function<void()>)> later) override { later_ = std::move(later); }

 private:
  /// Of one read: without sharing it takes SQLite's lock by itself.
  struct Hold {
    explicit Hold(const SqliteReader& of) : reader(of), shared(of.later_ != nullptr) {
      if (shared) reader.begin_snapshot();
    }
    ~Hold() {
      if (shared) reader.end_snapshot();
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    const SqliteReader& reader;
    bool shared;
  };

  void begin_snapshot() const override {
    if (snapshots_++ > 0) return;
    const auto commits = log_->commits.load(std::memory_order_acquire);
    if (open_ && commits == commits_seen_) return;
    if (open_) close();
    open(commits);
  }
  void end_snapshot() const override {
    if (--snapshots_ > 0) return;
    if (!later_ || log_->is_long.load(std::memory_order_relaxed)) return close();
    if (std::exchange(closing_, true)) return;
    later_([this, alive = std::weak_ptr(alive_)] {
      if (alive.expired()) return;
      closing_ = false;
      if (open_ && snapshots_ == 0) close();
    });
  }
  // The first read takes the lock. A failure to begin costs only the locks of each read; one to end cannot happen to a reader.
  void open(std::uint64_t commits) const {
    run(begin_.get());
    commits_seen_ = commits;
    open_ = true;
  }
  void close() const {
    run(end_.get());
    open_ = false;
  }
  static void run(sqlite3_stmt* statement) {
    const sqlite::Use use(statement);
    (void)sqlite3_step(statement);
  }

  sqlite::Database database_;
  std::shared_ptr<const LogState> log_;
  mutable sqlite::Tables tables_;  // prepared statements: reading makes them
  sqlite::Statement begin_, end_;
  std::function<void(std::function<void()>)> later_;
  mutable int snapshots_ = 0;
  mutable std::uint64_t commits_seen_ = 0;
  mutable bool open_ = false, closing_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

namespace {

/// After each commit, as sqlite3_wal_autocheckpoint() does it. https://www.sqlite.org/c3ref/wal_hook.html
int checkpoint_when_long(void* log, sqlite3* database, const char* name, int pages) {
  const bool is_long = pages >= checkpoint_pages;
  static_cast<LogState*>(log)->is_long.store(is_long, std::memory_order_relaxed);
  if (is_long) (void)sqlite3_wal_checkpoint_v2(database, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  return SQLITE_OK;
}

}  // namespace

struct SqliteStore::Implementation {
  SqliteOptions options;
  std::shared_ptr<LogState> log;
  DataDirectory directory;
  std::string path;
  sqlite::Database database;
  sqlite::Tables tables;
  sqlite::Statement begin_reading, begin, commit;

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(database.get()) == 0; }
  sqlite::Tables& readable();
  Result<void> run(sqlite3_stmt* statement);
  Result<void> write(const WriteBatch& batch);
};

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteOptions options) {
  auto directory = DataDirectory::open(options.directory, options.allow_network_file_system);
  if (!directory) return directory.error();
  const std::string path = options.directory + "/signalbox.db";
  const mode_t old_mask = ::umask(0077);  // task tokens and keys are in it
  auto database = sqlite::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, sqlite::FileSystem::GatheredLog);
  ::umask(old_mask);
  if (!database) return database.error();
  sqlite3_busy_timeout(database->get(), busy_timeout_ms);
  if (auto set = sqlite::execute(database->get(), writer_settings(options.cache_kib)); !set)
    return error(ErrorCode::Internal, set.error().message, path);
  if (auto migrated = migrate(database->get(), schema_steps()); !migrated)
    return error(migrated.error().code, migrated.error().message, path);
  sqlite3* connection = database->get();
  auto log = std::make_shared<LogState>();
  sqlite3_wal_hook(connection, checkpoint_when_long, log.get());
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::unique_ptr<Implementation>(new Implementation{
      std::move(options), std::move(log), std::move(*directory), path, std::move(*database), sqlite::Tables(connection),
      sqlite::prepare(connection, "BEGIN"), sqlite::prepare(connection, "BEGIN IMMEDIATE"), sqlite::prepare(connection, "COMMIT")})));
}

SqliteStore::SqliteStore(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
SqliteStore::~SqliteStore() = default;

/// Reads of the one connection that writes take SQLite's lock once for all until the next commit: nothing changes meanwhile.
sqlite::Tables& SqliteStore::Implementation::readable() {
  if (!in_transaction()) (void)run(begin_reading.get());  // a failure costs only the locks of each read
  return tables;
}

std::optional<std::string> SqliteStore::get(const Key& key) const { return implementation_->readable().get(key); }

void SqliteStore::scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const {
  implementation_->readable().scan(range, visit);
}

Result<void> SqliteStore::Implementation::run(sqlite3_stmt* statement) {
  const sqlite::Use use(statement);
  if (sqlite3_step(statement) == SQLITE_DONE) return {};
  return sqlite::last_error(database.get(), sqlite3_sql(statement));
}

Result<void> SqliteStore::Implementation::write(const WriteBatch& batch) {
  if (in_transaction()) {
    if (auto read = run(commit.get()); !read) return read;
  }
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
  if (!written && implementation_->in_transaction()) (void)sqlite::execute(database, "ROLLBACK");
  implementation_->log->commits.fetch_add(1, std::memory_order_release);
  return written;
}

std::unique_ptr<Reader> SqliteStore::reader() {
  auto database = sqlite::open(implementation_->path, SQLITE_OPEN_READONLY);
  if (!database) throw StoreFailure(database.error().message);
  sqlite3_busy_timeout(database->get(), busy_timeout_ms);
  if (auto set = sqlite::execute(database->get(), reader_settings(implementation_->options.reader_cache_kib)); !set)
    throw StoreFailure(set.error().message);
  return std::make_unique<SqliteReader>(std::move(*database), implementation_->log);
}

Result<void> SqliteStore::backup(const std::string& path) { return backup_file(implementation_->path, path); }

}  // namespace signalbox
