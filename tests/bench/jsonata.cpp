/// Times the expressions of a yardstick file: bench-jsonata YARDSTICK.json. Prints one JSON line for each of them: microseconds to construct and
/// to evaluate, of the processor's time (so that what else runs on the machine counts less), the median of several rounds. tests/bench/jsonata.py compares them with the npm package.

#include "signalbox/jsonata.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace signalbox;

namespace {

/// Microseconds of one call, the median of rounds that last about 20 ms each.
template <class Call>
double median_us(Call call) {
  const auto now_us = [] { return static_cast<double>(std::clock()) * (1e6 / CLOCKS_PER_SEC); };
  std::vector<double> rounds;
  for (int round = 0; round < 11; ++round) {
    std::size_t calls = 0;
    const double begin = now_us();
    double now = begin;
    for (; now - begin < 20'000; now = now_us()) {
      for (int i = 0; i < 16; ++i) call();
      calls += 16;
    }
    rounds.push_back((now - begin) / static_cast<double>(calls));
  }
  std::ranges::nth_element(rounds, rounds.begin() + 5);
  return rounds[5];
}

Json measured(const Json& one) {
  const std::string text(one.find("expr")->as_string());
  const Json& states = *one.find("bindings")->find("states");
  const jsonata::Binding binding{"states", &states};
  jsonata::Environment environment;
  environment.bindings = {&binding, 1};
  const auto expression = jsonata::Expression::parse(text, jsonata::Profile::StepFunctions).value();
  const auto value = expression.evaluate(environment).value();
  if (!(std::get<Json>(value) == *one.find("result"))) throw std::runtime_error("wrong result of " + text);
  const double construct = median_us([&] { static_cast<void>(jsonata::Expression::parse(text, jsonata::Profile::StepFunctions)); });
  const double evaluate = median_us([&] { static_cast<void>(expression.evaluate(environment)); });
  return json_object({{"name", *one.find("name")}, {"items", *one.find("items")}, {"construct_us", construct}, {"evaluate_us", evaluate}});
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::ifstream file(arguments[1], std::ios::binary);
  const auto yardstick = Json::parse({std::istreambuf_iterator<char>(file), {}}).value();
  for (const Json& one : yardstick.elements()) std::cout << measured(one).compact_text() << "\n";
}
