#include "rest/stacks.h"

#include "rest/request.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;
using Resolve = std::function<std::string(std::string_view)>;

std::string_view name_of(deploy::Change::Kind kind) {
  switch (kind) {
    case deploy::Change::Kind::Created: return "create";
    case deploy::Change::Kind::Updated: return "update";
    case deploy::Change::Kind::Removed: return "remove";
    case deploy::Change::Kind::Kept: return "keep";
  }
  return "";
}

Json to_json(const std::vector<deploy::Change>& changes) {
  Json::Array list;
  for (const auto& change : changes)
    list.push_back(json_object(
        {{"action", name_of(change.kind)}, {"resource", change.logical_id}, {"type", change.type}, {"physicalId", change.physical_id}}));
  return Json(std::move(list));
}

Json to_json(const deploy::StackResult& result, const Resolve& resolve) {
  Json::Object outputs;
  for (const auto& [name, value] : result.outputs) outputs.push_back({name, Json(resolve(value))});
  return present_members({{"name", result.name},
                          {"result", result.result},
                          {"changes", result.changes.empty() ? Json() : to_json(result.changes)},
                          {"failure", result.failure ? Json(result.failure->message) : Json()},
                          {"outputs", outputs.empty() ? Json() : Json(std::move(outputs))}});
}

Result<deploy::ParameterOverrides> read_parameters(const Json& body) {
  deploy::ParameterOverrides parameters;
  const Json* given = body.find("parameters");
  if (!given) return parameters;
  if (!given->is_object()) return error(ErrorCode::InvalidArgument, "'parameters' must be an object of strings", "/parameters");
  for (const auto& parameter : given->members()) {
    if (!parameter.value.is_string())
      return error(ErrorCode::InvalidArgument, "the parameter '" + parameter.name + "' must be a string", "/parameters/" + parameter.name);
    parameters[parameter.name] = std::string(parameter.value.as_string());
  }
  return parameters;
}

Result<deploy::UnsupportedTypes> read_types(const Json& body) {
  deploy::UnsupportedTypes types;
  const Json* given = body.find("allowUnsupported");
  if (!given) return types;
  if (!given->is_array())
    return error(ErrorCode::InvalidArgument, "'allowUnsupported' must be a list of resource types", "/allowUnsupported");
  for (const auto& type : given->elements()) {
    if (!type.is_string())
      return error(ErrorCode::InvalidArgument, "a resource type must be a string, not " + type.text(), "/allowUnsupported");
    types.emplace(type.as_string());
  }
  return types;
}

awaitable<http::Response> deploy_path(deploy::Deployer& deployer, Resolve resolve, http::Request request) {
  auto body = read_body(request, {"path", "parameters", "planOnly", "allowUnsupported"});
  if (!body) co_return problem(body.error());
  const auto path = required_text(*body, "path");
  if (!path) co_return problem(path.error());
  auto parameters = read_parameters(*body);
  if (!parameters) co_return problem(parameters.error());
  std::filesystem::path folder(*path);
  const Json* plan_only = body->find("planOnly");
  if (plan_only && !plan_only->is_boolean())
    co_return problem(error(ErrorCode::InvalidArgument, "'planOnly' must be true or false", "/planOnly"));
  auto allowed = read_types(*body);
  if (!allowed) co_return problem(allowed.error());
  if (const auto unknown = deployer.unknown_parameters(folder, *parameters); !unknown.empty()) {
    co_return problem(
        error(ErrorCode::InvalidArgument, "no template there has a parameter '" + unknown.front() + "'", "/parameters/" + unknown.front()));
  }
  Result<std::vector<deploy::StackResult>> results = std::vector<deploy::StackResult>{};
  if (plan_only && plan_only->as_boolean()) results = deployer.foresee(folder, *parameters, *allowed);
  else results = co_await deployer.deploy(std::move(folder), std::move(*parameters), std::move(*allowed));
  if (!results) co_return problem(results.error());
  Json::Array stacks;
  std::string failures;
  for (const auto& result : *results) {
    stacks.push_back(to_json(result, resolve));
    if (result.failure) failures += (failures.empty() ? "" : "\n") + result.name + ": " + result.failure->message;
  }
  if (!failures.empty()) co_return problem(error(ErrorCode::InvalidDefinition, failures));
  co_return answer(200, json_object({{"stacks", Json(std::move(stacks))}}));
}

awaitable<http::Response> list(const Reader& reader, Resolve resolve) {
  Json::Array stacks;
  for (const auto& stack : deploy::list_stacks(reader)) {
    Json::Object outputs;
    for (const auto& [name, value] : stack.outputs) outputs.push_back({name, Json(resolve(value))});
    stacks.push_back(json_object({{"name", stack.name},
                                  {"folder", stack.folder},
                                  {"deployedAt", format_rfc3339(stack.deployed_at)},
                                  {"resources", static_cast<std::int64_t>(stack.resources.size())},
                                  {"outputs", Json(std::move(outputs))}}));
  }
  co_return answer(200, json_object({{"stacks", Json(std::move(stacks))}}));
}

awaitable<http::Response> get(const Reader& reader, Resolve resolve, http::Request request) {
  const auto stack = deploy::find_stack(reader, request.parameter("name"));
  if (!stack) co_return problem(error(ErrorCode::NotFound, "there is no stack '" + std::string(request.parameter("name")) + "'"));
  Json::Object outputs;
  for (const auto& [name, value] : stack->outputs) outputs.push_back({name, Json(resolve(value))});
  Json::Array resources;
  for (const auto& resource : stack->resources)
    resources.push_back(json_object({{"resource", resource.logical_id}, {"type", resource.type}, {"physicalId", resource.physical_id}}));
  co_return answer(200, json_object({{"name", stack->name},
                                     {"folder", stack->folder},
                                     {"deployedAt", format_rfc3339(stack->deployed_at)},
                                     {"resources", Json(std::move(resources))},
                                     {"outputs", Json(std::move(outputs))}}));
}

awaitable<http::Response> destroy(deploy::Deployer& deployer, Resolve resolve, http::Request request) {
  std::string name(request.parameter("name"));
  const auto result = co_await deployer.destroy(std::move(name));
  if (result.failure) co_return problem(*result.failure);
  co_return answer(200, to_json(result, resolve));
}

}  // namespace

void add_stack_routes(http::Router& router, deploy::Deployer& deployer, const Reader& reader, Resolve resolve) {
  router.on("POST", "/v1/stacks",
            [&deployer, resolve](http::Request&& request) { return deploy_path(deployer, resolve, std::move(request)); });
  router.on("GET", "/v1/stacks/{name}", [&reader, resolve](http::Request&& request) { return get(reader, resolve, std::move(request)); });
  router.on("DELETE", "/v1/stacks/{name}",
            [&deployer, resolve](http::Request&& request) { return destroy(deployer, resolve, std::move(request)); });
  router.on("GET", "/v1/stacks", [&reader, resolve](http::Request) { return list(reader, resolve); });
}

}  // namespace signalbox::rest
