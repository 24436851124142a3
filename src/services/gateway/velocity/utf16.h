#pragma once
/// Java counts texts in UTF-16 units; ours are UTF-8.

#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::velocity {

[[nodiscard]] std::size_t utf16_length(std::string_view text);
/// Bytes before unit `units`; text.size() if there are fewer. A place inside of a surrogate pair counts as the one before it.
[[nodiscard]] std::size_t byte_offset(std::string_view text, std::size_t units);

}  // namespace signalbox::velocity
