#include "aws/apigateway/apigateway.h"
#include "aws/apigateway/patch.h"

#include <array>

namespace signalbox::aws::apigateway {

namespace {

using gateway::Kind;

Failure no_stage() { return {"NotFoundException", "Invalid stage identifier specified", 404}; }

/// `/{path}/{method}/throttling/rateLimit` and what it is called in a stage's methodSettings.
struct Setting {
  std::string_view group, name, member;
};
constexpr std::array settings{Setting{"logging", "loglevel", "loggingLevel"}, Setting{"logging", "dataTrace", "dataTraceEnabled"},
                              Setting{"metrics", "enabled", "metricsEnabled"}, Setting{"throttling", "burstLimit", "throttlingBurstLimit"},
                              Setting{"throttling", "rateLimit", "throttlingRateLimit"}};

std::optional<Json> with_setting(const Json& stage, const Patch& patch) {
  if (patch.path.size() != 4) return std::nullopt;
  for (const auto& setting : settings) {
    if (setting.group != patch.path[2] || setting.name != patch.path[3]) continue;
    auto path = patch.path[0];
    for (auto at = path.find('/'); at != std::string::npos; at = path.find('/', at + 2)) path.replace(at, 1, "~1");
    const std::vector<std::string> member{"methodSettings", path + "/" + patch.path[1], std::string(setting.member)};
    return with_member(stage, member, typed(patch.value));
  }
  return std::nullopt;
}

std::optional<Json> patch_stage(const Json& stage, const Patch& patch) {
  const auto& path = patch.path;
  if (path.size() == 1 && (path[0] == "deploymentId" || path[0] == "description")) return with_member(stage, path, patch.value);
  if (path.size() == 1 && path[0] == "tracingEnabled") return with_member(stage, path, typed(patch.value));
  if (path.size() == 1 && path[0] == "accessLogSettings" && patch.op == "remove") return stage.without("accessLogSettings");
  if (path.size() == 2 && path[0] == "variables") return with_member(stage, path, patch.value);
  if (path.size() == 2 && path[0] == "accessLogSettings" && (path[1] == "destinationArn" || path[1] == "format"))
    return with_member(stage, path, patch.value);
  return with_setting(stage, patch);
}

Answer<Json> find_stage(const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  auto stage = gateway::find_item(reader, api, Kind::Stage, member_text(request, "stageName"));
  if (!stage) return no_stage();
  return std::move(*stage);
}

Answer<Json> store_stage(Transaction& transaction, const Json& request, const Json& record) {
  auto put = gateway::put_stage(transaction, member_text(request, "restApiId"), member_text(request, "stageName"), record);
  if (!put) return failed(put.error());
  return std::move(*put);
}

}  // namespace

Answer<Json> create_deployment(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId"), stage = member_text(request, "stageName");
  const auto id = new_id(transaction, gateway::deployment_id_length);
  auto made = gateway::create_deployment(transaction, api, id, member_text(request, "description"));
  if (!made) return failed(made.error());
  if (stage.empty()) return std::move(*made);
  Json record = gateway::find_item(transaction, api, Kind::Stage, stage).value_or(Json::empty_object()).with("deploymentId", Json(id));
  if (const auto* variables = request.find("variables"); variables && variables->is_object()) record = record.with("variables", *variables);
  if (const auto text = member_text(request, "stageDescription"); !text.empty()) record = record.with("description", Json(text));
  if (auto put = store_stage(transaction, request, record); !put) return put.error();
  return std::move(*made);
}

Answer<Json> update_deployment(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "description"}};
  const auto api = member_text(request, "restApiId"), id = member_text(request, "deploymentId");
  if (auto found = gateway::get_api(transaction, api); !found) return failed(found.error());
  auto record = gateway::find_item(transaction, api, Kind::Deployment, id);
  if (!record) return Failure{"NotFoundException", "Invalid Deployment identifier specified", 404};
  const auto changed =
      patched(std::move(*record), request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  if (!changed) return changed;
  gateway::put_item(transaction, api, Kind::Deployment, id, *changed);
  return gateway::shown_deployment(*changed);
}

Answer<Json> delete_deployment(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(transaction, api); !found) return failed(found.error());
  if (auto done = gateway::delete_deployment(transaction, api, member_text(request, "deploymentId")); !done) return failed(done.error());
  return Json::empty_object();
}

Answer<Json> get_deployment(const OperationContext&, const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  const auto record = gateway::find_item(reader, api, Kind::Deployment, member_text(request, "deploymentId"));
  if (!record) return Failure{"NotFoundException", "Invalid Deployment identifier specified", 404};
  return gateway::shown_deployment(*record);
}

Answer<Json> get_deployments(const OperationContext&, const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  auto deployments = gateway::list_items(reader, api, Kind::Deployment);
  for (auto& [id, record] : deployments) record = gateway::shown_deployment(record);
  return page(deployments, request);
}

Answer<Json> create_stage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  if (gateway::find_item(transaction, member_text(request, "restApiId"), Kind::Stage, member_text(request, "stageName")))
    return Failure{"ConflictException", "Stage already exists", 409};
  const auto* cached = request.find("cacheClusterEnabled");
  if (cached && *cached == Json(true)) return Failure{"BadRequestException", "caches are not offered here"};
  if (request.find("canarySettings")) return Failure{"BadRequestException", "canaries are not offered here"};
  return store_stage(transaction, request, members_of(request, {"deploymentId", "description", "variables", "tracingEnabled", "tags"}));
}

Answer<Json> update_stage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  auto stage = find_stage(transaction, request);
  if (!stage) return stage.error();
  auto changed = patched(std::move(*stage), request, &patch_stage);
  return changed ? store_stage(transaction, request, *changed) : changed;
}

Answer<Json> delete_stage(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  if (auto found = find_stage(transaction, request); !found) return found.error();
  gateway::erase_item(transaction, member_text(request, "restApiId"), Kind::Stage, member_text(request, "stageName"));
  return Json::empty_object();
}

Answer<Json> get_stage(const OperationContext&, const Reader& reader, const Json& request) { return find_stage(reader, request); }

Answer<Json> get_stages(const OperationContext&, const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId"), deployment = member_text(request, "deploymentId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  Json::Array stages;
  for (const auto& [name, stage] : gateway::list_items(reader, api, Kind::Stage))
    if (deployment.empty() || member_text(stage, "deploymentId") == deployment) stages.push_back(stage);
  return json_object({{"item", Json(std::move(stages))}});
}

}  // namespace signalbox::aws::apigateway
