#pragma once
/// What of an object a reader wants.

#include "signalbox/result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox::objects {

struct ByteRange {
  std::uint64_t begin = 0, end = 0;  ///< end exclusive
};

/// `bytes=0-9`, `bytes=5-`, `bytes=-3` of `size` bytes. Nothing: it is to be ignored (malformed, several). Errors: InvalidRange. RFC 9110, 14.2.
[[nodiscard]] Result<std::optional<ByteRange>> range_of(std::string_view header, std::uint64_t size);

}  // namespace signalbox::objects
