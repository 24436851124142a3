/// AWS::Lambda::Version: what a function was when the stack was deployed. Ref: ARN with the version's number. Fn::GetAtt: FunctionArn, Version. Any change
/// of a property, or another logical id, makes another version; so CDK and SAM put a hash of the function into the logical id.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include "services/functions/functions.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace signalbox::deploy {

namespace {

class FunctionVersionType final : public ResourceType {
 public:
  explicit FunctionVersionType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Lambda::Version"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    return {.physical_id = read(resource, faults).function, .ref = std::nullopt, .attributes = {}};
  }

  Identity foresee(const Resource& resource, const Reader& now, Faults& faults) const override {
    const auto function = read(resource, faults).function;
    const auto existing = functions::find_function(now, function);
    const auto arn =
        resource.unchanged_id.value_or(fmt::format("{}:{}", site_.function_arn(function), (existing ? existing->last_version : 0) + 1));
    return {.physical_id = arn, .ref = Json(arn), .attributes = {{"Version", Json(number_of(arn))}, {"FunctionArn", Json(arn)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto wanted = read(resource, none);
    const auto published = functions::publish_version(transaction, wanted.function, wanted.description);
    if (!published) return published.error();
    if (published->version == number_of(resource.identity.physical_id)) return {};
    return error(
        ErrorCode::AlreadyExists,
        fmt::format("A version for this Lambda function exists ( {} ). Modify the function to create a new version.", published->version));
  }

  /// Nothing of it can change: its number would, too.
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto reference = functions::parse_function_reference(physical_id);
    if (!reference) return reference.error();
    std::int64_t number = 0;
    std::from_chars(reference->qualifier.data(), reference->qualifier.data() + reference->qualifier.size(), number);
    auto deleted = functions::delete_version(transaction, reference->name, number);
    return !deleted && deleted.error().code == ErrorCode::NotFound ? Result<void>() : deleted;
  }

 private:
  struct Wanted {
    std::string function;
    std::optional<std::string> description;
  };

  static std::string number_of(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

  static Wanted read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Wanted wanted;
    const auto given = properties.required("FunctionName");
    const auto reference = functions::parse_function_reference(given);
    if (reference && reference->qualifier.empty()) wanted.function = reference->name;
    else if (!given.empty()) properties.fault("FunctionName", fmt::format("'{}' is no name or ARN of a function without a version", given));
    wanted.description = properties.string("Description");
    properties.ignore({"RuntimePolicy"});  // which patch of a runtime AWS takes
    properties.refuse_others();
    return wanted;
  }

  Site site_;
};

}  // namespace

std::unique_ptr<ResourceType> make_function_version_type(Site site) { return std::make_unique<FunctionVersionType>(std::move(site)); }

}  // namespace signalbox::deploy
