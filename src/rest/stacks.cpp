#include "rest/stacks.h"

#include "rest/request.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;
using Resolve = std::function<std::string(std::string_view)>;

Json to_json(const deploy::StackResult& result, const Resolve& resolve) {
  Json::Object outputs;
  for (const auto& [name, value] : result.outputs) outputs.push_back({name, Json(resolve(value))});
  return present_members({{"name", result.name},
                          {"result", result.result},
                          {"failure", result.failure ? Json(result.failure->message) : Json()},
                          {"outputs", outputs.empty() ? Json() : Json(std::move(outputs))}});
}

Result<deploy::ParameterOverrides> read_parameters(const Json& body) {
  deploy::ParameterOverrides parameters;
  const Json* given = body.find("parameters");
  if (!given) return parameters;
  if (!given->is_object()) return error(ErrorCode::InvalidArgument, "'parameters' must be an object of strings", "/parameters");
  for (const auto& parameter : given->members()) {
    if (!parameter.value.is_string()) return error(ErrorCode::InvalidArgument, "the parameter '" + parameter.name + "' must be a string", "/parameters/" + parameter.name);
    parameters[parameter.name] = std::string(parameter.value.as_string());
  }
  return parameters;
}

awaitable<http::Response> deploy_path(deploy::Deployer& deployer, Resolve resolve, http::Request request) {
  auto body = read_body(request, {"path", "parameters"});
  if (!body) co_return problem(body.error());
  const auto path = required_text(*body, "path");
  if (!path) co_return problem(path.error());
  auto parameters = read_parameters(*body);
  if (!parameters) co_return problem(parameters.error());
  std::filesystem::path folder(*path);
  auto results = co_await deployer.deploy(std::move(folder), std::move(*parameters));
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

}  // namespace

void add_stack_routes(http::Router& router, deploy::Deployer& deployer, const Reader& reader, Resolve resolve) {
  router.on("POST", "/v1/stacks", [&deployer, resolve](http::Request request) { return deploy_path(deployer, resolve, std::move(request)); });
  router.on("GET", "/v1/stacks", [&reader, resolve](http::Request) { return list(reader, resolve); });
}

}  // namespace signalbox::rest
