// State transitions per second of the pure core, in one thread: a loop of ten Pass and Choice states, and a Map of 5,000 items.
// Prints one JSON object. Each figure is the median of several runs, per second of processor time.

#include "core/history_codec.h"
#include "signalbox/step.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <vector>

namespace {

using namespace signalbox;
using Seconds = std::chrono::duration<double>;

/// Nine states that pass on what they get or put something beside it, and a Choice that goes round again.
constexpr const char* loop_definition = R"({"StartAt": "P1", "States": {
  "P1": {"Type": "Pass", "Next": "C1"},
  "C1": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 100, "Next": "End"}], "Default": "P2"},
  "P2": {"Type": "Pass", "Result": {"seen": true}, "ResultPath": "$.mark", "Next": "P3"},
  "P3": {"Type": "Pass", "Next": "C2"},
  "C2": {"Type": "Choice", "Choices": [{"And": [{"Variable": "$.kind", "StringEquals": "order"}, {"Variable": "$.mark.seen", "BooleanEquals": true}], "Next": "P4"}], "Default": "End"},
  "P4": {"Type": "Pass", "Next": "P5"},
  "P5": {"Type": "Pass", "Next": "C3"},
  "C3": {"Type": "Choice", "Choices": [{"Variable": "$.missing", "IsPresent": true, "Next": "End"}], "Default": "P6"},
  "P6": {"Type": "Pass", "Next": "P1"},
  "End": {"Type": "Succeed"}}})";

constexpr const char* map_definition = R"({"StartAt": "M", "States": {
  "M": {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "End": true}}})";

struct Run {
  Execution execution = blank_execution(ExecutionRow{1});
  std::int64_t transitions = 0;
  std::size_t stored_bytes = 0;
};

std::int64_t entered(const Step& step) {
  return std::count_if(step.history.begin(), step.history.end(),
                       [](const HistoryEvent& event) { return std::holds_alternative<StateEntered>(event.fact); });
}

Run run(const StateMachine& machine, Json input, bool encode) {
  Run run;
  const Timestamp now{std::chrono::milliseconds(1'800'000'000'000)};
  ExecutionStarted started;
  started.input = std::move(input);
  started.execution_arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
  started.key = std::string(32, 'k');
  Event event = events::StartExecution{std::move(started)};
  while (run.execution.running()) {
    const Step step = signalbox::step(machine, run.execution, event, now);
    run.transitions += entered(step);
    if (encode) run.stored_bytes += encode_events(step.history).size();
    event = events::Continue{};
  }
  return run;
}

/// Processor time of this thread: other work on the machine does not count.
Seconds processor_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Transitions per second of processor time: the median of `runs`, each going round for a quarter of a second.
double measure(const std::function<std::int64_t()>& once, int runs = 7) {
  std::vector<double> rates;
  for (int count = 0; count < runs; ++count) {
    const auto begin = processor_time();
    std::int64_t transitions = 0;
    Seconds elapsed{};
    do {
      transitions += once();
      elapsed = processor_time() - begin;
    } while (elapsed < Seconds(0.25));
    rates.push_back(static_cast<double>(transitions) / elapsed.count());
  }
  std::nth_element(rates.begin(), rates.begin() + runs / 2, rates.end());
  return rates[static_cast<std::size_t>(runs / 2)];
}

}  // namespace

int main() {
  const auto loop = load_definition(loop_definition), map = load_definition(map_definition);
  const Json order = Json::parse(R"({"n": 7, "kind": "order", "items": [{"id": 1, "price": 9.50}, {"id": 2, "price": 1.25}]})").value();
  const Json items{Json::Array(5000, Json::parse(R"({"id": 1, "price": 9.50})").value())};

  const double pure = measure([&] { return run(*loop, order, false).transitions; });
  const double encoded = measure([&] { return run(*loop, order, true).transitions; });
  const double iterations = measure([&] { return run(*map, items, false).transitions; });
  const Run sample = run(*loop, order, true);
  const double event_bytes = static_cast<double>(sample.stored_bytes) / static_cast<double>(sample.execution.last_event_id);
  fmt::print(
      R"({{"transitions/s": {:.0f}, "transitions/s, history encoded for storage": {:.0f}, "Map iterations/s, 5,000 items": {:.0f}, "bytes of history an event": {:.1f}}})"
      "\n",
      pure, encoded, iterations, event_bytes);
}
