#pragma once
/// The Query protocol's flat parameters as the tree that the JSON protocol would have sent.

#include "signalbox/json.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::aws {

using Form = std::vector<std::pair<std::string, std::string>>;

/// Dots part names; numbers from 1 are places of lists, `member` before them falls away, `entry` makes a map of `key`/`value` or
/// `Name`/`Value` pairs. All leaves are strings. Fields beyond 4,096, and names nested deeper than 16, are left out.
[[nodiscard]] Json tree_of_form(const Form& form);

/// SQS's flattened names (`Attribute.1.Name`, `MessageAttributeName.2`, `SendMessageBatchRequestEntry.1.Id`) as the members that its JSON
/// protocol has (`Attributes`, `MessageAttributeNames`, `Entries`).
[[nodiscard]] Json sqs_request_of_form(const Form& form, std::string_view operation);

}  // namespace signalbox::aws
