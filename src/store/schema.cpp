#include "store/schema.h"

#include <map>
#include <string>

#include "signalbox/store.h"

namespace signalbox {

namespace {

constexpr SchemaStep all_steps[] = {
#include "schema.inc"
};

using Versions = std::map<std::string, int, std::less<>>;

Versions done_so_far(sqlite3* database) {
  Versions versions;
  const auto statement = sqlite::prepare(database, "SELECT module, version FROM schema");
  int code = SQLITE_DONE;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    versions.emplace(sqlite::column_bytes(statement.get(), 0), sqlite3_column_int(statement.get(), 1));
  }
  if (code != SQLITE_DONE) sqlite::throw_failure(database, "read of the schema's versions");
  return versions;
}

Versions newest(std::span<const SchemaStep> steps) {
  Versions versions;
  for (const auto& step : steps) versions[std::string(step.module)] = std::max(versions[std::string(step.module)], step.version);
  return versions;
}

Result<void> refuse_newer(const Versions& found, const Versions& known) {
  for (const auto& [module, version] : found) {
    const auto mine = known.find(module);
    if (mine != known.end() && version <= mine->second) continue;
    return error(ErrorCode::Conflict, "the data file was written by a newer signalbox (schema " + module + " " + std::to_string(version) +
                                          ", this one knows " + (mine == known.end() ? "none" : std::to_string(mine->second)) +
                                          "); start that version, or restore a backup made before the upgrade");
  }
  return {};
}

Result<void> check_application(sqlite3* database) {
  const auto statement = sqlite::prepare(database, "PRAGMA application_id");
  const int id = sqlite3_step(statement.get()) == SQLITE_ROW ? sqlite3_column_int(statement.get(), 0) : 0;
  if (id == 0 || id == application_id) return {};
  return error(ErrorCode::Conflict, "the data file belongs to another program; name another directory with --data");
}

Result<void> run_steps(sqlite3* database, std::span<const SchemaStep> steps) {
  if (auto done =
          sqlite::execute(database, "CREATE TABLE IF NOT EXISTS schema (module TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
      !done)
    return done;
  Versions versions = done_so_far(database);
  if (auto checked = refuse_newer(versions, newest(steps)); !checked) return checked;
  for (const auto& step : steps) {
    int& version = versions[std::string(step.module)];
    if (step.version <= version) continue;
    SIGNALBOX_ASSERT(step.version == version + 1);
    if (auto done = sqlite::execute(database, std::string(step.sql)); !done) {
      return error(ErrorCode::Internal,
                   "schema step " + std::to_string(step.version) + " of " + std::string(step.module) + " failed: " + done.error().message);
    }
    version = step.version;
    const auto note = sqlite::prepare(database, "INSERT OR REPLACE INTO schema VALUES (?, ?)");
    sqlite::bind_text(note.get(), 1, step.module);
    sqlite::bind_integer(note.get(), 2, version);
    if (sqlite3_step(note.get()) != SQLITE_DONE) return sqlite::last_error(database, "note of a schema step");
  }
  return sqlite::execute(database, "PRAGMA application_id = " + std::to_string(application_id));
}

bool is_current(sqlite3* database, std::span<const SchemaStep> steps) {
  const auto exists = sqlite::prepare(database, "SELECT 1 FROM sqlite_schema WHERE name = 'schema'");
  return sqlite3_step(exists.get()) == SQLITE_ROW && done_so_far(database) == newest(steps);
}

}  // namespace

std::span<const SchemaStep> schema_steps() { return all_steps; }

Result<void> migrate(sqlite3* database, std::span<const SchemaStep> steps) {
  try {
    if (auto checked = check_application(database); !checked) return checked;
    if (is_current(database, steps)) return {};
    if (auto begun = sqlite::execute(database, "BEGIN IMMEDIATE"); !begun) return begun;
    auto done = run_steps(database, steps);
    if (done) done = sqlite::execute(database, "COMMIT");
    if (!done) (void)sqlite::execute(database, "ROLLBACK");
    return done;
  } catch (const StoreFailure& failure) {
    return error(ErrorCode::Internal, failure.what());
  }
}

}  // namespace signalbox
