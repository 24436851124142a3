#include "aws/http_task/http_request.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "http/text.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::http_task {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::chrono::seconds timeout{60};
constexpr std::size_t response_bytes_max = 256 * 1024;
constexpr std::array<std::string_view, 7> methods{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"};
/// What a task may not set. [HTTP Task fields, Headers]
constexpr std::array<std::string_view, 29> forbidden_headers{"a-im",
                                                             "accept-charset",
                                                             "accept-datetime",
                                                             "accept-encoding",
                                                             "authorization",
                                                             "cache-control",
                                                             "connection",
                                                             "content-encoding",
                                                             "content-md5",
                                                             "date",
                                                             "expect",
                                                             "forwarded",
                                                             "from",
                                                             "host",
                                                             "http2-settings",
                                                             "if-match",
                                                             "if-modified-since",
                                                             "if-none-match",
                                                             "if-range",
                                                             "if-unmodified-since",
                                                             "max-forwards",
                                                             "origin",
                                                             "pragma",
                                                             "proxy-authorization",
                                                             "referer",
                                                             "server",
                                                             "te",
                                                             "trailer",
                                                             "transfer-encoding"};
constexpr std::array<std::string_view, 3> forbidden_prefixes{"x-amz-", "x-amzn-", "x-forwarded-"};

/// A text converts to a WorkflowError too, whose first member it may be.
Evaluated<std::string> a_text(std::string text) { return {boost::system::in_place_value, std::move(text)}; }

WorkflowError runtime_error(std::string cause) { return {.error = "States.Runtime", .cause = std::move(cause)}; }

bool is_forbidden(std::string_view header) {
  const auto name = ascii_lower(header);
  return std::find(forbidden_headers.begin(), forbidden_headers.end(), name) != forbidden_headers.end() ||
         std::any_of(forbidden_prefixes.begin(), forbidden_prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// A header's value must not begin another one.
bool is_header_text(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos; }

std::string text_of(const Json& value) { return value.is_string() ? std::string(value.as_string()) : value.compact_text(); }

/// Key and Value of a connection's parameters of one kind.
Pairs connection_parameters(const Json* parameters, std::string_view kind) {
  Pairs found;
  const Json* list = parameters ? parameters->find(kind) : nullptr;
  if (!list || !list->is_array()) return found;
  for (const Json& each : list->elements()) found.emplace_back(member_text(each, "Key"), member_text(each, "Value"));
  return found;
}

void append(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form += percent_encode(name) + "=" + percent_encode(value);
}

void encode(std::string& form, const std::string& name, const Json& value, std::string_view array_format) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.members())
      encode(form, name.empty() ? std::string(key) : name + "[" + std::string(key) + "]", member, array_format);
    return;
  }
  if (!value.is_array()) return append(form, name, text_of(value));
  if (array_format == "COMMAS") {
    std::string all;
    for (const Json& element : value.elements()) all += (all.empty() ? "" : ",") + text_of(element);
    return append(form, name, all);
  }
  std::size_t index = 0;
  for (const Json& element : value.elements()) {
    const auto suffix = array_format == "REPEAT"     ? std::string()
                        : array_format == "BRACKETS" ? std::string("[]")
                                                     : "[" + std::to_string(index) + "]";
    encode(form, name + suffix, element, array_format);
    ++index;
  }
}

/// The endpoint's own query, the task's, and the connection's, which wins over both.
Evaluated<std::string> url_of(const Json& parameters, const Pairs& overriding) {
  auto url = member_text(parameters, "ApiEndpoint");
  if (!url.starts_with("https://") && !url.starts_with("http://"))
    return runtime_error("The ApiEndpoint must be a URL of http or https: " + url);
  if (const auto fragment = url.find('#'); fragment != std::string::npos) url.resize(fragment);
  std::string query;
  if (const auto mark = url.find('?'); mark != std::string::npos) {
    for (const auto& [name, value] : http::parse_form(std::string_view(url).substr(mark + 1))) append(query, name, value);
    url.resize(mark);
  }
  const auto is_overridden = [&](std::string_view name) {
    return std::any_of(overriding.begin(), overriding.end(), [&](const auto& pair) { return pair.first == name; });
  };
  if (const Json* given = parameters.find("QueryParameters")) {
    if (!given->is_object()) return runtime_error("The value of the field 'QueryParameters' must be an object");
    for (const auto& [name, value] : given->members()) {
      if (is_overridden(name)) continue;
      if (!value.is_array()) append(query, name, text_of(value));
      else
        for (const Json& each : value.elements()) append(query, name, text_of(each));
    }
  }
  for (const auto& [name, value] : overriding) append(query, name, value);
  return a_text(query.empty() ? url : url + "?" + query);
}

Evaluated<http::Headers> task_headers(const Json& parameters) {
  http::Headers headers;
  const Json* given = parameters.find("Headers");
  if (!given) return headers;
  if (!given->is_object()) return runtime_error("The value of the field 'Headers' must be an object");
  for (const auto& [name, value] : given->members()) {
    if (is_forbidden(name)) return runtime_error("The header '" + std::string(name) + "' is not allowed in an HTTP task");
    std::string text;
    if (value.is_array())
      for (const Json& each : value.elements()) text += (text.empty() ? "" : ", ") + text_of(each);
    else text = text_of(value);
    if (!is_header_text(name) || !is_header_text(text)) return runtime_error("The header '" + std::string(name) + "' has a line end in it");
    headers.set(name, text);
  }
  return headers;
}

/// The task's body with the connection's members; nothing if there is neither.
Evaluated<std::optional<Json>> merged_body(const Json& parameters, const Pairs& overriding) {
  const Json* given = parameters.find("RequestBody");
  if (overriding.empty()) return given ? std::optional(*given) : std::nullopt;
  if (given && !given->is_object())
    return runtime_error("The connection's body parameters cannot be merged with a RequestBody that is no object");
  Json body = given ? *given : Json::empty_object();
  for (const auto& [name, value] : overriding) body = body.with(name, Json(value));
  return std::optional(std::move(body));
}

Evaluated<std::string> serialised(const Json& body, const Json& parameters) {
  const Json* transform = parameters.find("Transform");
  const auto encoding = transform ? member_text(*transform, "RequestBodyEncoding") : "NONE";
  if (encoding == "URL_ENCODED") {
    const Json* options = transform->find("RequestEncodingOptions");
    const auto format = options ? member_text(*options, "ArrayFormat") : "INDICES";
    if (!body.is_object()) return runtime_error("A RequestBody that is to be URL-encoded must be an object");
    return a_text(url_encoded(body, format));
  }
  return a_text(text_of(body));
}

/// The header that proves who is asking.
void authorize(http::Headers& headers, const events_api::Connection& connection, std::string_view oauth_token) {
  const auto& given = connection.auth_parameters;
  if (const Json* basic = given.find("BasicAuthParameters")) {
    headers.set("Authorization", "Basic " + base64_encode(member_text(*basic, "Username") + ":" + member_text(*basic, "Password")));
  } else if (const Json* key = given.find("ApiKeyAuthParameters")) {
    headers.set(member_text(*key, "ApiKeyName"), member_text(*key, "ApiKeyValue"));
  } else if (!oauth_token.empty()) {
    headers.set("Authorization", "Bearer " + std::string(oauth_token));
  }
}

bool is_unreadable(std::string_view content_type) {
  const auto type = ascii_lower(content_type);
  for (const std::string_view prefix : {"application/octet-stream", "image/", "video/", "audio/"}) {
    if (type.starts_with(prefix)) return true;
  }
  return false;
}

/// A body of JSON is shown as such, anything else as a text.
Json body_json(const http::Response& response) {
  const auto type = ascii_lower(response.headers.get("Content-Type").value_or(""));
  if (type.find("json") != std::string::npos && !response.body.empty()) {
    if (auto parsed = Json::parse(response.body)) return std::move(*parsed);
  }
  return Json(response.body);
}

Json headers_json(const http::Headers& headers) {
  std::vector<std::pair<std::string, Json::Array>> grouped;
  for (const auto& [name, value] : headers.all()) {
    const auto key = ascii_lower(name);
    const auto found = std::find_if(grouped.begin(), grouped.end(), [&](const auto& each) { return each.first == key; });
    if (found != grouped.end()) found->second.emplace_back(value);
    else grouped.push_back({key, {Json(value)}});
  }
  Json::Object out;
  for (auto& [name, values] : grouped) out.push_back({name, Json(std::move(values))});
  return Json(std::move(out));
}

}  // namespace

Evaluated<std::string> connection_arn_of(const Json& parameters) {
  for (const char* holder : {"Authentication", "InvocationConfig"}) {
    const Json* given = parameters.find(holder);
    if (given && given->is_object()) {
      if (auto arn = member_text(*given, "ConnectionArn"); !arn.empty()) return a_text(std::move(arn));
    }
  }
  return runtime_error("The field 'ConnectionArn' is required but was missing");
}

std::string url_encoded(const Json& body, std::string_view array_format) {
  std::string form;
  encode(form, "", body, array_format);
  return form;
}

http::ClientRequest token_request(const events_api::Connection& connection) {
  const Json& oauth = *connection.auth_parameters.find("OAuthParameters");
  const Json& client = *oauth.find("ClientParameters");
  const Json* extra = oauth.find("OAuthHttpParameters");
  http::ClientRequest request{.method = member_text(oauth, "HttpMethod"),
                              .url = member_text(oauth, "AuthorizationEndpoint"),
                              .headers = {},
                              .body = {},
                              .timeout = timeout};
  Pairs form = connection_parameters(extra, "BodyParameters");
  const auto has = [&](std::string_view name) {
    return std::any_of(form.begin(), form.end(), [&](const auto& pair) { return pair.first == name; });
  };
  if (!has("grant_type")) form.emplace_back("grant_type", "client_credentials");
  form.emplace_back("client_id", member_text(client, "ClientID"));
  form.emplace_back("client_secret", member_text(client, "ClientSecret"));
  std::string query, text;
  for (const auto& [name, value] : connection_parameters(extra, "QueryStringParameters")) append(query, name, value);
  for (const auto& [name, value] : form) append(request.method == "GET" ? query : text, name, value);
  if (!query.empty()) request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + query;
  if (request.method != "GET") request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.set("Accept", "application/json");
  for (const auto& [name, value] : connection_parameters(extra, "HeaderParameters")) request.headers.set(name, value);
  request.body = std::move(text);
  return request;
}

std::string token_of(const http::Response& response) {
  if (response.status < 200 || response.status > 299) return {};
  const auto parsed = Json::parse(response.body);
  return parsed && parsed->is_object() ? member_text(*parsed, "access_token") : std::string();
}

Evaluated<http::ClientRequest> make_request(const Json& parameters, const events_api::Connection& connection, std::string_view oauth_token,
                                            std::string_view region, std::string_view request_id) {
  http::ClientRequest request{.method = member_text(parameters, "Method"),
                              .url = {},
                              .headers = {},
                              .body = {},
                              .timeout = timeout,
                              .response_bytes_max = response_bytes_max};
  if (std::find(methods.begin(), methods.end(), request.method) == methods.end())
    return runtime_error("The Method '" + request.method + "' is not supported in an HTTP task");
  const Json* invocation = connection.auth_parameters.find("InvocationHttpParameters");
  auto url = url_of(parameters, connection_parameters(invocation, "QueryStringParameters"));
  if (!url) return url.error();
  request.url = std::move(*url);
  auto headers = task_headers(parameters);
  if (!headers) return headers.error();
  request.headers = std::move(*headers);
  const auto body = merged_body(parameters, connection_parameters(invocation, "BodyParameters"));
  if (!body) return body.error();
  if (*body) {
    auto text = serialised(**body, parameters);
    if (!text) return text.error();
    request.body = std::move(*text);
    if (!request.headers.get("Content-Type")) request.headers.set("Content-Type", "application/json; charset=UTF-8");
  }
  if (!request.headers.get("Idempotency-Key")) request.headers.set("Idempotency-Key", std::string(request_id));
  request.headers.set("User-Agent", "Amazon|StepFunctions|HttpInvoke|" + std::string(region));
  request.headers.set("Range", "bytes=0-262144");
  for (const auto& [name, value] : connection_parameters(invocation, "HeaderParameters")) request.headers.set(name, value);
  authorize(request.headers, connection, oauth_token);
  for (const auto& [name, value] : request.headers.all()) {
    if (!is_header_text(value)) return runtime_error("The header '" + name + "' has a line end in it");
  }
  return request;
}

TaskAnswer answer_of(const http::Response& response) {
  if (is_unreadable(response.headers.get("Content-Type").value_or("")) || !is_utf8(response.body))
    return runtime_error("The response of the HTTP task is no text");
  if (response.status < 200 || response.status > 299)
    return WorkflowError{.error = "States.Http.StatusCode." + std::to_string(response.status), .cause = response.body};
  return json_object({{"Headers", headers_json(response.headers)},
                      {"ResponseBody", body_json(response)},
                      {"StatusCode", response.status},
                      {"StatusText", Json(std::string(http::reason_phrase(response.status)))}});
}

}  // namespace signalbox::aws::http_task
