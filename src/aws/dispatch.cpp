#include "aws/dispatch.h"

#include <array>

#include "aws/aws_api.h"
#include "aws/events/events.h"
#include "aws/iam/iam.h"
#include "aws/lambda/lambda.h"
#include "aws/logs/logs.h"
#include "aws/scheduler/scheduler.h"
#include "aws/sfn/sfn.h"
#include "aws/sns/sns.h"
#include "aws/sqs/sqs.h"
#include "aws/ssm/ssm.h"
#include "aws/sts/sts.h"

namespace signalbox::aws {

namespace {

constexpr std::array step_functions_names{"CreateActivity",
                                          "CreateStateMachine",
                                          "CreateStateMachineAlias",
                                          "DeleteActivity",
                                          "DeleteStateMachine",
                                          "DeleteStateMachineAlias",
                                          "DeleteStateMachineVersion",
                                          "DescribeActivity",
                                          "DescribeExecution",
                                          "DescribeMapRun",
                                          "DescribeStateMachine",
                                          "DescribeStateMachineAlias",
                                          "DescribeStateMachineForExecution",
                                          "GetActivityTask",
                                          "GetExecutionHistory",
                                          "ListActivities",
                                          "ListExecutions",
                                          "ListMapRuns",
                                          "ListStateMachineAliases",
                                          "ListStateMachineVersions",
                                          "ListStateMachines",
                                          "ListTagsForResource",
                                          "PublishStateMachineVersion",
                                          "RedriveExecution",
                                          "SendTaskFailure",
                                          "SendTaskHeartbeat",
                                          "SendTaskSuccess",
                                          "StartExecution",
                                          "StartSyncExecution",
                                          "StopExecution",
                                          "TagResource",
                                          "TestState",
                                          "UntagResource",
                                          "UpdateMapRun",
                                          "UpdateStateMachine",
                                          "UpdateStateMachineAlias",
                                          "ValidateStateMachineDefinition"};
constexpr std::array sqs_names{"AddPermission",
                               "CancelMessageMoveTask",
                               "ChangeMessageVisibility",
                               "ChangeMessageVisibilityBatch",
                               "CreateQueue",
                               "DeleteMessage",
                               "DeleteMessageBatch",
                               "DeleteQueue",
                               "GetQueueAttributes",
                               "GetQueueUrl",
                               "ListDeadLetterSourceQueues",
                               "ListMessageMoveTasks",
                               "ListQueueTags",
                               "ListQueues",
                               "PurgeQueue",
                               "ReceiveMessage",
                               "RemovePermission",
                               "SendMessage",
                               "SendMessageBatch",
                               "SetQueueAttributes",
                               "StartMessageMoveTask",
                               "TagQueue",
                               "UntagQueue"};
constexpr std::array sns_names{"AddPermission",
                               "ConfirmSubscription",
                               "CreateTopic",
                               "DeleteTopic",
                               "GetSubscriptionAttributes",
                               "GetTopicAttributes",
                               "ListSubscriptions",
                               "ListSubscriptionsByTopic",
                               "ListTagsForResource",
                               "ListTopics",
                               "Publish",
                               "PublishBatch",
                               "RemovePermission",
                               "SetSubscriptionAttributes",
                               "SetTopicAttributes",
                               "Subscribe",
                               "TagResource",
                               "Unsubscribe",
                               "UntagResource"};

Failure unknown(const std::string& operation) {
  return {"UnknownOperationException", "The operation " + operation + " is not supported here", 404};
}

asio::awaitable<Answer<Json>> call_step_functions(OperationContext context, std::string name, const Reader& reader, Json request) {
  const sfn::Operation* operation = sfn::find_operation(name);
  if (!operation) co_return unknown(name);
  if (auto fault = sfn::check_members(name, request)) co_return *fault;
  const sfn::Api api{context.services.engine, reader, context.services.activity_signals};
  Answer<std::string> text = std::string();
  if (const auto* read = std::get_if<sfn::ReadOperation*>(operation)) {
    text = (*read)(api, request);
  } else {
    text = co_await std::get<sfn::WriteOperation*>(*operation)(api, std::move(request));
  }
  if (!text) co_return text.error();
  co_return Json::from_stored(std::move(*text));
}

asio::awaitable<Answer<Json>> call_sqs(OperationContext context, std::string name, const Reader& reader, Json request) {
  const auto operation = sqs::find_operation(name);
  if (!operation) co_return unknown(name);
  const sqs::Api api{context.services.engine, reader,          context.services.queues, context.services.queue_service,
                     context.services.moves,  context.base_url};
  auto answer = co_await operation(api, std::move(request));
  co_return answer;
}

asio::awaitable<Answer<Json>> call_sns(OperationContext context, std::string name, const Reader& reader, Json request) {
  const auto operation = sns::find_operation(name);
  if (!operation) co_return unknown(name);
  const sns::Api api{context.services.engine, reader, context.services.topics};
  auto answer = co_await operation(api, std::move(request));
  co_return answer;
}

template <class Names, class Known>
std::vector<std::string> known_of(const Names& names, Known known) {
  std::vector<std::string> found;
  for (const char* name : names) {
    if (known(name)) found.emplace_back(name);
  }
  return found;
}

}  // namespace

const Catalogue* catalogue_of(Service service) {
  switch (service) {
    case Service::Lambda: return &lambda::catalogue();
    case Service::Logs: return &logs_api::catalogue();
    case Service::Events: return &events_api::catalogue();
    case Service::Scheduler: return &scheduler::catalogue();
    case Service::Ssm: return &ssm::catalogue();
    case Service::Sts: return &sts::catalogue();
    case Service::Iam: return &iam::catalogue();
    default: return nullptr;
  }
}

std::vector<std::string> operations_of(Service service) {
  if (service == Service::StepFunctions)
    return known_of(step_functions_names, [](const char* name) { return sfn::find_operation(name) != nullptr; });
  if (service == Service::Sqs) return known_of(sqs_names, [](const char* name) { return sqs::find_operation(name) != nullptr; });
  if (service == Service::Sns) return known_of(sns_names, [](const char* name) { return sns::find_operation(name) != nullptr; });
  std::vector<std::string> found;
  if (const auto* catalogue = catalogue_of(service)) {
    for (const auto& [name, operation] : catalogue->operations) found.emplace_back(name);
  }
  return found;
}

bool is_long(Service service, std::string_view operation) {
  if (service == Service::StepFunctions)
    return operation == "GetActivityTask" || operation == "StartSyncExecution" || operation == "TestState";
  if (service == Service::Sqs) return operation == "ReceiveMessage";
  const auto* catalogue = catalogue_of(service);
  const auto* found = catalogue ? catalogue->find(operation) : nullptr;
  return found && std::holds_alternative<LongOperation*>(*found);
}

asio::awaitable<Answer<Json>> call_operation(OperationContext context, Service service, std::string operation, const Reader& reader,
                                             Json request) {
  if (service == Service::StepFunctions) {
    auto answer = co_await call_step_functions(std::move(context), std::move(operation), reader, std::move(request));
    co_return answer;
  }
  if (service == Service::Sqs) {
    auto answer = co_await call_sqs(std::move(context), std::move(operation), reader, std::move(request));
    co_return answer;
  }
  if (service == Service::Sns) {
    auto answer = co_await call_sns(std::move(context), std::move(operation), reader, std::move(request));
    co_return answer;
  }
  const auto* catalogue = catalogue_of(service);
  const auto* found = catalogue ? catalogue->find(operation) : nullptr;
  if (!found) co_return unknown(operation);
  auto answer = co_await run_operation(std::move(context), *found, reader, std::move(request));
  co_return answer;
}

}  // namespace signalbox::aws
