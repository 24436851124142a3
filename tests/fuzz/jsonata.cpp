/// An expression, a newline, a document: no expression may do harm, whatever it says; and its printed form parses to the same form.

#include "signalbox/jsonata.h"

#include <cstdlib>

using namespace signalbox;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t line = all.find('\n');
  const auto document = Json::parse(std::string(line == std::string_view::npos ? "{}" : all.substr(line + 1)));
  const Json input = document ? *document : Json::empty_object();
  const jsonata::Binding binding{"states", &input};
  for (const auto profile : {jsonata::Profile::Plain, jsonata::Profile::StepFunctions}) {
    const auto expression = jsonata::Expression::parse(all.substr(0, line), profile);
    if (!expression) continue;
    const auto again = jsonata::Expression::parse(expression->printed(), profile);
    if (!again || again->printed() != expression->printed()) std::abort();
    jsonata::Environment environment;
    environment.input = input;
    environment.bindings = {&binding, 1};
    environment.limits = {.time = std::chrono::milliseconds(200), .depth = 500, .bytes = std::size_t{4} << 20};
    const auto value = expression->evaluate(environment);
    if (value && std::holds_alternative<Json>(*value)) static_cast<void>(std::get<Json>(*value).compact_text());
  }
  return 0;
}
