#include "services/functions/zip_archive.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace signalbox::functions {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t end_signature = 0x06054b50, entry_signature = 0x02014b50, local_signature = 0x04034b50;
constexpr std::size_t end_bytes = 22, entry_bytes = 46, local_bytes = 30;
constexpr std::uint32_t kind_mask = 0170000, link_kind = 0120000, folder_kind = 0040000, executable_bits = 0111;

Error not_a_zip(const char* why) {
  return error(ErrorCode::InvalidArgument,
               fmt::format("Could not unzip uploaded file. Please check your file, then try to upload again. ({})", why), "ZipFile");
}
Error cannot_write(const fs::path& path) {
  return error(ErrorCode::Unavailable, fmt::format("{} cannot be written", path.string()), path.string());
}

/// Little-endian numbers; the callers have checked that they are there.
std::uint32_t number16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) |
         static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8;
}
std::uint32_t number32(std::string_view bytes, std::size_t at) { return number16(bytes, at) | number16(bytes, at + 2) << 16; }

struct Entry {
  std::string name;
  std::uint32_t flags = 0, method = 0, checksum = 0, packed = 0, unpacked = 0, mode = 0, local = 0;
  [[nodiscard]] bool is_folder() const { return name.ends_with('/') || (mode & kind_mask) == folder_kind; }
  [[nodiscard]] bool is_link() const { return (mode & kind_mask) == link_kind; }
};

/// The directory's end: the last of its signatures, since a comment may follow it.
std::optional<std::size_t> find_end(std::string_view archive) {
  if (archive.size() < end_bytes) return std::nullopt;
  for (std::size_t at = archive.size() - end_bytes;; --at) {
    if (number32(archive, at) == end_signature) return at;
    if (at == 0) return std::nullopt;
  }
}

Result<std::vector<Entry>> read_directory(std::string_view archive) {
  const auto end = find_end(archive);
  if (!end) return not_a_zip("it has no directory");
  const auto count = number16(archive, *end + 10);
  std::size_t at = number32(archive, *end + 16);
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (at > archive.size() || archive.size() - at < entry_bytes || number32(archive, at) != entry_signature)
      return not_a_zip("its directory is damaged");
    const std::size_t name = number16(archive, at + 28), extra = number16(archive, at + 30), comment = number16(archive, at + 32);
    if (archive.size() - at < entry_bytes + name) return not_a_zip("its directory is damaged");
    const bool unix_made = static_cast<unsigned char>(archive[at + 5]) == 3;
    entries.push_back({.name = std::string(archive.substr(at + entry_bytes, name)),
                       .flags = number16(archive, at + 8),
                       .method = number16(archive, at + 10),
                       .checksum = number32(archive, at + 16),
                       .packed = number32(archive, at + 20),
                       .unpacked = number32(archive, at + 24),
                       .mode = unix_made ? number32(archive, at + 38) >> 16 : 0,
                       .local = number32(archive, at + 42)});
    at += entry_bytes + name + extra + comment;
  }
  return entries;
}

Result<std::string_view> packed_bytes(std::string_view archive, const Entry& entry) {
  const std::size_t at = entry.local;
  if (at > archive.size() || archive.size() - at < local_bytes || number32(archive, at) != local_signature)
    return not_a_zip("an entry is damaged");
  const std::size_t start = at + local_bytes + number16(archive, at + 26) + number16(archive, at + 28);
  if (start > archive.size() || archive.size() - start < entry.packed) return not_a_zip("an entry is cut off");
  return archive.substr(start, entry.packed);
}

/// Raw deflate into exactly `size` bytes.
std::optional<std::string> inflate_bytes(std::string_view packed, std::size_t size) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return std::nullopt;
  std::string out(size, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = inflate(&stream, Z_FINISH);
  const bool whole = ended == Z_STREAM_END && stream.total_out == size;
  inflateEnd(&stream);
  if (!whole) return std::nullopt;
  return out;
}

Result<std::string> content_of(std::string_view archive, const Entry& entry) {
  constexpr std::uint32_t encrypted = 1, stored = 0, deflated = 8;
  if (entry.flags & encrypted) return not_a_zip("it is encrypted");
  auto packed = packed_bytes(archive, entry);
  if (!packed) return packed.error();
  std::optional<std::string> content;
  if (entry.method == stored) content = std::string(*packed);
  else if (entry.method == deflated) content = inflate_bytes(*packed, entry.unpacked);
  else return not_a_zip("it uses a compression other than deflate");
  if (!content || content->size() != entry.unpacked) return not_a_zip("an entry is damaged");
  const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(content->data()), static_cast<uInt>(content->size()));
  if (checksum != entry.checksum) return not_a_zip("a checksum is wrong");
  return std::move(*content);
}

/// The name as a path below the folder; nothing if it would lead outside.
std::optional<fs::path> safe_path(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string::npos || name.find('\\') != std::string::npos)
    return std::nullopt;
  fs::path path;
  for (const auto& part : fs::path(name)) {
    if (part == "..") return std::nullopt;
    if (part != "." && !part.empty()) path /= part;
  }
  return path;
}

/// Whether a component of the way to it is a link, which an earlier entry may have made in order to lead outside.
bool passes_link(const fs::path& root, const fs::path& path) {
  fs::path at = root;
  std::error_code ignored;
  for (const auto& part : path) {
    at /= part;
    if (fs::is_symlink(at, ignored)) return true;
  }
  return false;
}

Result<void> write_entry(const fs::path& root, const fs::path& path, const Entry& entry, const std::string& content) {
  const auto target = root / path;
  std::error_code failure;
  if (passes_link(root, path)) return not_a_zip("a name leads through a link");
  fs::create_directories(entry.is_folder() ? target : target.parent_path(), failure);
  if (failure) return cannot_write(target);
  if (entry.is_folder()) return {};
  if (entry.is_link()) {
    fs::create_symlink(content, target, failure);
    return failure ? Result<void>(cannot_write(target)) : Result<void>();
  }
  std::ofstream file(target, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (!file) return cannot_write(target);
  if (entry.mode & executable_bits)
    fs::permissions(target, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add, failure);
  return failure ? Result<void>(cannot_write(target)) : Result<void>();
}

}  // namespace

Result<void> unpack_zip(std::string_view archive, const std::string& folder, std::int64_t bytes_max) {
  const auto entries = read_directory(archive);
  if (!entries) return entries.error();
  std::int64_t bytes = 0;
  for (const Entry& entry : *entries) {
    bytes += entry.unpacked;
    if (bytes > bytes_max)
      return error(ErrorCode::TooLarge, fmt::format("Unzipped size must be smaller than {} bytes", bytes_max), "ZipFile");
    const auto path = safe_path(entry.name);
    if (!path) return not_a_zip("a name leads outside of it");
    auto content = entry.is_folder() ? Result<std::string>(std::string()) : content_of(archive, entry);
    if (!content) return content.error();
    if (auto written = write_entry(folder, *path, entry, *content); !written) return written;
  }
  return {};
}

}  // namespace signalbox::functions
