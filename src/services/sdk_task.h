#pragma once
/// How Step Functions reports what an `aws-sdk:` integration was refused. Offer the calls themselves by `Engine::offer("aws-sdk:s3:getObject", …)`, and
/// name them in src/asl/resource.cpp.

#include "signalbox/task_handler.h"
#include "signalbox/workflow_error.h"

#include <string>
#include <string_view>

namespace signalbox {

/// `TEXT (Service: Sfn, Status Code: 400, Request ID: ID) (SDK Attempt Count: 1)`, the error `Sfn.CODEException`. `is_modelled`: the service's model has a
/// class for the code; otherwise the error is `Sfn.SfnException`. `extended`: S3 says a second id. [recorded on AWS]
[[nodiscard]] WorkflowError sdk_error(std::string_view service, std::string_view code, bool is_modelled, std::string_view text, int status,
                                      std::string_view request_id, bool extended = false);

}  // namespace signalbox
