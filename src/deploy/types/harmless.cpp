/// Types that templates have for AWS's sake: recorded and shown, without effect here. What each says about permissions, accounts or analytics means
/// nothing on one machine. docs/templates.md lists them.

#include "deploy/types/types.h"

#include <array>
#include <utility>

namespace signalbox::deploy {

namespace {

class HarmlessType final : public ResourceType {
 public:
  explicit HarmlessType(std::string_view name) : name_(name) {}

  std::string_view name() const override { return name_; }
  Identity identify(const Resource& resource, Faults&) const override {
    const auto id = resource.default_name();
    return {.physical_id = id, .ref = Json(id), .attributes = {{"Id", Json(id)}}};
  }
  Result<void> create(EngineTransaction&, const Resource&) const override { return {}; }
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }
  Result<void> remove(EngineTransaction&, const std::string&) const override { return {}; }

 private:
  std::string_view name_;
};

}  // namespace

void add_harmless_types(ResourceTypes& types) {
  constexpr std::array names{"AWS::CDK::Metadata", "AWS::Lambda::LayerVersionPermission", "AWS::ApiGateway::Account",
                             "AWS::CloudFormation::WaitConditionHandle"};
  for (const auto* name : names) types.push_back(std::make_unique<HarmlessType>(name));
}

}  // namespace signalbox::deploy
