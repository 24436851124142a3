#pragma once
/// An expression and what becomes of it, as one text, for tables.

#include "signalbox/jsonata.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace signalbox::jsonata::test {

/// JSON; `undefined`; `function`; `CODE message` of a failure.
inline std::string told(const boost::system::result<Value, Failure>& outcome) {
  if (!outcome) return fmt::format("{}{}{}", outcome.error().code, outcome.error().code.empty() ? "" : " ", outcome.error().message);
  if (const Json* const json = std::get_if<Json>(&*outcome)) return json->compact_text();
  return std::holds_alternative<Undefined>(*outcome) ? "undefined" : "function";
}

inline std::string run(std::string_view text, std::string_view input = "{}", Profile profile = Profile::Plain, Limits limits = {}) {
  const auto expression = Expression::parse(text, profile);
  if (!expression) return told(expression.error());
  const Json data = Json::parse(std::string(input)).value();
  const Binding binding{"states", &data};
  Environment environment;
  environment.input = profile == Profile::Plain ? std::optional(data) : std::nullopt;
  environment.bindings = {&binding, 1};
  environment.now = Timestamp(std::chrono::milliseconds(1'510'067'557'121));
  environment.random = [next = std::uint8_t{0}]() mutable {
    std::array<std::uint8_t, 16> bytes{};
    bytes.fill(++next);
    return bytes;
  };
  environment.limits = limits;
  return told(expression->evaluate(environment));
}

}  // namespace signalbox::jsonata::test
