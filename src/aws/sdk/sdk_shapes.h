#pragma once
/// Parameters, results and errors of `aws-sdk:` tasks: AWS's SDK for Java spells all members in PascalCase and shows times as texts. Pure.

#include "aws/call.h"
#include "aws/failure.h"
#include "signalbox/json.h"
#include "signalbox/workflow_error.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws::sdk {

struct SdkService {
  Service service;
  std::string_view resource;    ///< `aws-sdk:` + this: `sfn`, `eventbridge`
  std::string_view error_name;  ///< before the dot of error names: `Sfn`, `EventBridge`
  bool camel_case;              ///< of members on the wire
};
[[nodiscard]] const std::vector<SdkService>& services();

/// `startExecution` for `StartExecution`.
[[nodiscard]] std::string action_of(std::string_view operation);
/// As the wire's operation expects them. Members that are texts on the wire are serialised where a state gives JSON.
[[nodiscard]] Json wire_request(const SdkService& service, std::string_view operation, const Json& parameters);
/// As a state's result shows it.
[[nodiscard]] Json task_result(const SdkService& service, const Json& answer);
[[nodiscard]] WorkflowError task_error(const SdkService& service, const Failure& failure, std::string_view request_id);

}  // namespace signalbox::aws::sdk
