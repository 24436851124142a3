#pragma once
/// AWS's operations, called inside of a stack's transaction: for types whose services have no other interface here.

#include "aws/aws_api.h"
#include "aws/call.h"
#include "signalbox/engine.h"

#include <string_view>

namespace signalbox::deploy {

class AwsCalls {
 public:
  explicit AwsCalls(const aws::AwsServices& services) : services_(services) {}

  /// Errors: InvalidArgument with AWS's text, `where` its code.
  [[nodiscard]] Result<Json> write(EngineTransaction& transaction, aws::Service service, std::string_view operation,
                                   const Json& request) const;
  /// As write(), for who does not want the answer.
  [[nodiscard]] Result<void> put(EngineTransaction& transaction, aws::Service service, std::string_view operation,
                                 const Json& request) const;
  /// As write(), but what is not there is no error.
  [[nodiscard]] Result<void> remove(EngineTransaction& transaction, aws::Service service, std::string_view operation,
                                    const Json& request) const;
  [[nodiscard]] const aws::AwsServices& services() const { return services_; }

 private:
  const aws::AwsServices& services_;
};

}  // namespace signalbox::deploy
