#pragma once
/// What a rule's target gets of an event: all of it, a part, a constant, or what a template makes of it. Pure. Source: EventBridge User Guide, "Input
/// transformation"; InputPath and InputTransformer as recorded on AWS.

#include "signalbox/json.h"
#include "signalbox/result.h"

#include <string>
#include <string_view>

namespace signalbox::events {

struct RuleNames {
  std::string arn, name;
  std::string ingestion_time;  ///< as the event writes times
};

/// The text for the target `target`, which may have Input, InputPath or InputTransformer.
[[nodiscard]] std::string target_input(const Json& target, const Json& envelope, const RuleNames& rule);
/// Errors: InvalidArgument with AWS's words. [PutTargets]
[[nodiscard]] Result<void> check_target_input(const Json& target);
/// The value at `$.detail.items[0]`; null pointer if there is none.
[[nodiscard]] const Json* value_at(const Json& root, std::string_view path);

}  // namespace signalbox::events
