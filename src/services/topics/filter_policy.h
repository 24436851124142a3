#pragma once
/// Filter policies of subscriptions. Source: SNS Developer Guide, Message filtering.

#include "signalbox/result.h"
#include "signalbox/topics.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <string_view>

namespace signalbox {

/// A checked policy. Within a member any rule may match; all members must; `$or` offers alternatives.
class FilterPolicy {
 public:
  /// Errors: InvalidArgument `Invalid parameter: FilterPolicy: …`, naming the rule. Nested members are for MessageBody scope only.
  [[nodiscard]] static Result<FilterPolicy> parse(std::string_view text, bool body_scope);
  /// Attributes of type Binary never match; `String.Array` matches by any element, Number by its value.
  [[nodiscard]] bool matches_attributes(const TopicMessageAttributes& attributes) const;
  /// A message that is no JSON object matches nothing.
  [[nodiscard]] bool matches_body(std::string_view message) const;

 private:
  explicit FilterPolicy(nlohmann::ordered_json policy) : policy_(std::move(policy)) {}
  nlohmann::ordered_json policy_;
};

}  // namespace signalbox
