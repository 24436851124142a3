#pragma once
/// HTTP tasks, `arn:aws:states:::http:invoke`: the request that a task's parameters and its connection mean, and the result of its answer. Pure.
/// Source: Step Functions Developer Guide, "Call HTTPS APIs".

#include "aws/events/connections.h"
#include "http/http.h"
#include "signalbox/json.h"
#include "signalbox/task_handler.h"

#include <string>
#include <string_view>

namespace signalbox::aws::http_task {

/// Authentication.ConnectionArn or InvocationConfig.ConnectionArn. Errors: States.Runtime.
[[nodiscard]] Evaluated<std::string> connection_arn_of(const Json& parameters);

/// What asks for an OAuth token. Precondition: the connection is one of OAUTH_CLIENT_CREDENTIALS.
[[nodiscard]] http::ClientRequest token_request(const events_api::Connection& connection);
/// The `access_token` of an answer; empty if it has none.
[[nodiscard]] std::string token_of(const http::Response& response);

/// Reads ApiEndpoint, Method, Headers, QueryParameters, RequestBody, Transform; what the connection says wins. `oauth_token` may be empty. The same
/// `request_id` comes with a repetition of the same call, as Idempotency-Key. Errors: States.Runtime.
[[nodiscard]] Evaluated<http::ClientRequest> make_request(const Json& parameters, const events_api::Connection& connection,
                                                          std::string_view oauth_token, std::string_view region,
                                                          std::string_view request_id);

/// {Headers, ResponseBody, StatusCode, StatusText}. Errors: States.Http.StatusCode.NNN for what is not 2xx, States.Runtime for a body that is no text.
[[nodiscard]] TaskAnswer answer_of(const http::Response& response);

/// A form of nested names: `a[b]=1&list[0]=x`. ArrayFormat: INDICES, REPEAT, COMMAS, BRACKETS.
[[nodiscard]] std::string url_encoded(const Json& body, std::string_view array_format);

}  // namespace signalbox::aws::http_task
