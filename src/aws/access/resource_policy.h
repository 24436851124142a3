#pragma once
/// The policy that is put on a queue, a topic or a function.

#include "services/access/policy.h"
#include "signalbox/queues.h"
#include "signalbox/store.h"

#include <optional>
#include <string_view>

namespace signalbox::aws {

/// Nothing if the resource has none, or none that can be read.
[[nodiscard]] std::optional<access::Policy> resource_policy(const Reader& reader, const Queues& queues, std::string_view arn);

}  // namespace signalbox::aws
