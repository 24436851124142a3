#pragma once
/// `rate(…)`, `cron(…)` and `at(…)`; pure. Source: EventBridge User Guide, Scheduler User Guide, Schedule types.

#include "signalbox/ids.h"
#include "signalbox/result.h"

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace date {
class time_zone;
}

namespace signalbox::schedules {

/// `rate(5 minutes)`: value at least 1, unit minute(s), hour(s) or day(s), singular if and only if the value is 1. A day is 24 hours, whatever the clocks do.
struct Rate {
  std::chrono::minutes period;
};

/// `cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR)`. Bit n of a set stands for the value n.
struct Cron {
  static constexpr int first_year = 1970, last_year = 2199;
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;
  std::uint32_t months = 0;  ///< 1 to 12
  std::bitset<last_year - first_year + 1> years;
  /// Exactly one of the two fields is `?`, so the day is chosen by one of these groups.
  std::uint32_t month_days = 0;  ///< 1 to 31
  bool last_day = false;         ///< `L`
  bool last_weekday = false;     ///< `LW`: the last Monday-to-Friday of the month
  std::vector<int>
      nearest_weekdays;         ///< `15W`: the Monday-to-Friday nearest to it, staying inside the month; none in a month without that day
  std::uint32_t week_days = 0;  ///< 1 (Sunday) to 7
  std::uint32_t last_week_days = 0;                 ///< `6L`: the month's last Friday
  std::optional<std::pair<int, int>> nth_week_day;  ///< `3#2`: the second Tuesday
};

/// `at(2026-11-24T08:30:00)`, in the schedule's time zone.
struct Once {
  int year, month, day, hour, minute, second;
};

using Expression = std::variant<Rate, Cron, Once>;

/// Strict, as AWS: no extra white space, units in lower case, six fields. Names (JAN, MON) in any case. Errors: InvalidArgument, naming the
/// fragment at fault. `at_allowed`: rules know rate and cron only.
[[nodiscard]] Result<Expression> parse_expression(std::string_view text, bool at_allowed = true);

/// UTC, or a zone of the system's time zone data. The data is read at the first use of any other zone than UTC.
class TimeZone {
 public:
  /// An IANA name. Errors: InvalidArgument, naming it.
  [[nodiscard]] static Result<TimeZone> find(std::string_view name);
  [[nodiscard]] static TimeZone utc() { return TimeZone(nullptr); }
  [[nodiscard]] const date::time_zone* zone() const { return zone_; }  ///< null: UTC

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;
};

/// The first firing after `after`; nothing if there is none (any more).
///
/// A rate counts from `anchor`, which is its first firing if it lies after `after`. Cron and `at` are read in local time. Daylight saving
/// time: a local time that is skipped does not fire (`at`: fires when the gap ends); one that comes twice fires the first time only.
[[nodiscard]] std::optional<Timestamp> next_after(const Expression& expression, Timestamp after, Timestamp anchor, const TimeZone& zone);

}  // namespace signalbox::schedules
