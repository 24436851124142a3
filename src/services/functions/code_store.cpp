#include "services/functions/code_store.h"

#include "services/functions/zip_archive.h"

#include "signalbox/encoding.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace signalbox::functions {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t code_bytes_max = 250LL * 1024 * 1024;  // unzipped [aws quota]

struct Item {
  enum class Kind : char { Directory = 'd', File = 'f', Link = 'l' };
  Kind kind;
  std::string path;  // relative
  bool executable = false;
  std::string digest;  // of a file's bytes; a link's target
  std::int64_t bytes = 0;
};

Error from_failure(const std::string& path, const std::error_code& failure) {
  auto code = failure == std::errc::no_such_file_or_directory ? ErrorCode::NotFound : ErrorCode::Unavailable;
  return error(code, fmt::format("{}: {}", path, failure.message()), path);
}

/// Whether a link at `path` (relative to the root) stays inside, judged by its words alone.
bool leads_inside(const fs::path& path, const fs::path& target) {
  if (target.is_absolute()) return false;
  int depth = 0;
  auto lexical = path.parent_path() / target;
  for (const auto& part : lexical) {
    if (part == "..") --depth;
    else if (part != ".") ++depth;
    if (depth < 0) return false;
  }
  return true;
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return error(ErrorCode::Unavailable, fmt::format("{} cannot be read: {}", path.string(), std::strerror(errno)), path.string());
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return text;
}

Result<Item> describe(const fs::directory_entry& entry, const fs::path& relative) {
  Item item{.kind = Item::Kind::Directory, .path = relative.string(), .digest = {}};
  std::error_code failure;
  auto status = entry.symlink_status(failure);
  if (failure) return from_failure(entry.path().string(), failure);
  if (fs::is_symlink(status)) {
    auto target = fs::read_symlink(entry.path(), failure);
    if (failure) return from_failure(entry.path().string(), failure);
    if (!leads_inside(relative, target))
      return error(ErrorCode::InvalidArgument,
                   fmt::format("the link {} leads out of the function's folder, to {}", relative.string(), target.string()),
                   relative.string());
    item.kind = Item::Kind::Link;
    item.digest = target.string();
  } else if (fs::is_regular_file(status)) {
    auto text = read_file(entry.path());
    if (!text) return text.error();
    item.kind = Item::Kind::File;
    item.executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
    item.digest = hex_encode(digest(DigestAlgorithm::Sha256, *text));
    item.bytes = static_cast<std::int64_t>(text->size());
  } else if (!fs::is_directory(status)) {
    return error(ErrorCode::InvalidArgument, fmt::format("{} is neither a file nor a folder nor a link", relative.string()),
                 relative.string());
  }
  return item;
}

/// Everything in the folder, parents before children.
Result<std::vector<Item>> list(const fs::path& root) {
  std::vector<Item> items;
  std::error_code failure;
  if (!fs::is_directory(root, failure)) return error(ErrorCode::NotFound, fmt::format("{} is not a folder", root.string()), root.string());
  std::int64_t bytes = 0;
  for (fs::recursive_directory_iterator entry(root, failure), end; entry != end; entry.increment(failure)) {
    if (failure) break;
    auto item = describe(*entry, entry->path().lexically_relative(root));
    if (!item) return item.error();
    bytes += item->bytes;
    if (bytes > code_bytes_max)
      return error(ErrorCode::TooLarge,
                   fmt::format("Unzipped size must be smaller than {} bytes; {} has more", code_bytes_max, root.string()), root.string());
    items.push_back(std::move(*item));
  }
  if (failure) return from_failure(root.string(), failure);
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.path < b.path; });
  return items;
}

StoredCode summarise(const std::vector<Item>& items) {
  std::string manifest = "signalbox code 1\n";
  StoredCode code;
  for (const auto& item : items) {
    manifest += fmt::format("{}{} {}:{} {}:{}\n", static_cast<char>(item.kind), item.executable ? 'x' : '-', item.path.size(), item.path,
                            item.digest.size(), item.digest);
    code.bytes += item.bytes;
  }
  code.hash = hex_encode(digest(DigestAlgorithm::Sha256, manifest));
  return code;
}

/// Makes all folders that may be written again, then removes everything.
void remove_tree(const fs::path& path) {
  std::error_code ignored;
  fs::permissions(path, fs::perms::owner_all, fs::perm_options::add | fs::perm_options::nofollow, ignored);
  for (fs::recursive_directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code inner;
    if (entry->is_directory(inner) && !entry->is_symlink(inner))
      fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, inner);
  }
  fs::remove_all(path, ignored);
}

Result<void> copy_item(const fs::path& from, const fs::path& to, const Item& item) {
  std::error_code failure;
  switch (item.kind) {
    case Item::Kind::Directory: fs::create_directory(to / item.path, failure); break;
    case Item::Kind::Link: fs::create_symlink(item.digest, to / item.path, failure); break;
    case Item::Kind::File:
      fs::copy_file(from / item.path, to / item.path, failure);
      if (!failure) fs::permissions(to / item.path, static_cast<fs::perms>(item.executable ? 0555 : 0444), failure);
      break;
  }
  if (failure) return from_failure((to / item.path).string(), failure);
  return {};
}

/// Everything on this file system that is not on disk yet: one call, where thousands of files would each wait for their own.
bool flush(const fs::path& path) {
  int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  bool done = ::syncfs(file) == 0;
  ::close(file);
  return done;
}

Result<void> copy_tree(const fs::path& from, const fs::path& to, const std::vector<Item>& items) {
  std::error_code failure;
  fs::create_directories(to, failure);
  if (failure) return from_failure(to.string(), failure);
  for (const auto& item : items) {
    if (auto copied = copy_item(from, to, item); !copied) return copied;
  }
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    if (item->kind == Item::Kind::Directory) fs::permissions(to / item->path, static_cast<fs::perms>(0555), failure);
  }
  if (!flush(to))
    return error(ErrorCode::Unavailable, fmt::format("{} cannot be written to disk: {}", to.string(), std::strerror(errno)), to.string());
  return {};
}

}  // namespace

Result<StoredCode> CodeStore::put_folder(const std::string& folder) const {
  fs::path root = fs::path(folder).lexically_normal();
  auto items = list(root);
  if (!items) return items.error();
  auto code = summarise(*items);
  if (has(code.hash)) return code;
  auto temporary = fs::path(directory_) / (".copying-" + random_uuid());
  if (auto copied = copy_tree(root, temporary, *items); !copied) {
    remove_tree(temporary);
    return copied.error();
  }
  // The source may have changed while it was copied: what counts is what is stored.
  auto stored = list(temporary);
  if (!stored || summarise(*stored).hash != code.hash) {
    remove_tree(temporary);
    return error(ErrorCode::Conflict, fmt::format("{} was changed while it was copied", folder), folder);
  }
  std::error_code failure;
  fs::rename(temporary, path(code.hash), failure);
  if (failure && !has(code.hash)) {
    remove_tree(temporary);
    return from_failure(path(code.hash), failure);
  }
  if (failure) remove_tree(temporary);  // somebody else stored the same meanwhile
  fs::permissions(path(code.hash), static_cast<fs::perms>(0555), failure);
  flush(directory_);
  return code;
}

Result<StoredCode> CodeStore::put_archive(std::string_view archive) const {
  const auto temporary = fs::path(directory_) / (".unpacking-" + random_uuid());
  std::error_code failure;
  fs::create_directories(temporary, failure);
  if (failure) return from_failure(temporary.string(), failure);
  auto unpacked = unpack_zip(archive, temporary.string(), code_bytes_max);
  auto stored = unpacked ? put_folder(temporary.string()) : Result<StoredCode>(unpacked.error());
  remove_tree(temporary);
  return stored;
}

bool CodeStore::has(const std::string& hash) const {
  std::error_code ignored;
  return !hash.empty() && fs::is_directory(path(hash), ignored);
}

void CodeStore::keep_only(const std::set<std::string>& hashes) const {
  std::error_code ignored;
  std::vector<fs::path> doomed;
  for (fs::directory_iterator entry(directory_, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (!hashes.contains(entry->path().filename().string())) doomed.push_back(entry->path());
  }
  for (const auto& path : doomed) remove_tree(path);
}

}  // namespace signalbox::functions
