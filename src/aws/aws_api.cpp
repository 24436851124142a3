#include "aws/aws_api.h"

#include "aws/access/authorizer.h"
#include "aws/access/passed_roles.h"
#include "aws/access/permissions.h"
#include "aws/apigateway/apigateway.h"
#include "aws/apigatewayv2/apigatewayv2.h"
#include "aws/call.h"
#include "aws/cloudformation.h"
#include "aws/dispatch.h"
#include "aws/lambda/lambda.h"
#include "aws/query_form.h"
#include "aws/respond.h"
#include "aws/s3/s3.h"
#include "aws/scheduler/scheduler.h"
#include "aws/sfn/sfn.h"
#include "aws/sns/sns.h"
#include "aws/sqs/sqs.h"
#include "http/text.h"
#include "services/keys/authenticate.h"

namespace signalbox::aws {

namespace asio = boost::asio;

namespace {

/// What is wrong with the request before any operation looks at it.
Failure unknown_operation(const Call& call, bool known) {
  if (known)
    return {call.protocol == Protocol::Query ? "InvalidAction" : "UnsupportedOperationException",
            call.operation + " is an operation of AWS that is not supported here", 400};  // clients would repeat what a 5xx answers
  if (call.protocol == Protocol::Rest) return {"UnknownOperationException", "Not supported here: " + call.service_name, 404};
  if (call.protocol != Protocol::Query)
    return {"UnknownOperationException", "Unknown operation: " + call.service_name + "." + call.operation, 404};
  if (call.operation.empty()) return {"MissingAction", "The request must contain the parameter Action."};
  return {"InvalidAction", "The action " + call.operation + " is not valid for this endpoint.", 400};
}

std::string base_url(const http::Request& request) { return "http://" + std::string(request.headers.get("Host").value_or("127.0.0.1")); }

Answer<Json> read_body(const Call& call, const http::Request& request) {
  if (call.protocol == Protocol::Query)
    return call.service == Service::Sqs ? sqs_request_of_form(call.form, call.operation) : tree_of_form(call.form);
  if (request.body.empty()) return Json::empty_object();
  auto parsed = Json::parse(request.body);
  if (!parsed) return Failure{"SerializationException", parsed.error().message};
  if (!parsed->is_object()) return Failure{"SerializationException", "the request's body is not a JSON object"};
  return std::move(*parsed);
}

/// Named like the services' own texts for a request that is not, or wrongly, signed.
Failure refused(const Call& call, const Error& error) {
  const bool query = call.protocol == Protocol::Query;
  if (error.where == "InvalidSignatureException") return {query ? "SignatureDoesNotMatch" : error.where, error.message, 403};
  if (error.where == "ExpiredTokenException") return {query ? "ExpiredToken" : error.where, error.message, 403};
  if (error.where == "UnrecognizedClientException") return {query ? "InvalidClientTokenId" : error.where, error.message, 403};
  return {error.where.empty() ? "AccessDeniedException" : error.where, error.message, 403};
}

/// Whether it has code here: what has none is refused as unknown, whoever asks.
bool is_operation(const Call& call) {
  switch (call.service) {
    case Service::StepFunctions: return sfn::find_operation(call.operation) != nullptr;
    case Service::Sqs: return sqs::find_operation(call.operation) != nullptr;
    case Service::Sns: return sns::find_operation(call.operation) != nullptr;
    case Service::CloudFormation: return true;
    default: break;
  }
  const auto* catalogue = catalogue_of(call.service);
  return catalogue && catalogue->find(call.operation);
}

/// Whether the wire reaches the service here; not everything is wired in tests. REST has been answered before.
bool is_offered(const AwsServices& services, Service service) {
  if (service == Service::Lambda || service == Service::Scheduler || service == Service::ApiGateway) return false;
  if (service == Service::Events) return services.events != nullptr;
  return catalogue_of(service) != nullptr;
}

}  // namespace

struct AwsApi::Implementation {
  AwsServices services;
  const Reader& reader;

  /// By value: the request's parts live as long as the coroutine.
  static asio::awaitable<http::Response> answer(Implementation& self, http::Request request);
  static asio::awaitable<http::Response> answer_call(Implementation& self, Call call, http::Request request,
                                                     std::shared_ptr<const Caller> caller);
  /// Of an authenticated request, where it matters who it is; null for the account itself.
  [[nodiscard]] std::shared_ptr<const Caller> caller_of(const Call& call, const http::Request& request) const;
  static asio::awaitable<Answer<std::string>> step_functions(Implementation& self, const Call& call, Json parameters);
  static asio::awaitable<Answer<Json>> sqs(Implementation& self, const Call& call, Json parameters, std::string base);
  static asio::awaitable<Answer<Json>> sns(Implementation& self, const Call& call, Json parameters);
  static asio::awaitable<Answer<Json>> cloudformation(Implementation& self, const Call& call, OperationContext context, Json parameters);
  static asio::awaitable<Answer<Json>> neighbour(Implementation& self, const Call& call, OperationContext context, Json parameters);
};

asio::awaitable<Answer<std::string>> AwsApi::Implementation::step_functions(Implementation& self, const Call& call, Json parameters) {
  const sfn::Operation* operation = sfn::find_operation(call.operation);
  if (!operation) co_return unknown_operation(call, sfn::is_known(call.operation));
  if (auto fault = sfn::check_members(call.operation, parameters)) co_return *fault;
  const sfn::Api api{self.services.engine, self.reader, self.services.activity_signals};
  if (const auto* read = std::get_if<sfn::ReadOperation*>(operation)) co_return (*read)(api, parameters);
  auto result = co_await std::get<sfn::WriteOperation*>(*operation)(api, std::move(parameters));
  co_return result;
}

asio::awaitable<Answer<Json>> AwsApi::Implementation::sqs(Implementation& self, const Call& call, Json parameters, std::string base) {
  const auto operation = sqs::find_operation(call.operation);
  if (!operation) co_return unknown_operation(call, sqs::is_known(call.operation));
  const sqs::Api api{self.services.engine,        self.reader,         self.services.queues,
                     self.services.queue_service, self.services.moves, std::move(base)};
  auto result = co_await operation(api, std::move(parameters));
  co_return result;
}

asio::awaitable<Answer<Json>> AwsApi::Implementation::sns(Implementation& self, const Call& call, Json parameters) {
  const auto operation = sns::find_operation(call.operation);
  if (!operation) co_return unknown_operation(call, sns::is_known(call.operation));
  const sns::Api api{self.services.engine, self.reader, self.services.topics};
  auto result = co_await operation(api, std::move(parameters));
  co_return result;
}

asio::awaitable<Answer<Json>> AwsApi::Implementation::cloudformation(Implementation& self, const Call& call, OperationContext context,
                                                                     Json parameters) {
  CloudFormation& stacks = *self.services.cloudformation;
  if (!stacks.offers(call.operation)) co_return unknown_operation(call, stacks.knows(call.operation));
  auto result = co_await stacks.call(std::move(context), call.operation, std::move(parameters));
  co_return result;
}

asio::awaitable<Answer<Json>> AwsApi::Implementation::neighbour(Implementation& self, const Call& call, OperationContext context,
                                                                Json parameters) {
  const Catalogue& catalogue = *catalogue_of(call.service);
  const Operation* operation = catalogue.find(call.operation);
  if (!operation) co_return unknown_operation(call, catalogue.knows(call.operation));
  auto result = co_await run_operation(std::move(context), *operation, self.reader, std::move(parameters));
  co_return result;
}

asio::awaitable<http::Response> AwsApi::Implementation::answer(Implementation& self, http::Request request) {
  Call call = identify(request);
  const auto principal = self.services.authenticator.authenticate(request, self.services.engine.clock().now());
  if (call.service == Service::S3 && self.services.objects) {
    if (!principal) co_return s3::refusal(principal.error(), request);
    const s3::Api api{*self.services.objects, self.reader, self.services.authenticator, self.services.authorizer,
                      self.caller_of(call, request)};
    auto response = co_await s3::answer(api, std::move(request));
    co_return response;
  }
  if (!principal) co_return failure_answer(call, refused(call, principal.error()), request.request_id);
  auto caller = self.caller_of(call, request);
  auto response = co_await answer_call(self, std::move(call), std::move(request), std::move(caller));
  co_return response;
}

std::shared_ptr<const Caller> AwsApi::Implementation::caller_of(const Call& call, const http::Request& request) const {
  if (!services.authorizer && call.service != Service::Sts) return nullptr;
  auto session = services.authenticator.role_session(request);
  if (!session) return nullptr;
  return std::make_shared<const Caller>(Caller{.session = std::move(*session), .source_address = request.client_address});
}

asio::awaitable<http::Response> AwsApi::Implementation::answer_call(Implementation& self, Call call, http::Request request,
                                                                    std::shared_ptr<const Caller> caller) {
  if (request.path.starts_with("/service/")) {
    co_return failure_answer(
        Call{},
        Failure{"UnknownOperationException", "Smithy RPC v2 CBOR is not spoken here; use the JSON or Query protocol: " + request.path, 404},
        request.request_id);
  }
  if (call.service == Service::Lambda && self.services.functions) {
    OperationContext context{self.services, base_url(request), request.request_id, caller};
    auto response = co_await lambda::answer(std::move(context), self.reader, std::move(request));
    co_return response;
  }
  if (call.service == Service::Scheduler && self.services.schedules) {
    OperationContext context{self.services, base_url(request), request.request_id, caller};
    auto response = co_await scheduler::answer(std::move(context), self.reader, std::move(request));
    co_return response;
  }
  if (call.service == Service::ApiGateway) {
    OperationContext context{self.services, base_url(request), request.request_id, caller};
    const bool is_http_api = request.path.starts_with(apigatewayv2::path_prefix);
    auto work = is_http_api ? apigatewayv2::answer(std::move(context), self.reader, std::move(request))
                            : apigateway::answer(std::move(context), self.reader, std::move(request));
    auto response = co_await std::move(work);
    co_return response;
  }
  auto parameters = read_body(call, request);
  if (!parameters) co_return failure_answer(call, parameters.error(), request.request_id);
  // A queue's own URL names the queue. [SQS Query API]
  if (call.service == Service::Sqs && call.protocol == Protocol::Query && !parameters->find("QueueUrl") && request.path.size() > 1) {
    parameters = parameters->with("QueueUrl", Json(base_url(request) + request.path));
  }
  if (self.services.authorizer && is_operation(call)) {
    const OperationContext context{self.services, {}, request.request_id, caller};
    if (const auto denial = denied(context, call.service, call.operation, *parameters))
      co_return failure_answer(call, *denial, request.request_id);
    if (const auto refusal = refused_role(context, call.service, call.operation, *parameters))
      co_return failure_answer(call, *refusal, request.request_id);
  }
  switch (call.service) {
    case Service::StepFunctions: {
      auto result = co_await step_functions(self, call, std::move(*parameters));
      co_return result ? json_answer(call, std::move(*result)) : failure_answer(call, result.error(), request.request_id);
    }
    case Service::Sqs: {
      auto base = base_url(request);
      auto result = co_await sqs(self, call, std::move(*parameters), std::move(base));
      if (!result) co_return failure_answer(call, result.error(), request.request_id);
      co_return call.protocol == Protocol::Query ? query_answer(call, *result, request.request_id) : json_answer(call, result->text());
    }
    case Service::Sns: {
      auto result = co_await sns(self, call, std::move(*parameters));
      if (!result) co_return failure_answer(call, result.error(), request.request_id);
      co_return query_answer(call, *result, request.request_id);
    }
    case Service::CloudFormation: {
      if (!self.services.cloudformation) break;
      OperationContext context{self.services, base_url(request), request.request_id, caller};
      auto result = co_await cloudformation(self, call, std::move(context), std::move(*parameters));
      co_return result ? query_answer(call, *result, request.request_id) : failure_answer(call, result.error(), request.request_id);
    }
    default: break;
  }
  if (is_offered(self.services, call.service)) {
    OperationContext context{self.services, base_url(request), request.request_id, caller};
    auto result = co_await neighbour(self, call, std::move(context), std::move(*parameters));
    if (!result) co_return failure_answer(call, result.error(), request.request_id);
    co_return call.protocol == Protocol::Query ? query_answer(call, *result, request.request_id) : json_answer(call, result->text());
  }
  co_return failure_answer(call, unknown_operation(call, false), request.request_id);
}

AwsApi::AwsApi(AwsServices services) : implementation_(new Implementation{services, services.engine.loop_reader()}) {}
AwsApi::~AwsApi() = default;

http::Handler AwsApi::handler() {
  return [self = implementation_.get()](http::Request&& request) { return Implementation::answer(*self, std::move(request)); };
}

std::function<asio::awaitable<http::Response>(http::Request, std::string)> AwsApi::role_handler() {
  return [self = implementation_.get()](http::Request request, std::string role) {
    Call call = identify(request);
    std::shared_ptr<const Caller> caller;
    if (!role.empty())
      caller = std::make_shared<const Caller>(
          Caller{.session = {std::move(role), "BackplaneAssumeRoleSession"}, .source_address = request.client_address});
    return Implementation::answer_call(*self, std::move(call), std::move(request), std::move(caller));
  };
}

}  // namespace signalbox::aws
