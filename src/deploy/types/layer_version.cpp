/// AWS::Lambda::LayerVersion, and so AWS::Serverless::LayerVersion. Its code was staged before (code_source.h). Ref: ARN with the version's number.
/// Fn::GetAtt: LayerVersionArn. Any change makes another version.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include "services/functions/layers.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace signalbox::deploy {

namespace {

std::vector<std::string> read_texts(Properties& properties, std::string_view name) {
  std::vector<std::string> texts;
  if (const auto* list = properties.array(name))
    for (const auto& each : list->elements()) texts.push_back(plain_text(each));
  return texts;
}

std::int64_t number_of(std::string_view arn) {
  const auto text = arn.substr(arn.rfind(':') + 1);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

class LayerVersionType final : public ResourceType {
 public:
  explicit LayerVersionType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Lambda::LayerVersion"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    return {.physical_id = read(resource, faults).name, .ref = std::nullopt, .attributes = {}};
  }

  Identity foresee(const Resource& resource, const Reader& now, Faults& faults) const override {
    const auto layer = read(resource, faults);
    const auto arn =
        resource.unchanged_id.value_or(functions::layer_version_arn(site_, layer.name, functions::last_layer_version(now, layer.name) + 1));
    return {.physical_id = arn, .ref = Json(arn), .attributes = {{"LayerVersionArn", Json(arn)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto published = functions::publish_layer_version(transaction, read(resource, none));
    if (!published) return published.error();
    if (published->version == number_of(resource.identity.physical_id)) return {};
    return error(ErrorCode::Conflict, fmt::format("the layer '{}' got a version meanwhile; deploy once more", published->name));
  }

  /// Nothing of it can change: its number would, too.
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    Arn arn;
    if (!parse_arn(physical_id, arn)) return {};
    constexpr std::string_view kind = "layer:";
    functions::delete_layer_version(transaction, arn.resource.substr(kind.size(), arn.resource.rfind(':') - kind.size()),
                                    number_of(physical_id));
    return {};
  }

 private:
  static functions::LayerRecord read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    functions::LayerRecord layer;
    layer.name = properties.string("LayerName").value_or(resource.default_name(64));
    layer.description = properties.string("Description").value_or("");
    layer.license = properties.string("LicenseInfo").value_or("");
    layer.runtimes = read_texts(properties, "CompatibleRuntimes");
    layer.architectures = read_texts(properties, "CompatibleArchitectures");
    const auto* content = properties.any("Content");
    if (content && content->find("Hash")) {
      layer.code_hash = content->find("Hash")->as_string();
      layer.code_bytes = content->find("Bytes")->as_integer().value_or(0);
    } else if (!content) {
      properties.fault("Content", "this property is required");
    }
    properties.refuse_others();
    return layer;
  }

  Site site_;
};

}  // namespace

std::unique_ptr<ResourceType> make_layer_version_type(Site site) { return std::make_unique<LayerVersionType>(std::move(site)); }

}  // namespace signalbox::deploy
