#include "signalbox/encoding.h"

#include "services/schedules/schedule_expression.h"

#include <catch2/catch.hpp>

#include <random>

using namespace signalbox;
using namespace signalbox::schedules;
using namespace std::chrono_literals;

namespace {

Timestamp at(const char* text) { return parse_rfc3339(text).value(); }

/// The next `count` firings after a time, without seconds: `2026-03-29T00:30Z …`
std::string firings(const char* expression, const char* after, std::size_t count, const char* zone = "UTC",
                    const char* anchor = "2026-01-01T00:00:00Z") {
  const auto parsed = parse_expression(expression).value();
  const auto time_zone = TimeZone::find(zone).value();
  std::string text;
  std::optional<Timestamp> next = at(after);
  for (std::size_t i = 0; i < count && (next = next_after(parsed, *next, at(anchor), time_zone)); ++i)
    text += (i ? " " : "") + format_rfc3339(*next).substr(0, 16) + "Z";
  return text;
}

std::string fault(const char* expression) {
  const auto parsed = parse_expression(expression);
  return parsed ? "none" : parsed.error().message;
}

}  // namespace

TEST_CASE("expressions that AWS refuses are refused, by name") {
  for (const char* wrong : {"rate(1 minutes)",
                            "rate(10 minute)",
                            "rate(0 minutes)",
                            "rate(10 MINUTES)",
                            "rate( 10 minutes )",
                            " rate(10 minutes)",
                            "rate(-1 days)",
                            "rate(1.5 hours)",
                            "rate(10  minutes)",
                            "rate()",
                            "cron(0 1 * * * *)",
                            "cron(71 1 * * ? *)",
                            "cron(0 1 * * ?)",
                            "cron(0 1 ? * ? *)",
                            "cron(0 24 * * ? *)",
                            "cron(0 1 0 * ? *)",
                            "cron(0 1 * 13 ? *)",
                            "cron(0 1 ? * 8 *)",
                            "cron(0 1 ? * MON#6 *)",
                            "cron(0 1 ? * MON#1,TUE *)",
                            "cron(0 1 * * ? 2200)",
                            "cron(0/0 1 * * ? *)",
                            "cron(5-1 1 * * ? *)",
                            "cron(0 1 32W * ? *)",
                            "cron(, 1 * * ? *)",
                            "cron(0 1 * FOO ? *)",
                            "at(2026-02-30T00:00:00)",
                            "at(2026-01-01 00:00:00)",
                            "at(2026-01-01T24:00:00)",
                            "every day",
                            "",
                            "rate(5 minutes",
                            "cron(0 1 * * ? *) "}) {
    INFO(wrong);
    CHECK(parse_expression(wrong).has_error());
  }
  CHECK(fault("rate(1 minutes)") == "Schedule expression 'rate(1 minutes)' is not valid: the unit of 1 must be 'minute', not 'minutes'");
  CHECK(fault("cron(71 1 * * ? *)") ==
        "Schedule expression 'cron(71 1 * * ? *)' is not valid: '71' in the field minutes is not a value from 0 to 59");
  CHECK(parse_expression("at(2026-01-01T00:00:00)", false).has_error());
  CHECK(TimeZone::find("Mars/Olympus").error().message == "Time zone 'Mars/Olympus' is not known.");
}

TEST_CASE("rates count from their anchor in real time") {
  CHECK(firings("rate(10 minutes)", "2026-01-01T00:00:00Z", 2) == "2026-01-01T00:10Z 2026-01-01T00:20Z");
  CHECK(firings("rate(10 minutes)", "2026-01-01T00:19:59.999Z", 1) == "2026-01-01T00:20Z");
  CHECK(firings("rate(1 day)", "2026-03-28T12:00:00Z", 2, "Europe/Berlin", "2026-03-27T12:00:00Z") ==
        "2026-03-29T12:00Z 2026-03-30T12:00Z");
  CHECK(firings("rate(1 hour)", "2025-01-01T00:00:00Z", 2) == "2026-01-01T00:00Z 2026-01-01T01:00Z");
}

TEST_CASE("cron fires as AWS's guide says") {
  CHECK(firings("cron(0 10 * * ? *)", "2026-01-01T00:00:00Z", 2) == "2026-01-01T10:00Z 2026-01-02T10:00Z");
  CHECK(firings("cron(0 10 * * ? *)", "2026-01-01T10:00:00Z", 1) == "2026-01-02T10:00Z");
  CHECK(firings("cron(15 12 ? * MON-FRI *)", "2026-01-02T13:00:00Z", 2) == "2026-01-05T12:15Z 2026-01-06T12:15Z");  // a Friday
  CHECK(firings("cron(0/15 8-9 * * ? *)", "2026-01-01T08:40:00Z", 3) == "2026-01-01T08:45Z 2026-01-01T09:00Z 2026-01-01T09:15Z");
  CHECK(firings("cron(10-30/10 8 * * ? *)", "2026-01-01T00:00:00Z", 4) ==
        "2026-01-01T08:10Z 2026-01-01T08:20Z 2026-01-01T08:30Z 2026-01-02T08:10Z");
  CHECK(firings("cron(0 8 1 * ? *)", "2026-01-01T08:00:00Z", 2) == "2026-02-01T08:00Z 2026-03-01T08:00Z");
  CHECK(firings("cron(0 0 L * ? *)", "2028-01-31T00:00:00Z", 2) == "2028-02-29T00:00Z 2028-03-31T00:00Z");
  CHECK(firings("cron(0 0 LW * ? *)", "2026-01-01T00:00:00Z", 2) == "2026-01-30T00:00Z 2026-02-27T00:00Z");
  CHECK(firings("cron(0 0 1W * ? *)", "2026-07-15T00:00:00Z", 2) == "2026-08-03T00:00Z 2026-09-01T00:00Z");  // 1 August 2026 is a Saturday
  CHECK(firings("cron(0 0 31W 5 ? *)", "2026-01-01T00:00:00Z", 1) == "2026-05-29T00:00Z");                   // 31 May 2026 is a Sunday
  CHECK(firings("cron(0 0 ? * 6L *)", "2026-01-01T00:00:00Z", 2) == "2026-01-30T00:00Z 2026-02-27T00:00Z");
  CHECK(firings("cron(0 0 ? * L *)", "2026-01-01T00:00:00Z", 2) == "2026-01-03T00:00Z 2026-01-10T00:00Z");
  CHECK(firings("cron(0 0 ? * 3#2 *)", "2026-01-01T00:00:00Z", 2) == "2026-01-13T00:00Z 2026-02-10T00:00Z");
  CHECK(firings("cron(0 0 ? jan,Mar sun 2027-2028)", "2026-01-01T00:00:00Z", 1) == "2027-01-03T00:00Z");
  CHECK(firings("cron(0 0 29 2 ? *)", "2026-01-01T00:00:00Z", 2) == "2028-02-29T00:00Z 2032-02-29T00:00Z");
  CHECK(firings("cron(0 0 1 1 ? 2020)", "2026-01-01T00:00:00Z", 1) == "");
  CHECK(firings("cron(0 0 31 2 ? *)", "2026-01-01T00:00:00Z", 1) == "");
}

TEST_CASE("daylight saving time: a skipped time does not fire, a repeated one fires once") {
  // Berlin: 29 March 2026 02:00 → 03:00 (01:00Z), 25 October 2026 03:00 → 02:00 (01:00Z).
  CHECK(firings("cron(30 2 * * ? *)", "2026-03-27T12:00:00Z", 2, "Europe/Berlin") == "2026-03-28T01:30Z 2026-03-30T00:30Z");
  CHECK(firings("cron(30 2 * * ? *)", "2026-10-24T12:00:00Z", 2, "Europe/Berlin") == "2026-10-25T00:30Z 2026-10-26T01:30Z");
  CHECK(firings("cron(0 * * * ? *)", "2026-10-24T23:30:00Z", 3, "Europe/Berlin") ==
        "2026-10-25T00:00Z 2026-10-25T02:00Z 2026-10-25T03:00Z");
  CHECK(firings("cron(15 * * * ? *)", "2026-10-25T01:20:00Z", 1, "Europe/Berlin") == "2026-10-25T02:15Z");
  CHECK(firings("cron(0 0 * * ? *)", "2026-04-22T12:00:00Z", 2, "Africa/Cairo") ==
        "2026-04-22T22:00Z 2026-04-24T21:00Z");  // midnight of the 24th is skipped
  CHECK(firings("at(2026-03-29T02:30:00)", "2026-01-01T00:00:00Z", 2, "Europe/Berlin") == "2026-03-29T01:00Z");
  CHECK(firings("at(2026-10-25T02:30:00)", "2026-01-01T00:00:00Z", 2, "Europe/Berlin") == "2026-10-25T00:30Z");
  CHECK(firings("at(2026-10-25T02:30:00)", "2026-10-25T00:30:00Z", 2, "Europe/Berlin") == "");
}

// ---- against a slow reference ----

namespace {

/// A field as text and, made beside it and not from it, the values it means.
struct RandomField {
  std::string text;
  std::vector<int> values;
  [[nodiscard]] bool has(int value) const { return std::find(values.begin(), values.end(), value) != values.end(); }
};

int between(std::mt19937& random, int least, int most) {
  return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
}

RandomField random_field(std::mt19937& random, int least, int most) {
  RandomField field;
  const auto add = [&](int from, int to, int step) {
    for (int value = from; value <= to; value += step) field.values.push_back(value);
  };
  const int items = between(random, 1, 3);
  for (int i = 0; i < items; ++i) {
    if (i) field.text += ",";
    const int a = between(random, least, most), b = between(random, a, most), step = between(random, 1, 9);
    switch (between(random, 0, 4)) {
      case 0:
        field.text += std::to_string(a);
        add(a, a, 1);
        break;
      case 1:
        field.text += std::to_string(a) + "-" + std::to_string(b);
        add(a, b, 1);
        break;
      case 2:
        field.text += std::to_string(a) + "/" + std::to_string(step);
        add(a, most, step);
        break;
      case 3:
        field.text += "*/" + std::to_string(step);
        add(least, most, step);
        break;
      default:
        field.text += std::to_string(a) + "-" + std::to_string(b) + "/" + std::to_string(step);
        add(a, b, step);
        break;
    }
  }
  return field;
}

struct Day {
  int year, month, day, week_day, days_in_month;
};  // week_day: 1 Sunday

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
int days_in(int year, int month) {
  return month == 2 ? (is_leap(year) ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31);
}

}  // namespace

TEST_CASE("cron agrees with counting minute by minute") {
  std::mt19937 random(20261124);
  for (int round = 0; round < 120; ++round) {
    const auto minute = random_field(random, 0, 59), hour = random_field(random, 0, 23), month = random_field(random, 1, 12);
    const int kind = between(random, 0, 5);
    const auto month_days = random_field(random, 1, 31), week_days = random_field(random, 1, 7);
    const int n = between(random, 1, 7), nth = between(random, 1, 5);
    std::string day_field = "?", week_field = "?";
    if (kind == 0) day_field = month_days.text;
    if (kind == 1) week_field = week_days.text;
    if (kind == 2) day_field = "L";
    if (kind == 3) week_field = std::to_string(n) + "L";
    if (kind == 4) week_field = std::to_string(n) + "#" + std::to_string(nth);
    if (kind == 5) day_field = "LW";
    const auto matches = [&](const Day& day) {
      const bool is_weekday = day.week_day != 1 && day.week_day != 7;
      switch (kind) {
        case 0: return month_days.has(day.day);
        case 1: return week_days.has(day.week_day);
        case 2: return day.day == day.days_in_month;
        case 3: return day.week_day == n && day.day + 7 > day.days_in_month;
        case 4: return day.week_day == n && (day.day - 1) / 7 + 1 == nth;
        default: return is_weekday && (day.day == day.days_in_month || (day.week_day == 6 && day.day + 2 >= day.days_in_month));
      }
    };
    const auto text = "cron(" + minute.text + " " + hour.text + " " + day_field + " " + month.text + " " + week_field + " *)";
    INFO(text);
    const auto parsed = parse_expression(text);
    REQUIRE(parsed.has_value());

    // From 1 January 2027, a Friday, on.
    auto next = next_after(*parsed, at("2026-12-31T23:59:00Z"), {}, TimeZone::utc());
    auto time = at("2027-01-01T00:00:00Z");
    Day day{2027, 1, 1, 6, 31};
    int seen = 0;
    while (day.year < 2029 && seen < 200) {
      const bool day_matches = month.has(day.month) && matches(day);
      for (int minutes = 0; minutes < 1440 && day_matches; ++minutes) {
        if (!hour.has(minutes / 60) || !minute.has(minutes % 60)) continue;
        REQUIRE(next == time + std::chrono::minutes{minutes});
        next = next_after(*parsed, *next, {}, TimeZone::utc());
        if (++seen == 200) break;
      }
      time += 24h;
      day.week_day = day.week_day % 7 + 1;
      if (++day.day > day.days_in_month) {
        day.day = 1;
        if (++day.month > 12) {
          day.month = 1;
          ++day.year;
        }
        day.days_in_month = days_in(day.year, day.month);
      }
    }
  }
}

TEST_CASE("in every time zone each local time fires once at most, in order, and never early") {
  for (const char* name :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"}) {
    INFO(name);
    const auto zone = TimeZone::find(name).value();
    const auto cron = parse_expression("cron(0/20 0-4 * * ? *)").value();
    auto time = at("2011-12-20T00:00:00Z");  // Apia left out 30 December 2011
    for (int i = 0; i < 15 * 400; ++i) {
      const auto next = next_after(cron, time, {}, zone);
      REQUIRE(next.has_value());
      REQUIRE(*next > time);
      REQUIRE(next_after(cron, *next - 1ms, {}, zone) == next);
      time = *next;
    }
  }
}
