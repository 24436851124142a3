#include "services/gateway/proxy_event.h"

#include "services/routes/proxy_event.h"

#include "signalbox/encoding.h"

namespace signalbox::gateway {

namespace {

/// What a front end adds to the client's headers.
Pairs headers_of(const Invocation& invocation) {
  const auto& request = invocation.request;
  auto headers = request.headers;
  const auto add = [&](const char* name, std::string value) {
    if (!headers.get(name)) headers.add(name, std::move(value));
  };
  add("X-Forwarded-For", request.client_address);
  add("X-Forwarded-Proto", "http");
  add("X-Amzn-Trace-Id", text_at(invocation.context, "xrayTraceId").value_or(""));
  return headers.all();
}

bool is_encoded(const Invocation& invocation) {
  const auto& request = invocation.request;
  if (request.body.empty()) return false;
  return !is_utf8(request.body) ||
         is_binary(invocation.snapshot.binary_media_types, media_type(request.headers.get("Content-Type").value_or("application/json")));
}

/// Where the client accepts nothing binary, AWS sends base64 as it is.
bool wants_binary(const Invocation& invocation) {
  const auto accept = std::string(invocation.request.headers.get("Accept").value_or(""));
  return is_binary(invocation.snapshot.binary_media_types, media_type(std::string_view(accept).substr(0, accept.find(','))));
}

}  // namespace

Json proxy_event(const Invocation& invocation) {
  const auto& request = invocation.request;
  const auto headers = headers_of(invocation);
  const bool encoded = is_encoded(invocation);
  return json_object({{"resource", invocation.resource.path},
                      {"path", invocation.path},
                      {"httpMethod", request.method},
                      {"headers", routes::last_values(headers, true)},
                      {"multiValueHeaders", routes::all_values(headers, true)},
                      {"queryStringParameters", routes::last_values(request.query, true)},
                      {"multiValueQueryStringParameters", routes::all_values(request.query, true)},
                      {"pathParameters", routes::last_values(invocation.path_parameters, true)},
                      {"stageVariables", invocation.stage_variables.size() == 0 ? Json() : invocation.stage_variables},
                      {"requestContext", invocation.context.without("xrayTraceId")},
                      {"body", request.body.empty() ? Json() : Json(encoded ? base64_encode(request.body) : request.body)},
                      {"isBase64Encoded", encoded}});
}

std::optional<http::Response> proxy_response(const Invocation& invocation, const FunctionOutcome& outcome) {
  if (outcome.kind != FunctionOutcome::Kind::Answered) return std::nullopt;
  FunctionOutcome shown = outcome;
  if (!wants_binary(invocation))
    if (const auto answer = Json::parse(outcome.payload); answer && answer->is_object())
      shown.payload = answer->without("isBase64Encoded").text();
  auto response = routes::proxy_response(shown);
  // The function's own 502 is told from the one that says that its answer has no form.
  const auto answer = Json::parse(shown.payload);
  const auto* status = answer && answer->is_object() ? answer->find("statusCode") : nullptr;
  const bool own = status && (*status == Json(502) || *status == Json("502"));
  if (response.status == 502 && !own) return std::nullopt;
  return response;
}

}  // namespace signalbox::gateway
