#include "store/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "store/sqlite.h"

namespace signalbox {

namespace {

Error failed(const std::string& path, const std::string& words) { return error(ErrorCode::Internal, "the backup failed: " + words, path); }

/// All pages in one step: a backup in several steps begins anew whenever another connection commits, and would never end under load. Commits
/// go on meanwhile; the log only grows until the copy is done.
Result<void> copy_pages(const std::string& from, const std::string& to) {
  auto source = sqlite::open(from, SQLITE_OPEN_READONLY);
  if (!source) return source.error();
  auto target = sqlite::open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!target) return target.error();
  sqlite3_backup* backup = sqlite3_backup_init(target->get(), "main", source->get(), "main");
  if (!backup) return failed(to, sqlite3_errmsg(target->get()));
  const int copied = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (copied != SQLITE_DONE) return failed(to, sqlite3_errstr(copied));
  if (finished != SQLITE_OK) return failed(to, sqlite3_errstr(finished));
  return {};
}

Result<void> sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(path, std::strerror(errno));
  const int synced = ::fsync(file);
  const int reason = errno;
  ::close(file);
  if (synced != 0) return failed(path, std::strerror(reason));
  return {};
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

Result<void> backup_file(const std::string& from, const std::string& to) {
  struct stat found {};
  if (::stat(to.c_str(), &found) == 0) return error(ErrorCode::AlreadyExists, "the backup's file exists already; name a new one", to);
  const std::string unfinished = to + ".unfinished";
  ::unlink(unfinished.c_str());
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);  // it holds keys
  if (file < 0) return failed(to, std::strerror(errno));
  ::close(file);
  auto done = copy_pages(from, unfinished);
  if (done) done = sync(unfinished);
  if (done && ::rename(unfinished.c_str(), to.c_str()) != 0) done = failed(to, std::strerror(errno));
  if (done) return sync(folder_of(to));
  ::unlink(unfinished.c_str());
  return done;
}

}  // namespace signalbox
