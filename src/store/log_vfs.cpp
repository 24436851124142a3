#include "store/log_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace signalbox::sqlite {

namespace {

/// A longer commit is written in several pieces: SQLite's own file system takes at most 128 KiB less one byte at once.
constexpr std::size_t gathered_max = 120 * 1024;

/// SQLite's file object of a log.
struct LogFile {
  sqlite3_file base;  ///< must be first: SQLite knows the object as this
  struct Log* log;
};

struct Log {
  std::unique_ptr<char[]> memory;  ///< of the default file system's own object
  std::string gathered;            ///< belongs at `offset`
  sqlite3_int64 offset = 0;

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory.get()); }
  int write_gathered() {
    if (gathered.empty()) return SQLITE_OK;
    const int code = file()->pMethods->xWrite(file(), gathered.data(), static_cast<int>(gathered.size()), offset);
    gathered.clear();  // after a failure SQLite writes the commit anew
    return code;
  }
};

Log& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file)->log; }

/// Calls a method of the default file system's object.
template <auto Method, class... Arguments>
int pass_on(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* const passed_to = log_of(file).file();
  return (passed_to->pMethods->*Method)(passed_to, arguments...);
}

/// The same, once everything gathered has reached it.
template <auto Method, class... Arguments>
int write_and_pass_on(sqlite3_file* file, Arguments... arguments) {
  if (const int code = log_of(file).write_gathered(); code != SQLITE_OK) return code;
  return pass_on<Method>(file, arguments...);
}

int close(sqlite3_file* file) {
  const std::unique_ptr<Log> log(&log_of(file));
  const int written = log->write_gathered(), closed = log->file()->pMethods->xClose(log->file());
  return written != SQLITE_OK ? written : closed;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  Log& log = log_of(file);
  const auto gathered = static_cast<sqlite3_int64>(log.gathered.size());
  if (log.offset + gathered != offset || gathered + size > static_cast<sqlite3_int64>(gathered_max)) {
    if (const int code = log.write_gathered(); code != SQLITE_OK) return code;
  }
  if (log.gathered.empty()) log.offset = offset;
  log.gathered.append(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
  return SQLITE_OK;
}

constexpr sqlite3_io_methods log_methods = {.iVersion = 1,
                                            .xClose = close,
                                            .xRead = write_and_pass_on<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
                                            .xWrite = write,
                                            .xTruncate = write_and_pass_on<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
                                            .xSync = write_and_pass_on<&sqlite3_io_methods::xSync, int>,
                                            .xFileSize = write_and_pass_on<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
                                            .xLock = pass_on<&sqlite3_io_methods::xLock, int>,
                                            .xUnlock = pass_on<&sqlite3_io_methods::xUnlock, int>,
                                            .xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock, int*>,
                                            .xFileControl = pass_on<&sqlite3_io_methods::xFileControl, int, void*>,
                                            .xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>,
                                            .xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>,
                                            .xShmMap = nullptr,
                                            .xShmLock = nullptr,
                                            .xShmBarrier = nullptr,
                                            .xShmUnmap = nullptr,
                                            .xFetch = nullptr,
                                            .xUnfetch = nullptr};

/// Asked for at each call, since tests put others in its place.
sqlite3_vfs* default_vfs() { return sqlite3_vfs_find(nullptr); }

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_used) {
  sqlite3_vfs* const vfs = default_vfs();
  if ((flags & SQLITE_OPEN_WAL) == 0) return vfs->xOpen(vfs, name, file, flags, flags_used);
  auto log = std::make_unique<Log>();
  log->memory = std::make_unique<char[]>(static_cast<std::size_t>(vfs->szOsFile));
  file->pMethods = nullptr;  // nothing to close if it cannot be opened
  const int code = vfs->xOpen(vfs, name, log->file(), flags, flags_used);
  if (code != SQLITE_OK) return code;
  reinterpret_cast<LogFile*>(file)->log = log.release();
  file->pMethods = &log_methods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) { return default_vfs()->xDelete(default_vfs(), name, sync_folder); }
int access(sqlite3_vfs*, const char* name, int flags, int* answer) { return default_vfs()->xAccess(default_vfs(), name, flags, answer); }
int full_path(sqlite3_vfs*, const char* name, int size, char* path) {
  return default_vfs()->xFullPathname(default_vfs(), name, size, path);
}

sqlite3_vfs make() {
  sqlite3_vfs vfs = *default_vfs();
  vfs.szOsFile = std::max(vfs.szOsFile, static_cast<int>(sizeof(LogFile)));
  vfs.zName = "signalbox";
  vfs.pNext = nullptr;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  return vfs;
}

}  // namespace

const char* log_vfs() {
  static sqlite3_vfs vfs = make();
  [[maybe_unused]] static const int registered = sqlite3_vfs_register(&vfs, 0);
  return vfs.zName;
}

}  // namespace signalbox::sqlite
