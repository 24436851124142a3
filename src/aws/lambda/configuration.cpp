// FunctionConfiguration: how a function is shown, and what requests say of it.
#include <algorithm>
#include <array>
#include <charconv>

#include "aws/lambda/lambda.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

/// Members that are kept as given and shown again; what they ask of hardware or networks has no meaning here.
constexpr std::array kept_members{"DeadLetterConfig", "EphemeralStorage", "FileSystemConfigs", "ImageConfig", "KMSKeyArn",
                                  "LoggingConfig",    "SnapStart",        "TracingConfig",     "VpcConfig"};

/// `2026-11-24T01:02:03.456+0000`
std::string lambda_time(Timestamp time) {
  auto text = format_rfc3339(time);
  text.pop_back();
  return text + "+0000";
}

std::string hex_to_bytes(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

Json setting(const functions::FunctionConfig& config, const char* name, Json otherwise) {
  const auto found = config.settings.find(name);
  return found == config.settings.end() ? otherwise : Json::from_stored(found->second);
}

Json environment_json(const std::map<std::string, std::string>& environment) {
  return json_object({{"Variables", tags_json(environment)}});
}

Json layers_json(const std::vector<functions::Layer>& layers) {
  Json::Array out;
  for (const auto& layer : layers) out.push_back(json_object({{"Arn", Json(layer.arn)}, {"CodeSize", Json(layer.bytes)}}));
  return Json(std::move(out));
}

Json logging_json(const functions::FunctionConfig& config) {
  Json logging = setting(config, "LoggingConfig", Json::empty_object());
  if (!logging.find("LogFormat")) logging = logging.with("LogFormat", Json("Text"));
  if (!logging.find("LogGroup")) logging = logging.with("LogGroup", Json("/aws/lambda/" + config.name));
  return logging;
}

Answer<std::map<std::string, std::string>> variables_of(const Json& map) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : map.members()) {
    if (!value.is_string()) return Failure{"SerializationException", "The values of Environment.Variables must be strings"};
    out[name] = value.as_string();
  }
  return out;
}

Answer<std::vector<functions::Layer>> layers_of(const Reader& reader, const std::vector<std::string>& arns) {
  constexpr std::size_t layers_max = 5;
  if (arns.size() > layers_max) return invalid_parameter("Cannot reference more than 5 layers.");
  std::vector<functions::Layer> layers;
  for (const auto& arn : arns) {
    const auto found = functions::find_layer_by_arn(reader, arn);
    if (!found) return invalid_parameter(found.error().message);
    layers.push_back({.arn = arn, .code_hash = found->code_hash, .bytes = found->code_bytes});
  }
  return layers;
}

Answer<void> read_package(const Json& request) {
  const Json* type = request.find("PackageType");
  if (type && type->is_string() && type->as_string() != "Zip")
    return invalid_parameter("PackageType " + std::string(type->as_string()) + " is not supported here: functions run without containers");
  const Json* durable = request.find("DurableConfig");
  if (durable && !durable->is_null()) return invalid_parameter("DurableConfig is not supported here: durable functions are not offered");
  return {};
}

}  // namespace

std::string shown_sha256(const std::string& of_archive, std::string_view code_hash) {
  return of_archive.empty() ? base64_encode(hex_to_bytes(code_hash)) : of_archive;
}

Json tags_json(const std::map<std::string, std::string>& tags) {
  Json::Object out;
  for (const auto& [name, value] : tags) out.push_back({name, Json(value)});
  return Json(std::move(out));
}

std::string revision_id(std::string_view identity, std::int64_t revision) {
  const auto bytes = digest(DigestAlgorithm::Sha256, std::string(identity) + ":" + std::to_string(revision));
  std::array<std::uint8_t, 16> random{};
  std::copy_n(bytes.begin(), random.size(), random.begin());
  return uuid_v4(random).value;
}

Json configuration_json(const OperationContext& context, const functions::FunctionConfig& config, bool qualified) {
  const auto arn = context.services.engine.site().function_arn(config.name);
  const auto version = functions::shown_version(config);
  Json out = json_object(
      {{"FunctionName", Json(config.name)},
       {"FunctionArn", Json(qualified ? arn + ":" + version : arn)},
       {"Runtime", Json(config.runtime)},
       {"Role", Json(config.role)},
       {"Handler", Json(config.handler)},
       {"CodeSize", Json(config.code_bytes)},
       {"Description", Json(config.description)},
       {"Timeout", Json(config.timeout_seconds)},
       {"MemorySize", Json(config.memory_mb)},
       {"LastModified", Json(lambda_time(config.modified_at))},
       {"CodeSha256", Json(shown_sha256(config.code_sha256, config.code_hash))},
       {"Version", Json(version)},
       {"TracingConfig", setting(config, "TracingConfig", json_object({{"Mode", "PassThrough"}}))},
       {"RevisionId", Json(revision_id(config.key.id + config.version, config.revision))},
       {"State", "Active"},
       {"LastUpdateStatus", "Successful"},
       {"PackageType", "Zip"},
       {"Architectures", setting(config, "Architectures", json_array({"x86_64"}))},
       {"EphemeralStorage", setting(config, "EphemeralStorage", json_object({{"Size", 512}}))},
       {"SnapStart", json_object({{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}})},
       {"RuntimeVersionConfig", json_object({{"RuntimeVersionArn", Json("arn:aws:lambda:" + context.services.engine.site().region +
                                                                        "::runtime:" + config.runtime)}})},
       {"LoggingConfig", logging_json(config)}});
  if (!config.environment.empty()) out = out.with("Environment", environment_json(config.environment));
  if (!config.layers.empty()) out = out.with("Layers", layers_json(config.layers));
  for (const char* name : {"DeadLetterConfig", "FileSystemConfigs", "KMSKeyArn", "VpcConfig"}) {
    if (config.settings.contains(name)) out = out.with(name, setting(config, name, {}));
  }
  return out;
}

Answer<functions::FunctionConfig> with_configuration(const Reader& reader, functions::FunctionConfig config, const Json& request) {
  if (auto package = read_package(request); !package) return package.error();
  Parameters parameters(request);
  if (auto runtime = parameters.text("Runtime")) config.runtime = std::move(*runtime);
  if (auto handler = parameters.text("Handler")) config.handler = std::move(*handler);
  if (auto role = parameters.text("Role")) config.role = std::move(*role);
  if (auto description = parameters.text("Description", {0, 256})) config.description = std::move(*description);
  if (const auto timeout = parameters.integer("Timeout", {1, 900})) config.timeout_seconds = *timeout;
  if (const auto memory = parameters.integer("MemorySize", {128, 10'240})) config.memory_mb = *memory;
  const Json* environment = parameters.object("Environment");
  const Json* layers = parameters.array("Layers");
  const auto arns = parameters.texts("Layers");
  if (auto fault = parameters.fault()) return *fault;
  if (environment) {
    const Json* variables = environment->find("Variables");
    auto read = variables && variables->is_object() ? variables_of(*variables)
                                                    : Answer<std::map<std::string, std::string>>(std::map<std::string, std::string>{});
    if (!read) return read.error();
    config.environment = std::move(*read);
  }
  if (layers) {
    auto found = layers_of(reader, arns);
    if (!found) return found.error();
    config.layers = std::move(*found);
  }
  for (const char* name : kept_members) {
    if (const Json* value = request.find(name); value && !value->is_null()) config.settings[name] = value->text();
  }
  return config;
}

}  // namespace signalbox::aws::lambda
