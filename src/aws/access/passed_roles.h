#pragma once
/// What AWS asks of the roles that requests hand to its services, when the resource is made: that they trust the service, and let a function read the
/// queue that it is to be called for. Source: the services' API references, errors of the operations.

#include "aws/operation.h"

#include <optional>
#include <string_view>

namespace signalbox::aws {

class Authorizer;

/// In AWS's words; nothing where it asks nothing, and with `--iam=warn`, where it is said in the log. On the authorizer's thread.
[[nodiscard]] std::optional<Failure> refused_role(Authorizer& authorizer, const Site& site, Service service, std::string_view operation,
                                                  const Json& request);
/// By the services' authorizer; nothing with `--iam` off.
[[nodiscard]] std::optional<Failure> refused_role(const OperationContext& context, Service service, std::string_view operation,
                                                  const Json& request);

}  // namespace signalbox::aws
