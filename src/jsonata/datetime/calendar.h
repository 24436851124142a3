#pragma once
/// Days and weeks of the proleptic Gregorian calendar.

#include <cmath>
#include <cstdint>

namespace signalbox::jsonata::engine {

/// Beyond this JavaScript has no dates.
inline constexpr double milliseconds_max = 8.64e15;
inline constexpr std::int64_t day_ms = 86'400'000;

struct CivilDate {
  std::int64_t year;
  int month;  ///< 1 to 12
  int day;    ///< 1 to 31
};

/// Days since 1970-01-01. Months may be out of range: 13 is January of the next year.
[[nodiscard]] inline std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  const auto floor_div = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
  year += floor_div(month - 1, 12);
  month = (month - 1) - floor_div(month - 1, 12) * 12 + 1;
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468 + day - 1;
}

[[nodiscard]] inline CivilDate civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), static_cast<int>(month),
          static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

/// 1 is Monday, 7 Sunday.
[[nodiscard]] inline int day_of_week(std::int64_t days) { return static_cast<int>(((days + 3) % 7 + 7) % 7) + 1; }

/// The Monday that begins the first week of a span of days, as ISO 8601 counts weeks: the one that holds its first Thursday.
[[nodiscard]] inline std::int64_t first_week(std::int64_t first_day) {
  const int weekday = day_of_week(first_day);
  return weekday <= 4 ? first_day - (weekday - 1) : first_day + (8 - weekday);
}

}  // namespace signalbox::jsonata::engine
