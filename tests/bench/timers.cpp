/// Memory and time of a million timers. Prints one JSON object.

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include "engine/timers.h"

namespace {

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

}  // namespace

int main() {
  using namespace signalbox;
  constexpr int count = 1'000'000;
  const long before = resident_kib();
  std::mt19937_64 random(1);
  Timers timers;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) timers.push(Timestamp{std::chrono::milliseconds{random() % 1'000'000'000}}, ExecutionRow{i});
  const auto pushed = std::chrono::steady_clock::now();
  const long with = resident_kib();
  while (timers.pop_due(Timestamp::max())) {
  }
  const auto popped = std::chrono::steady_clock::now();
  const auto nanoseconds = [&](auto duration) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count()) / count;
  };
  std::printf("{\"bytes each\": %.2f, \"push ns\": %.0f, \"pop ns\": %.0f}\n", static_cast<double>(with - before) * 1'024 / count,
              nanoseconds(pushed - begin), nanoseconds(popped - pushed));
}
