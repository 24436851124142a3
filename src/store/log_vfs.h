#pragma once
/// SQLite's default file system, except that the write-ahead log is written in large pieces.
///
/// SQLite writes a log's page by two calls, 24 bytes and then the page: a commit of many pages is many small writes. Here they are gathered in memory and
/// written in one piece before the sync that ends the commit. Of a commit that is not synced nothing may be believed anyway, so nothing is lost by it.
/// Precondition: `synchronous = FULL`, under which SQLite syncs the log before it tells readers of a commit. https://www.sqlite.org/vfs.html

namespace signalbox::sqlite {

/// The name by which it is registered, for sqlite3_open_v2().
[[nodiscard]] const char* log_vfs();

}  // namespace signalbox::sqlite
