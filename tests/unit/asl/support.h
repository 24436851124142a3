#pragma once
#include "signalbox/state_machine.h"

#include <string>

namespace signalbox::asl::test {

/// All diagnostics, one a line, as AWS's InvalidDefinition prints them: `CODE: text at place`; then what is not offered, after `- `.
inline std::string diagnose(std::string_view definition, StateMachineType type = StateMachineType::Standard) {
  const auto parsed = parse_definition(definition, {.type = type});
  std::string text;
  for (const auto& diagnostic : parsed.diagnostics)
    text += diagnostic.code + ": " + diagnostic.message + " at " + diagnostic.where.value_or("null") + "\n";
  for (const auto& sentence : parsed.unsupported) text += "- " + sentence + "\n";
  return text;
}

/// A machine of the one state `A`; `fields` stand between its braces.
inline std::string one_state(const std::string& fields) { return R"({"StartAt": "A", "States": {"A": {)" + fields + "}}}"; }

}  // namespace signalbox::asl::test
