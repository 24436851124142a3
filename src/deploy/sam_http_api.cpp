/// AWS::Serverless::HttpApi, and the API that HttpApi events have where they name none: an HTTP API described by a document, and a stage that deploys itself.
/// Source: SAM developer guide, AWS::Serverless::HttpApi, HttpApi, Generated CloudFormation resources.

#include "base/text.h"
#include "deploy/sam_expansion.h"
#include "deploy/sam_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::deploy::sam {

namespace {

constexpr std::string_view implicit_id = "ServerlessHttpApi", default_name = "$default", any_method = "x-amazon-apigateway-any-method",
                           integration_member = "x-amazon-apigateway-integration";

Json own_document() {
  return json_object({{"openapi", "3.0.1"},
                      {"info", json_object({{"title", ref_to("AWS::StackName")}, {"version", "1.0"}})},
                      {"paths", Json::empty_object()}});
}

/// The author's, at its place or in a file, or one that the events fill. A document in a bucket is read when the stack is planned.
Json document_of(Expansion& expansion, const ResourceSource& source) {
  const auto* body = source.properties.find("DefinitionBody");
  const auto* uri = source.properties.find("DefinitionUri");
  const auto place = source.place + "/DefinitionUri";
  if (body && uri) expansion.faults.add(place, "DefinitionBody and DefinitionUri exclude each other");
  if (body) return *body;
  if (!uri || uri->find("Bucket")) return own_document();
  if (!uri->is_string()) {
    expansion.faults.add(place, "a path beside the template is expected");
    return own_document();
  }
  auto read = read_document(expansion.files.folder / std::filesystem::path(uri->as_string()));
  if (read) return std::move(*read);
  expansion.faults.add(place, read.error().message);
  return own_document();
}

bool lies_in_bucket(const ResourceSource& source) {
  const auto* uri = source.properties.find("DefinitionUri");
  return uri && uri->find("Bucket");
}

/// The API that an event names, or the template's implicit one, made when it is needed first.
HttpApiDraft* api_of(Expansion& expansion, const Event& event) {
  const auto* given = event.properties.find("ApiId");
  const auto* name = given ? given->find("Ref") : nullptr;
  const std::string id(name && name->is_string() ? name->as_string() : implicit_id);
  const auto found = expansion.http_apis.find(id);
  if (given && (!name || found == expansion.http_apis.end())) {
    expansion.faults.add(event.place + "/ApiId", "a Ref to an AWS::Serverless::HttpApi of this template is expected");
    return nullptr;
  }
  if (found != expansion.http_apis.end()) return &found->second;
  ResourceSource source;
  source.logical_id = id;
  source.type = "AWS::Serverless::HttpApi";
  source.place = "/Globals/HttpApi";
  if (const auto* shared = expansion.globals.find("HttpApi")) source.properties = *shared;
  return &expansion.http_apis.emplace(id, HttpApiDraft{.source = std::move(source), .document = own_document()}).first->second;
}

/// Where an event's route is: an event that says neither is the API's `$default`.
struct RoutePlace {
  std::string path, method;
};
std::optional<RoutePlace> place_of(Expansion& expansion, const Event& event) {
  const auto* path = event.properties.find("Path");
  const auto* given = event.properties.find("Method");
  if (!path && !given) return RoutePlace{.path = std::string(default_name), .method = "any"};
  if (!path || !path->is_string() || !given || !given->is_string()) {
    expansion.faults.add(event.place, "Path and Method are expected, as texts, or neither");
    return std::nullopt;
  }
  RoutePlace place{.path = std::string(path->as_string()), .method = ascii_lower(given->as_string())};
  if (place.method == any_method) place.method = "any";
  const bool is_method = std::find(event_methods.begin(), event_methods.end(), place.method) != event_methods.end();
  if (!is_method) expansion.faults.add(event.place + "/Method", fmt::format("'{}' is no HTTP method", given->as_string()));
  const bool is_path = place.path.starts_with('/') || place.path == default_name;
  if (!is_path) expansion.faults.add(event.place + "/Path", fmt::format("the path '{}' does not begin with a slash", place.path));
  return is_method && is_path ? std::optional(std::move(place)) : std::nullopt;
}

Json function_integration(const EventTarget& target, const Event& event) {
  const auto* version = event.properties.find("PayloadFormatVersion");
  Json integration = json_object({{"httpMethod", "POST"},
                                  {"type", "aws_proxy"},
                                  {"uri", invocation_uri(target)},
                                  {"payloadFormatVersion", version ? *version : Json("2.0")}});
  const auto* timeout = event.properties.find("TimeoutInMillis");
  return timeout ? integration.with("timeoutInMillis", *timeout) : integration;
}

void check_auth(Expansion& expansion, const Json& properties, const std::string& place, std::string_view member) {
  const auto* auth = properties.find("Auth");
  if (!auth) return;
  const auto* authorizer = auth->find(member);
  if (auth->size() > 1 || (auth->size() == 1 && !(authorizer && *authorizer == Json("NONE"))))
    expansion.faults.add(place + "/Auth", "authorizers are not offered here");
}

/// The operation gets its integration, unless the API's author wrote one.
void add_operation(Expansion& expansion, HttpApiDraft& draft, const EventTarget& target, const Event& event, const RoutePlace& place) {
  const auto method = place.method == "any" ? std::string(any_method) : place.method;
  const auto* paths = draft.document.find("paths");
  const Json known = paths && paths->is_object() ? *paths : Json::empty_object();
  const Json item = known.find(place.path) ? *known.find(place.path) : Json::empty_object();
  const auto* written = item.find(method);
  const bool is_own = !draft.source.properties.find("DefinitionBody") && !draft.source.properties.find("DefinitionUri");
  if (written && is_own) return expansion.faults.add(event.place, fmt::format("the API has {} {} already", place.method, place.path));
  if (written && written->find(integration_member)) return;
  Json operation = (written ? *written : json_object({{"responses", Json::empty_object()}}))
                       .with(integration_member, function_integration(target, event));
  if (place.path == default_name) operation = operation.with("isDefaultRoute", Json(true));
  if (!target.source.condition.empty())
    operation = json_object({{"Fn::If", json_array({target.source.condition, operation, ref_to("AWS::NoValue")})}});
  draft.document = draft.document.with("paths", known.with(place.path, item.with(method, std::move(operation))));
}

/// `true` lets everybody in; an object says whom.
void take_cors(Expansion& expansion, const ResourceSource& source, ResourceSource& api) {
  const auto* cors = source.properties.find("CorsConfiguration");
  if (!cors || *cors == Json(false)) return;
  if (cors->is_object())
    refuse_others(expansion, *cors, source.place + "/CorsConfiguration",
                  {"AllowOrigins", "AllowHeaders", "AllowMethods", "AllowCredentials", "ExposeHeaders", "MaxAge"}, "CorsConfiguration");
  api.properties = api.properties.with("CorsConfiguration", cors->is_object() ? *cors : json_object({{"AllowOrigins", json_array({"*"})}}));
}

ResourceSource stage_of(const HttpApiDraft& draft) {
  const auto& source = draft.source;
  const auto* name = source.properties.find("StageName");
  auto stage = like(source, "AWS::ApiGatewayV2::Stage");
  const bool is_text = name && name->is_string();
  stage.logical_id += !name || *name == Json(default_name) ? std::string("ApiGatewayDefaultStage")
                      : is_text                            ? std::string(name->as_string()) + "Stage"
                                                           : std::string("Stage");
  stage.properties =
      json_object({{"ApiId", ref_to(source.logical_id)}, {"StageName", name ? *name : Json(default_name)}, {"AutoDeploy", true}});
  take(source.properties, stage, {"StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "Tags"});
  return stage;
}

void expand_http_api(Expansion& expansion, const HttpApiDraft& draft) {
  const auto& source = draft.source;
  refuse_others(
      expansion, source.properties, source.place,
      {"Name", "Description", "StageName", "StageVariables", "DefinitionBody", "DefinitionUri", "CorsConfiguration", "AccessLogSettings",
       "DefaultRouteSettings", "RouteSettings", "Auth", "Tags", "PropagateTags", "FailOnWarnings", "DisableExecuteApiEndpoint"},
      source.type);
  check_auth(expansion, source.properties, source.place, "DefaultAuthorizer");
  auto api = like(source, "AWS::ApiGatewayV2::Api");
  take(source.properties, api, {"Name", "Description", "Tags", "FailOnWarnings", "DisableExecuteApiEndpoint"});
  take_cors(expansion, source, api);
  if (lies_in_bucket(source)) {
    api.properties = api.properties.with("BodyS3Location", *source.properties.find("DefinitionUri"));
    api.written_as.emplace("BodyS3Location", "DefinitionUri");
  } else {
    api.properties = api.properties.with("Body", draft.document);
    api.written_as.emplace("Body", source.properties.find("DefinitionUri") ? "DefinitionUri" : "DefinitionBody");
  }
  auto stage = stage_of(draft);
  expansion.names.emplace(source.logical_id + ".Stage", stage.logical_id);
  expansion.out.push_back(std::move(api));
  expansion.out.push_back(std::move(stage));
}

}  // namespace

void draft_http_api(Expansion& expansion, ResourceSource source) {
  const auto id = source.logical_id;
  auto document = document_of(expansion, source);
  expansion.http_apis.emplace(id, HttpApiDraft{.source = std::move(source), .document = std::move(document)});
}

void expand_http_api_event(Expansion& expansion, const EventTarget& target, const Event& event) {
  refuse_others(expansion, event.properties, event.place,
                {"Path", "Method", "ApiId", "PayloadFormatVersion", "TimeoutInMillis", "RouteSettings", "Auth"}, "an HttpApi event");
  check_auth(expansion, event.properties, event.place, "Authorizer");
  const auto place = place_of(expansion, event);
  auto* draft = place ? api_of(expansion, event) : nullptr;
  if (!draft) return;
  add_invoke_permission(expansion, target, event, draft->source.logical_id, place->method, place->path);
  if (!lies_in_bucket(draft->source)) add_operation(expansion, *draft, target, event, *place);
  const auto* settings = event.properties.find("RouteSettings");
  if (!settings) return;
  const auto key = place->path == default_name ? place->path : ascii_upper(place->method) + " " + place->path;
  const auto* known = draft->source.properties.find("RouteSettings");
  draft->source.properties = draft->source.properties.with("RouteSettings", (known ? *known : Json::empty_object()).with(key, *settings));
}

void expand_http_apis(Expansion& expansion) {
  for (const auto& [id, draft] : expansion.http_apis) expand_http_api(expansion, draft);
}

}  // namespace signalbox::deploy::sam
