#pragma once
/// What the types of AWS::ApiGateway share.

#include "deploy/properties.h"
#include "deploy/resource_type.h"

#include "services/gateway/gateway_records.h"
#include "services/gateway/gateway_rules.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox::deploy::api_gateway {

/// What belongs to an API is removed by its physical id alone, so that names the API, too: `API/REST`.
[[nodiscard]] inline std::string physical_id(std::string_view api, std::string_view rest) {
  return std::string(api).append("/").append(rest);
}
[[nodiscard]] std::pair<std::string, std::string> split_physical_id(const std::string& id);

/// `{"Type": …, "MethodResponses": [{"StatusCode": …}]}` as the control plane spells it: names begin in lower case. What is below `verbatim` members keeps
/// its names, since they are the author's: content types, parameters, models.
[[nodiscard]] Json lower_case_names(const Json& object);

/// Removal of what is gone already is no error.
[[nodiscard]] inline Result<void> unless_gone(Result<void> done) {
  return !done && done.error().code == ErrorCode::NotFound ? Result<void>() : done;
}

std::unique_ptr<ResourceType> make_rest_api_type();
std::unique_ptr<ResourceType> make_resource_type();
std::unique_ptr<ResourceType> make_method_type();
std::unique_ptr<ResourceType> make_deployment_type();
std::unique_ptr<ResourceType> make_stage_type();
std::unique_ptr<ResourceType> make_model_type();
std::unique_ptr<ResourceType> make_validator_type();
std::unique_ptr<ResourceType> make_response_type();
std::unique_ptr<ResourceType> make_api_key_type();
std::unique_ptr<ResourceType> make_usage_plan_type();
std::unique_ptr<ResourceType> make_usage_plan_key_type();

}  // namespace signalbox::deploy::api_gateway
