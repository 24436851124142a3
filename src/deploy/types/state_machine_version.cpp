/// AWS::StepFunctions::StateMachineVersion and StateMachineAlias. Ref and Fn::GetAtt Arn: the ARN. Any change of a version's properties makes another version;
/// an alias keeps its ARN as long as its name and machine do.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include "signalbox/state_machine_versions.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

/// `MACHINE:QUALIFIER` of an ARN; the qualifier is empty where there is none.
struct Qualified {
  std::string machine, qualifier;
};
std::optional<Qualified> parse(std::string_view text) {
  constexpr std::string_view kind = "stateMachine:";
  Arn arn;
  if (!parse_arn(text, arn) || arn.service != "states" || !arn.resource.starts_with(kind)) return std::nullopt;
  const auto rest = arn.resource.substr(kind.size());
  const auto colon = rest.find(':');
  return Qualified{rest.substr(0, colon), colon == std::string::npos ? std::string() : rest.substr(colon + 1)};
}

class VersionType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::StepFunctions::StateMachineVersion"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    return {.physical_id = read(resource, faults).arn, .ref = std::nullopt, .attributes = {}};
  }

  Identity foresee(const Resource& resource, const Reader& now, Faults& faults) const override {
    const auto wanted = read(resource, faults);
    const auto machine = find_state_machine(now, wanted.machine);
    const auto arn = resource.unchanged_id.value_or(fmt::format("{}:{}", wanted.arn, (machine ? machine->last_version : 0) + 1));
    return {.physical_id = arn, .ref = Json(arn), .attributes = {{"Arn", Json(arn)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto wanted = read(resource, none);
    const auto published = publish_version(transaction, wanted.machine, wanted.revision, wanted.description);
    if (!published) return published.error();
    const auto foreseen = parse(resource.identity.physical_id);
    if (foreseen && version_number(foreseen->qualifier) == published->number) return {};
    return error(
        ErrorCode::AlreadyExists,
        fmt::format("Version {} of this state machine has its current revision already; change the state machine to publish another one.",
                    published->number));
  }

  /// Nothing of it can change: its number would, too.
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto version = parse(physical_id);
    const auto number = version ? version_number(version->qualifier) : std::nullopt;
    return number ? delete_version(transaction, version->machine, *number) : Result<void>();
  }

 private:
  struct Wanted {
    std::string machine, arn;
    std::optional<std::string> revision, description;
  };

  static Wanted read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Wanted wanted;
    wanted.arn = properties.required("StateMachineArn");
    const auto machine = parse(wanted.arn);
    if (machine && machine->qualifier.empty()) wanted.machine = machine->machine;
    else if (!wanted.arn.empty())
      properties.fault("StateMachineArn", fmt::format("'{}' is no ARN of a state machine without a version", wanted.arn));
    wanted.revision = properties.string("StateMachineRevisionId");
    wanted.description = properties.string("Description");
    properties.refuse_others();
    return wanted;
  }
};

class AliasType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::StepFunctions::StateMachineAlias"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto alias = read(resource, faults);
    return {.physical_id = alias.arn, .ref = Json(alias.arn), .attributes = {{"Arn", Json(alias.arn)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto made = create_alias(transaction, read(resource, none).alias);
    return made ? Result<void>() : Result<void>(made.error());
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto alias = read(resource, none).alias;
    if (!find_alias(transaction, alias.state_machine, alias.name)) return create(transaction, resource);
    const auto updated = update_alias(transaction, alias.state_machine, alias.name, alias.description.value_or(""), alias.routing);
    return updated ? Result<void>() : Result<void>(updated.error());
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (const auto alias = parse(physical_id)) delete_alias(transaction, alias->machine, alias->qualifier);
    return {};
  }

 private:
  struct Wanted {
    StateMachineAlias alias;
    std::string arn;
  };

  static Wanted read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Wanted wanted;
    wanted.alias.name = properties.string("Name").value_or(resource.default_name(80));
    wanted.alias.description = properties.string("Description");
    const auto* routes = properties.array("RoutingConfiguration");
    const auto* preference = properties.object("DeploymentPreference");
    if (!routes == !preference)
      properties.fault("RoutingConfiguration", "an alias needs either RoutingConfiguration or DeploymentPreference");
    else if (routes) read_routes(*routes, properties, wanted);
    else read_preference(*preference, properties, wanted);
    properties.refuse_others();
    return wanted;
  }

  static void read_routes(const Json& routes, Properties& of, Wanted& wanted) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      Properties route(routes.elements()[i], fmt::format("{}/{}", of.at("RoutingConfiguration"), i), of.faults());
      const auto arn = route.required("StateMachineVersionArn");
      const auto weight = route.integer("Weight", 0, 100);
      if (!weight) route.fault("Weight", "a percentage is expected");
      add_route(arn, weight.value_or(0), route, wanted);
      sum += weight.value_or(0);
      route.refuse_others();
    }
    if (routes.size() < 1 || routes.size() > 2) of.fault("RoutingConfiguration", "an alias routes to one or two versions");
    else if (sum != 100) of.fault("RoutingConfiguration", fmt::format("Sum of routing configuration weights must equal 100, not {}.", sum));
  }

  static void read_preference(const Json& preference, Properties& of, Wanted& wanted) {
    Properties members(preference, of.at("DeploymentPreference"), of.faults());
    const auto type = members.required("Type");
    if (type == "LINEAR" || type == "CANARY")
      members.fault("Type", fmt::format("gradual deployments are not offered here, so {} is not; ALL_AT_ONCE is", type));
    else if (!type.empty() && type != "ALL_AT_ONCE") members.fault("Type", "ALL_AT_ONCE is expected");
    add_route(members.required("StateMachineVersionArn"), 100, members, wanted);
    members.ignore({"Interval", "Percentage"});  // of gradual ones
    members.refuse_others();
  }

  static void add_route(const std::string& arn, std::int64_t weight, Properties& place, Wanted& wanted) {
    const auto version = parse(arn);
    const auto number = version ? version_number(version->qualifier) : std::nullopt;
    if (!number)
      return arn.empty() ? void() : place.fault("StateMachineVersionArn", fmt::format("'{}' is no ARN of a state machine's version", arn));
    if (!wanted.alias.state_machine.empty() && wanted.alias.state_machine != version->machine)
      return place.fault("StateMachineVersionArn",
                         "Routing configuration must contain state machine version ARNs of the same state machine.");
    wanted.alias.state_machine = version->machine;
    wanted.alias.routing.push_back({*number, weight});
    wanted.arn = arn.substr(0, arn.rfind(':') + 1) + wanted.alias.name;
  }
};

}  // namespace

void add_state_machine_version_types(ResourceTypes& types) {
  types.push_back(std::make_unique<VersionType>());
  types.push_back(std::make_unique<AliasType>());
}

}  // namespace signalbox::deploy
