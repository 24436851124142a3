#pragma once
/// How evaluation and parsing give up: an exception that never leaves the module (Expression turns it into a result). An error may come from
/// any depth of two mutually recursive walks; carrying it by hand through each of their hundred steps would hide what they do.

#include "signalbox/jsonata.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::jsonata::engine {

inline constexpr std::uint32_t no_position = 0xFFFFFFFFU;

/// An error on its way out. Whoever calls a function, or stands at an operator, adds the place and the token where they are missing.
struct Raised {
  Failure failure;
  std::uint32_t offset = no_position;  ///< in bytes, until Expression makes UTF-16 units of it
  std::string second = {};             ///< the other thing that the message names, as JSON: a value, the number of an argument, an exponent
  std::string type = {};               ///< what the elements of an argument should be, as JSON
};

enum class Limit : std::uint8_t { Time, Depth, Memory };

/// JSONata's words for the code, with `{{token}}`, `{{value}}`, `{{second}}`; empty for an unknown code.
[[nodiscard]] std::string_view message_of(std::string_view code);
/// Fills the message in by the code, if it has none yet.
void complete(Raised& raised);

[[noreturn]] void raise(Raised raised);
[[noreturn]] void raise(const char* code, std::uint32_t offset = no_position, std::string token = {});
[[noreturn]] void raise_value(const char* code, Json value, std::uint32_t offset = no_position, std::string token = {});
[[noreturn]] void raise_limit(Limit limit);

}  // namespace signalbox::jsonata::engine
