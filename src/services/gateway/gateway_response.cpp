#include "services/gateway/gateway_response.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace signalbox::gateway {

namespace {

constexpr std::array types{ResponseType{"ACCESS_DENIED", 403, "AccessDeniedException"},
                           ResponseType{"API_CONFIGURATION_ERROR", 500, "InternalServerErrorException"},
                           ResponseType{"AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException"},
                           ResponseType{"AUTHORIZER_FAILURE", 500, "AuthorizerFailureException"},
                           ResponseType{"BAD_REQUEST_BODY", 400, "BadRequestException"},
                           ResponseType{"BAD_REQUEST_PARAMETERS", 400, "BadRequestException"},
                           ResponseType{"DEFAULT_4XX", 400, "BadRequestException"},
                           ResponseType{"DEFAULT_5XX", 500, "InternalServerErrorException"},
                           ResponseType{"EXPIRED_TOKEN", 403, "ExpiredTokenException"},
                           ResponseType{"INTEGRATION_FAILURE", 504, "InternalServerErrorException"},
                           ResponseType{"INTEGRATION_TIMEOUT", 504, "InternalServerErrorException"},
                           ResponseType{"INVALID_API_KEY", 403, "ForbiddenException"},
                           ResponseType{"INVALID_SIGNATURE", 403, "InvalidSignatureException"},
                           ResponseType{"MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException"},
                           ResponseType{"QUOTA_EXCEEDED", 429, "LimitExceededException"},
                           ResponseType{"REQUEST_TOO_LARGE", 413, "RequestTooLargeException"},
                           ResponseType{"RESOURCE_NOT_FOUND", 404, "NotFoundException"},
                           ResponseType{"THROTTLED", 429, "TooManyRequestsException"},
                           ResponseType{"UNAUTHORIZED", 401, "UnauthorizedException"},
                           ResponseType{"UNSUPPORTED_MEDIA_TYPE", 415, "BadRequestException"},
                           ResponseType{"WAF_FILTERED", 403, "ForbiddenException"}};

std::string json_string(std::string_view text) {
  std::string literal;
  append_json_string(literal, text);
  return literal;
}

/// The API's own of the type, or of the default for its class; null: none.
const GatewayResponse* own_response(const ApiSnapshot& snapshot, const ResponseType& type) {
  for (const std::string_view name : {type.name, std::string_view(type.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX")})
    if (const auto found = snapshot.responses.find(std::string(name)); found != snapshot.responses.end()) return &found->second;
  return nullptr;
}

int status_of(const GatewayResponse* own, int status) {
  if (own && !own->status.empty()) std::from_chars(own->status.data(), own->status.data() + own->status.size(), status);
  return status;
}

/// The template for what the client accepts, `application/json`, or the first.
const Pairs::value_type* choose(const Pairs& templates, const http::Request& request) {
  const auto wanted = media_type(request.headers.get("Accept").value_or("application/json"));
  for (const auto& type : {wanted, std::string("application/json")}) {
    const auto found = std::find_if(templates.begin(), templates.end(), [&](const auto& one) { return media_type(one.first) == type; });
    if (found != templates.end()) return &*found;
  }
  return templates.empty() ? nullptr : &templates.front();
}

}  // namespace

std::span<const ResponseType> response_types() { return types; }

const ResponseType* find_response_type(std::string_view name) {
  const auto found = std::find_if(types.begin(), types.end(), [&](const ResponseType& type) { return type.name == name; });
  return found == types.end() ? nullptr : &*found;
}

http::Response gateway_response(std::string_view type_name, const std::string& message, Invocation invocation, std::optional<int> status) {
  const auto* type = find_response_type(type_name);
  SIGNALBOX_ASSERT(type != nullptr);
  const auto* own = own_response(invocation.snapshot, *type);
  invocation.context = invocation.context.with(
      "error", json_object({{"message", message}, {"messageString", json_string(message)}, {"responseType", type->name}}));
  const auto* text = own ? choose(own->templates, invocation.request) : nullptr;
  auto response = http::json_response(status_of(own, status.value_or(type->status)),
                                      text ? substitute(text->second, invocation, "") : "{\"message\":" + json_string(message) + "}");
  if (text) response.headers.set("Content-Type", text->first);
  response.headers.set("x-amzn-ErrorType", std::string(type->error_type));
  if (!own) return response;
  constexpr std::string_view prefix = "gatewayresponse.header.";
  for (const auto& [target, source] : own->parameters)
    if (target.starts_with(prefix))
      if (const auto value = mapped_value(source, invocation, nullptr)) response.headers.set(target.substr(prefix.size()), *value);
  return response;
}

http::Response forbidden_response() {
  auto response = http::json_response(403, R"({"message":"Forbidden"})");
  response.headers.set("x-amzn-ErrorType", "ForbiddenException");
  return response;
}

}  // namespace signalbox::gateway
