/// AWS::Serverless::Function and LayerVersion. Source: SAM developer guide, Generated CloudFormation resources.

#include "deploy/sam_expansion.h"
#include "deploy/sam_policies.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace signalbox::deploy::sam {

namespace {

/// `Active` → `{"Mode": "Active"}`
void take_tracing(const ResourceSource& source, ResourceSource& function) {
  const auto* tracing = source.properties.find("Tracing");
  if (!tracing || *tracing == Json("Disabled")) return;
  function.properties = function.properties.with("TracingConfig", json_object({{"Mode", *tracing}}));
  function.written_as.emplace("TracingConfig", "Tracing");
}

/// `{"Type": "SQS", "TargetArn": …}`
void take_dead_letter_queue(Expansion& expansion, const ResourceSource& source, ResourceSource& function) {
  const auto* queue = source.properties.find("DeadLetterQueue");
  if (!queue) return;
  const auto place = source.place + "/DeadLetterQueue";
  const auto* arn = queue->find("TargetArn");
  if (!arn) return expansion.faults.add(place, "Type and TargetArn are expected");
  refuse_others(expansion, *queue, place, {"Type", "TargetArn"}, "a DeadLetterQueue");
  function.properties = function.properties.with("DeadLetterConfig", json_object({{"TargetArn", *arn}}));
  function.written_as.emplace("DeadLetterConfig", "DeadLetterQueue");
}

Json code_of(Expansion& expansion, const ResourceSource& source) {
  const auto* text = source.properties.find("InlineCode");
  return text && !source.properties.find("CodeUri") ? json_object({{"ZipFile", *text}}) : staged_code(expansion, source, "CodeUri");
}

/// A kind of destination: the permission that it needs, and what is made where its author names none.
struct DestinationKind {
  std::string_view type, action, made;
};
constexpr std::array destination_kinds{
    DestinationKind{"SQS", "sqs:SendMessage", "AWS::SQS::Queue"}, DestinationKind{"SNS", "sns:Publish", "AWS::SNS::Topic"},
    DestinationKind{"EventBridge", "events:PutEvents", ""}, DestinationKind{"Lambda", "lambda:InvokeFunction", ""}};

const DestinationKind* kind_of(const Json& destination) {
  const auto* type = destination.find("Type");
  const auto found = std::find_if(destination_kinds.begin(), destination_kinds.end(),
                                  [&](const DestinationKind& kind) { return type && *type == Json(kind.type); });
  return found == destination_kinds.end() ? nullptr : &*found;
}

std::string invoke_config_id(const ResourceSource& source) { return source.logical_id + "EventInvokeConfig"; }

/// `way`: OnSuccess or OnFailure.
std::string made_destination_id(const ResourceSource& source, std::string_view way, const DestinationKind& kind) {
  return invoke_config_id(source).append(way).append(kind.type == "SQS" ? "Queue" : "Topic");
}

/// The ARN of a destination `{"Type": "SQS", "Destination": ARN}`, or of what is made for one without it; null if nothing is.
Json destination_arn(const ResourceSource& source, std::string_view way, const Json& given) {
  if (const auto* arn = given.find("Destination")) return *arn;
  const auto* kind = kind_of(given);
  if (!kind || kind->made.empty()) return Json();
  const auto id = made_destination_id(source, way, *kind);
  return kind->type == "SQS" ? get_att(id, "Arn") : ref_to(id);
}

/// OnSuccess and OnFailure of a function's EventInvokeConfig.
const Json* destinations_of(const ResourceSource& source) {
  const auto* config = source.properties.find("EventInvokeConfig");
  const auto* destinations = config ? config->find("DestinationConfig") : nullptr;
  return destinations && destinations->is_object() ? destinations : nullptr;
}

Json destination_of(Expansion& expansion, const ResourceSource& source, const std::string& way, const Json& given,
                    const std::string& place) {
  refuse_others(expansion, given, place, {"Type", "Destination"}, "a destination");
  auto arn = destination_arn(source, way, given);
  if (arn.is_null()) {
    expansion.faults.add(place + "/Destination",
                         "an ARN is expected: only a queue (Type SQS) or a topic (SNS) is made where there is none");
    return Json::empty_object();
  }
  if (!given.find("Destination")) {
    const auto& kind = *kind_of(given);
    auto made = like(source, std::string(kind.made));
    made.place = place;
    made.logical_id = made_destination_id(source, way, kind);
    expansion.out.push_back(std::move(made));
  }
  return json_object({{"Destination", std::move(arn)}});
}

void expand_invoke_config(Expansion& expansion, const ResourceSource& source, const std::optional<std::string>& alias) {
  const auto* given = source.properties.find("EventInvokeConfig");
  if (!given) return;
  auto config = like(source, "AWS::Lambda::EventInvokeConfig");
  config.place = source.place + "/EventInvokeConfig";
  config.logical_id = invoke_config_id(source);
  refuse_others(expansion, *given, config.place, {"MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig"},
                "EventInvokeConfig");
  config.properties = json_object({{"FunctionName", ref_to(source.logical_id)}, {"Qualifier", alias ? Json(*alias) : Json("$LATEST")}});
  take(*given, config, {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"});
  if (const auto* destinations = destinations_of(source)) {
    Json made = Json::empty_object();
    for (const auto& [way, destination] : destinations->members())
      made = made.with(way, destination_of(expansion, source, way, destination, config.place + "/DestinationConfig/" + way));
    config.properties = config.properties.with("DestinationConfig", std::move(made));
  }
  if (alias) config.depends_on.push_back(source.logical_id + "Alias" + *alias);
  expansion.out.push_back(std::move(config));
}

/// What lets anybody call the function by its URL: `action`, on `called`, under a condition.
ResourceSource url_permission(const ResourceSource& source, std::string_view suffix, const Json& called, const char* action,
                              const char* condition, Json value) {
  auto permission = like(source, "AWS::Lambda::Permission");
  permission.place = source.place + "/FunctionUrlConfig";
  permission.logical_id.append(suffix);
  permission.properties = json_object({{"FunctionName", called}, {"Action", action}, {"Principal", "*"}, {condition, std::move(value)}});
  return permission;
}

/// `called`: the function's name, or the alias's ARN.
void expand_function_url(Expansion& expansion, const ResourceSource& source, const std::optional<std::string>& alias, const Json& called) {
  const auto* given = source.properties.find("FunctionUrlConfig");
  if (!given) return;
  auto url = like(source, "AWS::Lambda::Url");
  url.place = source.place + "/FunctionUrlConfig";
  if (!given->is_object()) return expansion.faults.add(url.place, "an object is expected");
  url.logical_id += "Url";
  refuse_others(expansion, *given, url.place, {"AuthType", "Cors", "InvokeMode"}, "FunctionUrlConfig");
  url.properties = json_object({{"TargetFunctionArn", ref_to(source.logical_id)}});
  take(*given, url, {"AuthType", "Cors", "InvokeMode"});
  if (alias) {
    url.properties = url.properties.with("Qualifier", Json(*alias));
    url.depends_on.push_back(source.logical_id + "Alias" + *alias);
  }
  expansion.out.push_back(std::move(url));
  const auto* auth = given->find("AuthType");
  if (!auth || !(*auth == Json("NONE"))) return;
  expansion.out.push_back(
      url_permission(source, "UrlPublicPermissions", called, "lambda:InvokeFunctionUrl", "FunctionUrlAuthType", Json("NONE")));
  expansion.out.push_back(
      url_permission(source, "URLInvokeAllowPublicAccess", called, "lambda:InvokeFunction", "InvokedViaFunctionUrl", Json(true)));
}

/// What a version's logical id depends on: the code; with AutoPublishAliasAllProperties all of the function.
std::string version_hash(Expansion& expansion, const ResourceSource& source, const ResourceSource& function) {
  if (const auto* all = source.properties.find("AutoPublishAliasAllProperties"); all && *all == Json(true))
    return short_hash(function.properties.compact_text());
  if (const auto given = literal_text(expansion, source, "AutoPublishCodeSha256")) return given->substr(0, 10);
  const auto* code = function.properties.find("Code");
  return short_hash(code ? code->compact_text() : std::string());
}

/// A version that stays when the next one comes, and an alias that follows. Gives the alias's logical id.
std::string publish(Expansion& expansion, const ResourceSource& source, const ResourceSource& function, const std::string& alias_name) {
  auto version = like(source, "AWS::Lambda::Version");
  version.logical_id = source.logical_id + "Version" + version_hash(expansion, source, function);
  version.retain = true;
  version.properties = json_object({{"FunctionName", ref_to(source.logical_id)}});
  take_renamed(source.properties, version, {{"VersionDescription", "Description"}});
  auto alias = like(source, "AWS::Lambda::Alias");
  alias.logical_id = source.logical_id + "Alias" + alias_name;
  alias.properties = json_object(
      {{"Name", alias_name}, {"FunctionName", ref_to(source.logical_id)}, {"FunctionVersion", get_att(version.logical_id, "Version")}});
  alias.written_as.emplace("Name", "AutoPublishAlias");
  expansion.names.emplace(source.logical_id + ".Version", version.logical_id);
  expansion.names.emplace(source.logical_id + ".Alias", alias.logical_id);
  auto id = alias.logical_id;
  expansion.out.push_back(std::move(version));
  expansion.out.push_back(std::move(alias));
  return id;
}

/// Traffic is shifted at once, so only such a preference says what is done.
void check_preference(Expansion& expansion, const ResourceSource& source) {
  const auto* preference = source.properties.find("DeploymentPreference");
  if (!preference) return;
  const auto* type = preference->find("Type");
  const auto* enabled = preference->find("Enabled");
  const bool is_at_once = (type && *type == Json("AllAtOnce")) || (enabled && *enabled == Json(false));
  if (!is_at_once)
    expansion.faults.add(source.place + "/DeploymentPreference/Type", "gradual deployments are not offered here; AllAtOnce is");
  refuse_others(expansion, *preference, source.place + "/DeploymentPreference", {"Type", "Enabled", "Role"}, "a DeploymentPreference");
}

bool has_queue_event(const ResourceSource& source) {
  const auto* events = source.properties.find("Events");
  if (!events || !events->is_object()) return false;
  return std::any_of(events->members().begin(), events->members().end(), [](const auto& event) {
    const auto* type = event.value.find("Type");
    const auto* properties = event.value.find("Properties");
    const bool by_queue = properties && properties->find("SqsSubscription");  // of a topic
    return type && (*type == Json("SQS") || by_queue);
  });
}

/// What Lambda sends in the function's role: dead letters, and word of how asynchronous calls ended.
ResourceSource with_sending(ResourceSource role, const ResourceSource& source) {
  const auto* letters = source.properties.find("DeadLetterQueue");
  const auto* queue = letters ? kind_of(*letters) : nullptr;
  if (const auto* arn = queue ? letters->find("TargetArn") : nullptr)
    role = with_permission(std::move(role), "DeadLetterQueuePolicy", queue->action, *arn);
  const auto* destinations = destinations_of(source);
  if (!destinations) return role;
  for (const auto& [way, destination] : destinations->members()) {
    const auto* kind = kind_of(destination);
    auto arn = destination_arn(source, way, destination);
    if (kind && !arn.is_null())
      role = with_permission(std::move(role), invoke_config_id(source) + way + std::string(kind->type) + "Policy", kind->action,
                             std::move(arn));
  }
  return role;
}

/// Without a Role the function gets one of its own.
void give_role(Expansion& expansion, const ResourceSource& source, ResourceSource& function) {
  if (source.properties.find("Role")) return;
  std::vector<std::string_view> managed{"AWSLambdaBasicExecutionRole"};
  if (const auto* tracing = source.properties.find("Tracing"); tracing && *tracing == Json("Active"))
    managed.push_back("AWSXRayDaemonWriteAccess");
  if (has_queue_event(source)) managed.push_back("AWSLambdaSQSQueueExecutionRole");
  if (source.properties.find("VpcConfig")) managed.push_back("AWSLambdaVPCAccessExecutionRole");
  auto role = with_sending(sam_role(source, "lambda.amazonaws.com", managed, expansion.faults), source);
  function.properties = function.properties.with("Role", get_att(role.logical_id, "Arn"));
  expansion.out.push_back(std::move(role));
}

}  // namespace

void expand_function(Expansion& expansion, const ResourceSource& source) {
  refuse_others(expansion, source.properties, source.place,
                {"FunctionName",
                 "CodeUri",
                 "InlineCode",
                 "Handler",
                 "Runtime",
                 "Timeout",
                 "MemorySize",
                 "Environment",
                 "Events",
                 "Description",
                 "Policies",
                 "Role",
                 "Tags",
                 "Architectures",
                 "Tracing",
                 "ReservedConcurrentExecutions",
                 "LoggingConfig",
                 "Layers",
                 "AutoPublishAlias",
                 "AutoPublishAliasAllProperties",
                 "AutoPublishCodeSha256",
                 "VersionDescription",
                 "DeploymentPreference",
                 "DeadLetterQueue",
                 "EventInvokeConfig",
                 "EphemeralStorage",
                 "SnapStart",
                 "VpcConfig",
                 "PackageType",
                 "KmsKeyArn",
                 "RuntimeManagementConfig",
                 "RecursiveLoop",
                 "PermissionsBoundary",
                 "RolePath",
                 "AssumeRolePolicyDocument",
                 "FunctionUrlConfig"},
                source.type);
  auto function = like(source, "AWS::Lambda::Function");
  take(source.properties, function,
       {"FunctionName", "Handler", "Runtime", "Timeout", "MemorySize", "Environment", "Description", "Role", "Tags",
        "ReservedConcurrentExecutions", "LoggingConfig", "Layers", "EphemeralStorage", "SnapStart", "VpcConfig", "PackageType"});
  give_role(expansion, source, function);
  take_tracing(source, function);
  take_dead_letter_queue(expansion, source, function);
  if (auto code = code_of(expansion, source); code.is_object()) {
    function.properties = function.properties.with("Code", std::move(code));
    function.written_as.emplace("Code", source.properties.find("CodeUri") ? "CodeUri" : "InlineCode");
  }
  expansion.out.push_back(function);
  const auto alias = literal_text(expansion, source, "AutoPublishAlias");
  check_preference(expansion, source);
  Json arn = get_att(source.logical_id, "Arn");
  if (alias) arn = ref_to(publish(expansion, source, function, *alias));
  expand_function_url(expansion, source, alias, alias ? arn : ref_to(source.logical_id));
  expand_invoke_config(expansion, source, alias);
  expand_events(expansion, {.source = source, .arn = std::move(arn), .is_function = true});
}

/// Old versions stay, unless its author wants them deleted.
void expand_layer(Expansion& expansion, const ResourceSource& source) {
  refuse_others(
      expansion, source.properties, source.place,
      {"LayerName", "Description", "ContentUri", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo", "RetentionPolicy"},
      source.type);
  auto layer = like(source, "AWS::Lambda::LayerVersion");
  take(source.properties, layer, {"LayerName", "Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"});
  if (!layer.properties.find("LayerName")) layer.properties = layer.properties.with("LayerName", source.logical_id);
  if (auto code = staged_code(expansion, source, "ContentUri"); code.is_object())
    layer.properties = layer.properties.with("Content", std::move(code));
  layer.written_as.emplace("Content", "ContentUri");
  const auto policy = literal_text(expansion, source, "RetentionPolicy").value_or("Retain");
  if (policy != "Retain" && policy != "Delete") expansion.faults.add(source.place + "/RetentionPolicy", "Retain or Delete is expected");
  layer.retain = source.retain || policy == "Retain";
  expansion.out.push_back(std::move(layer));
}

}  // namespace signalbox::deploy::sam
