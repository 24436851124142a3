#include "services/gateway/invoke_task.h"

#include "services/gateway/api_model.h"
#include "services/gateway/gateway_records.h"

#include "http/text.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <array>

namespace signalbox::gateway {

namespace {

namespace asio = boost::asio;

WorkflowError bad_parameters(std::string cause) { return {.error = error_names::Runtime, .cause = std::move(cause)}; }

/// What is null is not sent, unless it is asked for.
Json without_nulls(const Json& value) {
  if (value.is_object()) {
    Json::Object members;
    for (const auto& member : value.members())
      if (!member.value.is_null()) members.push_back({member.name, without_nulls(member.value)});
    return Json(std::move(members));
  }
  if (!value.is_array()) return value;
  Json::Array elements;
  for (const auto& element : value.elements()) elements.push_back(without_nulls(element));
  return Json(std::move(elements));
}

/// `{"name": ["a", "b"]}` as pairs.
Pairs lists_of(const Json& parameters, std::string_view name, bool nulls) {
  Pairs pairs;
  const auto* map = parameters.find(name);
  if (!map || !map->is_object()) return pairs;
  for (const auto& [key, values] : map->members()) {
    const Json::Array one{values};
    for (const auto& value : values.is_array() ? values.elements() : one)
      if (nulls || !value.is_null()) pairs.emplace_back(key, plain_text(value));
  }
  return pairs;
}

/// Headers that Step Functions sets itself, or that belong to a connection.
bool is_forbidden(std::string_view header) {
  constexpr std::array names{"authorization", "connection", "content-md5",       "expect",  "host",    "max-forwards", "proxy-authenticate",
                             "server",        "te",         "transfer-encoding", "trailer", "upgrade", "via",          "www-authenticate"};
  const auto lower = media_type(header);
  return lower.starts_with("x-forwarded") || lower.starts_with("x-amz") || std::find(names.begin(), names.end(), lower) != names.end();
}

std::optional<std::string> fault_in(const Json& parameters) {
  constexpr std::array methods{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
  constexpr std::array authorizations{"NO_AUTH", "IAM_ROLE", "RESOURCE_POLICY", ""};
  const auto endpoint = member_text(parameters, "ApiEndpoint"), method = member_text(parameters, "Method"),
             authorization = member_text(parameters, "AuthType");
  if (endpoint.empty() || endpoint.find('/') != std::string::npos)
    return fmt::format("The ApiEndpoint '{}' is not the host name of an API", endpoint);
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) return fmt::format("The Method '{}' is no HTTP method", method);
  if (std::find(authorizations.begin(), authorizations.end(), authorization) == authorizations.end())
    return fmt::format("The AuthType '{}' is unknown", authorization);
  for (const auto& [name, value] : lists_of(parameters, "Headers", false)) {
    if (is_forbidden(name)) return fmt::format("The header '{}' cannot be set by apigateway:invoke", name);
    if ((name + value).find_first_of("\r\n") != std::string::npos) return fmt::format("The header '{}' has a line break", name);
  }
  return std::nullopt;
}

std::string path_of(const Json& parameters) {
  std::string path;
  for (const auto* name : {"Stage", "Path"}) {
    auto part = member_text(parameters, name);
    if (part.empty()) continue;
    path += part.starts_with('/') ? part : "/" + part;
  }
  return path.empty() ? "/" : path;
}

asio::awaitable<void> run(http::Handler serve, http::Request request, std::function<void(TaskAnswer)> done) {
  const auto response = co_await serve(std::move(request));
  done(invoke_answer(response));
}

}  // namespace

Evaluated<http::Request> invoke_request(const Json& parameters, const std::string& request_id) {
  if (auto fault = fault_in(parameters)) return bad_parameters(std::move(*fault));
  const auto* allowed = parameters.find("AllowNullValues");
  const bool nulls = allowed && *allowed == Json(true);
  http::Request request;
  request.method = member_text(parameters, "Method");
  request.path = path_of(parameters);
  request.query = lists_of(parameters, "QueryParameters", nulls);
  request.target = request.path;
  for (const auto& [name, value] : request.query)
    request.target += (request.target.find('?') == std::string::npos ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
  request.headers.add("Host", member_text(parameters, "ApiEndpoint"));
  for (auto& [name, value] : lists_of(parameters, "Headers", false)) request.headers.add(name, value);
  if (const auto* body = parameters.find("RequestBody"); body && !body->is_null()) {
    request.body = plain_text(nulls ? *body : without_nulls(*body));
    if (!request.headers.get("Content-Type")) request.headers.add("Content-Type", "application/json");
  }
  request.client_address = "127.0.0.1";
  request.listener = http::Listener::Public;
  request.request_id = request_id;
  return request;
}

TaskAnswer invoke_answer(const http::Response& response) {
  if (response.status >= 400) return WorkflowError{.error = fmt::format("ApiGateway.{}", response.status), .cause = response.body};
  Json headers = Json::empty_object();
  for (const auto& [name, value] : response.headers.all()) {
    Json::Array values;
    if (const auto* before = headers.find(name)) values = before->elements();
    values.emplace_back(value);
    headers = headers.with(name, Json(std::move(values)));
  }
  auto body = Json::parse(response.body);
  if (!body && !is_utf8(response.body)) return bad_parameters("The response of the API is no text");
  return json_object({{"Headers", headers},
                      {"ResponseBody", body ? *body : Json(response.body)},
                      {"StatusCode", response.status},
                      {"StatusText", http::reason_phrase(response.status)}});
}

void InvokeTask::call(const TaskCall& call, std::function<void(TaskAnswer)> done) {
  auto request = invoke_request(call.input, call.request_id);
  if (!request) return done(request.error());
  asio::co_spawn(executor_, run(serve_, std::move(*request), std::move(done)), log_failure("apigateway:invoke"));
}

}  // namespace signalbox::gateway
