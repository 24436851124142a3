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
