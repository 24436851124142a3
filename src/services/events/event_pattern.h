#pragma once
/// Event patterns of EventBridge rules; pure. Source: EventBridge User Guide, "Event patterns" and "Comparison operators".

#include "signalbox/json.h"
#include "signalbox/result.h"

#include <string_view>

namespace signalbox::events {

/// A checked pattern. Every field must match; within a field any of its rules may; `$or` offers alternatives.
class EventPattern {
 public:
  /// Errors: InvalidArgument `Event pattern is not valid. Reason: …`.
  [[nodiscard]] static Result<EventPattern> parse(std::string_view text);
  [[nodiscard]] bool matches(const Json& event) const;

 private:
  explicit EventPattern(Json pattern) : pattern_(std::move(pattern)) {}
  Json pattern_;
};

}  // namespace signalbox::events
