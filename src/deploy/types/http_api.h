#pragma once
/// What the types of AWS::ApiGatewayV2 share.

#include "deploy/types/gateway.h"

#include "services/http_apis/rules.h"

#include <memory>

namespace signalbox::deploy::http_api {

using api_gateway::physical_id;
using api_gateway::split_physical_id;
using http_apis::Kind;

/// An id of a route or integration, which depends on stack and logical id.
[[nodiscard]] inline std::string part_id(const Resource& resource) {
  return gateway::stable_id({resource.stack, resource.logical_id}, http_apis::part_id_length);
}

[[nodiscard]] inline Result<void> without_record(const Result<Json>& done) { return done ? Result<void>() : Result<void>(done.error()); }
[[nodiscard]] Json tags_of(Properties& properties);

std::unique_ptr<ResourceType> make_api_type();
std::unique_ptr<ResourceType> make_integration_type();
std::unique_ptr<ResourceType> make_route_type();
std::unique_ptr<ResourceType> make_deployment_type();
std::unique_ptr<ResourceType> make_stage_type();

}  // namespace signalbox::deploy::http_api
