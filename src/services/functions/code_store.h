#pragma once
/// Functions' code in the data directory, by content: `functions/code/HASH/`, read-only, never changed once it is there.

#include "signalbox/result.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace signalbox::functions {

struct StoredCode {
  std::string hash;        ///< SHA-256 of the sorted manifest (kinds, modes, names, contents), hex
  std::int64_t bytes = 0;  ///< of all files
};

class CodeStore {
 public:
  explicit CodeStore(std::string directory) : directory_(std::move(directory)) {}

  /// Copies a folder; it is complete and on disk when this returns. Symbolic links are kept if they lead to something inside. May be called
  /// from any thread. Errors: NotFound (no such folder), InvalidArgument (a link that leads outside, a device), TooLarge (over 250 MB,
  /// Lambda's limit), Unavailable (disk full).
  [[nodiscard]] Result<StoredCode> put_folder(const std::string& folder) const;
  /// Unpacks a zip archive. Errors: those of unpack_zip() and put_folder().
  [[nodiscard]] Result<StoredCode> put_archive(std::string_view archive) const;
  [[nodiscard]] std::string path(const std::string& hash) const { return directory_ + "/" + hash; }
  [[nodiscard]] bool has(const std::string& hash) const;
  /// Removes all but these, and what an interrupted copy left.
  void keep_only(const std::set<std::string>& hashes) const;

 private:
  std::string directory_;
};

}  // namespace signalbox::functions
