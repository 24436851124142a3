#include "aws/apigateway/apigateway.h"
#include "aws/apigatewayv2/apigatewayv2.h"

#include "asl/yaml.h"
#include "services/gateway/stage_url.h"
#include "services/http_apis/api_document.h"

#include <array>

namespace signalbox::aws::apigatewayv2 {

namespace {

using apigateway::failed;

constexpr std::array<std::string_view, 10> api_members{"name",
                                                       "description",
                                                       "version",
                                                       "protocolType",
                                                       "routeSelectionExpression",
                                                       "apiKeySelectionExpression",
                                                       "corsConfiguration",
                                                       "disableExecuteApiEndpoint",
                                                       "disableSchemaValidation",
                                                       "tags"};

Json shown(const Json& record) {
  Json api = record.with("apiEndpoint", Json(gateway::api_url(member_text(record, "apiId"))));
  if (!api.find("disableExecuteApiEndpoint")) api = api.with("disableExecuteApiEndpoint", Json(false));
  return api.find("tags") ? api : api.with("tags", Json::empty_object());
}

Answer<Json> shown_api(const Reader& reader, std::string_view id) {
  const auto record = http_apis::get_api(reader, id);
  if (!record) return failed(record.error());
  return shown(*record);
}

/// The request's `body`: OpenAPI in JSON or YAML.
Answer<http_apis::ApiDocument> document_of(const Json& request) {
  auto text = member_text(request, "body");
  if (const auto first = text.find_first_not_of(" \t\r\n"); first != std::string::npos && text[first] != '{') {
    auto json = yaml_to_json(text);
    if (!json) return Failure{"BadRequestException", "Unable to parse the API definition: " + json.error().message, 400};
    text = std::move(*json);
  }
  const auto document = Json::parse(std::move(text));
  if (!document) return Failure{"BadRequestException", "Unable to parse the API definition: " + document.error().message, 400};
  if (const auto base = member_text(request, "basepath"); !base.empty() && base != "ignore")
    return Failure{"BadRequestException", "the basepath " + base + " is not offered here; ignore is", 400};
  std::vector<Error> faults;
  auto read = http_apis::read_document(*document, faults);
  if (faults.empty()) return read;
  std::string said;
  for (const auto& fault : faults)
    said += (said.empty() ? "" : "; ") + (fault.where.empty() ? std::string() : fault.where + ": ") + fault.message;
  return Failure{"BadRequestException", said, 400};
}

// ---- tags ------------------------------------------------------------------------------------------------------------------------------

/// `arn:aws:apigateway:REGION::/apis/API`, or with `/stages/STAGE` after it.
struct Tagged {
  std::string api, stage;
};
Tagged parse_tagged(const Json& request) {
  const auto arn = member_text(request, "arn");
  constexpr std::string_view apis = "/apis/", stages = "/stages/";
  const auto at = arn.find(apis);
  if (at == std::string::npos) return {};
  auto rest = arn.substr(at + apis.size());
  const auto stage = rest.find(stages);
  if (stage == std::string::npos) return {.api = rest, .stage = {}};
  return {.api = rest.substr(0, stage), .stage = rest.substr(stage + stages.size())};
}

Result<Json> find_tagged(const Reader& reader, const Tagged& tagged) {
  if (tagged.stage.empty()) return http_apis::get_api(reader, tagged.api);
  return http_apis::get_item(reader, tagged.api, http_apis::Kind::Stage, tagged.stage);
}

Json tags_of(const Json& record) {
  const auto* tags = record.find("tags");
  return tags && tags->is_object() ? *tags : Json::empty_object();
}

void put_tags(Transaction& transaction, const Tagged& tagged, const Json& record, const Json& tags) {
  if (tagged.stage.empty()) http_apis::put_api(transaction, tagged.api, record.with("tags", tags));
  else http_apis::put_item(transaction, tagged.api, http_apis::Kind::Stage, tagged.stage, record.with("tags", tags));
}

}  // namespace

Answer<Json> create_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = apigateway::new_id(transaction, gateway::api_id_length);
  if (auto made = http_apis::create_api(transaction, api, with_members(Json::empty_object(), request, api_members)); !made)
    return failed(made.error());
  if (!member_text(request, "target").empty())
    if (auto added = http_apis::add_quick_target(transaction, api, request); !added) return failed(added.error());
  return shown_api(transaction, api);
}

Answer<Json> import_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto document = document_of(request);
  if (!document) return document.error();
  const auto api = apigateway::new_id(transaction, gateway::api_id_length);
  if (auto made = http_apis::create_api(transaction, api, document->members.with("protocolType", Json("HTTP"))); !made)
    return failed(made.error());
  if (auto put = http_apis::put_document(transaction, api, *document, http_apis::Replacing::All); !put) return failed(put.error());
  return shown_api(transaction, api);
}

Answer<Json> reimport_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "apiId");
  if (const auto there = http_apis::get_api(transaction, api); !there) return failed(there.error());
  const auto document = document_of(request);
  if (!document) return document.error();
  if (auto put = http_apis::put_document(transaction, api, *document, http_apis::Replacing::All); !put) return failed(put.error());
  if (auto updated = http_apis::update_api(transaction, api, document->members); !updated) return failed(updated.error());
  return shown_api(transaction, api);
}

Answer<Json> update_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "apiId");
  if (const auto there = http_apis::get_api(transaction, api); !there) return failed(there.error());
  for (const auto* name : {"target", "routeKey", "credentialsArn"})
    if (!member_text(request, name).empty())
      return Failure{"BadRequestException", std::string("UpdateApi cannot change the ") + name + " of a quick create here", 400};
  if (auto updated = http_apis::update_api(transaction, api, with_members(Json::empty_object(), request, api_members)); !updated)
    return failed(updated.error());
  return shown_api(transaction, api);
}

Answer<Json> delete_api(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "apiId");
  if (const auto there = http_apis::get_api(transaction, api); !there) return failed(there.error());
  http_apis::erase_api(transaction, api);
  return Json::empty_object();
}

Answer<Json> delete_cors_configuration(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  if (auto updated = http_apis::update_api(transaction, member_text(request, "apiId"), json_object({{"corsConfiguration", Json()}}));
      !updated)
    return failed(updated.error());
  return Json::empty_object();
}

Answer<Json> get_api(const OperationContext&, const Reader& reader, const Json& request) {
  return shown_api(reader, member_text(request, "apiId"));
}
Answer<Json> get_apis(const OperationContext&, const Reader& reader, const Json& request) {
  return page(http_apis::list_apis(reader), request, &shown);
}

Answer<Json> get_tags(const OperationContext&, const Reader& reader, const Json& request) {
  const auto record = find_tagged(reader, parse_tagged(request));
  if (!record) return failed(record.error());
  return json_object({{"tags", tags_of(*record)}});
}

Answer<Json> tag_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto tagged = parse_tagged(request);
  const auto record = find_tagged(transaction, tagged);
  if (!record) return failed(record.error());
  Json tags = tags_of(*record);
  for (const auto& [name, value] : gateway::texts_of(request, "tags")) tags = tags.with(name, Json(value));
  put_tags(transaction, tagged, *record, tags);
  return Json::empty_object();
}

Answer<Json> untag_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto tagged = parse_tagged(request);
  const auto record = find_tagged(transaction, tagged);
  if (!record) return failed(record.error());
  Json tags = tags_of(*record);
  if (const auto* keys = request.find("tagKeys"); keys && keys->is_array())
    for (const auto& key : keys->elements()) tags = tags.without(key.as_string());
  put_tags(transaction, tagged, *record, tags);
  return Json::empty_object();
}

}  // namespace signalbox::aws::apigatewayv2
