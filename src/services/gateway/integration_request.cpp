#include "services/gateway/integration_request.h"

#include "asl/yaml.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <charconv>

namespace signalbox::gateway {

namespace {

/// `integration.request.header.X` → header X, and so on.
void map_parameters(const Invocation& invocation, IntegrationRequest& into) {
  for (const auto& [target, source] : invocation.method.integration->parameters) {
    const auto value = mapped_value(source, invocation, nullptr);
    if (!value) continue;
    const auto name_after = [&target = target](std::string_view prefix) {
      return target.starts_with(prefix) ? std::optional(target.substr(prefix.size())) : std::nullopt;
    };
    if (const auto header = name_after("integration.request.header.")) into.headers.set(*header, *value);
    else if (const auto query = name_after("integration.request.querystring.")) into.query.emplace_back(*query, *value);
    else if (const auto path = name_after("integration.request.path.")) into.path.emplace_back(*path, *value);
  }
}

void replace(Pairs& pairs, const Pairs& by) {
  for (const auto& [name, value] : by) {
    std::erase_if(pairs, [&name = name](const auto& pair) { return pair.first == name; });
    pairs.emplace_back(name, value);
  }
}

/// The body of a request that no template is for; nothing: it is not let through.
std::optional<std::string> passed_through(const Integration& integration, const http::Request& request) {
  if (integration.passthrough == Integration::Passthrough::WhenNoMatch) return request.body;
  const bool allowed = integration.passthrough == Integration::Passthrough::WhenNoTemplates && integration.templates.empty();
  return allowed || request.body.empty() ? std::optional(request.body) : std::nullopt;
}

/// Only a payload can be of a type that no template is for.
const velocity::Template* template_for(const Integration& integration, const http::Request& request) {
  const auto type = request.headers.get("Content-Type").value_or("application/json");
  if (const auto* found = find_template(integration.templates, type)) return found;
  return request.body.empty() ? find_template(integration.templates, "application/json") : nullptr;
}

const Templates::value_type* choose(const Templates& templates, const http::Request& request) {
  const auto wanted = media_type(request.headers.get("Accept").value_or("application/json"));
  for (const auto& type : {wanted, std::string("application/json")}) {
    const auto found = std::find_if(templates.begin(), templates.end(), [&](const auto& one) { return media_type(one.first) == type; });
    if (found != templates.end()) return &*found;
  }
  return templates.empty() ? nullptr : &templates.front();
}

bool is_declared(const Method& method, const std::string& status) {
  return std::find(method.response_statuses.begin(), method.response_statuses.end(), status) != method.response_statuses.end();
}

}  // namespace

Refusal configuration_error() { return {"API_CONFIGURATION_ERROR", "Internal server error"}; }

std::variant<IntegrationRequest, Refusal> make_integration_request(const Invocation& invocation) {
  const auto& integration = *invocation.method.integration;
  IntegrationRequest request;
  map_parameters(invocation, request);
  const auto* text = template_for(integration, invocation.request);
  if (!text) {
    auto body = passed_through(integration, invocation.request);
    if (!body) return Refusal{"UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type"};
    request.body = std::move(*body);
    return request;
  }
  auto rendered = render(*text, invocation, invocation.request.body);
  if (!rendered && rendered.error().where == "body")
    return Refusal{"BAD_REQUEST_BODY", "Could not parse request body into json: " + rendered.error().message};
  if (!rendered) return configuration_error();
  request.body = std::move(rendered->text);
  for (const auto& [name, value] : rendered->request.headers) request.headers.set(name, value);
  replace(request.query, rendered->request.query);
  replace(request.path, rendered->request.path);
  return request;
}

IntegrationRequest make_proxy_request(const Invocation& invocation) {
  IntegrationRequest request;
  map_parameters(invocation, request);
  request.body = invocation.request.body;
  return request;
}

const IntegrationResponse* select_response(const Integration& integration, const IntegrationAnswer& answer) {
  // Of a function only what it failed with is looked at.
  const bool succeeded = answer.is_function && !answer.error_message;
  const auto looked_at = answer.error_message ? *answer.error_message : std::to_string(answer.status);
  const IntegrationResponse* fallback = nullptr;
  for (const auto& response : integration.responses) {
    if (!response.selection) fallback = &response;
    else if (!succeeded && re2::RE2::FullMatch(looked_at, *response.selection)) return &response;
  }
  return fallback;
}

std::variant<http::Response, Refusal> make_response(const Invocation& invocation, const IntegrationAnswer& answer) {
  const auto* selected = select_response(*invocation.method.integration, answer);
  if (!selected || !is_declared(invocation.method, selected->status)) return configuration_error();
  http::Response response;
  std::from_chars(selected->status.data(), selected->status.data() + selected->status.size(), response.status);
  response.body = answer.body;
  const bool of_server = invocation.method.integration->type == Integration::Type::Http;  // AWS's own types mean nothing to clients
  response.headers.set("Content-Type",
                       std::string(of_server ? answer.headers.get("Content-Type").value_or("application/json") : "application/json"));
  constexpr std::string_view prefix = "method.response.header.";
  Overrides overrides;
  if (const auto* text = choose(selected->templates, invocation.request)) {
    auto rendered = render(text->second, invocation, answer.body);
    if (!rendered) return configuration_error();
    response.body = std::move(rendered->text);
    response.headers.set("Content-Type", text->first);
    overrides = std::move(rendered->response);
  }
  for (const auto& [target, source] : selected->parameters)
    if (target.starts_with(prefix))
      if (const auto value = mapped_value(source, invocation, &answer); value && value->find_first_of("\r\n") == std::string::npos)
        response.headers.set(target.substr(prefix.size()), *value);
  for (const auto& [name, value] : overrides.headers)
    if ((name + value).find_first_of("\r\n") == std::string::npos) response.headers.set(name, value);
  if (overrides.status) response.status = *overrides.status;
  return response;
}

std::string resolve_uri(const Invocation& invocation, const IntegrationRequest& request) {
  std::string uri = invocation.method.integration->uri;
  const auto replace_all = [&](const std::string& name, const std::string& value) {
    for (auto at = uri.find(name); at != std::string::npos; at = uri.find(name, at + value.size())) uri.replace(at, name.size(), value);
  };
  for (const auto& member : invocation.stage_variables.members())
    replace_all("${stageVariables." + member.name + "}", text_at(invocation.stage_variables, member.name).value_or(""));
  for (const auto& [name, value] : request.path) replace_all("{" + name + "}", percent_encode(value));
  return uri;
}

std::optional<int> mock_status(const std::string& body) {
  const auto text = yaml_to_json(body);  // JSON with names and texts without quotes is YAML's flow style
  const auto value = text ? Json::parse(*text) : Json::parse("null");
  const auto* member = value ? value->find("statusCode") : nullptr;
  if (!member) return std::nullopt;
  const auto number = member->is_string() ? Json::parse(std::string(member->as_string())) : Result<Json>(*member);
  const auto status = number ? number->as_integer() : std::nullopt;
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  return static_cast<int>(*status);
}

}  // namespace signalbox::gateway
