/// AWS::Lambda::EventInvokeConfig and Alias: what stands beside a function. Ref: `FUNCTION|QUALIFIER`; of an alias its ARN. Fn::GetAtt: an alias's
/// AliasArn. Changing an alias's Name or FunctionName makes another one.

#include "deploy/properties.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"

#include "services/functions/functions.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

constexpr auto lambda = aws::Service::Lambda;

/// A function by its name or ARN; without a version, which has a property of its own.
std::string function_name(Properties& properties) {
  const auto given = properties.required("FunctionName");
  if (given.empty()) return given;
  const auto reference = functions::parse_function_reference(given);
  if (reference && reference->qualifier.empty()) return reference->name;
  properties.fault("FunctionName", fmt::format("'{}' is no name or ARN of a function without a version", given));
  return given;
}

/// `A|B`
std::pair<std::string, std::string> parts_of(const std::string& physical_id) {
  const auto bar = physical_id.find('|');
  return {physical_id.substr(0, bar), physical_id.substr(bar + 1)};
}

class EventInvokeConfigType final : public ResourceType {
 public:
  explicit EventInvokeConfigType(const AwsCalls& calls) : calls_(calls) {}

  std::string_view name() const override { return "AWS::Lambda::EventInvokeConfig"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    const auto id = plain_text(*request.find("FunctionName")) + "|" + plain_text(*request.find("Qualifier"));
    return {.physical_id = id, .ref = Json(id), .attributes = {}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return calls_.put(transaction, lambda, "PutFunctionEventInvokeConfig", read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [function, qualifier] = parts_of(physical_id);
    return calls_.remove(transaction, lambda, "DeleteFunctionEventInvokeConfig",
                         json_object({{"FunctionName", function}, {"Qualifier", qualifier}}));
  }

 private:
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json request = json_object({{"FunctionName", function_name(properties)}, {"Qualifier", properties.required("Qualifier")}});
    if (const auto retries = properties.integer("MaximumRetryAttempts", 0, 2)) request = request.with("MaximumRetryAttempts", *retries);
    if (const auto age = properties.integer("MaximumEventAgeInSeconds", 60, 21'600))
      request = request.with("MaximumEventAgeInSeconds", *age);
    if (const auto* destinations = properties.object("DestinationConfig"))
      request = request.with("DestinationConfig", read_destinations(*destinations, properties));
    properties.refuse_others();
    return request;
  }

  static Json read_destinations(const Json& source, Properties& of) {
    Properties ways(source, of.at("DestinationConfig"), of.faults());
    Json destinations = Json::empty_object();
    for (const auto* way : {"OnSuccess", "OnFailure"}) {
      const auto* given = ways.object(way);
      if (!given) continue;
      Properties destination(*given, ways.at(way), of.faults());
      destinations = destinations.with(way, json_object({{"Destination", destination.required("Destination")}}));
      destination.refuse_others();
    }
    ways.refuse_others();
    return destinations;
  }

  const AwsCalls& calls_;
};

class AliasType final : public ResourceType {
 public:
  AliasType(const AwsCalls& calls, Site site) : calls_(calls), site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Lambda::Alias"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    const auto function = plain_text(*request.find("FunctionName")), alias = plain_text(*request.find("Name"));
    const auto arn = site_.function_arn(function) + ":" + alias;
    return {.physical_id = function + "|" + alias, .ref = Json(arn), .attributes = {{"AliasArn", arn}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    return put(transaction, resource, "CreateAlias");
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto [function, alias] = parts_of(resource.identity.physical_id);
    return put(transaction, resource, functions::find_alias(transaction, function, alias) ? "UpdateAlias" : "CreateAlias");
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [function, alias] = parts_of(physical_id);
    return calls_.remove(transaction, lambda, "DeleteAlias", json_object({{"FunctionName", function}, {"Name", alias}}));
  }

 private:
  Result<void> put(EngineTransaction& transaction, const Resource& resource, std::string_view operation) const {
    Faults none;
    return calls_.put(transaction, lambda, operation, read(resource, none));
  }

  /// Everything is said, so that an update takes back what the template no longer has.
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json request = json_object({{"FunctionName", function_name(properties)},
                                {"Name", properties.required("Name")},
                                {"FunctionVersion", properties.required("FunctionVersion")},
                                {"Description", properties.string("Description").value_or("")},
                                {"RoutingConfig", json_object({{"AdditionalVersionWeights", Json::empty_object()}})}});
    if (const auto* routing = properties.object("RoutingConfig"))
      request = request.with("RoutingConfig", read_routing(*routing, properties));
    properties.refuse_others();
    return request;
  }

  /// A template has a list of weights, the API an object of them.
  static Json read_routing(const Json& source, Properties& of) {
    Properties routing(source, of.at("RoutingConfig"), of.faults());
    Json weights = Json::empty_object();
    if (const auto* list = routing.array("AdditionalVersionWeights"))
      for (std::size_t i = 0; i < list->size(); ++i) {
        Properties one(list->elements()[i], fmt::format("{}/{}", routing.at("AdditionalVersionWeights"), i), of.faults());
        const auto version = one.required("FunctionVersion");
        const auto* weight = one.any("FunctionWeight");
        if (weight && weight->is_number()) weights = weights.with(version, *weight);
        else one.fault("FunctionWeight", "a number is expected");
        one.refuse_others();
      }
    routing.refuse_others();
    return json_object({{"AdditionalVersionWeights", weights}});
  }

  const AwsCalls& calls_;
  Site site_;
};

}  // namespace

void add_function_setting_types(ResourceTypes& types, const AwsCalls& calls, const Site& site) {
  types.push_back(std::make_unique<EventInvokeConfigType>(calls));
  types.push_back(std::make_unique<AliasType>(calls, site));
}

}  // namespace signalbox::deploy
