#include "services/routes/proxy_event.h"

#include "http/text.h"
#include "signalbox/encoding.h"

#include <utility>
#include <vector>

namespace signalbox::routes {

namespace {

Json optional_header(const http::Request& request, std::string_view name) {
  const auto value = request.headers.get(name);
  return value ? Json(*value) : Json();
}

Json identity(const http::Request& request) {
  Json::Object members{{"sourceIp", request.client_address}, {"userAgent", optional_header(request, "user-agent")}};
  for (const auto* name : {"accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
                           "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"})
    members.push_back({name, Json()});
  return Json(std::move(members));
}

Json request_context(const http::Request& request, const Route& route, const Site& site, Timestamp now) {
  const auto host = std::string(request.headers.get("host").value_or("localhost"));
  return json_object({{"resourceId", hex_encode(digest(DigestAlgorithm::Md5, route.path)).substr(0, 6)},
                      {"resourcePath", route.path},
                      {"httpMethod", request.method},
                      {"extendedRequestId", request.request_id},
                      {"requestTime", http::common_log_time(now)},
                      {"path", request.path},
                      {"accountId", site.account},
                      {"protocol", "HTTP/1.1"},
                      {"stage", "Prod"},
                      {"domainPrefix", host.substr(0, host.find('.'))},
                      {"requestTimeEpoch", now.time_since_epoch().count()},
                      {"requestId", request.request_id},
                      {"identity", identity(request)},
                      {"domainName", host},
                      {"apiId", route.stack}});
}

http::Response message(int status, std::string_view text) { return http::json_response(status, json_object({{"message", text}}).text()); }

/// False if a header would break the response.
bool add_headers(const Json& answer, http::Response& response) {
  const auto add = [&](const std::string& name, const Json& value) {
    const auto text = plain_text(value);
    if (name.empty() || name.find_first_of("\r\n: ") != std::string::npos || text.find_first_of("\r\n") != std::string::npos) return false;
    response.headers.add(name, text);
    return true;
  };
  const auto* many = answer.find("multiValueHeaders");
  if (many && many->is_object())
    for (const auto& [name, values] : many->members()) {
      if (!values.is_array()) return false;
      for (const auto& value : values.elements())
        if (!add(name, value)) return false;
    }
  const auto* single = answer.find("headers");
  if (single && single->is_object())
    for (const auto& [name, value] : single->members())
      if (!(many && many->find(name)) && !add(name, value)) return false;
  return true;
}

}  // namespace

Json last_values(const std::vector<std::pair<std::string, std::string>>& pairs, bool null_if_empty) {
  if (pairs.empty() && null_if_empty) return Json();
  Json object = Json::empty_object();
  for (const auto& [name, value] : pairs) object = object.with(name, value);
  return object;
}

Json all_values(const std::vector<std::pair<std::string, std::string>>& pairs, bool null_if_empty) {
  if (pairs.empty() && null_if_empty) return Json();
  Json object = Json::empty_object();
  for (const auto& [name, value] : pairs) {
    Json::Array values;
    if (const auto* before = object.find(name)) values = before->elements();
    values.push_back(value);
    object = object.with(name, Json(std::move(values)));
  }
  return object;
}

Json proxy_event(const http::Request& request, const RouteMatch& match, const Site& site, Timestamp now) {
  const bool is_text = is_utf8(request.body);
  return json_object({{"resource", match.route.path},
                      {"path", request.path},
                      {"httpMethod", request.method},
                      {"headers", last_values(request.headers.all(), false)},
                      {"multiValueHeaders", all_values(request.headers.all(), false)},
                      {"queryStringParameters", last_values(request.query, true)},
                      {"multiValueQueryStringParameters", all_values(request.query, true)},
                      {"pathParameters", last_values(match.path_parameters, true)},
                      {"stageVariables", Json()},
                      {"requestContext", request_context(request, match.route, site, now)},
                      {"body", request.body.empty() ? Json()
                               : is_text            ? Json(request.body)
                                                    : Json(base64_encode(request.body))},
                      {"isBase64Encoded", !is_text}});
}

http::Response proxy_response(const FunctionOutcome& outcome) {
  const auto failed = [] { return message(502, "Internal server error"); };
  if (outcome.kind == FunctionOutcome::Kind::Throttled) return message(429, "Too Many Requests");
  if (outcome.kind != FunctionOutcome::Kind::Answered) return failed();
  const auto answer = Json::parse(outcome.payload);
  if (!answer || !answer->is_object()) return failed();
  const auto* code = answer->find("statusCode");
  auto status = code ? code->as_integer() : std::nullopt;
  if (code && code->is_string())
    if (const auto number = Json::parse(std::string(code->as_string()))) status = number->as_integer();
  if (!status || *status < 100 || *status > 599) return failed();
  http::Response response{.status = static_cast<int>(*status)};
  if (!add_headers(*answer, response)) return failed();
  if (const auto* body = answer->find("body"); body && !body->is_null()) {
    if (!body->is_string()) return failed();
    response.body = body->as_string();
  }
  if (const auto* encoded = answer->find("isBase64Encoded"); encoded && encoded->is_boolean() && encoded->as_boolean()) {
    auto bytes = base64_decode(response.body);
    if (!bytes) return failed();
    response.body = std::move(*bytes);
  }
  if (!response.headers.get("content-type")) response.headers.add("Content-Type", "application/json");
  return response;
}

http::Response timed_out_response() { return message(504, "Endpoint request timed out"); }

http::Response no_route_response() {
  auto response = message(403, "Missing Authentication Token");
  response.headers.add("x-amzn-ErrorType", "MissingAuthenticationTokenException");
  return response;
}

}  // namespace signalbox::routes
