#include "aws/apigateway/apigateway.h"
#include "aws/apigateway/patch.h"

#include <algorithm>
#include <array>

namespace signalbox::aws::apigateway {

namespace {

std::optional<Json> with_binary_type(const Json& record, const Patch& patch) {
  if (patch.path.size() != 2) return std::nullopt;
  Json::Array types;
  if (const auto* known = record.find("binaryMediaTypes"); known && known->is_array()) types = known->elements();
  std::erase(types, Json(patch.path[1]));
  if (patch.op == "add") types.emplace_back(patch.path[1]);
  if (patch.op == "replace") types.push_back(patch.value);
  return types.empty() ? record.without("binaryMediaTypes") : record.with("binaryMediaTypes", Json(std::move(types)));
}

std::optional<Json> patch_api(const Json& record, const Patch& patch) {
  static constexpr std::array known{Patchable{.name = "name", .removable = false},
                                    Patchable{.name = "description"},
                                    Patchable{.name = "version"},
                                    Patchable{.name = "policy"},
                                    Patchable{.name = "apiKeySource", .removable = false},
                                    Patchable{.name = "minimumCompressionSize", .typed = true},
                                    Patchable{.name = "disableExecuteApiEndpoint", .typed = true, .removable = false}};
  const auto& path = patch.path;
  if (path.front() == "binaryMediaTypes") return with_binary_type(record, patch);
  // `/endpointConfiguration/types/EDGE`: which of the kinds that mean the same here.
  if (path.size() == 3 && path[0] == "endpointConfiguration" && path[1] == "types")
    return record.with(path[0], json_object({{"types", json_array({patch.value.is_null() ? Json(path[2]) : patch.value})}}));
  return patch_member(record, patch, known);
}

/// Keys come in a header here, since there is nobody else who could say them.
std::optional<Failure> refused(const Json& record) {
  if (member_text(record, "apiKeySource") == "AUTHORIZER")
    return Failure{"BadRequestException", "the apiKeySource AUTHORIZER is not offered here; HEADER is"};
  return std::nullopt;
}

}  // namespace

Answer<Json> create_rest_api(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  if (member_text(request, "mode") == "import") return import_rest_api(context, transaction, request);  // which has the same path
  if (member_text(request, "name").empty()) return Failure{"BadRequestException", "Invalid API name specified"};
  if (!member_text(request, "cloneFrom").empty()) return Failure{"BadRequestException", "cloneFrom is not offered here"};
  Json record = members_of(request, {"name", "description", "version", "binaryMediaTypes", "minimumCompressionSize",
                                     "endpointConfiguration", "policy", "tags", "disableExecuteApiEndpoint"});
  const auto source = member_text(request, "apiKeySource");
  record = record.with("apiKeySource", Json(source.empty() ? "HEADER" : source));
  if (!record.find("endpointConfiguration")) record = record.with("endpointConfiguration", json_object({{"types", json_array({"EDGE"})}}));
  if (!record.find("disableExecuteApiEndpoint")) record = record.with("disableExecuteApiEndpoint", Json(false));
  if (auto fault = refused(record)) return *fault;
  const auto api = new_id(transaction, gateway::api_id_length);
  if (auto made = gateway::create_api(transaction, api, record); !made) return failed(made.error());
  return *gateway::find_api(transaction, api);
}

Answer<Json> update_rest_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId");
  auto record = gateway::get_api(transaction, api);
  if (!record) return failed(record.error());
  auto changed = patched(std::move(*record), request, &patch_api);
  if (!changed) return changed;
  if (auto fault = refused(*changed)) return *fault;
  gateway::put_api(transaction, api, *changed);
  return changed;
}

Answer<Json> delete_rest_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(transaction, api); !found) return failed(found.error());
  gateway::erase_api(transaction, api);
  return Json::empty_object();
}

Answer<Json> get_rest_api(const OperationContext&, const Reader& reader, const Json& request) {
  auto found = gateway::get_api(reader, member_text(request, "restApiId"));
  if (!found) return failed(found.error());
  return std::move(*found);
}

Answer<Json> get_rest_apis(const OperationContext&, const Reader& reader, const Json& request) {
  return page(gateway::list_apis(reader), request);
}

Answer<Json> get_account(const OperationContext&, const Reader&, const Json&) {
  return json_object({{"throttleSettings", json_object({{"burstLimit", 5'000}, {"rateLimit", 10'000}})},
                      {"features", Json::empty_array()},
                      {"apiKeyVersion", "4"}});
}

}  // namespace signalbox::aws::apigateway
