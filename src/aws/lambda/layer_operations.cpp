// Layers.
#include <charconv>

#include "aws/lambda/lambda.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

/// NAME, or the layer's ARN, with its version where one is asked for.
Answer<std::string> layer_name(const Json& request) {
  Parameters parameters(request);
  const auto text = parameters.required("LayerName", {1, 140});
  if (auto fault = parameters.fault()) return *fault;
  Arn arn;
  constexpr std::string_view kind = "layer:";
  if (!parse_arn(text, arn)) return text;
  if (arn.service != "lambda" || !arn.resource.starts_with(kind)) return invalid_parameter("Layer ARN is not valid: " + text);
  return arn.resource.substr(kind.size());
}

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array out;
  for (const auto& text : texts) out.emplace_back(text);
  return Json(std::move(out));
}

/// `2026-11-24T01:02:03.456+0000`
std::string created_text(Timestamp time) {
  auto text = format_rfc3339(time);
  text.pop_back();
  return text + "+0000";
}

Json summary_json(const Site& site, const functions::LayerRecord& layer) {
  Json out = json_object({{"LayerVersionArn", Json(functions::layer_version_arn(site, layer.name, layer.version))},
                          {"Version", Json(layer.version)},
                          {"Description", Json(layer.description)},
                          {"CreatedDate", Json(created_text(layer.created_at))}});
  if (!layer.runtimes.empty()) out = out.with("CompatibleRuntimes", texts_json(layer.runtimes));
  if (!layer.architectures.empty()) out = out.with("CompatibleArchitectures", texts_json(layer.architectures));
  return layer.license.empty() ? out : out.with("LicenseInfo", Json(layer.license));
}

Json layer_json(const OperationContext& context, const functions::LayerRecord& layer) {
  const auto& site = context.services.engine.site();
  return summary_json(site, layer)
      .with("LayerArn", Json(functions::layer_arn(site, layer.name)))
      .with("Content", json_object({{"Location", Json(context.base_url + "/v1/layers/" + layer.name)},
                                    {"CodeSha256", Json(shown_sha256(layer.code_sha256, layer.code_hash))},
                                    {"CodeSize", Json(layer.code_bytes)}}));
}

Answer<functions::LayerRecord> version_of(const Reader& reader, const Json& request) {
  const auto name = layer_name(request);
  if (!name) return name.error();
  Parameters parameters(request);
  const auto version = parameters.integer("VersionNumber");
  if (auto fault = parameters.fault()) return *fault;
  auto layer = functions::find_layer_version(reader, *name, version.value_or(0));
  if (!layer) return Failure{"ResourceNotFoundException", "The resource you requested does not exist.", 404};
  return std::move(*layer);
}

}  // namespace

asio::awaitable<Answer<Json>> publish_layer_version(OperationContext context, Json request) {
  const auto name = layer_name(request);
  if (!name) co_return name.error();
  Parameters parameters(request);
  functions::LayerRecord layer;
  layer.name = *name;
  layer.description = parameters.text("Description", {0, 256}).value_or("");
  layer.license = parameters.text("LicenseInfo", {0, 512}).value_or("");
  layer.runtimes = parameters.texts("CompatibleRuntimes");
  layer.architectures = parameters.texts("CompatibleArchitectures");
  const Json* content = parameters.object("Content");
  if (!content) parameters.violation("null", "content", "Member must not be null");
  if (auto fault = parameters.fault()) co_return *fault;
  const auto code = co_await upload(context, *content);
  if (!code) co_return code.error();
  layer.code_hash = code->hash;
  layer.code_sha256 = code->sha256;
  layer.code_bytes = code->bytes;
  std::function<Answer<Json>(EngineTransaction&)> work = [context, layer](EngineTransaction& transaction) -> Answer<Json> {
    const auto published = functions::publish_layer_version(transaction, layer);
    if (!published) return failure_of(published.error());
    return layer_json(context, *published);
  };
  auto answer = co_await write(context.services.engine, std::move(work));
  co_return answer;
}

Answer<Json> get_layer_version(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto layer = version_of(reader, request);
  if (!layer) return layer.error();
  return layer_json(context, *layer);
}

Answer<Json> get_layer_version_by_arn(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("Arn", {1, 140});
  if (auto fault = parameters.fault()) return *fault;
  const auto layer = functions::find_layer_by_arn(reader, arn);
  if (!layer) return failure_of(layer.error());
  return layer_json(context, *layer);
}

Answer<Json> delete_layer_version(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto layer = version_of(transaction, request);
  if (layer) functions::delete_layer_version(transaction, layer->name, layer->version);
  else if (layer.error().code != "ResourceNotFoundException") return layer.error();  // one that is gone is no error
  return Json::empty_object();
}

Answer<Json> list_layer_versions(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto name = layer_name(request);
  if (!name) return name.error();
  auto layers = functions::list_layer_versions(reader, *name);
  Json::Array shown;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    shown.push_back(summary_json(context.services.engine.site(), *layer));  // newest first
  return json_object({{"LayerVersions", Json(std::move(shown))}});
}

Answer<Json> list_layers(const OperationContext& context, const Reader& reader, const Json&) {
  std::map<std::string, functions::LayerRecord> newest;
  for (auto& layer : functions::list_layer_versions(reader, {})) newest[layer.name] = layer;
  const auto& site = context.services.engine.site();
  Json::Array shown;
  for (const auto& [name, layer] : newest) {
    shown.push_back(json_object({{"LayerName", Json(name)},
                                 {"LayerArn", Json(functions::layer_arn(site, name))},
                                 {"LatestMatchingVersion", summary_json(site, layer)}}));
  }
  return json_object({{"Layers", Json(std::move(shown))}});
}

}  // namespace signalbox::aws::lambda
