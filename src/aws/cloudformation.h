#pragma once
/// Where the CloudFormation API's calls go: the engine that deploys stacks stands behind this module (src/deploy/cloudformation).

#include "aws/operation.h"

#include <string>
#include <string_view>

namespace signalbox::aws {

class CloudFormation {
 public:
  virtual ~CloudFormation() = default;
  /// Whether AWS has an operation of this name that is not offered here.
  [[nodiscard]] virtual bool knows(std::string_view operation) const = 0;
  [[nodiscard]] virtual bool offers(std::string_view operation) const = 0;
  /// Precondition: it is offered. On the I/O thread. Errors have CloudFormation's names: ValidationError, ChangeSetNotFound, …
  [[nodiscard]] virtual asio::awaitable<Answer<Json>> call(OperationContext context, std::string operation, Json request) = 0;
};

}  // namespace signalbox::aws
