/// AWS::Lambda::Function, and so AWS::Serverless::Function. Its code was staged before (code_source.h). Ref: its name. Fn::GetAtt: Arn.

#include "deploy/properties.h"
#include "deploy/types/types.h"
#include "services/functions/functions.h"
#include "services/functions/layers.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

class FunctionType final : public ResourceType {
 public:
  explicit FunctionType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Lambda::Function"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto config = read(resource, faults);
    if (faults.empty())
      if (const auto checked = functions::check(config); !checked) faults.add(resource.place, checked.error().message);
    return {.physical_id = config.name, .ref = Json(config.name), .attributes = {{"Arn", site_.function_arn(config.name)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    auto config = read(resource);
    if (auto found = find_layers(transaction, config); !found) return found;
    const auto created = functions::create_function(transaction, std::move(config));
    return created ? Result<void>() : Result<void>(created.error());
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    auto config = read(resource);
    const auto existing = functions::find_function(transaction, config.name);
    if (!existing) return create(transaction, resource);
    if (auto found = find_layers(transaction, config); !found) return found;
    if (!config.reserved_concurrency) config.reserved_concurrency = existing->reserved_concurrency;  // set by hand
    const auto updated = functions::update_function(transaction, std::move(config));
    return updated ? Result<void>() : Result<void>(updated.error());
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (!functions::find_function(transaction, physical_id)) return {};
    return functions::delete_function(transaction, physical_id);
  }

 private:
  /// Layers are known by their ARNs until now: those of this stack are made by then.
  static Result<void> find_layers(const Reader& reader, functions::FunctionConfig& config) {
    for (auto& layer : config.layers) {
      const auto found = functions::find_layer_by_arn(reader, layer.arn);
      if (!found) return found.error();
      layer.code_hash = found->code_hash;
      layer.bytes = found->code_bytes;
    }
    return {};
  }

  static void read_layers(Properties& properties, functions::FunctionConfig& config) {
    constexpr std::size_t layers_max = 5;
    const auto* layers = properties.array("Layers");
    if (!layers) return;
    if (layers->size() > layers_max) properties.fault("Layers", "a function has at most 5 layers");
    for (const auto& layer : layers->elements()) {
      if (layer.is_string()) config.layers.push_back({.arn = std::string(layer.as_string()), .code_hash = {}, .bytes = 0});
      else properties.fault("Layers", fmt::format("{} is no ARN of a layer's version", layer.text()));
    }
  }

  functions::FunctionConfig read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    functions::FunctionConfig config;
    config.name = properties.string("FunctionName").value_or(resource.default_name(64));
    config.description = properties.string("Description").value_or("");
    config.runtime = properties.required("Runtime");
    config.handler = properties.required("Handler");
    config.timeout_seconds = properties.integer("Timeout", 1, 900).value_or(3);
    config.memory_mb = properties.integer("MemorySize", 128, 10'240).value_or(128);
    config.role = properties.string("Role").value_or(site_.role_arn(resource.default_name(60) + "Role"));
    config.stack = resource.stack;
    config.tags = properties.tags();
    if (const auto* environment = properties.object("Environment")) {
      Properties variables(*environment, properties.at("Environment"), faults);
      config.environment = variables.texts("Variables");
      variables.refuse_others();
    }
    if (const auto* code = properties.object("Code"); code && code->find("Hash")) {
      config.code_hash = code->find("Hash")->as_string();
      config.code_bytes = code->find("Bytes")->as_integer().value_or(0);
    }
    read_layers(properties, config);
    config.reserved_concurrency = properties.integer("ReservedConcurrentExecutions", 0, 1'000'000);
    for (const auto* name : {"DeadLetterConfig", "LoggingConfig", "TracingConfig", "EphemeralStorage", "SnapStart", "VpcConfig"})
      if (const auto* value = properties.object(name)) config.settings[name] = value->text();
    if (properties.string("PackageType").value_or("Zip") != "Zip")
      properties.fault("PackageType", "functions run without containers here, so their code comes as Zip");
    properties.ignore({"Architectures", "RecursiveLoop", "RuntimeManagementConfig", "KmsKeyArn",
                       "CodeSigningConfigArn"});  // AWS's machines, keys and signatures
    properties.refuse_others();
    return config;
  }
  functions::FunctionConfig read(const Resource& resource) const {
    Faults none;
    return read(resource, none);
  }

  Site site_;
};

}  // namespace

std::unique_ptr<ResourceType> make_function_type(Site site) { return std::make_unique<FunctionType>(std::move(site)); }

}  // namespace signalbox::deploy
