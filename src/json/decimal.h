#pragma once
/// Numbers as JSON writes them, compared and made whole by their digits, without going through binary floating point.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// digits × 10^exponent, with neither leading nor trailing zeros among the digits; zero has none and is never negative.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  /// Precondition: `text` is a JSON number. Exponents beyond ±10^17 are cut to that.
  [[nodiscard]] static Decimal of(std::string_view text);
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// The nearest double; infinite or zero where the number lies outside of what doubles reach.
[[nodiscard]] double number_to_double(std::string_view text);

}  // namespace signalbox
