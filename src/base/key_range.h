#pragma once
/// A KeyRange as a half-open range of encoded keys.

#include "signalbox/store.h"

#include <optional>
#include <string>

namespace signalbox {

struct ByteRange {
  explicit ByteRange(const KeyRange& range);

  std::string first;                ///< inclusive
  std::optional<std::string> last;  ///< exclusive; nothing: no end
};

/// The least text that comes after all texts that begin with `prefix`; nothing if there is none.
[[nodiscard]] std::optional<std::string> after_prefix(std::string prefix);

}  // namespace signalbox
