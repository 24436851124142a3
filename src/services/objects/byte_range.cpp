#include "services/objects/byte_range.h"

#include "http/text.h"
#include "services/objects/object_errors.h"

#include <algorithm>
#include <charconv>

namespace signalbox::objects {

Result<std::optional<ByteRange>> range_of(std::string_view header, std::uint64_t size) {
  const std::optional<ByteRange> ignored;
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit) || header.find(',') != std::string_view::npos) return ignored;
  header = http::trim(header.substr(unit.size()));
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return ignored;
  const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
  };
  const auto first = number(header.substr(0, dash)), last = number(header.substr(dash + 1));
  if (dash == 0) {
    if (!last) return ignored;
    if (*last == 0 || size == 0) return object_error("InvalidRange");
    return std::optional(ByteRange{size - std::min(*last, size), size});
  }
  if (!first || (dash + 1 < header.size() && (!last || *last < *first))) return ignored;
  if (*first >= size) return object_error("InvalidRange");
  return std::optional(ByteRange{*first, last ? std::min(*last + 1, size) : size});
}

}  // namespace signalbox::objects
