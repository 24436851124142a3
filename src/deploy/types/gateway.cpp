#include "deploy/types/gateway.h"

#include "base/text.h"
#include "deploy/types/types.h"

#include <algorithm>
#include <array>

namespace signalbox::deploy::api_gateway {

namespace {

constexpr std::array verbatim{"RequestParameters", "RequestTemplates", "RequestModels", "ResponseParameters",
                              "ResponseTemplates", "ResponseModels",   "Variables"};

std::string lower_first(std::string name) {
  if (!name.empty()) name[0] = ascii_lower(name[0]);
  return name;
}

}  // namespace

std::pair<std::string, std::string> split_physical_id(const std::string& id) {
  const auto slash = id.find('/');
  return {id.substr(0, slash), slash == std::string::npos ? std::string() : id.substr(slash + 1)};
}

Json lower_case_names(const Json& value) {
  if (value.is_array()) {
    Json::Array elements;
    for (const auto& element : value.elements()) elements.push_back(lower_case_names(element));
    return Json(std::move(elements));
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& member : value.members()) {
    const bool kept = std::find(verbatim.begin(), verbatim.end(), member.name) != verbatim.end();
    members.push_back({lower_first(member.name), kept ? member.value : lower_case_names(member.value)});
  }
  return Json(std::move(members));
}

}  // namespace signalbox::deploy::api_gateway

namespace signalbox::deploy {

void add_gateway_types(ResourceTypes& types) {
  types.push_back(api_gateway::make_rest_api_type());
  types.push_back(api_gateway::make_resource_type());
  types.push_back(api_gateway::make_method_type());
  types.push_back(api_gateway::make_deployment_type());
  types.push_back(api_gateway::make_stage_type());
  types.push_back(api_gateway::make_model_type());
  types.push_back(api_gateway::make_validator_type());
  types.push_back(api_gateway::make_response_type());
  types.push_back(api_gateway::make_api_key_type());
  types.push_back(api_gateway::make_usage_plan_type());
  types.push_back(api_gateway::make_usage_plan_key_type());
}

}  // namespace signalbox::deploy
