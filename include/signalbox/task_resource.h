#pragma once
/// What a Task calls.

#include "signalbox/result.h"

#include <cstdint>
#include <string>
#include <variant>

namespace signalbox {

/// How a Task's resource is called; the ARN's last part.
enum class IntegrationPattern : std::uint8_t { RequestResponse, Sync, Sync2, WaitForTaskToken };

struct FunctionResource {};   ///< `arn:aws:lambda:…:function:NAME`: history has LambdaFunction* events
struct ActivityResource {};   ///< `arn:aws:states:…:activity:NAME`: history has Activity* events
struct ServiceResource {      ///< `arn:aws:states:::sqs:sendMessage.waitForTaskToken`, `…:::aws-sdk:sfn:startExecution`
  std::string resource_type;  ///< as in history: `sqs`, `lambda`, `aws-sdk:sfn`
  std::string action;         ///< `sendMessage`, without the pattern
  IntegrationPattern pattern = IntegrationPattern::RequestResponse;
  std::string resource;  ///< as in history: `sendMessage.waitForTaskToken`
};

struct TaskResource {
  std::string arn;  ///< as written, before DefinitionSubstitutions nothing else
  std::variant<FunctionResource, ActivityResource, ServiceResource> kind;
};

/// What a Task's resource string means, or why it means nothing. Errors: InvalidArgument. Whether the service is offered here
/// is a separate question, see AslOptions.
[[nodiscard]] Result<TaskResource> parse_task_resource(const std::string& arn);

}  // namespace signalbox
