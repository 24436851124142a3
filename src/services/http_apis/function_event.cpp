#include "services/http_apis/function_event.h"

#include "base/text.h"
#include "services/gateway/api_model.h"
#include "services/routes/proxy_event.h"
#include "signalbox/encoding.h"

#include <algorithm>

namespace signalbox::http_apis {

namespace {

/// The client's, by names in lower case, with what a front end adds.
Pairs headers_of(const Call& call, const http::Request& request) {
  Pairs headers;
  for (const auto& [name, value] : request.headers.all()) headers.emplace_back(ascii_lower(name), value);
  const auto add = [&](const char* name, std::string value) {
    if (!request.headers.get(name)) headers.emplace_back(name, std::move(value));
  };
  add("x-forwarded-for", request.client_address);
  add("x-forwarded-proto", "http");
  add("x-amzn-trace-id", call.trace_id);
  add("content-length", std::to_string(request.body.size()));
  return headers;
}

/// name → values joined by commas; null: there are none.
Json joined(const Pairs& pairs) {
  Json object = Json::empty_object();
  for (const auto& [name, value] : pairs) {
    const auto* before = object.find(name);
    object = object.with(name, Json(before ? std::string(before->as_string()) + "," + value : value));
  }
  return object;
}

/// Only what is said to be text, or JSON, is passed as it is.
bool is_encoded(const http::Request& request) {
  if (request.body.empty()) return false;
  const auto type = gateway::media_type(request.headers.get("Content-Type").value_or("text/plain"));
  const bool is_text = type.starts_with("text/") || type == "application/json" || type.ends_with("+json") || type == "application/xml" ||
                       type.ends_with("+xml") || type == "application/javascript";
  return !is_text || !is_utf8(request.body);
}

Json body_of(const http::Request& request) { return Json(is_encoded(request) ? base64_encode(request.body) : request.body); }

std::string raw_query(const http::Request& request) {
  const auto mark = request.target.find('?');
  return mark == std::string::npos ? std::string() : request.target.substr(mark + 1);
}

// ---- format 2.0 ------------------------------------------------------------------------------------------------------------------------

/// `a=1; b=2` of each header
Json cookies_of(const Pairs& headers) {
  Json::Array cookies;
  for (const auto& [name, value] : headers) {
    if (name != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      auto one = rest.substr(0, end);
      one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
      if (!one.empty()) cookies.emplace_back(one);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return Json(std::move(cookies));
}

Json request_context_2(const Call& call, const http::Request& request, const std::string& path) {
  const auto& context = call.context;
  const auto* identity = context.find("identity");
  const auto* agent = identity->find("userAgent");
  const Json http = json_object({{"method", request.method},
                                 {"path", path},
                                 {"protocol", *context.find("protocol")},
                                 {"sourceIp", *identity->find("sourceIp")},
                                 {"userAgent", agent->is_null() ? Json("") : *agent}});
  return json_object({{"accountId", *context.find("accountId")},
                      {"apiId", *context.find("apiId")},
                      {"domainName", *context.find("domainName")},
                      {"domainPrefix", *context.find("domainPrefix")},
                      {"http", http},
                      {"requestId", *context.find("requestId")},
                      {"routeKey", *context.find("routeKey")},
                      {"stage", *context.find("stage")},
                      {"time", *context.find("requestTime")},
                      {"timeEpoch", *context.find("requestTimeEpoch")}});
}

/// What has no members is left out, not null.
Json event_2(const Call& call, const http::Request& request) {
  auto headers = headers_of(call, request);
  const auto cookies = cookies_of(headers);
  std::erase_if(headers, [](const auto& header) { return header.first == "cookie"; });
  const auto path = request.path == call.request.path ? call.path : percent_decode(request.path, false);
  Json event = json_object(
      {{"version", "2.0"}, {"routeKey", *call.context.find("routeKey")}, {"rawPath", path}, {"rawQueryString", raw_query(request)}});
  if (cookies.size() > 0) event = event.with("cookies", cookies);
  event = event.with("headers", joined(headers));
  if (!request.query.empty()) event = event.with("queryStringParameters", joined(request.query));
  event = event.with("requestContext", request_context_2(call, request, path));
  if (!call.path_parameters.empty()) event = event.with("pathParameters", routes::last_values(call.path_parameters, false));
  if (call.stage_variables.size() > 0) event = event.with("stageVariables", call.stage_variables);
  if (!request.body.empty()) event = event.with("body", body_of(request));
  return event.with("isBase64Encoded", Json(is_encoded(request)));
}

// ---- format 1.0 ------------------------------------------------------------------------------------------------------------------------

Json identity_1(const Json& given) {
  Json identity = given;
  for (const auto* name : {"accessKey", "accountId", "caller", "cognitoAmr", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
                           "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"})
    identity = identity.with(name, Json());
  return identity;
}

Json event_1(const Call& call, const http::Request& request) {
  const auto headers = headers_of(call, request);
  const Json resource(call.route->parts.path.empty() ? call.route->key : call.route->parts.path);
  const auto path = request.path == call.request.path ? call.path : percent_decode(request.path, false);
  const Json context = call.context.without("routeKey")
                           .with("identity", identity_1(*call.context.find("identity")))
                           .with("resourceId", *call.context.find("routeKey"))
                           .with("resourcePath", resource);
  return json_object({{"version", "1.0"},
                      {"resource", resource},
                      {"path", path},
                      {"httpMethod", request.method},
                      {"headers", routes::last_values(headers, false)},
                      {"multiValueHeaders", routes::all_values(headers, false)},
                      {"queryStringParameters", routes::last_values(request.query, true)},
                      {"multiValueQueryStringParameters", routes::all_values(request.query, true)},
                      {"requestContext", context},
                      {"pathParameters", routes::last_values(call.path_parameters, true)},
                      {"stageVariables", call.stage_variables.size() == 0 ? Json() : call.stage_variables},
                      {"body", request.body.empty() ? Json() : body_of(request)},
                      {"isBase64Encoded", is_encoded(request)}});
}

// ---- answers ---------------------------------------------------------------------------------------------------------------------------

/// False if it would break the response, or is none.
bool add_header(http::Response& response, std::string_view name, const Json& value) {
  if (value.is_null() || value.is_object() || value.is_array()) return false;
  auto text = plain_text(value);
  if (name.empty() || name.find_first_of("\r\n: ") != std::string_view::npos || text.find_first_of("\r\n") != std::string::npos)
    return false;
  response.headers.add(std::string(name), std::move(text));
  return true;
}

bool add_all(http::Response& response, std::string_view name, const Json& values) {
  return values.is_array() && std::all_of(values.elements().begin(), values.elements().end(),
                                          [&](const Json& value) { return add_header(response, name, value); });
}

bool add_headers(const Json& answer, bool is_format_2, http::Response& response) {
  const auto* single = answer.find("headers");
  const auto* many = is_format_2 ? nullptr : answer.find("multiValueHeaders");
  if (single && !single->is_null() && !single->is_object()) return false;
  if (many && many->is_object())
    for (const auto& [name, values] : many->members())
      if (!add_all(response, name, values)) return false;
  if (single && single->is_object())
    for (const auto& [name, value] : single->members())
      if (!(many && many->find(name)) && !add_header(response, name, value)) return false;
  const auto* cookies = is_format_2 ? answer.find("cookies") : nullptr;
  return !cookies || cookies->is_null() || add_all(response, "set-cookie", *cookies);
}

std::optional<int> status_of(const Json& answer) {
  const auto* code = answer.find("statusCode");
  if (!code) return std::nullopt;
  const auto number = code->is_string() ? Json::parse(std::string(code->as_string())) : Result<Json>(*code);
  const auto status = number ? number->as_integer() : std::nullopt;
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  return static_cast<int>(*status);
}

bool set_body(const Json& answer, http::Response& response) {
  const auto* body = answer.find("body");
  if (!body || body->is_null()) return true;
  if (!body->is_string()) return false;
  response.body = body->as_string();
  const auto* encoded = answer.find("isBase64Encoded");
  if (!encoded || !(*encoded == Json(true))) return true;
  auto bytes = base64_decode(response.body);
  if (bytes) response.body = std::move(*bytes);
  return bytes.has_value();
}

std::optional<http::Response> structured(const Json& answer, bool is_format_2, std::string_view default_type) {
  const auto status = status_of(answer);
  if (!status) return std::nullopt;
  http::Response response{.status = *status};
  if (!add_headers(answer, is_format_2, response) || !set_body(answer, response)) return std::nullopt;
  if (!response.headers.get("content-type")) response.headers.add("Content-Type", std::string(default_type));
  return response;
}

}  // namespace

Json function_event(const Call& call, const http::Request& request, bool is_format_2) {
  return is_format_2 ? event_2(call, request) : event_1(call, request);
}

std::optional<http::Response> function_response(const FunctionOutcome& outcome, bool is_format_2, std::string_view default_type) {
  if (outcome.kind != FunctionOutcome::Kind::Answered) return std::nullopt;
  const auto answer = Json::parse(outcome.payload);
  if (!answer) return std::nullopt;
  const bool is_structured = answer->is_object() && answer->find("statusCode");
  if (is_structured || !is_format_2) return answer->is_object() ? structured(*answer, is_format_2, default_type) : std::nullopt;
  return http::json_response(200, plain_text(*answer));
}

}  // namespace signalbox::http_apis
