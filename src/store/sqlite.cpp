#include "store/sqlite.h"

#include "signalbox/store.h"

#include <cstring>

#include "store/log_vfs.h"

namespace signalbox::sqlite {

namespace {

std::string remedy(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return "; free some space on this disk";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return "; see that the data directory is writable by this user";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "; restore the data file from a backup";
    default: return "";
  }
}

}  // namespace

Error last_error(sqlite3* database, const std::string& doing) {
  std::string message = doing + ": " + sqlite3_errmsg(database);
  if (const int system = sqlite3_system_errno(database); system != 0) message += " (" + std::string(std::strerror(system)) + ")";
  return error(ErrorCode::Unavailable, message + remedy(sqlite3_errcode(database)));
}

Result<Database> open(const std::string& path, int flags, FileSystem file_system) {
  // Nobody asks SQLite how much memory it has taken, and counting it takes a lock at every allocation. Refused once SQLite is in use,
  // which harms nothing.
  [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* raw = nullptr;
  const char* const vfs = file_system == FileSystem::GatheredLog ? log_vfs() : nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  Database database(raw);
  if (code == SQLITE_OK) return database;
  return error(ErrorCode::Internal, std::string("the data file cannot be opened: ") + sqlite3_errstr(code) + remedy(code), path);
}

Result<void> execute(sqlite3* database, const std::string& sql) {
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return last_error(database, sql.substr(0, 60));
}

void throw_failure(sqlite3* database, const std::string& doing) { throw StoreFailure(last_error(database, doing).message); }

Statement prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) throw_failure(database, sql);
  return Statement(raw);
}

// The bound bytes outlive the statement's run, hence SQLITE_STATIC: nothing is copied.
void bind_text(sqlite3_stmt* statement, int parameter, std::string_view text) {
  sqlite3_bind_text64(statement, parameter, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void bind_integer(sqlite3_stmt* statement, int parameter, std::int64_t value) { sqlite3_bind_int64(statement, parameter, value); }

void bind_record(sqlite3_stmt* statement, int parameter, std::string_view record) {
  const bool text = !record.empty() && static_cast<unsigned char>(record.front()) >= ' ' && record.find('\0') == record.npos;
  if (text) return bind_text(statement, parameter, record);
  sqlite3_bind_blob64(statement, parameter, record.data() ? record.data() : "", record.size(), SQLITE_STATIC);
}

std::string_view column_bytes(sqlite3_stmt* statement, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))) : std::string_view();
}

}  // namespace signalbox::sqlite
