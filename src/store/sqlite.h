#pragma once
/// SQLite's C interface with owners. Failures become Error (Unavailable, with SQLite's words) or, in reads, StoreFailure.

#include "signalbox/result.h"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

enum class FileSystem : std::uint8_t { Default, GatheredLog /** log_vfs.h */ };

/// Errors: Internal, naming the file and SQLite's words.
[[nodiscard]] Result<Database> open(const std::string& path, int flags, FileSystem file_system = FileSystem::Default);
/// What went wrong last on this connection, for people: SQLite's words, the system's, and the remedy where there is a plain one.
[[nodiscard]] Error last_error(sqlite3* database, const std::string& doing);
[[nodiscard]] Result<void> execute(sqlite3* database, const std::string& sql);
/// Throws StoreFailure.
[[nodiscard]] Statement prepare(sqlite3* database, const std::string& sql);
[[noreturn]] void throw_failure(sqlite3* database, const std::string& doing);

void bind_text(sqlite3_stmt* statement, int parameter, std::string_view text);
void bind_integer(sqlite3_stmt* statement, int parameter, std::int64_t value);
/// A record whose first byte is printable is kept as text, so that people and json_extract() can read it; all others as bytes.
void bind_record(sqlite3_stmt* statement, int parameter, std::string_view record);
/// Bytes of a text or blob column; valid until the statement moves on.
[[nodiscard]] std::string_view column_bytes(sqlite3_stmt* statement, int column);

/// Resets a statement when left, so that it holds no read transaction open.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() { sqlite3_reset(statement_); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  sqlite3_stmt* statement_;
};

}  // namespace signalbox::sqlite
