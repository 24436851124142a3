#include "services/schedules/schedule_expression.h"

#include "base/overload.h"

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace signalbox::schedules {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Error invalid(std::string_view expression, std::string_view why) {
  return error(ErrorCode::InvalidArgument, fmt::format("Schedule expression '{}' is not valid: {}", expression, why), "ScheduleExpression");
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size() || text.starts_with('-')) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// ---- rate ----

Result<Expression> parse_rate(std::string_view expression, std::string_view inside) {
  const auto parts = split(inside, ' ');
  if (parts.size() != 2) return invalid(expression, "a rate has the form rate(value unit)");
  const auto value = parse_number(parts[0]);
  if (!value || *value < 1) return invalid(expression, fmt::format("'{}' must be a whole number of at least 1", parts[0]));
  struct Unit {
    std::string_view name;
    minutes length;
  };
  static constexpr std::array units{Unit{"minute", minutes{1}}, Unit{"hour", hours{1}}, Unit{"day", hours{24}}};
  for (const auto& unit : units) {
    const auto wanted = *value == 1 ? std::string(unit.name) : std::string(unit.name) + "s";
    if (parts[1] == wanted) return Rate{*value * unit.length};
    if (parts[1] == unit.name || parts[1] == std::string(unit.name) + "s")
      return invalid(expression, fmt::format("the unit of {} must be '{}', not '{}'", *value, wanted, parts[1]));
  }
  return invalid(expression, fmt::format("'{}' is not one of minute, minutes, hour, hours, day, days", parts[1]));
}

// ---- cron ----

struct Field {
  std::string_view name;
  int least, most;
  std::array<std::string_view, 12> names;  ///< of the values from `least` on
};
constexpr Field minutes_field{"minutes", 0, 59, {}};
constexpr Field hours_field{"hours", 0, 23, {}};
constexpr Field month_day_field{"day of month", 1, 31, {}};
constexpr Field month_field{"month", 1, 12, {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}};
constexpr Field week_day_field{"day of week", 1, 7, {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}};
constexpr Field year_field{"year", Cron::first_year, Cron::last_year, {}};

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return upper(x) == upper(y); });
}

std::optional<int> parse_value(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (!field.names[i].empty() && equals_ignoring_case(text, field.names[i])) return field.least + static_cast<int>(i);
  }
  const auto number = parse_number(text);
  if (!number || *number < field.least || *number > field.most) return std::nullopt;
  return number;
}

/// Parses one field; its fault, if any, names the item.
class FieldParser {
 public:
  FieldParser(std::string_view expression, const Field& field) : expression_(expression), field_(field) {}

  [[nodiscard]] Error fault(std::string_view item, std::string_view why) const {
    return invalid(expression_, fmt::format("'{}' in the field {} {}", item, field_.name, why));
  }

  /// `*`, `5`, `1-5`, `*/10`, `0/15`, `1-30/5`: each value is given to `add`.
  template <class Add>
  [[nodiscard]] Result<void> parse_item(std::string_view item, Add add) const {
    const auto slash = item.find('/');
    const auto range = item.substr(0, slash);
    int first = field_.least, last = field_.most, step = 1;
    if (slash != std::string_view::npos) {
      const auto number = parse_number(item.substr(slash + 1));
      if (!number || *number < 1) return fault(item, "has no step of at least 1 after its '/'");
      step = *number;
    }
    if (const auto dash = range.find('-'); dash != std::string_view::npos) {
      const auto from = parse_value(field_, range.substr(0, dash)), to = parse_value(field_, range.substr(dash + 1));
      if (!from || !to) return fault(item, out_of_range());
      if (*from > *to) return fault(item, "is a range that ends before it begins");
      first = *from;
      last = *to;
    } else if (range != "*" && !(range.empty() && slash != std::string_view::npos)) {
      const auto value = parse_value(field_, range);
      if (!value) return fault(item, out_of_range());
      first = *value;
      if (slash == std::string_view::npos) last = first;
    }
    for (int value = first; value <= last; value += step) add(value);
    return {};
  }

 private:
  [[nodiscard]] std::string out_of_range() const { return fmt::format("is not a value from {} to {}", field_.least, field_.most); }

  std::string_view expression_;
  const Field& field_;
};

template <class Set>
Result<void> parse_set(std::string_view expression, const Field& field, std::string_view text, Set& set) {
  const FieldParser parser(expression, field);
  for (const auto item : split(text, ',')) {
    const auto done = parser.parse_item(item, [&](int value) { set |= Set{1} << value; });
    if (!done) return done;
  }
  return {};
}

Result<void> parse_years(std::string_view expression, std::string_view text, Cron& cron) {
  const FieldParser parser(expression, year_field);
  for (const auto item : split(text, ',')) {
    const auto done = parser.parse_item(item, [&](int value) { cron.years.set(static_cast<std::size_t>(value - Cron::first_year)); });
    if (!done) return done;
  }
  return {};
}

Result<void> parse_month_days(std::string_view expression, std::string_view text, Cron& cron) {
  const FieldParser parser(expression, month_day_field);
  for (const auto item : split(text, ',')) {
    if (equals_ignoring_case(item, "L")) {
      cron.last_day = true;
    } else if (equals_ignoring_case(item, "LW")) {
      cron.last_weekday = true;
    } else if (item.ends_with('W') || item.ends_with('w')) {
      const auto day = parse_value(month_day_field, item.substr(0, item.size() - 1));
      if (!day) return parser.fault(item, "has no day from 1 to 31 before its W");
      cron.nearest_weekdays.push_back(*day);
    } else if (auto done = parser.parse_item(item, [&](int value) { cron.month_days |= 1U << value; }); !done) {
      return done;
    }
  }
  return {};
}

Result<void> parse_week_days(std::string_view expression, std::string_view text, Cron& cron) {
  const FieldParser parser(expression, week_day_field);
  const auto items = split(text, ',');
  for (const auto item : items) {
    if (equals_ignoring_case(item, "L")) {
      cron.week_days |= 1U << 7;  // the last day of the week: Saturday
    } else if (const auto hash = item.find('#'); hash != std::string_view::npos) {
      const auto day = parse_value(week_day_field, item.substr(0, hash));
      const auto nth = parse_number(item.substr(hash + 1));
      if (!day || !nth || *nth < 1 || *nth > 5) return parser.fault(item, "must be a day of the week, '#' and a number from 1 to 5");
      if (items.size() > 1) return parser.fault(item, "cannot be combined with others");
      cron.nth_week_day = std::pair(*day, *nth);
    } else if (item.ends_with('L') || item.ends_with('l')) {
      const auto day = parse_value(week_day_field, item.substr(0, item.size() - 1));
      if (!day) return parser.fault(item, "has no day of the week before its L");
      cron.last_week_days |= 1U << *day;
    } else if (auto done = parser.parse_item(item, [&](int value) { cron.week_days |= 1U << value; }); !done) {
      return done;
    }
  }
  return {};
}

Result<Expression> parse_cron(std::string_view expression, std::string_view inside) {
  const auto fields = split(inside, ' ');
  if (fields.size() != 6)
    return invalid(expression, fmt::format("cron has six fields with one space between them, but here are {}", fields.size()));
  if ((fields[2] == "?") == (fields[4] == "?")) return invalid(expression, "exactly one of day of month and day of week must be '?'");
  Cron cron;
  if (auto done = parse_set(expression, minutes_field, fields[0], cron.minutes); !done) return done.error();
  if (auto done = parse_set(expression, hours_field, fields[1], cron.hours); !done) return done.error();
  if (fields[2] != "?") {
    if (auto done = parse_month_days(expression, fields[2], cron); !done) return done.error();
  }
  if (auto done = parse_set(expression, month_field, fields[3], cron.months); !done) return done.error();
  if (fields[4] != "?") {
    if (auto done = parse_week_days(expression, fields[4], cron); !done) return done.error();
  }
  if (auto done = parse_years(expression, fields[5], cron); !done) return done.error();
  return cron;
}

// ---- at ----

Result<Expression> parse_at(std::string_view expression, std::string_view inside) {
  const auto part = [&](std::size_t from, std::size_t size) { return parse_number(inside.substr(std::min(from, inside.size()), size)); };
  const bool shaped =
      inside.size() == 19 && inside[4] == '-' && inside[7] == '-' && inside[10] == 'T' && inside[13] == ':' && inside[16] == ':';
  const auto year = part(0, 4), month = part(5, 2), day = part(8, 2), hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
  if (!shaped || !year || !month || !day || !hour || !minute || !second)
    return invalid(expression, "a time has the form at(yyyy-mm-ddThh:mm:ss)");
  const auto ymd = date::year{*year} / *month / *day;
  if (!ymd.ok() || *hour > 23 || *minute > 59 || *second > 59)
    return invalid(expression, fmt::format("'{}' is not a date and time", inside));
  return Once{*year, *month, *day, *hour, *minute, *second};
}

}  // namespace

Result<Expression> parse_expression(std::string_view text, bool at_allowed) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return invalid(text, "it must be rate(…), cron(…) or at(…)");
  const auto kind = text.substr(0, open);
  const auto inside = text.substr(open + 1, text.size() - open - 2);
  if (kind == "rate") return parse_rate(text, inside);
  if (kind == "cron") return parse_cron(text, inside);
  if (kind == "at" && at_allowed) return parse_at(text, inside);
  return invalid(text, at_allowed ? "it must be rate(…), cron(…) or at(…)" : "a rule's schedule must be rate(…) or cron(…)");
}

Result<TimeZone> TimeZone::find(std::string_view name) {
  if (name.empty() || name == "UTC") return utc();
  try {
    return TimeZone(date::locate_zone(std::string(name)));
  } catch (const std::runtime_error&) {
    return error(ErrorCode::InvalidArgument, fmt::format("Time zone '{}' is not known.", name), "ScheduleExpressionTimezone");
  }
}

// ---- the next firing ----

namespace {

/// Days of a month on which `cron` fires, as a set.
std::uint32_t days_of(const Cron& cron, date::year_month month) {
  const auto last = static_cast<int>(static_cast<unsigned>((month / date::last).day()));
  // Sunday is 0.
  const auto week_day = [&](int day) { return static_cast<int>(date::weekday{date::sys_days{month / day}}.c_encoding()); };
  std::uint32_t days = cron.month_days & static_cast<std::uint32_t>((1ULL << (last + 1)) - 2);
  if (cron.last_day) days |= 1U << last;
  if (cron.last_weekday) days |= 1U << (week_day(last) == 0 ? last - 2 : week_day(last) == 6 ? last - 1 : last);
  for (const int day : cron.nearest_weekdays) {
    if (day > last) continue;
    int nearest = day;
    if (week_day(day) == 6) nearest = day == 1 ? 3 : day - 1;
    if (week_day(day) == 0) nearest = day == last ? day - 2 : day + 1;
    days |= 1U << nearest;
  }
  for (int day = 1; day <= last; ++day) {
    const int number = week_day(day) + 1;
    const bool by_day = cron.week_days >> number & 1U;
    const bool by_last = (cron.last_week_days >> number & 1U) && day + 7 > last;
    const bool by_nth = cron.nth_week_day && *cron.nth_week_day == std::pair(number, (day + 6) / 7);
    if (by_day || by_last || by_nth) days |= 1U << day;
  }
  return days;
}

/// The lowest value in a set that is at least `least`.
template <class Set>
std::optional<int> first_of(Set set, int least, int most) {
  for (int value = least; value <= most; ++value) {
    if (set >> value & 1U) return value;
  }
  return std::nullopt;
}

using LocalMinutes = date::local_time<minutes>;

/// The first local time at or after `from` that `cron` names.
std::optional<LocalMinutes> first_local(const Cron& cron, LocalMinutes from) {
  auto day = date::floor<date::days>(from);
  auto time = from - day;
  date::year_month_day ymd{day};
  for (auto month = ymd.year() / ymd.month(); static_cast<int>(month.year()) <= Cron::last_year; month += date::months{1}) {
    const bool is_first_month = month == ymd.year() / ymd.month();
    const auto year = static_cast<int>(month.year());
    if (year < Cron::first_year || !cron.years.test(static_cast<std::size_t>(year - Cron::first_year)) ||
        !(cron.months >> static_cast<unsigned>(month.month()) & 1U))
      continue;
    const auto days = days_of(cron, month);
    auto least = is_first_month ? static_cast<int>(static_cast<unsigned>(ymd.day())) : 1;
    for (auto found = first_of(days, least, 31); found; found = first_of(days, *found + 1, 31)) {
      const bool is_first_day = is_first_month && *found == least;
      const auto start = is_first_day ? time : minutes{0};
      const auto start_hour = static_cast<int>(start.count() / 60), start_minute = static_cast<int>(start.count() % 60);
      for (auto hour = first_of(cron.hours, start_hour, 23); hour; hour = first_of(cron.hours, *hour + 1, 23)) {
        const auto minute = first_of(cron.minutes, *hour == start_hour ? start_minute : 0, 59);
        if (minute) return LocalMinutes{date::local_days{month / *found} + hours{*hour} + minutes{*minute}};
      }
    }
  }
  return std::nullopt;
}

date::local_time<std::chrono::milliseconds> to_local(const TimeZone& zone, Timestamp time) {
  if (!zone.zone()) return date::local_time<std::chrono::milliseconds>{time.time_since_epoch()};
  return zone.zone()->to_local(time);
}

struct Moment {
  Timestamp time;
  bool is_skipped = false;  ///< the local time does not exist; `time` is when the gap ends
};
Moment to_utc(const TimeZone& zone, date::local_seconds local) {
  if (!zone.zone()) return {Timestamp{local.time_since_epoch()}};
  const auto info = zone.zone()->get_info(local);
  if (info.result == date::local_info::nonexistent) return {Timestamp{info.first.end.time_since_epoch()}, true};
  return {Timestamp{local.time_since_epoch() - info.first.offset}};
}

std::optional<Timestamp> next_of(const Cron& cron, Timestamp after, const TimeZone& zone) {
  auto from = date::floor<minutes>(to_local(zone, after)) + minutes{1};
  while (const auto local = first_local(cron, from)) {
    const auto moment = to_utc(zone, *local);
    // Not after: the local time comes a second time, and has fired the first.
    if (!moment.is_skipped && moment.time > after) return moment.time;
    from = *local + minutes{1};
  }
  return std::nullopt;
}

std::optional<Timestamp> next_of(const Rate& rate, Timestamp after, Timestamp anchor) {
  if (after < anchor) return anchor;
  const std::chrono::milliseconds period = rate.period;
  return anchor + ((after - anchor) / period + 1) * period;
}

std::optional<Timestamp> next_of(const Once& once, Timestamp after, const TimeZone& zone) {
  const auto local =
      date::local_days{date::year{once.year} / once.month / once.day} + hours{once.hour} + minutes{once.minute} + seconds{once.second};
  const auto moment = to_utc(zone, local);
  if (moment.time <= after) return std::nullopt;
  return moment.time;
}

}  // namespace

std::optional<Timestamp> next_after(const Expression& expression, Timestamp after, Timestamp anchor, const TimeZone& zone) {
  return std::visit(
      Overload{[&](const Rate& rate) { return next_of(rate, after, anchor); }, [&](const Cron& cron) { return next_of(cron, after, zone); },
               [&](const Once& once) { return next_of(once, after, zone); }},
      expression);
}

}  // namespace signalbox::schedules
