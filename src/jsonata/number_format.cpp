#include "jsonata/number_format.h"

#include "jsonata/failure.h"
#include "jsonata/functions/numbers.h"
#include "jsonata/grouping.h"
#include "jsonata/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

/// The characters that mean something in a picture. Spec: 4.7.2.
struct DecimalFormat {
  std::u32string decimal_separator = U".", grouping_separator = U",", exponent_separator = U"e", minus_sign = U"-", percent = U"%",
                 per_mille = U"\u2030", zero_digit = U"0", digit = U"#", pattern_separator = U";";

  explicit DecimalFormat(const Value& options) {
    take(options, "decimal-separator", decimal_separator);
    take(options, "grouping-separator", grouping_separator);
    take(options, "exponent-separator", exponent_separator);
    take(options, "minus-sign", minus_sign);
    take(options, "percent", percent);
    take(options, "per-mille", per_mille);
    take(options, "zero-digit", zero_digit);
    take(options, "digit", digit);
    take(options, "pattern-separator", pattern_separator);
  }

  [[nodiscard]] bool is_decimal_digit(char32_t c) const { return c >= zero_digit[0] && c < zero_digit[0] + 10; }
  [[nodiscard]] bool is_digit(char32_t c) const { return is_decimal_digit(c) || c == digit[0]; }
  [[nodiscard]] bool is_active(char32_t c) const {
    return is_digit(c) || c == decimal_separator[0] || c == exponent_separator[0] || c == grouping_separator[0] ||
           c == pattern_separator[0];
  }

 private:
  static void take(const Value& options, std::string_view name, std::u32string& property) {
    const Value given = options.find(name);
    if (given.is_string() && !given.text().empty()) property = to_code_points(given.text());
  }
};

std::size_t occurrences(std::u32string_view text, std::u32string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::u32string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// What a sub-picture says. Spec: 4.7.3 and 4.7.4.
class SubPicture {
 public:
  SubPicture(std::u32string_view picture, const DecimalFormat& format) : format_(format) {
    const auto bounds = [&format](char32_t c) { return format.is_active(c) && c != format.exponent_separator[0]; };
    const auto first = std::ranges::find_if(picture, bounds);
    const auto last = std::ranges::find_if(picture.rbegin(), picture.rend(), bounds);
    if (first == picture.end()) raise("D3085");
    prefix = picture.substr(0, static_cast<std::size_t>(first - picture.begin()));
    suffix = picture.substr(static_cast<std::size_t>(last.base() - picture.begin()));
    active_ = picture.substr(prefix.size(), picture.size() - prefix.size() - suffix.size());
    mantissa_ = active_.substr(0, active_.find(format.exponent_separator[0]));
    exponent_present = mantissa_.size() < active_.size();
    if (exponent_present) exponent_ = active_.substr(mantissa_.size() + 1);
    integer_ = mantissa_.substr(0, mantissa_.find(format.decimal_separator[0]));
    has_decimal = integer_.size() < mantissa_.size();
    if (has_decimal) fraction_ = mantissa_.substr(integer_.size() + 1);
    is_percent = occurrences(picture, format.percent) > 0;
    is_per_mille = occurrences(picture, format.per_mille) > 0;
    check(picture);
    analyse();
  }

  std::u32string_view prefix, suffix;
  bool exponent_present = false, has_decimal = false, is_percent = false, is_per_mille = false;
  std::size_t integer_min = 0, scaling = 0, fraction_min = 0, fraction_max = 0, exponent_min = 0;
  std::vector<std::size_t> integer_groups, fraction_groups;  ///< digits to the right, and to the left, of each separator

 private:
  /// Of several faults the last one counts, in the order of their codes.
  void check(std::u32string_view picture) const {
    const char* fault = nullptr;
    const auto refuse_if = [&fault](bool condition, const char* code) {
      if (condition) fault = code;
    };
    const auto is_digit = [this](char32_t c) { return format_.is_digit(c); };
    const auto is_decimal = [this](char32_t c) { return format_.is_decimal_digit(c); };
    const auto is_passive = [this](char32_t c) { return !format_.is_active(c); };
    const char32_t group = format_.grouping_separator[0];
    const std::size_t first_optional = std::min(integer_.find(format_.digit[0]), integer_.size());
    const std::size_t last_optional = std::min(fraction_.rfind(format_.digit[0]), fraction_.size());
    refuse_if(occurrences(picture, format_.decimal_separator) > 1, "D3081");
    refuse_if(occurrences(picture, format_.percent) > 1, "D3082");
    refuse_if(occurrences(picture, format_.per_mille) > 1, "D3083");
    refuse_if(is_percent && is_per_mille, "D3084");
    refuse_if(std::ranges::none_of(mantissa_, is_digit), "D3085");
    refuse_if(std::ranges::any_of(active_, is_passive), "D3086");
    refuse_if(has_decimal && (integer_.ends_with(group) || fraction_.starts_with(group)), "D3087");
    refuse_if(!has_decimal && integer_.ends_with(group), "D3088");
    refuse_if(picture.find(std::u32string(2, group)) != std::u32string_view::npos, "D3089");
    refuse_if(first_optional < integer_.size() && std::ranges::any_of(integer_.substr(0, first_optional), is_decimal), "D3090");
    refuse_if(std::ranges::any_of(fraction_.substr(last_optional), is_decimal), "D3091");
    refuse_if(exponent_present && !exponent_.empty() && (is_percent || is_per_mille), "D3092");
    refuse_if(exponent_present && (exponent_.empty() || !std::ranges::all_of(exponent_, is_decimal)), "D3093");
    if (fault != nullptr) raise(fault);
  }

  void analyse() {
    const auto is_decimal = [this](char32_t c) { return format_.is_decimal_digit(c); };
    const auto is_digit = [this](char32_t c) { return format_.is_digit(c); };
    const auto count = [](std::u32string_view part, const auto& wanted) {
      return static_cast<std::size_t>(std::ranges::count_if(part, wanted));
    };
    const char32_t group = format_.grouping_separator[0];
    for (std::size_t at = integer_.find(group); at != std::u32string_view::npos; at = integer_.find(group, at + 1))
      integer_groups.push_back(count(integer_.substr(at), is_digit));
    // Version 2.0.6 heeds the first separator of the fractional part only.
    if (const std::size_t at = fraction_.find(group); at != std::u32string_view::npos)
      fraction_groups.push_back(count(fraction_.substr(0, at), is_digit));
    integer_min = scaling = count(integer_, is_decimal);
    fraction_min = count(fraction_, is_decimal);
    fraction_max = count(fraction_, is_digit);
    exponent_min = count(exponent_, is_decimal);
    if (integer_min == 0 && fraction_max == 0) {
      if (exponent_present) fraction_min = fraction_max = 1;
      else integer_min = 1;
    }
    if (exponent_present && integer_min == 0 && integer_.find(format_.digit[0]) != std::u32string_view::npos) integer_min = 1;
    if (integer_min == 0 && fraction_min == 0) fraction_min = 1;
  }

  const DecimalFormat& format_;
  std::u32string_view active_, mantissa_, exponent_, integer_, fraction_;
};

/// The digits of |number| with so many behind the point, in the format's own digits.
std::u32string digits_of(double number, std::size_t decimals, const DecimalFormat& format) {
  const double absolute = std::abs(number);
  const std::string plain = std::isnan(absolute)   ? "NaN"
                            : std::isinf(absolute) ? "Infinity"
                            : absolute >= 1e21     ? shortest_number_text(absolute)
                                                   : fmt::format("{:.{}f}", absolute, std::min<std::size_t>(decimals, 100));
  std::u32string out;
  for (const char c : plain) {
    if (c >= '0' && c <= '9') out += static_cast<char32_t>(format.zero_digit[0] + static_cast<char32_t>(c - '0'));
    else out += c == '.' ? format.decimal_separator[0] : static_cast<char32_t>(c);
  }
  return out;
}

/// The number brought between powers of ten, and how often it was divided by ten.
int normalise(double& mantissa, std::size_t scaling) {
  const double most = std::pow(10, scaling), least = std::pow(10, static_cast<double>(scaling) - 1);
  int exponent = 0;
  if (mantissa == 0 || !std::isfinite(mantissa)) return 0;
  for (; std::abs(mantissa) < least; --exponent) mantissa *= 10;
  for (; std::abs(mantissa) > most; ++exponent) mantissa /= 10;
  return exponent;
}

/// Integer and fraction, padded and grouped. Spec: 4.7.5.
std::u32string mantissa_text(double mantissa, const SubPicture& picture, const DecimalFormat& format) {
  const char32_t zero = format.zero_digit[0], point = format.decimal_separator[0], group = format.grouping_separator[0];
  std::u32string text = digits_of(round_half_even(mantissa, static_cast<int>(picture.fraction_max)), picture.fraction_max, format);
  if (text.find(point) == std::u32string::npos) text += point;
  text.erase(0, text.find_first_not_of(zero));
  text.erase(text.find_last_not_of(zero) + 1);
  std::size_t place = text.find(point);
  if (place < picture.integer_min) text.insert(0, picture.integer_min - place, zero);
  place = text.find(point);
  const std::size_t decimals = text.size() - place - 1;
  if (decimals < picture.fraction_min) text.append(picture.fraction_min - decimals, zero);
  group_from_right(text, place, picture.integer_groups, std::u32string(picture.integer_groups.size(), group));
  place = text.find(point);
  for (const std::size_t behind : picture.fraction_groups) {
    if (place + 1 + behind <= text.size()) text.insert(place + 1 + behind, 1, group);
  }
  if (!picture.has_decimal || text.find(point) == text.size() - 1) text.pop_back();
  return text;
}

}  // namespace

std::string format_number(double number, std::string_view picture, const Value& options) {
  const DecimalFormat format(options);
  const std::u32string whole = to_code_points(picture);
  const std::size_t separator = whole.find(format.pattern_separator[0]);
  if (separator != std::u32string::npos && whole.find(format.pattern_separator[0], separator + 1) != std::u32string::npos) raise("D3080");
  const std::u32string_view view(whole);
  const SubPicture positive(view.substr(0, separator), format);
  const bool has_negative = separator != std::u32string::npos;
  const SubPicture negative(has_negative ? view.substr(separator + 1) : view.substr(0, separator), format);
  const SubPicture& used = number >= 0 ? positive : negative;

  double mantissa = used.is_percent ? number * 100 : used.is_per_mille ? number * 1000 : number;
  std::u32string text;
  if (used.exponent_present) {
    const int exponent = normalise(mantissa, used.scaling);
    std::u32string digits = digits_of(exponent, 0, format);
    if (digits.size() < used.exponent_min) digits.insert(0, used.exponent_min - digits.size(), format.zero_digit[0]);
    text = mantissa_text(mantissa, used, format) + format.exponent_separator[0] + (exponent < 0 ? format.minus_sign : std::u32string()) +
           digits;
  } else {
    text = mantissa_text(mantissa, used, format);
  }
  std::u32string result = number < 0 && !has_negative ? format.minus_sign : std::u32string();
  result.append(used.prefix).append(text).append(used.suffix);
  return to_utf8(result);
}

}  // namespace signalbox::jsonata::engine
