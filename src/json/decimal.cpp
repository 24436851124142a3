#include "json/decimal.h"

#include "signalbox/json.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace signalbox {
namespace {

constexpr std::int64_t exponent_max = 100'000'000'000'000'000;

std::int64_t read_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : text) {
    if (value < exponent_max) value = value * 10 + (c - '0');
  }
  if (value > exponent_max) value = exponent_max;
  return negative ? -value : value;
}

/// Digits without a leading zero, and the power of ten of the first one plus one: 0.00125 is "125" and -2.
struct Scientific {
  std::string digits;
  int point = 0;
};

Scientific scientific(double value) {
  char buffer[40];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(written.ptr - buffer));
  const std::size_t e = text.find('e');
  Scientific result{std::string(text.substr(0, 1)), static_cast<int>(read_exponent(text.substr(e + 1))) + 1};
  if (e > 2) result.digits += text.substr(2, e - 2);
  return result;
}

}  // namespace

Decimal Decimal::of(std::string_view text) {
  Decimal result;
  if (text.starts_with('-')) {
    result.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) result.exponent = read_exponent(text.substr(e + 1));
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t point = mantissa.find('.');
  result.digits = mantissa.substr(0, point);
  if (point != std::string_view::npos) {
    result.digits += mantissa.substr(point + 1);
    result.exponent -= static_cast<std::int64_t>(mantissa.size() - point - 1);
  }
  result.digits.erase(0, result.digits.find_first_not_of('0'));
  if (result.digits.empty()) return {};
  const std::size_t last = result.digits.find_last_not_of('0');
  result.exponent += static_cast<std::int64_t>(result.digits.size() - last - 1);
  result.digits.resize(last + 1);
  return result;
}

std::optional<std::int64_t> Decimal::as_integer() const {
  if (digits.empty()) return 0;
  if (exponent < 0 || exponent > 18 || digits.size() + static_cast<std::size_t>(exponent) > 19) return std::nullopt;
  const std::string whole = (negative ? "-" : "") + digits + std::string(static_cast<std::size_t>(exponent), '0');
  std::int64_t value = 0;
  const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (read.ec != std::errc{}) return std::nullopt;
  return value;
}

double number_to_double(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc::result_out_of_range) return value;
  const Decimal decimal = Decimal::of(text);
  const bool huge = decimal.exponent + static_cast<std::int64_t>(decimal.digits.size()) > 0;
  const double magnitude = huge ? std::numeric_limits<double>::infinity() : 0.0;
  return decimal.negative ? -magnitude : magnitude;
}

std::string shortest_number_text(double value) {
  SIGNALBOX_ASSERT(std::isfinite(value));
  if (value == 0) return "0";
  if (std::abs(value) < 9007199254740992.0 && value == std::trunc(value)) return std::to_string(static_cast<std::int64_t>(value));
  const Scientific parts = scientific(std::abs(value));
  const std::string& digits = parts.digits;
  const int count = static_cast<int>(digits.size()), point = parts.point;
  std::string text = value < 0 ? "-" : "";
  if (count <= point && point <= 21) return text + digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= 21)
    return text + digits.substr(0, static_cast<std::size_t>(point)) + '.' + digits.substr(static_cast<std::size_t>(point));
  if (-6 < point && point <= 0) return text + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  text += digits.substr(0, 1);
  if (count > 1) text += '.' + digits.substr(1);
  text += point > 0 ? "e+" : "e-";
  return text + std::to_string(std::abs(point - 1));
}

}  // namespace signalbox
