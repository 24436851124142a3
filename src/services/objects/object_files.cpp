#include "services/objects/object_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "signalbox/encoding.h"

namespace signalbox::objects {

namespace fs = std::filesystem;

namespace {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Error failed(const char* doing, const fs::path& path) {
  return error(ErrorCode::Unavailable, std::string("cannot ") + doing + " " + path.string() + ": " + std::strerror(errno));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string new_name() { return random_uuid(); }

}  // namespace

fs::path ObjectFiles::path_of(const std::string& name) const { return directory_ / name.substr(0, 2) / name; }

Result<void> ObjectFiles::sync_folder(const fs::path& folder) const {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) return failed("sync", folder);
  return {};
}

Result<ContentFile> ObjectFiles::write(std::string_view bytes) const {
  ContentFile file{new_name(), static_cast<std::int64_t>(bytes.size())};
  const auto path = path_of(file.name);
  std::error_code fault;
  if (fs::create_directories(path.parent_path(), fault)) {
    if (auto synced = sync_folder(directory_); !synced) return synced.error();
  }
  const Descriptor opened(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (opened.get() < 0) return failed("create", path);
  if (!write_all(opened.get(), bytes) || ::fdatasync(opened.get()) != 0) {
    const auto why = failed("write", path);
    ::unlink(path.c_str());
    return why;
  }
  if (auto synced = sync_folder(path.parent_path()); !synced) return synced.error();
  return file;
}

Result<ContentFile> ObjectFiles::link(const ContentFile& from) const {
  ContentFile file{new_name(), from.bytes};
  const auto path = path_of(file.name);
  std::error_code fault;
  if (fs::create_directories(path.parent_path(), fault)) {
    if (auto synced = sync_folder(directory_); !synced) return synced.error();
  }
  if (::link(path_of(from.name).c_str(), path.c_str()) != 0) {
    return errno == ENOENT ? error(ErrorCode::NotFound, "the object's content is gone: it was replaced meanwhile") : failed("link", path);
  }
  if (auto synced = sync_folder(path.parent_path()); !synced) return synced.error();
  return file;
}

void ObjectFiles::remove(const std::vector<ContentFile>& files) const {
  for (const auto& file : files) ::unlink(path_of(file.name).c_str());  // one that stays is swept at the next start
}

std::vector<ContentFile> ObjectFiles::list() const {
  std::vector<ContentFile> files;
  std::error_code fault;
  for (fs::recursive_directory_iterator at(directory_, fault), end; !fault && at != end; at.increment(fault)) {
    if (at->is_regular_file(fault)) files.push_back({at->path().filename().string(), 0});
  }
  return files;
}

Result<std::unique_ptr<ContentReader>> ContentReader::open(const ObjectFiles& files, const std::vector<ContentFile>& content) {
  std::unique_ptr<ContentReader> reader(new ContentReader);
  for (const auto& file : content) {
    const auto path = files.path_of(file.name);
    Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0 && errno == ENOENT) return error(ErrorCode::NotFound, "the object's content is gone: it was replaced meanwhile");
    if (opened.get() < 0) return failed("open", path);
    const auto begin = reader->size_;
    reader->size_ += static_cast<std::uint64_t>(file.bytes);
    reader->pieces_.push_back({opened.release(), begin, reader->size_});
  }
  return reader;
}

ContentReader::~ContentReader() {
  for (const auto& piece : pieces_) ::close(piece.descriptor);
}

std::optional<std::size_t> ContentReader::read(std::uint64_t offset, std::span<char> into) const {
  if (offset >= size_ || into.empty()) return 0;
  const auto piece =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset, [](std::uint64_t at, const Piece& each) { return at < each.end; });
  const auto wanted = std::min<std::uint64_t>(into.size(), piece->end - offset);
  for (;;) {
    const auto got = ::pread(piece->descriptor, into.data(), wanted, static_cast<off_t>(offset - piece->begin));
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0 || errno != EINTR) return std::nullopt;
  }
}

Result<std::string> ContentReader::read_all() const {
  std::string bytes(size_, '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const auto got = read(done, std::span(bytes).subspan(done));
    if (!got) return error(ErrorCode::Unavailable, "the object's content cannot be read");
    done += *got;
  }
  return bytes;
}

}  // namespace signalbox::objects
