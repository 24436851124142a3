#include "jsonata/datetime/calendar.h"
#include "jsonata/datetime/names.h"
#include "jsonata/datetime/picture.h"
#include "jsonata/failure.h"
#include "jsonata/grouping.h"
#include "jsonata/heap.h"
#include "jsonata/text.h"

#include "signalbox/json.h"

#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

constexpr std::string_view iso_picture = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// A moment as it is told in a zone.
struct Moment {
  std::int64_t days;
  std::int64_t ms_of_day;
  int zone_hours;
  int zone_minutes;
  CivilDate date;
};

/// The month, counted from the year 0, whose ISO weeks hold the day: the one of the Thursday of its week.
std::int64_t month_of_week(std::int64_t days) {
  const CivilDate thursday = civil_from_days(days - day_of_week(days) + 4);
  return thursday.year * 12 + thursday.month - 1;
}

double component_of(const Moment& moment, char component) {
  const auto number = [](std::int64_t value) { return static_cast<double>(value); };
  const std::int64_t hour = moment.ms_of_day / 3'600'000;
  switch (component) {
    case 'Y': return number(moment.date.year);
    case 'M': return moment.date.month;
    case 'D': return moment.date.day;
    case 'd': return number(moment.days - days_from_civil(moment.date.year, 1, 1) + 1);
    case 'F': return day_of_week(moment.days);
    case 'W': {
      const std::int64_t year = civil_from_days(moment.days - day_of_week(moment.days) + 4).year;
      return number((moment.days - first_week(days_from_civil(year, 1, 1))) / 7 + 1);
    }
    case 'w': {
      const std::int64_t month = month_of_week(moment.days);
      return number((moment.days - first_week(days_from_civil(0, month + 1, 1))) / 7 + 1);
    }
    case 'X': return number(civil_from_days(moment.days - day_of_week(moment.days) + 4).year);
    case 'x': return civil_from_days(moment.days - day_of_week(moment.days) + 4).month;
    case 'H': return number(hour);
    case 'h': return number(hour % 12 == 0 ? 12 : hour % 12);
    case 'm': return number(moment.ms_of_day / 60'000 % 60);
    case 's': return number(moment.ms_of_day / 1000 % 60);
    default: return number(moment.ms_of_day % 1000);
  }
}

std::string in_case(std::string name, NameCase name_case) {
  if (name_case == NameCase::Lower) return lower_case(name);
  return name_case == NameCase::Upper ? upper_case(name) : name;
}

std::string name_of(const Moment& moment, const PicturePart& part) {
  std::string name;
  switch (part.component) {
    case 'M': name = month_names[static_cast<std::size_t>(moment.date.month - 1)]; break;
    case 'x': name = month_names[static_cast<std::size_t>(component_of(moment, 'x')) - 1]; break;
    case 'F': name = day_names[static_cast<std::size_t>(day_of_week(moment.days) - 1)]; break;
    default: raise_value("D3133", Json(std::string(1, part.component)));
  }
  name = in_case(std::move(name), part.names);
  if (part.width_max && name.size() > *part.width_max) name.resize(*part.width_max);
  return name;
}

std::string zone_of(const Moment& moment, const PicturePart& part) {
  const double offset = moment.zone_hours * 100 + moment.zone_minutes;
  if (part.traditional && offset == 0) return "Z";
  if (!part.integer) raise_value("D3133", Json(std::string(1, part.component)));
  IntegerFormat format = *part.integer;
  std::string text;
  if (regular_distance(format.positions, format.separators) > 0) {
    text = format_integer(offset, format);
  } else if (format.mandatory <= 2) {
    text = format_integer(moment.zone_hours, format);
    if (moment.zone_minutes != 0) text += ":" + format_integer(moment.zone_minutes, IntegerFormat::of("00"));
  } else if (format.mandatory <= 4) {
    text = format_integer(offset, format);
  } else {
    raise_value("D3134", Json(static_cast<std::int64_t>(format.mandatory)));
  }
  if (offset >= 0) text.insert(0, "+");
  return part.component == 'z' ? "GMT" + text : text;
}

std::string component_text(const Moment& moment, const PicturePart& part) {
  switch (part.component) {
    case 'Z':
    case 'z': return zone_of(moment, part);
    case 'C':
    case 'E': return "ISO";
    case 'P': return in_case(moment.ms_of_day >= day_ms / 2 ? "pm" : "am", part.names);
    default: break;
  }
  if (part.names != NameCase::None) return name_of(moment, part);
  double value = component_of(moment, part.component);
  if (part.modulus_digits) value = std::fmod(value, std::pow(10, *part.modulus_digits));
  return format_integer(value, *part.integer);
}

/// Hours and minutes of `+0530`; of a zone to the west both are counted down, as JSONata does.
std::pair<int, int> parse_zone(std::string_view zone) {
  const bool negative = zone.starts_with('-');
  std::size_t at = negative || zone.starts_with('+') ? 1 : 0;
  int value = 0;
  for (; at < zone.size() && zone[at] >= '0' && zone[at] <= '9' && value < 100'000; ++at) value = value * 10 + (zone[at] - '0');
  if (negative) value = -value;
  return {static_cast<int>(std::floor(value / 100.0)), value % 100};
}

}  // namespace

std::string format_date_time(double milliseconds, std::optional<std::string_view> picture, std::optional<std::string_view> zone) {
  const auto parts = parse_picture(picture.value_or(iso_picture));
  if (!(std::abs(milliseconds) <= milliseconds_max)) raise_value("D1001", std::isfinite(milliseconds) ? Json(milliseconds) : Json());
  const auto [hours, minutes] = zone ? parse_zone(*zone) : std::pair{0, 0};
  const std::int64_t local = static_cast<std::int64_t>(std::trunc(milliseconds)) + (std::int64_t{hours} * 60 + minutes) * 60'000;
  const std::int64_t days = local / day_ms - (local % day_ms < 0 ? 1 : 0);
  const Moment moment{
      .days = days, .ms_of_day = local - days * day_ms, .zone_hours = hours, .zone_minutes = minutes, .date = civil_from_days(days)};
  std::string out;
  for (const PicturePart& part : parts) {
    out += part.component == '\0' ? part.literal : component_text(moment, part);
    Heap::current().require(Cost::text(out.size()));
  }
  return out;
}

}  // namespace signalbox::jsonata::engine
