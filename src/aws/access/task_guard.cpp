#include "aws/access/task_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/sdk/sdk_shapes.h"
#include "services/sdk_task.h"
#include "signalbox/encoding.h"

namespace signalbox::aws {

namespace {

/// The optimised integrations: which call of which service, and how its refusal looks.
struct Integration {
  std::string_view resource_type, action;
  Service service;
  std::string_view operation;
  std::string_view error;        ///< the name that the state fails with
  std::string_view sdk_service;  ///< `(Service: …`
};
constexpr std::array integrations{
    Integration{"lambda", "invoke", Service::Lambda, "Invoke", "Lambda.AWSLambdaException", "AWSLambda"},
    Integration{"sqs", "sendMessage", Service::Sqs, "SendMessage", "SQS.AmazonSQSException", "AmazonSQS"},
    Integration{"sns", "publish", Service::Sns, "Publish", "SNS.AuthorizationErrorException", "AmazonSNS"},
    Integration{"events", "putEvents", Service::Events, "PutEvents", "EventBridge.AmazonEventBridgeException", "AmazonEventBridge"},
    Integration{"states", "startExecution", Service::StepFunctions, "StartExecution", "StepFunctions.AWSStepFunctionsException",
                "AWSStepFunctions"}};

/// Actions of `aws-sdk:s3` that have another name than the permission that they need.
struct S3Action {
  std::string_view action, permission;
};
constexpr std::array s3_actions{S3Action{"headObject", "GetObject"},         S3Action{"listObjectsV2", "ListBucket"},
                                S3Action{"listObjects", "ListBucket"},       S3Action{"headBucket", "ListBucket"},
                                S3Action{"listBuckets", "ListAllMyBuckets"}, S3Action{"copyObject", "PutObject"},
                                S3Action{"deleteObjects", "DeleteObject"}};

std::string pascal(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 32);
  return out;
}

/// `(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; …)`, as the older SDK for Java writes it.
WorkflowError optimised_error(const Integration& integration, const Refusal& refusal, const std::string& request_id) {
  const auto failure = access_denied(integration.service, refusal);
  return {.error = std::string(integration.error),
          .cause = fmt::format("{} (Service: {}; Status Code: {}; Error Code: {}; Request ID: {}; Proxy: null)", failure.message,
                               integration.sdk_service, failure.status, failure.query_code.value_or(failure.code), request_id)};
}

/// The call's parameters as the wire spells them, so far as the tables of permissions look at them.
Json wire_input(const Integration& integration, const Json& input) {
  if (integration.service != Service::StepFunctions) return input;
  const auto* arn = input.find("StateMachineArn");
  return arn ? json_object({{"stateMachineArn", *arn}}) : Json::empty_object();
}

/// One call being looked at.
class Guard {
 public:
  Guard(Authorizer& authorizer, const Site& site, const TaskCall& call)
      : authorizer_(authorizer), call_(call), caller_(caller_of(call)), context_{site, authorizer.reader()} {}

  std::optional<WorkflowError> refuse() {
    if (auto error = refuse_credentials()) return error;
    if (std::holds_alternative<FunctionResource>(call_.resource.kind)) {
      const auto refusal =
          authorizer_.refuse(caller_, needs_of(Service::Lambda, context_, "Invoke", json_object({{"FunctionName", call_.resource.arn}})));
      return refusal ? std::optional(optimised_error(integrations.front(), *refusal, call_.request_id)) : std::nullopt;
    }
    const auto* service = std::get_if<ServiceResource>(&call_.resource.kind);
    return service ? refuse_service(*service) : std::nullopt;
  }

 private:
  /// A state's Credentials name a role that the machine's own must be allowed to take.
  std::optional<WorkflowError> refuse_credentials() {
    if (call_.machine_role_arn.empty() || call_.machine_role_arn == call_.role_arn) return std::nullopt;
    auto machine = caller_;
    machine.session.role_arn = call_.machine_role_arn;
    if (!authorizer_.refuse_assuming(&machine, call_.role_arn)) return std::nullopt;
    return WorkflowError{
        .error = "States.TaskFailed",
        .cause = fmt::format("The role {} is not authorized to assume the task state's role, {}.", call_.machine_role_arn, call_.role_arn)};
  }

  std::optional<WorkflowError> refuse_service(const ServiceResource& service) {
    constexpr std::string_view sdk_prefix = "aws-sdk:";
    if (service.resource_type.starts_with(sdk_prefix)) return refuse_sdk(service.resource_type.substr(sdk_prefix.size()), service.action);
    if (service.resource_type == "http") return refuse_http();
    const auto found = std::find_if(integrations.begin(), integrations.end(), [&](const Integration& each) {
      return each.resource_type == service.resource_type && each.action == service.action;
    });
    if (found == integrations.end()) return std::nullopt;  // API Gateway's methods ask for no permission here
    const auto refusal = authorizer_.refuse(caller_, needs_of(found->service, context_, found->operation, wire_input(*found, call_.input)));
    return refusal ? std::optional(optimised_error(*found, *refusal, call_.request_id)) : std::nullopt;
  }

  std::optional<WorkflowError> refuse_sdk(const std::string& name, const std::string& action) {
    if (name == "s3") return refuse_s3(action);
    const auto& services = sdk::services();
    const auto service = std::find_if(services.begin(), services.end(), [&](const sdk::SdkService& each) { return each.resource == name; });
    if (service == services.end()) return std::nullopt;
    const auto operation = pascal(action);
    const bool assumes = service->service == Service::Sts && operation == "AssumeRole";
    const auto refusal = assumes ? authorizer_.refuse_assuming(&caller_, member_text(call_.input, "RoleArn"))
                                 : authorizer_.refuse(caller_, needs_of(service->service, context_, operation,
                                                                        sdk::wire_request(*service, operation, call_.input)));
    return refusal ? std::optional(sdk::task_error(*service, access_denied(service->service, *refusal), call_.request_id)) : std::nullopt;
  }

  std::optional<WorkflowError> refuse_s3(const std::string& action) {
    const auto found = std::find_if(s3_actions.begin(), s3_actions.end(), [&](const S3Action& each) { return each.action == action; });
    const auto bucket = member_text(call_.input, "Bucket"), key = member_text(call_.input, "Key");
    const auto resource = "arn:aws:s3:::" + (bucket.empty() ? "*" : bucket) + (key.empty() ? "" : "/" + key);
    Needs needs{{"s3:" + (found == s3_actions.end() ? pascal(action) : std::string(found->permission)), resource}};
    if (action == "copyObject") needs.push_back({"s3:GetObject", "arn:aws:s3:::" + member_text(call_.input, "CopySource")});
    const auto refusal = authorizer_.refuse(caller_, needs);
    constexpr int forbidden = 403;
    return refusal ? std::optional(sdk_error("S3", "AccessDenied", false, refusal->text, forbidden, call_.request_id, true)) : std::nullopt;
  }

  /// Both are needed: the endpoint, and the connection's secrets.
  std::optional<WorkflowError> refuse_http() {
    access::Request endpoint{"states:InvokeHTTPEndpoint", call_.state_machine_arn};
    endpoint.keys["states:httpendpoint"] = {member_text(call_.input, "ApiEndpoint")};
    endpoint.keys["states:httpmethod"] = {member_text(call_.input, "Method")};
    if (const auto refusal = authorizer_.refuse(caller_, {endpoint}))
      return WorkflowError{.error = "States.Http.AccessDenied", .cause = refusal->text};
    const auto* authentication = call_.input.find("Authentication");
    const auto connection = authentication ? member_text(*authentication, "ConnectionArn") : std::string();
    const auto refusal = authorizer_.refuse(caller_, {{"events:RetrieveConnectionCredentials", connection}});
    return refusal ? std::optional(WorkflowError{.error = "Events.ConnectionResource.AccessDenied", .cause = refusal->text}) : std::nullopt;
  }

  Authorizer& authorizer_;
  const TaskCall& call_;
  Caller caller_;
  NeedContext context_;
};

}  // namespace

/// Step Functions calls a session by 32 letters; here an execution's are always the same.
Caller caller_of(const TaskCall& call) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string name;
  for (const char byte : digest(DigestAlgorithm::Sha256, call.execution_arn))
    name += letters[static_cast<unsigned char>(byte) % letters.size()];
  return Caller{.session = {call.role_arn, std::move(name)}};
}

std::optional<WorkflowError> refuse_task(Authorizer& authorizer, const Site& site, const TaskCall& call) {
  if (call.role_arn.empty()) return std::nullopt;  // a state that is tried without a role
  return Guard(authorizer, site, call).refuse();
}

}  // namespace signalbox::aws
