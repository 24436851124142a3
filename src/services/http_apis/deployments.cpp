#include "services/http_apis/deployments.h"

#include "services/http_apis/rules.h"

#include "services/gateway/gateway_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::http_apis {

namespace {

Json snapshot_of(const Reader& reader, std::string_view api) {
  Json::Array routes;
  for (const auto& [id, record] : list_items(reader, api, Kind::Route)) routes.push_back(record);
  Json integrations = Json::empty_object();
  for (const auto& [id, record] : list_items(reader, api, Kind::Integration)) integrations = integrations.with(id, record);
  const auto record = find_api(reader, api);
  const auto* cors = record ? record->find("corsConfiguration") : nullptr;
  return json_object({{"routes", Json(std::move(routes))}, {"integrations", integrations}, {"cors", cors ? *cors : Json()}});
}

Json deployment_record(const Transaction& transaction, std::string_view id, Json snapshot, bool automatic) {
  return json_object({{"deploymentId", id},
                      {"autoDeployed", automatic},
                      {"createdDate", iso_time(transaction.now())},
                      {"deploymentStatus", "DEPLOYED"},
                      {"snapshot", std::move(snapshot)}});
}

}  // namespace

Result<Json> create_deployment(Transaction& transaction, std::string_view api, std::string_view id, std::string_view description) {
  if (const auto there = get_api(transaction, api); !there) return there.error();
  if (list_items(transaction, api, Kind::Route).empty())
    return gateway::bad_request("At least one route is required before deploying the Api.");
  Json record = deployment_record(transaction, id, snapshot_of(transaction, api), false);
  if (!description.empty()) record = record.with("description", Json(description));
  put_item(transaction, api, Kind::Deployment, id, record);
  return shown_deployment(record);
}

Json shown_deployment(const Json& record) { return record.without("snapshot"); }

void deploy_automatically(Transaction& transaction, std::string_view api) {
  Items stages = list_items(transaction, api, Kind::Stage);
  std::erase_if(stages, [](const auto& stage) { return !is_true(stage.second, "autoDeploy"); });
  if (stages.empty() || list_items(transaction, api, Kind::Route).empty()) return;
  const auto snapshot = snapshot_of(transaction, api);
  const auto id = gateway::stable_id({api, snapshot.compact_text()}, gateway::deployment_id_length);
  if (!find_item(transaction, api, Kind::Deployment, id))
    put_item(transaction, api, Kind::Deployment, id, deployment_record(transaction, id, snapshot, true));
  for (const auto& [name, stage] : stages) {
    if (member_text(stage, "deploymentId") == id) continue;
    const auto said = fmt::format("Successfully deployed stage with deployment ID '{}'", id);
    put_item(transaction, api, Kind::Stage, name, stage.with("deploymentId", Json(id)).with("lastDeploymentStatusMessage", Json(said)));
  }
  drop_automatic_deployments(transaction, api);
}

void drop_automatic_deployments(Transaction& transaction, std::string_view api) {
  for (const auto& [id, record] : list_items(transaction, api, Kind::Deployment))
    if (is_true(record, "autoDeployed") && !is_used(transaction, api, id)) erase_item(transaction, api, Kind::Deployment, id);
}

bool is_used(const Reader& reader, std::string_view api, std::string_view deployment) {
  const auto stages = list_items(reader, api, Kind::Stage);
  return std::any_of(stages.begin(), stages.end(),
                     [&](const auto& stage) { return member_text(stage.second, "deploymentId") == deployment; });
}

}  // namespace signalbox::http_apis
