/// AWS::Serverless::Api, and the API that Api events have where they name none: a REST API described by a document, its deployment and its stage.
/// Source: SAM developer guide, AWS::Serverless::Api, Generated CloudFormation resources.

#include "base/text.h"
#include "deploy/sam_expansion.h"
#include "deploy/sam_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::deploy::sam {

namespace {

constexpr std::string_view implicit_id = "ServerlessRestApi", implicit_stage = "Prod";

bool is_true(const Json* value) { return value && *value == Json(true); }

/// `path` in the document, `name` in it: both made where they are not there.
Json with_method(const Json& paths, const std::string& path, std::string_view method, Json operation) {
  const auto* item = paths.find(path);
  return paths.with(path, (item ? *item : Json::empty_object()).with(method, std::move(operation)));
}

/// `GET,OPTIONS` in quotes: what a path answers to.
std::string methods_of(const Json& item) {
  std::vector<std::string> methods{"OPTIONS"};
  for (const auto& member : item.members()) {
    if (member.name == "x-amazon-apigateway-any-method") methods = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
    else if (member.name != "options") methods.push_back(ascii_upper(member.name));
  }
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  return fmt::format("'{}'", fmt::join(methods, ","));
}

/// A text is the origin; an object says more. Values are in quotes, as SAM wants them.
struct Cors {
  std::vector<std::pair<std::string, Json>> headers;
  bool names_methods = false;
};
Cors read_cors(Expansion& expansion, const Json& given, const std::string& place) {
  Cors cors;
  const bool is_object = given.is_object() && given.size() > 0 && !given.find("Ref") && !given.members().front().name.starts_with("Fn::");
  if (!is_object) return {.headers = {{"Access-Control-Allow-Origin", given}}, .names_methods = false};
  refuse_others(expansion, given, place, {"AllowOrigin", "AllowHeaders", "AllowMethods", "MaxAge", "AllowCredentials"}, "Cors");
  for (const auto& [name, header] :
       {std::pair{"AllowHeaders", "Headers"}, std::pair{"AllowMethods", "Methods"}, std::pair{"AllowOrigin", "Origin"}})
    if (const auto* value = given.find(name)) cors.headers.emplace_back(std::string("Access-Control-Allow-") + header, *value);
  if (const auto* age = given.find("MaxAge")) cors.headers.emplace_back("Access-Control-Max-Age", *age);
  if (is_true(given.find("AllowCredentials"))) cors.headers.emplace_back("Access-Control-Allow-Credentials", "'true'");
  cors.names_methods = given.find("AllowMethods") != nullptr;
  return cors;
}

/// What answers a browser that asks before it calls.
Json preflight(const Cors& cors, const Json& item) {
  Json parameters = Json::empty_object(), headers = Json::empty_object();
  auto all = cors.headers;
  if (!cors.names_methods) all.emplace_back("Access-Control-Allow-Methods", Json(methods_of(item)));
  for (const auto& [name, value] : all) {
    parameters = parameters.with("method.response.header." + name, value);
    headers = headers.with(name, json_object({{"type", "string"}}));
  }
  const Json response = json_object(
      {{"statusCode", "200"}, {"responseParameters", parameters}, {"responseTemplates", json_object({{"application/json", "{}\n"}})}});
  return json_object(
      {{"summary", "CORS support"},
       {"x-amazon-apigateway-integration",
        json_object({{"type", "mock"},
                     {"requestTemplates", json_object({{"application/json", "{\n  \"statusCode\" : 200\n}\n"}})},
                     {"responses", json_object({{"default", response}})}})},
       {"responses", json_object({{"200", json_object({{"description", "Default response for CORS method"}, {"headers", headers}})}})}});
}

Json with_cors(const Json& paths, const Cors& cors) {
  Json made = paths;
  for (const auto& [path, item] : paths.members())
    if (!item.find("options")) made = made.with(path, item.with("options", preflight(cors, item)));
  return made;
}

/// `{"Headers": {"X": "'y'"}}` → `{"gatewayresponse.header.X": "'y'"}`
Json gateway_responses(Expansion& expansion, const Json& given, const std::string& place) {
  Json made = Json::empty_object();
  for (const auto& [type, response] : given.members()) {
    refuse_others(expansion, response, place + "/" + type, {"StatusCode", "ResponseParameters", "ResponseTemplates"}, "a gateway response");
    Json one = Json::empty_object();
    if (const auto* status = response.find("StatusCode")) one = one.with("statusCode", *status);
    if (const auto* templates = response.find("ResponseTemplates")) one = one.with("responseTemplates", *templates);
    if (const auto* parameters = response.find("ResponseParameters")) {
      Json named = Json::empty_object();
      for (const auto& [kind, of] : {std::pair{"Headers", "header"}, std::pair{"Paths", "path"}, std::pair{"QueryStrings", "querystring"}})
        if (const auto* values = parameters->find(kind))
          for (const auto& [name, value] : values->members()) named = named.with(fmt::format("gatewayresponse.{}.{}", of, name), value);
      one = one.with("responseParameters", std::move(named));
    }
    made = made.with(type, std::move(one));
  }
  return made;
}

/// `image~1png` → `image/png`
Json binary_types(const Json& given) {
  Json::Array types;
  for (const auto& type : given.elements()) {
    if (!type.is_string()) {
      types.push_back(type);
      continue;
    }
    std::string text(type.as_string());
    for (auto at = text.find("~1"); at != std::string::npos; at = text.find("~1", at)) text.replace(at, 2, "/");
    types.emplace_back(text);
  }
  return Json(std::move(types));
}

/// The document of an API whose author wrote none.
Json own_document(Expansion& expansion, const ApiDraft& draft) {
  const auto& properties = draft.source.properties;
  const auto* version = properties.find("OpenApiVersion");
  const bool is_openapi = version && version->is_string() && version->as_string().starts_with("3");
  Json document = json_object({{is_openapi ? "openapi" : "swagger", is_openapi ? *version : Json("2.0")},
                               {"info", json_object({{"version", "1.0"}, {"title", ref_to("AWS::StackName")}})},
                               {"paths", draft.paths}});
  if (const auto* cors = properties.find("Cors"))
    document = document.with("paths", with_cors(draft.paths, read_cors(expansion, *cors, draft.source.place + "/Cors")));
  if (draft.needs_key) {
    const Json schemes = json_object({{"api_key", json_object({{"type", "apiKey"}, {"name", "x-api-key"}, {"in", "header"}})}});
    document = is_openapi ? document.with("components", json_object({{"securitySchemes", schemes}}))
                          : document.with("securityDefinitions", schemes);
  }
  if (const auto* models = properties.find("Models"))
    document = document.with(is_openapi ? "components" : "definitions", is_openapi ? json_object({{"schemas", *models}}) : *models);
  if (draft.validators.size() > 0) document = document.with("x-amazon-apigateway-request-validators", draft.validators);
  return document;
}

/// The document, or where it lies, as the RestApi's `Body` or `BodyS3Location`.
void take_document(Expansion& expansion, const ApiDraft& draft, ResourceSource& api) {
  const auto* uri = draft.source.properties.find("DefinitionUri");
  const auto* body = draft.source.properties.find("DefinitionBody");
  const auto place = draft.source.place + "/DefinitionUri";
  if (uri && body) return expansion.faults.add(place, "DefinitionBody and DefinitionUri exclude each other");
  if (uri && uri->is_object() && uri->find("Bucket")) {
    api.properties = api.properties.with("BodyS3Location", *uri);
    api.written_as.emplace("BodyS3Location", "DefinitionUri");
    return;
  }
  Json document = body ? *body : Json();
  if (uri) {
    auto read = uri->is_string() ? read_document(expansion.files.folder / std::filesystem::path(uri->as_string()))
                                 : Result<Json>(error(ErrorCode::InvalidArgument, "a path beside the template is expected"));
    if (!read) return expansion.faults.add(place, read.error().message);
    document = std::move(*read);
    api.written_as.emplace("Body", "DefinitionUri");
  } else if (!body) {
    document = own_document(expansion, draft);
  } else {
    api.written_as.emplace("Body", "DefinitionBody");
    if (const auto* cors = draft.source.properties.find("Cors"); cors && document.find("paths"))
      document = document.with("paths", with_cors(*document.find("paths"), read_cors(expansion, *cors, draft.source.place + "/Cors")));
  }
  if (const auto* types = draft.source.properties.find("BinaryMediaTypes"); types && types->is_array())
    api.properties = api.properties.with("BinaryMediaTypes", binary_types(*types));
  if (const auto* responses = draft.source.properties.find("GatewayResponses"))
    document = document.with("x-amazon-apigateway-gateway-responses",
                             gateway_responses(expansion, *responses, draft.source.place + "/GatewayResponses"));
  api.properties = api.properties.with("Body", std::move(document));
}

/// `REGIONAL`, or `{"Type": "REGIONAL"}`
void take_endpoint(const Json& properties, ResourceSource& api) {
  const auto* endpoint = properties.find("EndpointConfiguration");
  if (!endpoint) return;
  const auto* type = endpoint->find("Type");
  api.properties = api.properties.with("EndpointConfiguration", json_object({{"Types", json_array({type ? *type : *endpoint})}}));
}

void check_auth(Expansion& expansion, const ApiDraft& draft) {
  const auto* auth = draft.source.properties.find("Auth");
  if (!auth) return;
  const auto place = draft.source.place + "/Auth";
  refuse_others(expansion, *auth, place, {"ApiKeyRequired", "AddDefaultAuthorizerToCorsPreflight", "DefaultAuthorizer"},
                "Auth: there are no authorizers and usage plans");
  if (const auto* authorizer = auth->find("DefaultAuthorizer"); authorizer && !(*authorizer == Json("NONE")))
    expansion.faults.add(place + "/DefaultAuthorizer", "authorizers are not offered here");
}

ResourceSource stage_of(const ApiDraft& draft, const Json& stage_name, const std::string& deployment) {
  auto stage = like(draft.source, "AWS::ApiGateway::Stage");
  stage.logical_id = draft.source.logical_id + (stage_name.is_string() ? std::string(stage_name.as_string()) : std::string()) + "Stage";
  stage.properties =
      json_object({{"RestApiId", ref_to(draft.source.logical_id)}, {"StageName", stage_name}, {"DeploymentId", ref_to(deployment)}});
  take(draft.source.properties, stage, {"Variables", "AccessLogSetting", "MethodSettings", "TracingEnabled", "Tags"});
  return stage;
}

void expand_api(Expansion& expansion, const ApiDraft& draft) {
  const auto& source = draft.source;
  refuse_others(expansion, source.properties, source.place,
                {"Name",
                 "StageName",
                 "DefinitionBody",
                 "DefinitionUri",
                 "Variables",
                 "EndpointConfiguration",
                 "MethodSettings",
                 "AccessLogSetting",
                 "BinaryMediaTypes",
                 "Cors",
                 "GatewayResponses",
                 "Auth",
                 "TracingEnabled",
                 "OpenApiVersion",
                 "Models",
                 "Description",
                 "Tags",
                 "MinimumCompressionSize",
                 "FailOnWarnings",
                 "DisableExecuteApiEndpoint",
                 "ApiKeySourceType"},
                source.type);
  check_auth(expansion, draft);
  auto api = like(source, "AWS::ApiGateway::RestApi");
  take(source.properties, api,
       {"Name", "Description", "Tags", "MinimumCompressionSize", "FailOnWarnings", "DisableExecuteApiEndpoint", "ApiKeySourceType"});
  take_endpoint(source.properties, api);
  take_document(expansion, draft, api);
  auto deployment = like(source, "AWS::ApiGateway::Deployment");
  deployment.logical_id = source.logical_id + "Deployment" + short_hash(api.properties.compact_text());
  deployment.properties = json_object({{"RestApiId", ref_to(source.logical_id)}});
  const auto* stage_name = source.properties.find("StageName");
  if (!stage_name) expansion.faults.add(source.place + "/StageName", "this property is required");
  auto stage = stage_of(draft, stage_name ? *stage_name : Json(implicit_stage), deployment.logical_id);
  expansion.names.emplace(source.logical_id + ".Deployment", deployment.logical_id);
  expansion.names.emplace(source.logical_id + ".Stage", stage.logical_id);
  expansion.out.push_back(std::move(api));
  expansion.out.push_back(std::move(deployment));
  expansion.out.push_back(std::move(stage));
}

/// The API that an event names, or the template's implicit one, made when it is needed first.
ApiDraft* api_of(Expansion& expansion, const Event& event) {
  const auto* given = event.properties.find("RestApiId");
  const auto* name = given ? given->find("Ref") : nullptr;
  if (given && !name) {
    expansion.faults.add(event.place + "/RestApiId", "a Ref to an AWS::Serverless::Api of this template is expected");
    return nullptr;
  }
  const std::string id(name ? name->as_string() : implicit_id);
  if (const auto found = expansion.apis.find(id); found != expansion.apis.end()) return &found->second;
  if (name) {
    expansion.faults.add(event.place + "/RestApiId", fmt::format("there is no AWS::Serverless::Api '{}'", id));
    return nullptr;
  }
  ApiDraft draft;
  draft.source.logical_id = id;
  draft.source.type = "AWS::Serverless::Api";
  draft.source.place = "/Globals/Api";
  if (const auto* shared = expansion.globals.find("Api")) draft.source.properties = *shared;
  draft.source.properties = draft.source.properties.with("StageName", implicit_stage);
  return &expansion.apis.emplace(id, std::move(draft)).first->second;
}

/// `method.request.header.X`, or `{"method.request.header.X": {"Required": true}}`
Json request_parameters(Expansion& expansion, const Event& event) {
  Json::Array made;
  const auto* given = event.properties.find("RequestParameters");
  if (!given || !given->is_array()) return Json(std::move(made));
  for (const auto& one : given->elements()) {
    const bool is_object = one.is_object() && one.size() == 1;
    const std::string name(one.is_string() ? one.as_string() : is_object ? std::string_view(one.members().front().name) : "");
    const auto in_at = std::string_view("method.request.").size();
    const auto dot = name.find('.', in_at);
    if (!name.starts_with("method.request.") || dot == std::string::npos) {
      expansion.faults.add(event.place + "/RequestParameters",
                           fmt::format("{} is no method.request.querystring.NAME, …path.NAME or …header.NAME", one.text()));
      continue;
    }
    const auto in = name.substr(in_at, dot - in_at);
    const bool is_required = in == "path" || (is_object && is_true(one.members().front().value.find("Required")));
    made.push_back(json_object({{"name", name.substr(dot + 1)},
                                {"in", in == "querystring" ? std::string("query") : in},
                                {"required", is_required},
                                {"type", "string"}}));
  }
  return Json(std::move(made));
}

/// Validators of an API are called by what they validate.
Json with_request_model(Expansion& expansion, ApiDraft& draft, const Event& event, Json operation) {
  auto parameters = request_parameters(expansion, event);
  if (const auto* given = event.properties.find("RequestModel")) {
    refuse_others(expansion, *given, event.place + "/RequestModel", {"Model", "Required", "ValidateBody", "ValidateParameters"},
                  "a RequestModel");
    const bool body = is_true(given->find("ValidateBody")), of_parameters = is_true(given->find("ValidateParameters"));
    const auto* model = given->find("Model");
    Json::Array all = parameters.elements();
    if (model && model->is_string())
      all.push_back(json_object({{"in", "body"},
                                 {"name", *model},
                                 {"required", is_true(given->find("Required"))},
                                 {"schema", json_object({{"$ref", "#/definitions/" + std::string(model->as_string())}})}}));
    parameters = Json(std::move(all));
    const std::string name = body && of_parameters ? "body-and-params"
                             : body                ? "body-only"
                             : of_parameters       ? "params-only"
                                                   : "no-validation";
    draft.validators =
        draft.validators.with(name, json_object({{"validateRequestBody", body}, {"validateRequestParameters", of_parameters}}));
    operation = operation.with("x-amazon-apigateway-request-validator", name);
  }
  return parameters.size() == 0 ? operation : operation.with("parameters", std::move(parameters));
}

Json with_auth(Expansion& expansion, ApiDraft& draft, const Event& event, Json operation) {
  const auto* auth = event.properties.find("Auth");
  const auto* of_api = draft.source.properties.find("Auth");
  if (auth) {
    refuse_others(expansion, *auth, event.place + "/Auth", {"ApiKeyRequired", "Authorizer", "InvokeRole"}, "Auth of an event");
    if (const auto* authorizer = auth->find("Authorizer"); authorizer && !(*authorizer == Json("NONE")))
      expansion.faults.add(event.place + "/Auth/Authorizer", "authorizers are not offered here");
  }
  const auto* needs = auth && auth->find("ApiKeyRequired") ? auth->find("ApiKeyRequired")
                      : of_api                             ? of_api->find("ApiKeyRequired")
                                                           : nullptr;
  if (!is_true(needs)) return operation;
  draft.needs_key = true;
  return operation.with("security", json_array({json_object({{"api_key", Json::empty_array()}})}));
}

Json function_integration(const EventTarget& target, const Event& event) {
  Json integration = json_object({{"httpMethod", "POST"}, {"type", "aws_proxy"}, {"uri", invocation_uri(target)}});
  if (const auto* timeout = event.properties.find("TimeoutInMillis")) integration = integration.with("timeoutInMillis", *timeout);
  return json_object({{"x-amazon-apigateway-integration", std::move(integration)}, {"responses", Json::empty_object()}});
}

/// The request's body is the execution's input.
Json start_integration(const EventTarget& target, const Event& event, const Json& role_arn) {
  const auto* alias = target.arn.find("Ref");
  const auto name = alias ? std::string(alias->as_string()) : target.source.logical_id;
  const std::string escape = is_true(event.properties.find("UnescapeMappingTemplate"))
                                 ? R"($util.escapeJavaScript($input.json('$')).replaceAll("\\'","'"))"
                                 : "$util.escapeJavaScript($input.json('$'))";
  const auto text = fmt::format(R"({{"input": "{}", "stateMachineArn": "${{{}}}"}})", escape, name);
  const auto answer = [](const char* status, const char* why) {
    return std::pair(json_object({{"statusCode", status}}), json_object({{"description", why}}));
  };
  const auto [good, ok] = answer("200", "OK");
  const auto [bad, wrong] = answer("400", "Bad Request");
  const Json integration =
      json_object({{"type", "aws"},
                   {"httpMethod", "POST"},
                   {"uri", json_object({{"Fn::Sub", "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"}})},
                   {"credentials", role_arn},
                   {"responses", json_object({{"200", good}, {"400", bad}})},
                   {"requestTemplates", json_object({{"application/json", json_object({{"Fn::Sub", text}})}})}});
  return json_object({{"x-amazon-apigateway-integration", integration}, {"responses", json_object({{"200", ok}, {"400", wrong}})}});
}

/// An API whose author wrote its document has there what calls whom; an event only repeats it.
void check_documented(Expansion& expansion, const ApiDraft& draft, const Event& event) {
  for (const auto* name : {"Auth", "RequestModel", "RequestParameters", "TimeoutInMillis", "UnescapeMappingTemplate"})
    if (event.properties.find(name)) expansion.faults.add(event.place + "/" + name, "the API's own document says that");
  const auto* body = draft.source.properties.find("DefinitionBody");
  const auto* paths = body ? body->find("paths") : nullptr;
  const auto path = event.properties.find("Path")->as_string();
  if (paths && paths->is_object() && !paths->find(path))
    expansion.faults.add(event.place + "/Path", fmt::format("the API's document has no path '{}'", path));
}

/// The role in which API Gateway starts the machine.
Json add_start_role(Expansion& expansion, const EventTarget& target, const Event& event) {
  auto role = sam_start_role(beside(target, event), "apigateway.amazonaws.com", ref_to(target.source.logical_id));
  Json arn = get_att(role.logical_id, "Arn");
  expansion.out.push_back(std::move(role));
  return arn;
}

/// The event's path is also a route at the root of the public listener, for the events of the implicit API.
void add_route(Expansion& expansion, const EventTarget& target, const Event& event) {
  ResourceSource route;
  route.logical_id = target.source.logical_id + event.name;
  route.condition = target.source.condition;
  route.place = event.place;
  route.type = "Signalbox::Route";
  take(event.properties, route, {"Path", "Method"});
  route.properties = route.properties.with("FunctionName", target.arn.find("Ref") ? target.arn : ref_to(target.source.logical_id));
  expansion.out.push_back(std::move(route));
}

}  // namespace

ResourceSource beside(const EventTarget& target, const Event& event) {
  ResourceSource made;
  made.logical_id = target.source.logical_id + event.name;
  made.condition = target.source.condition;
  made.place = event.place;
  return made;
}

namespace {

/// `/orders/{orderId}` → `/orders/*`
std::string path_pattern(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto end = path[i] == '{' ? path.find('}', i) : std::string_view::npos;
    out += end == std::string_view::npos ? path[i] : '*';
    if (end != std::string_view::npos) i = end;
  }
  return out;
}

}  // namespace

Json invocation_uri(const EventTarget& target) {
  const auto* alias = target.arn.find("Ref");
  const std::string name = alias ? std::string(alias->as_string()) : target.source.logical_id + ".Arn";
  const auto uri =
      fmt::format("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{}}}/invocations", name);
  return json_object({{"Fn::Sub", uri}});
}

void add_invoke_permission(Expansion& expansion, const EventTarget& target, const Event& event, const std::string& api,
                           std::string_view method, std::string_view path) {
  const auto route = path == "$default" ? std::string(path) : (method == "any" ? "*" : ascii_upper(method)) + path_pattern(path);
  const auto pattern = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/" + route;
  const Json source = json_object({{"Fn::Sub", json_array({pattern, json_object({{"api", ref_to(api)}})})}});
  expansion.out.push_back(sam_permission(beside(target, event), function_of(target), "apigateway.amazonaws.com", source));
}

void draft_api(Expansion& expansion, ResourceSource source) {
  const auto id = source.logical_id;
  expansion.apis.emplace(id, ApiDraft{.source = std::move(source)});
}

void expand_api_event(Expansion& expansion, const EventTarget& target, const Event& event) {
  if (target.is_function)
    refuse_others(expansion, event.properties, event.place,
                  {"Path", "Method", "RestApiId", "Auth", "RequestModel", "RequestParameters", "TimeoutInMillis"}, "an Api event");
  else
    refuse_others(expansion, event.properties, event.place, {"Path", "Method", "RestApiId", "Auth", "UnescapeMappingTemplate"},
                  "an Api event");
  const auto* path = event.properties.find("Path");
  const auto* given = event.properties.find("Method");
  if (!path || !path->is_string() || !given || !given->is_string())
    return expansion.faults.add(event.place, "Path and Method are expected, as texts");
  auto* draft = api_of(expansion, event);
  if (!draft) return;
  auto method = ascii_lower(given->as_string());
  if (std::find(event_methods.begin(), event_methods.end(), method) == event_methods.end())
    return expansion.faults.add(event.place + "/Method", fmt::format("'{}' is no HTTP method", given->as_string()));
  if (!path->as_string().starts_with('/'))
    return expansion.faults.add(event.place + "/Path", fmt::format("the path '{}' does not begin with a slash", path->as_string()));
  if (target.is_function && !event.properties.find("RestApiId")) add_route(expansion, target, event);
  if (target.is_function) add_invoke_permission(expansion, target, event, draft->source.logical_id, method, path->as_string());
  if (draft->source.properties.find("DefinitionBody") || draft->source.properties.find("DefinitionUri"))
    return check_documented(expansion, *draft, event);
  if (method == "any") method = "x-amazon-apigateway-any-method";
  if (const auto* item = draft->paths.find(path->as_string()); item && item->find(method))
    return expansion.faults.add(event.place, fmt::format("the API has {} {} already", given->as_string(), path->as_string()));
  Json operation =
      target.is_function ? function_integration(target, event) : start_integration(target, event, add_start_role(expansion, target, event));
  operation = with_auth(expansion, *draft, event, with_request_model(expansion, *draft, event, std::move(operation)));
  if (!target.source.condition.empty())
    operation = json_object({{"Fn::If", json_array({target.source.condition, operation, ref_to("AWS::NoValue")})}});
  draft->paths = with_method(draft->paths, std::string(path->as_string()), method, std::move(operation));
}

void expand_apis(Expansion& expansion) {
  for (const auto& [id, draft] : expansion.apis) expand_api(expansion, draft);
}

}  // namespace signalbox::deploy::sam
