#include "cli/backup_objects.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace signalbox::cli {

namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, const std::error_code& why) {
  return error(ErrorCode::Unavailable, "cannot back up " + path.string() + ": " + why.message());
}

Result<void> back_up_file(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::create_hard_link(from, to, failure);
  if (!failure || failure == std::errc::file_exists || failure == std::errc::no_such_file_or_directory) return {};
  fs::copy_file(from, to, fs::copy_options::skip_existing, failure);  // another file system, or one without hard links
  if (failure && failure != std::errc::no_such_file_or_directory) return failed(from, failure);
  return {};
}

Result<void> back_up_folder(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::create_directories(to, failure);
  if (failure) return failed(to, failure);
  for (fs::directory_iterator file(from, failure), end; !failure && file != end; file.increment(failure)) {
    std::error_code ignored;
    if (!file->is_regular_file(ignored)) continue;
    if (auto done = back_up_file(file->path(), to / file->path().filename()); !done) return done;
  }
  if (failure && failure != std::errc::no_such_file_or_directory) return failed(from, failure);
  return {};
}

/// So that names and copies survive the loss of power.
void sync_file_system(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::syncfs(file);
  ::close(file);
}

}  // namespace

Result<void> back_up_objects(const std::string& from, const std::string& to) {
  std::error_code failure;
  if (!fs::exists(from, failure)) return {};
  for (fs::directory_iterator folder(from, failure), end; !failure && folder != end; folder.increment(failure)) {
    std::error_code ignored;
    if (!folder->is_directory(ignored)) continue;
    if (auto done = back_up_folder(folder->path(), fs::path(to) / folder->path().filename()); !done) return done;
  }
  if (failure) return failed(from, failure);
  sync_file_system(to);
  return {};
}

}  // namespace signalbox::cli
