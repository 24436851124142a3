#include "services/gateway/proxy_event.h"

#include "services/routes/proxy_event.h"

#include "signalbox/encoding.h"

namespace signalbox::gateway {

namespace {

/// name → last value; null where there is nothing, as AWS has it.
Json last_values(const Pairs& pairs) {
  if (pairs.empty()) return {};
  Json object = Json::empty_object();
  for (const auto& [name, value] : pairs) object = object.with(name, value);
  return object;
}

Json all_values(const Pairs& pairs) {
  if (pairs.empty()) return {};
  Json object = Json::empty_object();
  for (const auto& [name, value] : pairs) {
    Json::Array values;
    if (const auto* before = object.find(name)) values = before->elements();
    values.push_back(value);
    object = object.with(name, Json(std::move(values)));
  }
  return object;
}

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
  return !is_utf8(request.body) || is_binary(invocation.snapshot.binary_media_types, media_type(request.headers.get("Content-Type").value_or("application/json")));
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
                      {"headers", last_values(headers)},
                      {"multiValueHeaders", all_values(headers)},
                      {"queryStringParameters", last_values(request.query)},
                      {"multiValueQueryStringParameters", all_values(request.query)},
                      {"pathParameters", last_values(invocation.path_parameters)},
                      {"stageVariables", invocation.stage_variables.size() == 0 ? Json() : invocation.stage_variables},
                      {"requestContext", invocation.context.without("xrayTraceId")},
                      {"body", request.body.empty() ? Json() : Json(encoded ? base64_encode(request.body) : request.body)},
                      {"isBase64Encoded", encoded}});
}

std::optional<http::Response> proxy_response(const Invocation& invocation, const FunctionOutcome& outcome) {
  if (outcome.kind != FunctionOutcome::Kind::Answered) return std::nullopt;
  FunctionOutcome shown = outcome;
  if (!wants_binary(invocation))
    if (const auto answer = Json::parse(outcome.payload); answer && answer->is_object()) shown.payload = answer->without("isBase64Encoded").text();
  auto response = routes::proxy_response(shown);
  // The function's own 502 is told from the one that says that its answer has no form.
  const auto answer = Json::parse(shown.payload);
  const auto* status = answer && answer->is_object() ? answer->find("statusCode") : nullptr;
  const bool own = status && (*status == Json(502) || *status == Json("502"));
  if (response.status == 502 && !own) return std::nullopt;
  return response;
}

}  // namespace signalbox::gateway
