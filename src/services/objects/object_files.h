#pragma once
/// The files in which objects' contents lie: `DIR/XX/UUID`, written once, synced, never changed.

#include "signalbox/objects.h"

#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::objects {

/// Thread rule: any thread; files are told apart by their names, which are random.
class ObjectFiles {
 public:
  explicit ObjectFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Once on return with success it survives the loss of power. Errors: Unavailable (disk full, I/O).
  [[nodiscard]] Result<ContentFile> write(std::string_view bytes) const;
  /// A second name of the same bytes, which outlives the first. Errors: NotFound, Unavailable.
  [[nodiscard]] Result<ContentFile> link(const ContentFile& file) const;
  void remove(const std::vector<ContentFile>& files) const;
  /// Names of all files that there are.
  [[nodiscard]] std::vector<ContentFile> list() const;
  [[nodiscard]] std::filesystem::path path_of(const std::string& name) const;

 private:
  [[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder) const;

  std::filesystem::path directory_;
};

/// An open object's bytes, from `offset` on, `length` of them. They stay readable though the object is replaced meanwhile.
class ContentReader {
 public:
  /// Errors: NotFound (a file is gone: the object was replaced since its record was read), Unavailable.
  [[nodiscard]] static Result<std::unique_ptr<ContentReader>> open(const ObjectFiles& files, const std::vector<ContentFile>& content);
  ~ContentReader();
  ContentReader(const ContentReader&) = delete;
  ContentReader& operator=(const ContentReader&) = delete;

  /// At least one byte unless `offset` is the end; nothing on an I/O error.
  [[nodiscard]] std::optional<std::size_t> read(std::uint64_t offset, std::span<char> into) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// For what fits into memory. Errors: Unavailable.
  [[nodiscard]] Result<std::string> read_all() const;

 private:
  struct Piece {
    int descriptor = -1;
    std::uint64_t begin = 0, end = 0;
  };
  ContentReader() = default;
  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace signalbox::objects
