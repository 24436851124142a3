#include "store/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace signalbox {

namespace {

constexpr mode_t directory_mode = 0700, file_mode = 0600;

Error refused(const std::string& path, const std::string& message) { return error(ErrorCode::InvalidArgument, message, path); }
std::string system_words() { return std::strerror(errno); }

Result<void> make_directory(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return {};
    return refused(path, "the data directory is a file; name a directory with --data");
  }
  if (::mkdir(path.c_str(), directory_mode) == 0) return {};
  if (errno == ENOENT) return refused(path, "the directory above the data directory does not exist; make it, or name another with --data");
  return refused(path,
                 "the data directory cannot be made (" + system_words() + "); make it writable by this user, or name another with --data");
}

Result<void> check_file_system(const std::string& path) {
  struct statfs found {};
  if (::statfs(path.c_str(), &found) != 0) return refused(path, "the data directory's file system cannot be read (" + system_words() + ")");
  const char* name = network_file_system(static_cast<long>(found.f_type));
  if (!name) return {};
  return refused(
      path,
      std::string("the data directory is on ") + name +
          ", where locks and syncs cannot be relied on; use a directory on a local disk (in a container: a volume, not a shared folder)");
}

std::string holder(int lock) {
  std::array<char, 32> text{};
  const auto size = ::pread(lock, text.data(), text.size() - 1, 0);
  std::string id(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id.empty() ? "" : " (process " + id + ")";
}

/// Failure to note the id is no failure: it only serves the message of another start.
void note_holder(int lock) {
  const std::string id = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) == 0) (void)!::pwrite(lock, id.data(), id.size(), 0);
}

}  // namespace

const char* network_file_system(long magic) {
  static constexpr std::array<std::pair<unsigned long, const char*>, 14> known = {{
      {0x6969, "NFS"},
      {0x517B, "SMB"},
      {0xFF534D42, "CIFS"},
      {0xFE534D42, "SMB"},
      {0x01021997, "9p"},
      {0x65735546, "FUSE"},
      {0x00C36400, "Ceph"},
      {0x5346414F, "AFS"},
      {0x6B414653, "AFS"},
      {0x73757245, "Coda"},
      {0x01161970, "GFS2"},
      {0x7461636F, "OCFS2"},
      {0x0BD00BD0, "Lustre"},
      {0x564C, "NCP"},
  }};
  for (const auto& [number, name] : known) {
    if (static_cast<unsigned long>(magic) == number) return name;
  }
  return nullptr;
}

Result<DataDirectory> DataDirectory::open(const std::string& path, bool allow_network_file_system) {
  if (auto made = make_directory(path); !made) return made.error();
  if (!allow_network_file_system) {
    if (auto checked = check_file_system(path); !checked) return checked.error();
  }
  const std::string file = path + "/lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
  if (lock < 0)
    return refused(
        path, "the data directory is not writable (" + system_words() + "); make it writable by this user, or name another with --data");
  DataDirectory directory(lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return error(ErrorCode::Conflict,
                 "the data directory is in use by another signalbox" + holder(lock) + "; stop it, or name another directory with --data",
                 path);
  }
  note_holder(lock);
  return directory;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept : lock_(std::exchange(other.lock_, -1)) {}

DataDirectory::~DataDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace signalbox
