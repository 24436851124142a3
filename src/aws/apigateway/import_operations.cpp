// ImportRestApi and PutRestApi: APIs as documents in JSON or YAML describe them.
#include "aws/apigateway/apigateway.h"
#include "services/gateway/definition_import.h"

namespace signalbox::aws::apigateway {

namespace {

/// The request's members are the document's, besides those of its path and query.
Answer<gateway::ApiDefinition> definition_of(const Json& request) {
  const Json document = request.without("mode").without("restApiId").without("failonwarnings").without("endpointConfigurationTypes");
  std::vector<Error> faults;
  auto definition = gateway::read_definition(document, faults);
  if (faults.empty()) return definition;
  std::string text;
  for (const auto& fault : faults)
    text += (text.empty() ? "" : "; ") + (fault.where.empty() ? std::string() : fault.where + ": ") + fault.message;
  return Failure{"BadRequestException", text, 400};
}

}  // namespace

Answer<Json> import_rest_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto definition = definition_of(request);
  if (!definition) return definition.error();
  Json record = definition->members;
  if (member_text(record, "name").empty()) return Failure{"BadRequestException", "Invalid API name specified"};
  if (!record.find("apiKeySource")) record = record.with("apiKeySource", Json("HEADER"));
  const auto type = member_text(request, "endpointConfigurationTypes");
  record = record.with("endpointConfiguration", json_object({{"types", json_array({type.empty() ? Json("EDGE") : Json(type)})}}))
               .with("disableExecuteApiEndpoint", Json(false));
  const auto api = new_id(transaction, gateway::api_id_length);
  if (auto made = gateway::create_api(transaction, api, record); !made) return failed(made.error());
  if (auto put = gateway::put_definition(transaction, api, *definition, gateway::Merging::Overwrite); !put) return failed(put.error());
  return *gateway::find_api(transaction, api);
}

Answer<Json> put_rest_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId"), mode = member_text(request, "mode");
  if (auto found = gateway::get_api(transaction, api); !found) return failed(found.error());
  if (!mode.empty() && mode != "merge" && mode != "overwrite") return Failure{"BadRequestException", "Invalid mode specified: " + mode};
  const auto definition = definition_of(request);
  if (!definition) return definition.error();
  if (auto updated = gateway::update_api(transaction, api, definition->members); !updated) return failed(updated.error());
  const auto merging = mode == "overwrite" ? gateway::Merging::Overwrite : gateway::Merging::Merge;
  if (auto put = gateway::put_definition(transaction, api, *definition, merging); !put) return failed(put.error());
  return *gateway::find_api(transaction, api);
}

}  // namespace signalbox::aws::apigateway
