#pragma once
/// AWS's own managed policies, as far as they say something about the services that are here. Source: AWS Managed Policy Reference Guide.

#include "signalbox/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::access {

/// Whether an ARN is one of a policy of AWS's: `arn:aws:iam::aws:policy/…`.
[[nodiscard]] bool is_managed_by_aws(std::string_view arn);
/// What `AmazonSQSFullAccess` means as an ARN, with the path under which AWS keeps it; an ARN stays as it is.
[[nodiscard]] std::string managed_policy_arn(std::string_view name_or_arn);
/// The document of the policy. Nothing: it is not known here, or not AWS's.
[[nodiscard]] std::optional<Json> managed_policy(std::string_view arn);

}  // namespace signalbox::access
