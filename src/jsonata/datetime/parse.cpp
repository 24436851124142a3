#include "jsonata/datetime/calendar.h"
#include "jsonata/datetime/names.h"
#include "jsonata/datetime/picture.h"
#include "jsonata/failure.h"
#include "jsonata/grouping.h"
#include "jsonata/text.h"

#include <re2/re2.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace signalbox::jsonata::engine {
namespace {

/// What of a number's text a picture takes, as a regular expression.
std::string integer_pattern(const PicturePart& part) {
  const IntegerFormat& format = *part.integer;
  switch (format.primary) {
    case IntegerFormat::Primary::Letters: return "[a-zA-Z]+";
    case IntegerFormat::Primary::Roman: return "[MDCLXVImdclxvi]+";
    case IntegerFormat::Primary::Words: return words_pattern();
    case IntegerFormat::Primary::Decimal: break;
  }
  std::string pattern = "[0-9" + RE2::QuoteMeta(to_utf8(format.separators)) + "]";
  if (format.zero != U'0') {
    const std::u32string range{U'[', format.zero, U'-', format.zero + 9};
    pattern = to_utf8(range) + RE2::QuoteMeta(to_utf8(format.separators)) + "]";
  }
  pattern += part.parse_width ? "{" + std::to_string(*part.parse_width) + "}" : "+";
  return format.ordinal ? pattern + "(?:th|st|nd|rd)" : pattern;
}

std::string zone_pattern(const PicturePart& part) {
  std::string pattern = part.component == 'z' ? "GMT" : "";
  pattern += "[-+][0-9]+";
  if (part.integer && regular_distance(part.integer->positions, part.integer->separators) > 0)
    pattern += RE2::QuoteMeta(to_utf8(part.integer->separators.substr(0, 1))) + "[0-9]+";
  return pattern;
}

std::string pattern_of(const PicturePart& part) {
  if (part.component == '\0') return RE2::QuoteMeta(part.literal);
  if (part.component == 'Z' || part.component == 'z') return zone_pattern(part);
  if (part.integer) return integer_pattern(part);
  // Only these have names, and of calendars and eras there is one.
  if (std::string_view("MFPCE").find(part.component) == std::string_view::npos) raise_value("D3133", Json(std::string(1, part.component)));
  return "[a-zA-Z]+";
}

/// Minutes that the zone is ahead.
double parse_zone(std::string_view text, const PicturePart& part) {
  if (part.component == 'z') text.remove_prefix(3);
  const bool negative = text.starts_with('-');
  text.remove_prefix(1);
  const std::u32string separators = part.integer ? part.integer->separators : std::u32string();
  const std::size_t separator = separators.empty() ? std::string_view::npos : text.find(to_utf8(separators.substr(0, 1)));
  const auto number = [](std::string_view digits) { return digits.empty() ? 0.0 : std::strtod(std::string(digits).c_str(), nullptr); };
  double minutes = 0;
  if (separator != std::string_view::npos) minutes = number(text.substr(0, separator)) * 60 + number(text.substr(separator + 1));
  else if (text.size() <= 2) minutes = number(text) * 60;
  else minutes = number(text.substr(0, 2)) * 60 + number(text.substr(2));
  return negative ? -minutes : minutes;
}

template <std::size_t count>
double place_of_name(std::string_view text, const std::array<std::string_view, count>& names, const PicturePart& part) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = names[i].substr(0, part.width_max.value_or(names[i].size()));
    if (lower_case(name) == lower_case(text)) return static_cast<double>(i + 1);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double value_of(std::string_view text, const PicturePart& part) {
  switch (part.component) {
    case 'Z':
    case 'z': return parse_zone(text, part);
    case 'P': return lower_case(text) == "pm" ? 1 : 0;
    default: break;
  }
  if (part.integer) return parse_integer(text, *part.integer);
  return part.component == 'M' ? place_of_name(text, month_names, part) : place_of_name(text, day_names, part);
}

using Components = std::map<char, double>;

std::optional<Components> match(std::string_view text, const std::vector<PicturePart>& parts) {
  std::string pattern = "(?i)^";
  for (const PicturePart& part : parts) pattern += "(" + pattern_of(part) + ")";
  RE2::Options options(RE2::Quiet);
  const RE2 regex(pattern + "$", options);
  if (!regex.ok()) raise(Raised{.failure = {.code = "D3136"}});
  std::vector<re2::StringPiece> groups(parts.size() + 1);
  const re2::StringPiece piece(text.data(), text.size());
  if (!regex.Match(piece, 0, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) return std::nullopt;
  Components components;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].component == '\0' || parts[i].component == 'C' || parts[i].component == 'E') continue;
    components[parts[i].component] = value_of(std::string_view(groups[i + 1].data(), groups[i + 1].size()), parts[i]);
  }
  return components;
}

/// Whether only components of `allowed` are given of those in `all`, and at least one.
bool is_made_of(const Components& components, std::string_view all, std::string_view allowed) {
  bool any = false;
  for (const char component : all) {
    if (!components.contains(component)) continue;
    if (allowed.find(component) == std::string_view::npos) return false;
    any = true;
  }
  return any;
}

double component_now(char component, double now) {
  const double days = std::floor(now / static_cast<double>(day_ms));
  const CivilDate date = civil_from_days(static_cast<std::int64_t>(days));
  switch (component) {
    case 'Y': return static_cast<double>(date.year);
    case 'M': return date.month;
    case 'D': return date.day;
    case 'd': return days - static_cast<double>(days_from_civil(date.year, 1, 1)) + 1;
    default: break;
  }
  const std::int64_t ms = static_cast<std::int64_t>(now - days * static_cast<double>(day_ms));
  switch (component) {
    case 'H': return static_cast<double>(ms / 3'600'000);
    case 'h': return static_cast<double>(ms / 3'600'000 % 12 == 0 ? 12 : ms / 3'600'000 % 12);
    case 'P': return ms >= day_ms / 2 ? 1 : 0;
    case 'm': return static_cast<double>(ms / 60'000 % 60);
    case 's': return static_cast<double>(ms / 1000 % 60);
    default: return static_cast<double>(ms % 1000);
  }
}

/// What is larger than all that is given is as it is now; what is smaller begins. Between them nothing may be left out.
void fill_in(Components& components, std::string_view order, double now) {
  bool begun = false, ended = false;
  for (const char component : order) {
    if (components.contains(component)) {
      if (ended) raise("D3136");
      begun = true;
    } else if (begun) {
      components[component] = component == 'M' || component == 'D' || component == 'd' ? 1 : 0;
      ended = true;
    } else {
      components[component] = component_now(component, now);
    }
  }
}

}  // namespace

std::optional<double> parse_date_time(std::string_view text, std::string_view picture, double now) {
  const auto parts = parse_picture(picture);
  auto matched = match(text, parts);
  if (!matched || matched->empty()) return std::nullopt;
  Components& given = *matched;
  constexpr std::string_view date_components = "YXMxWwdD", time_components = "PHhmsf";
  const bool by_month = is_made_of(given, date_components, "YMD");
  const bool by_day = !by_month && is_made_of(given, date_components, "Yd");
  const bool by_week = !by_month && !by_day && (is_made_of(given, date_components, "Xxw") || is_made_of(given, date_components, "XW"));
  const bool by_half_day = !is_made_of(given, time_components, "Hmsf") && is_made_of(given, time_components, "Phmsf");
  // Neither does 2.0.6 read dates by weeks.
  if (by_week) raise("D3136");
  fill_in(given, std::string(by_day ? "Yd" : "YMD") + (by_half_day ? "Phmsf" : "Hmsf"), now);
  if (by_half_day) given['H'] = std::fmod(given['h'], 12) + (given['P'] == 1 ? 12 : 0);
  double sum = 0;
  for (const auto& [component, value] : given) sum += value;
  if (!std::isfinite(sum) || std::abs(sum) > 1e9) return std::numeric_limits<double>::quiet_NaN();
  // Years of one or two digits are of the twentieth century, as in Date.UTC.
  const double year = given['Y'] >= 0 && given['Y'] <= 99 ? given['Y'] + 1900 : given['Y'];
  const auto whole = [](double value) { return static_cast<std::int64_t>(value); };
  const std::int64_t days = by_day ? days_from_civil(whole(year), 1, whole(given['d']))
                                   : days_from_civil(whole(year), whole(std::max(given['M'], 1.0)), whole(given['D']));
  double ms = static_cast<double>(days) * static_cast<double>(day_ms) + given['H'] * 3'600'000 + given['m'] * 60'000 + given['s'] * 1000 +
              given['f'];
  for (const char zone : {'Z', 'z'}) {
    if (given.contains(zone)) ms -= given[zone] * 60'000;
  }
  return ms;
}

double parse_iso_8601(std::string_view text) {
  static const RE2 iso(R"((\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?)");
  std::array<std::string, 8> part;
  const re2::StringPiece piece(text.data(), text.size());
  if (!RE2::FullMatch(piece, iso, &part[0], &part[1], &part[2], &part[3], &part[4], &part[5], &part[6], &part[7]))
    raise_value("D3110", Json(without_surrogates(text)));
  const auto number = [&part](std::size_t i, int otherwise) { return part[i].empty() ? otherwise : std::stoi(part[i]); };
  const int month = number(1, 1), day = number(2, 1), hour = number(3, 0);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24) return std::numeric_limits<double>::quiet_NaN();
  double ms = static_cast<double>(days_from_civil(number(0, 0), month, day)) * static_cast<double>(day_ms);
  ms += hour * 3'600'000.0 + number(4, 0) * 60'000.0 + number(5, 0) * 1000.0;
  if (!part[6].empty()) ms += std::floor(std::strtod(("0" + part[6]).c_str(), nullptr) * 1000 + 1e-6);
  const std::string& zone = part[7];
  if (zone.empty() || zone == "Z") return ms;
  const double minutes = std::stoi(zone.substr(1, 2)) * 60 + std::stoi(zone.substr(zone.size() - 2));
  return zone[0] == '-' ? ms + minutes * 60'000 : ms - minutes * 60'000;
}

}  // namespace signalbox::jsonata::engine
