#include "jsonata/functions/numbers.h"
#include "jsonata/functions/library.h"
#include "jsonata/integer_format.h"
#include "jsonata/materialise.h"
#include "jsonata/number_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

/// The number with its decimal point moved, by its shortest digits: multiplying would not be exact.
double shifted(double number, int places) {
  if (number == 0 || !std::isfinite(number)) return number;
  std::string text = shortest_number_text(number);
  const std::size_t e = text.find('e');
  int exponent = places;
  if (e != std::string::npos) {
    exponent += std::atoi(text.c_str() + e + 1);
    text.resize(e);
  }
  return std::strtod((text + 'e' + std::to_string(exponent)).c_str(), nullptr);
}

std::optional<double> parse_decimal(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > from;
  };
  if (!digits()) return std::nullopt;
  if (at < text.size() && text[at] == '.' && (++at, !digits())) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// 0x, 0o, 0b.
std::optional<double> parse_prefixed(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return std::nullopt;
  const char letter = static_cast<char>(text[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
  if (base == 0) return std::nullopt;
  double value = 0;
  for (const char c : text.substr(2)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Value number(const CallContext&, std::span<Value> arguments) {
  const Value& value = arguments[0];
  if (value.is_undefined() || value.is_number()) return value;
  if (value.type() == Type::Boolean) return Value(value.is_true() ? 1.0 : 0.0);
  auto parsed = parse_decimal(value.text());
  if (!parsed) parsed = parse_prefixed(value.text());
  if (!parsed) raise_value("D3030", to_json(value));
  return Value(*parsed);
}

template <double (*function)(double)>
Value of_one(const CallContext&, std::span<Value> arguments) {
  return arguments[0].is_undefined() ? Value() : Value(function(arguments[0].number()));
}

Value round(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const double wanted = arguments[1].is_undefined() ? 0 : arguments[1].number();
  if (wanted != std::trunc(wanted)) return Value(std::nan(""));
  const int precision = static_cast<int>(std::clamp(wanted, -1000.0, 1000.0));
  return Value(round_half_even(arguments[0].number(), precision));
}

Value square_root(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  if (arguments[0].number() < 0) raise_value("D3060", to_json(arguments[0]));
  return Value(std::sqrt(arguments[0].number()));
}

Value power(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const double exponent = arguments[1].is_undefined() ? std::nan("") : arguments[1].number();
  const double result = std::pow(arguments[0].number(), exponent);
  // In C 1 raised to anything is 1; in ECMAScript not where the exponent is no number, or infinite.
  const bool undecided = std::isnan(exponent) || (std::isinf(exponent) && std::abs(arguments[0].number()) == 1);
  if (std::isfinite(result) && !undecided) return Value(result);
  raise(Raised{.failure = {.code = "D3061", .value = to_json(arguments[0])},
               .second = arguments[1].is_undefined() ? "undefined" : to_json(arguments[1]).compact_text()});
}

Value format_base(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const double rounded = round_half_even(arguments[0].number(), 0);
  const double radix = arguments[1].is_undefined() ? 10 : round_half_even(arguments[1].number(), 0);
  if (!(radix >= 2 && radix <= 36)) raise_value("D3100", to_json(Value(radix)));
  if (!std::isfinite(rounded)) return make_string(std::isnan(rounded) ? "NaN" : rounded > 0 ? "Infinity" : "-Infinity");
  if (radix == 10) return make_string(shortest_number_text(rounded));
  std::string digits;
  double left = std::abs(rounded);
  do {
    digits += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<std::size_t>(std::fmod(left, radix))];
    left = std::floor(left / radix);
  } while (left > 0);
  if (rounded < 0) digits += '-';
  std::ranges::reverse(digits);
  return make_string(digits);
}

Value format_number_function(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  return make_string(format_number(arguments[0].number(), arguments[1].is_undefined() ? "" : arguments[1].text(), arguments[2]));
}

Value format_integer_function(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  return make_string(
      format_integer(std::floor(arguments[0].number()), IntegerFormat::of(arguments[1].is_undefined() ? "" : arguments[1].text())));
}

Value parse_integer_function(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  return Value(parse_integer(arguments[0].text(), IntegerFormat::of(arguments[1].is_undefined() ? "" : arguments[1].text())));
}

double floor_of(double x) { return std::floor(x); }
double ceiling_of(double x) { return std::ceil(x); }
double absolute_of(double x) { return std::abs(x); }

}  // namespace

double round_half_even(double number, int precision) {
  const double scaled = precision == 0 ? number : shifted(number, precision);
  double result = std::floor(scaled);
  if (scaled - result >= 0.5) result += 1;
  if (std::abs(result - scaled) == 0.5 && std::fmod(result, 2) != 0) result -= 1;
  if (precision != 0) result = shifted(result, -precision);
  return result == 0 ? 0 : result;
}

void list_number_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"number", "<(nsb)-:n>", 1, number},
                             {"floor", "<n-:n>", 1, of_one<floor_of>},
                             {"ceil", "<n-:n>", 1, of_one<ceiling_of>},
                             {"abs", "<n-:n>", 1, of_one<absolute_of>},
                             {"round", "<n-n?:n>", 2, round},
                             {"sqrt", "<n-:n>", 1, square_root},
                             {"power", "<n-n:n>", 2, power},
                             {"formatBase", "<n-n?:s>", 2, format_base},
                             {"formatNumber", "<n-so?:s>", 3, format_number_function},
                             {"formatInteger", "<n-s:s>", 2, format_integer_function},
                             {"parseInteger", "<s-s:n>", 2, parse_integer_function}});
}

}  // namespace signalbox::jsonata::engine
