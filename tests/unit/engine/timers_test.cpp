#include "engine/timers.h"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace signalbox;

namespace {
Timestamp at(std::int64_t milliseconds) { return Timestamp{std::chrono::milliseconds{milliseconds}}; }
}  // namespace

TEST_CASE("timers fire in order and never early, as a sorted map would") {
  std::mt19937 random(3);
  Timers timers;
  std::multimap<Timestamp, std::int64_t> expected;
  for (int round = 0; round < 200; ++round) {
    for (auto pushes = random() % 200; pushes > 0; --pushes) {
      const auto due = static_cast<std::int64_t>(random() % 100'000);
      const auto row = static_cast<std::int64_t>(random());
      timers.push(at(due), ExecutionRow{row});
      expected.emplace(at(due), row);
    }
    const Timestamp now = at(static_cast<std::int64_t>(random() % 100'000));
    while (const auto popped = timers.pop_due(now)) {
      REQUIRE(popped->due <= now);
      REQUIRE(popped->due == expected.begin()->first);
      auto [first, last] = expected.equal_range(popped->due);
      const auto same = std::find_if(first, last, [&](const auto& entry) { return entry.second == popped->row.value; });
      REQUIRE(same != last);
      expected.erase(same);
    }
    REQUIRE(timers.size() == expected.size());
    REQUIRE((expected.empty() || timers.next_due() == expected.begin()->first));
    REQUIRE((expected.empty() || expected.begin()->first > now));
  }
  timers.clear();
  CHECK(timers.empty());
  CHECK(timers.next_due() == std::nullopt);
}

TEST_CASE("timers hold the moments and rows that there can be") {
  constexpr std::int64_t last = (std::int64_t{1} << 48) - 1, end_of_9999 = 253'402'300'799'999;
  Timers timers;
  for (const auto& [due, row] : {std::pair{end_of_9999, last}, {std::int64_t{1'800'000'000'123}, std::int64_t{1}}, {last, std::int64_t{7}}})
    timers.push(at(due), ExecutionRow{row});
  timers.push(at(-5), ExecutionRow{2});        // before 1970: due at once
  timers.push(at(last + 1), ExecutionRow{3});  // beyond what is kept: at its end
  const auto taken = [&] {
    const auto entry = timers.pop_due(Timestamp::max());
    return entry ? std::pair{entry->due.time_since_epoch().count(), entry->row.value} : std::pair<std::int64_t, std::int64_t>{-1, -1};
  };
  CHECK(taken() == std::pair<std::int64_t, std::int64_t>{0, 2});
  CHECK(timers.pop_due(at(1'800'000'000'122)).has_value() == false);
  CHECK(taken() == std::pair<std::int64_t, std::int64_t>{1'800'000'000'123, 1});
  CHECK(taken() == std::pair<std::int64_t, std::int64_t>{end_of_9999, last});
  CHECK(taken().first == last);
  CHECK(taken().first == last);
  CHECK(timers.empty());
}
