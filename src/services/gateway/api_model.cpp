#include "services/gateway/api_model.h"

#include "base/text.h"
#include "services/gateway/gateway_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::gateway {

namespace {

Error invalid(std::string message) { return error(ErrorCode::InvalidArgument, std::move(message), "BadRequestException"); }

bool flag(const Json& object, std::string_view name) {
  const auto* value = object.find(name);
  return value && (value->is_boolean() ? value->as_boolean() : *value == Json("true"));
}

Result<Templates> read_templates(const Json& object, std::string_view name) {
  Templates templates;
  for (const auto& [type, text] : texts_of(object, name)) {
    auto parsed = velocity::Template::parse(text);
    if (!parsed) return invalid(fmt::format("the template for {} is faulty: {} ({})", type, parsed.error().message, parsed.error().where));
    templates.emplace_back(type, std::move(*parsed));
  }
  return templates;
}

Result<IntegrationResponse> read_response(const std::string& status, const Json& record) {
  IntegrationResponse response;
  response.status = status;
  if (const auto pattern = member_text(record, "selectionPattern"); !pattern.empty()) {
    response.selection = std::make_shared<const re2::RE2>(pattern, re2::RE2::Quiet);
    if (!response.selection->ok())
      return invalid(fmt::format("the selection pattern '{}' cannot be used: {}", pattern, response.selection->error()));
  }
  response.parameters = texts_of(record, "responseParameters");
  auto templates = read_templates(record, "responseTemplates");
  if (!templates) return templates.error();
  response.templates = std::move(*templates);
  return response;
}

std::optional<Integration::Type> type_of(std::string_view name) {
  if (name == "AWS") return Integration::Type::Aws;
  if (name == "AWS_PROXY") return Integration::Type::AwsProxy;
  if (name == "HTTP") return Integration::Type::Http;
  if (name == "HTTP_PROXY") return Integration::Type::HttpProxy;
  if (name == "MOCK") return Integration::Type::Mock;
  return std::nullopt;
}

Result<Integration::Passthrough> passthrough_of(std::string_view name) {
  if (name.empty() || name == "WHEN_NO_MATCH") return Integration::Passthrough::WhenNoMatch;
  if (name == "WHEN_NO_TEMPLATES") return Integration::Passthrough::WhenNoTemplates;
  if (name == "NEVER") return Integration::Passthrough::Never;
  return invalid(fmt::format("Invalid passthrough behavior specified: {}", name));
}

/// What the wire would accept and what would then be ignored here.
std::optional<Error> refused(const Json& record) {
  if (member_text(record, "connectionType") == "VPC_LINK") return invalid("the integration's connectionType VPC_LINK is not offered here");
  if (!member_text(record, "contentHandling").empty()) return invalid("the integration's contentHandling is not offered here");
  return std::nullopt;
}

Result<Integration> read_integration(const Json& record) {
  if (auto fault = refused(record)) return *fault;
  Integration integration;
  const auto type = type_of(member_text(record, "type"));
  if (!type) return invalid("Invalid integration type specified");
  integration.type = *type;
  integration.http_method = member_text(record, "httpMethod");
  integration.uri = member_text(record, "uri");
  if (*type != Integration::Type::Mock && integration.uri.empty())
    return invalid("Uri must be specified for integration types other than MOCK");
  auto passthrough = passthrough_of(member_text(record, "passthroughBehavior"));
  if (!passthrough) return passthrough.error();
  integration.passthrough = *passthrough;
  integration.parameters = texts_of(record, "requestParameters");
  auto templates = read_templates(record, "requestTemplates");
  if (!templates) return templates.error();
  integration.templates = std::move(*templates);
  integration.credentials = member_text(record, "credentials");
  if (const auto* timeout = record.find("timeoutInMillis")) {
    const auto ms = timeout->as_integer();
    if (!ms || *ms < 50 || *ms > 300'000) return invalid("Timeout should be between 50 ms and 29000 ms");
    integration.timeout = std::chrono::milliseconds{*ms};
  }
  const auto* responses = record.find("integrationResponses");
  if (!responses || !responses->is_object()) return integration;
  for (const auto& member : responses->members()) {
    auto response = read_response(member.name, member.value);
    if (!response) return response.error();
    if (!member_text(member.value, "contentHandling").empty())
      return invalid("an integration response's contentHandling is not offered here");
    integration.responses.push_back(std::move(*response));
  }
  return integration;
}

ApiResource read_resource(const Json& record) {
  return {.id = member_text(record, "id"), .path = member_text(record, "path"), .methods = {}};
}

}  // namespace

Result<Method> read_method(const Json& record) {
  Method method;
  method.http_method = member_text(record, "httpMethod");
  method.api_key_required = flag(record, "apiKeyRequired");
  if (const auto* parameters = record.find("requestParameters"); parameters && parameters->is_object())
    for (const auto& member : parameters->members()) method.parameters.emplace_back(member.name, flag(*parameters, member.name));
  for (auto& [type, model] : texts_of(record, "requestModels")) method.models.emplace(media_type(type), std::move(model));
  method.validator = member_text(record, "requestValidatorId");
  if (const auto* responses = record.find("methodResponses"); responses && responses->is_object())
    for (const auto& member : responses->members()) method.response_statuses.push_back(member.name);
  const auto* integration = record.find("methodIntegration");
  if (!integration || !integration->is_object()) return method;
  auto read = read_integration(*integration);
  if (!read) return read.error();
  method.integration = std::move(*read);
  return method;
}

Result<ApiSnapshot> read_snapshot(const Json& deployment) {
  ApiSnapshot snapshot;
  snapshot.deployment = member_text(deployment, "id");
  const Json* source = deployment.find("snapshot");
  SIGNALBOX_ASSERT(source != nullptr);
  const Json api = *source->find("api");
  snapshot.api = member_text(api, "id");
  if (const auto* types = api.find("binaryMediaTypes"); types && types->is_array())
    for (const auto& type : types->elements()) snapshot.binary_media_types.push_back(type.is_string() ? media_type(type.as_string()) : "");
  for (const auto& record : source->find("resources")->elements()) {
    auto resource = read_resource(record);
    if (const auto* methods = record.find("resourceMethods"))
      for (const auto& member : methods->members()) {
        auto method = read_method(member.value);
        if (!method) return method.error();
        resource.methods.push_back(std::move(*method));
      }
    snapshot.resources.push_back(std::move(resource));
  }
  for (const auto& [name, text] : texts_of(*source, "models"))
    if (auto schema = Json::parse(text)) snapshot.schemas.emplace(name, std::move(*schema));
  for (const auto& member : source->find("validators")->members())
    snapshot.validators.emplace(member.name, Validator{.body = flag(member.value, "validateRequestBody"),
                                                       .parameters = flag(member.value, "validateRequestParameters")});
  for (const auto& member : source->find("responses")->members())
    snapshot.responses.emplace(member.name, GatewayResponse{.status = member_text(member.value, "statusCode"),
                                                            .parameters = texts_of(member.value, "responseParameters"),
                                                            .templates = texts_of(member.value, "responseTemplates")});
  return snapshot;
}

std::string media_type(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (!content_type.empty() && content_type.back() == ' ') content_type.remove_suffix(1);
  while (!content_type.empty() && content_type.front() == ' ') content_type.remove_prefix(1);
  return ascii_lower(content_type);
}

const velocity::Template* find_template(const Templates& templates, std::string_view content_type) {
  const auto wanted = media_type(content_type);
  const auto found = std::find_if(templates.begin(), templates.end(), [&](const auto& entry) { return media_type(entry.first) == wanted; });
  return found == templates.end() ? nullptr : &found->second;
}

bool is_binary(const std::vector<std::string>& types, std::string_view type) {
  const auto slash = type.find('/');
  return std::any_of(types.begin(), types.end(), [&](const std::string& one) {
    if (one == "*/*" || one == type) return true;
    return slash != std::string_view::npos && one.ends_with("/*") &&
           type.substr(0, slash + 1) == std::string_view(one).substr(0, one.size() - 1);
  });
}

}  // namespace signalbox::gateway
