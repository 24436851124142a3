// Throttling and quotas of usage plans.

#include "services/gateway/usage.h"
#include "services/gateway/token_buckets.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::gateway;
using namespace std::chrono;

namespace {

std::string start(const char* period, int offset, year_month_day day) {
  const auto quota = read_quota(json_object({{"quota", json_object({{"limit", 1}, {"offset", offset}, {"period", period}})}}));
  if (!quota) return quota.error().message;
  const year_month_day date(period_start(**quota, sys_days(day)));
  return std::to_string(static_cast<int>(date.year())) + "-" + std::to_string(static_cast<unsigned>(date.month())) + "-" +
         std::to_string(static_cast<unsigned>(date.day()));
}

}  // namespace

TEST_CASE("a bucket lets a burst through, and then as much as flows in") {
  TokenBuckets buckets;
  const ThrottleLimit limit{.rate = 2, .burst = 3};
  TokenBuckets::Time now{};
  const auto taken = [&](int asked) {
    int passed = 0;
    for (int i = 0; i < asked; ++i) passed += buckets.take("a", limit, now);
    return passed;
  };
  CHECK(taken(5) == 3);
  now += milliseconds(500);
  CHECK(taken(5) == 1);
  now += seconds(100);
  CHECK(taken(5) == 3);
  CHECK(buckets.take("b", limit, now));
  CHECK_FALSE(buckets.take("none", {.rate = 0, .burst = 0}, now));
}

TEST_CASE("throttling has a limit where one is said") {
  const auto read = [](const char* text) { return read_throttle(*Json::parse(text), "rateLimit", "burstLimit"); };
  CHECK_FALSE(read("{}").has_value());
  CHECK_FALSE(read(R"({"rateLimit": -1, "burstLimit": -1})").has_value());
  CHECK(read(R"({"rateLimit": 1.5})")->rate == 1.5);
  CHECK(read(R"({"rateLimit": 1.5})")->burst == 5'000);
  CHECK(read(R"({"burstLimit": 0})")->burst == 0);
}

TEST_CASE("quotas begin anew each day, week or month") {
  CHECK(start("DAY", 0, 2026y / 11 / 27) == "2026-11-27");
  CHECK(start("WEEK", 0, 2026y / 11 / 27) == "2026-11-22");  // a Friday; the Sunday before
  CHECK(start("WEEK", 0, 2026y / 11 / 22) == "2026-11-22");
  CHECK(start("WEEK", 6, 2026y / 11 / 27) == "2026-11-21");
  CHECK(start("WEEK", 5, 2026y / 11 / 27) == "2026-11-27");
  CHECK(start("MONTH", 0, 2026y / 11 / 27) == "2026-11-1");
  CHECK(start("MONTH", 27, 2026y / 11 / 27) == "2026-10-28");
  CHECK(start("MONTH", 9, 2026y / 11 / 10) == "2026-11-10");
  CHECK(start("YEAR", 0, 2026y / 11 / 27) == "Usage Plan quota period must be one of DAY, WEEK, MONTH");
  CHECK(start("DAY", 1, 2026y / 11 / 27) == "Usage Plan quota offset must be zero in the DAY period");
  CHECK(start("WEEK", 7, 2026y / 11 / 27) == "Usage Plan quota offset must be between zero and six inclusive in the WEEK period");
  CHECK(start("MONTH", 28, 2026y / 11 / 27) == "Usage Plan quota offset must be between zero and 27 inclusive in the MONTH period");
}
