#pragma once
/// The directory that holds the data file, and its entry check: everything that is wrong with it is said plainly at start.

#include "signalbox/result.h"

#include <string>

namespace signalbox {

/// Holds DIR/lock as long as it lives, so that two daemons never serve one data file.
class DataDirectory {
 public:
  /// Makes the directory (its parent must exist) if it is missing. Errors, each with its remedy: InvalidArgument (no directory, not writable,
  /// a network file system), Conflict (another process holds the lock; its id is named).
  [[nodiscard]] static Result<DataDirectory> open(const std::string& path, bool allow_network_file_system);
  ~DataDirectory();
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

 private:
  explicit DataDirectory(int lock) : lock_(lock) {}
  int lock_;
};

/// The name of a network or user-space file system by its magic number (statfs(2)), on which SQLite's locks and syncs cannot be relied on; null
/// for others.
[[nodiscard]] const char* network_file_system(long magic);

}  // namespace signalbox
