#pragma once
/// Pictures of dates and times. Spec: XPath and XQuery Functions and Operators 3.1, 9.8.4.

#include "jsonata/integer_format.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jsonata::engine {

enum class NameCase : std::uint8_t { None, Lower, Upper, Title };

/// A literal text, or a component in brackets.
struct PicturePart {
  std::string literal = {};
  char component = '\0';          ///< of YMDdFWwXxHhPmsfZzCE; 0 for a literal
  std::string presentation = {};  ///< as written, or the component's default
  NameCase names = NameCase::None;
  bool traditional = false;  ///< `t`: Z for no offset
  std::optional<std::size_t> width_max = {};
  std::optional<IntegerFormat> integer = {};
  std::optional<std::size_t> modulus_digits = {};  ///< of a year: how many of its last digits show
  std::optional<std::size_t> parse_width = {};     ///< digits to read where another number follows at once
};

/// Errors: D3130 to D3135.
[[nodiscard]] std::vector<PicturePart> parse_picture(std::string_view picture);

/// `zone`: `+0530`; nothing: UTC. Errors: those of pictures.
[[nodiscard]] std::string format_date_time(double milliseconds, std::optional<std::string_view> picture,
                                           std::optional<std::string_view> zone);
/// Milliseconds since 1970; nothing if the text does not match the picture. Errors: those of pictures, D3136. `now` fills in what is not said.
[[nodiscard]] std::optional<double> parse_date_time(std::string_view text, std::string_view picture, double now);
/// ISO 8601 as JSONata takes it. Errors: D3110.
[[nodiscard]] double parse_iso_8601(std::string_view text);

}  // namespace signalbox::jsonata::engine
