#pragma once
/// Values on their way out.

#include "jsonata/value.h"

namespace signalbox::jsonata::engine {

/// What becomes of a number that JSON cannot say: null as JSON.stringify has it, or the text that Step Functions gives.
enum class Unrepresentable : std::uint8_t { Null, Text };

/// As JSON: what was borrowed is shared; functions and undefined members fall away, in arrays they are null; halves of surrogate pairs
/// are U+FFFD.
[[nodiscard]] Json to_json(const Value& value, Unrepresentable unrepresentable = Unrepresentable::Null);

}  // namespace signalbox::jsonata::engine
