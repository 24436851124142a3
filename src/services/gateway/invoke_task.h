#pragma once
/// `arn:aws:states:::apigateway:invoke` and its `.waitForTaskToken` form: a request to a stage of an API of this daemon, by the code that serves the public
/// listener. Source: Step Functions Developer Guide, "Create API Gateway REST APIs with Step Functions".

#include "http/http.h"
#include "signalbox/task_handler.h"

#include <boost/asio/any_io_executor.hpp>

#include <string>

namespace signalbox::gateway {

/// Reads ApiEndpoint (`API.execute-api.REGION.amazonaws.com`), Method, Stage, Path, Headers and QueryParameters (lists of texts), RequestBody, AllowNullValues,
/// AuthType (NO_AUTH; IAM_ROLE and RESOURCE_POLICY are the same here, where methods ask for no authorization). Gives `{Headers, ResponseBody, StatusCode, StatusText}`.
/// Raises `ApiGateway.STATUS`, the body being its cause, for 4xx and 5xx, and States.Runtime for parameters that are none.
class InvokeTask final : public ExternalTask {
 public:
  /// `serve` is used on the executor's thread.
  InvokeTask(boost::asio::any_io_executor executor, http::Handler serve) : executor_(std::move(executor)), serve_(std::move(serve)) {}
  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override;

 private:
  boost::asio::any_io_executor executor_;
  http::Handler serve_;
};

/// Pure parts.
[[nodiscard]] Evaluated<http::Request> invoke_request(const Json& parameters, const std::string& request_id);
[[nodiscard]] TaskAnswer invoke_answer(const http::Response& response);

}  // namespace signalbox::gateway
