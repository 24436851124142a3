/// AWS::Events::Rule and EventBus. Ref: name (of a rule on another bus `BUS|NAME`). Fn::GetAtt: Arn; a bus's Name.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include "signalbox/events.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

using events::Events;

/// `BUS|NAME`
std::pair<std::string, std::string> parts_of(const std::string& physical_id) {
  const auto bar = physical_id.find('|');
  return {physical_id.substr(0, bar), physical_id.substr(bar + 1)};
}

/// A bus by its name or ARN.
std::string bus_of(const std::string& given) {
  const auto slash = given.rfind('/');
  return given.starts_with("arn:") && slash != std::string::npos ? given.substr(slash + 1) : given;
}

class RuleType final : public ResourceType {
 public:
  explicit RuleType(const Events& events) : events_(events) {}

  std::string_view name() const override { return "AWS::Events::Rule"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto rule = read(resource, faults);
    const auto id = rule.bus + "|" + rule.name;
    return {.physical_id = id,
            .ref = Json(rule.bus == events::default_bus ? rule.name : id),
            .attributes = {{"Arn", events_.rule_arn(rule.bus, rule.name)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto wanted = read(resource, none);
    if (events_.find_rule(transaction, wanted.bus, wanted.name))
      return error(ErrorCode::AlreadyExists, fmt::format("there is a rule '{}' already", wanted.name));
    return put(transaction, wanted);
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return put(transaction, read(resource, none));
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [bus, name] = parts_of(physical_id);
    auto rule = events_.find_rule(transaction, bus, name);
    if (!rule) return {};
    rule->targets.clear();
    if (auto emptied = events_.store_rule(transaction, *rule); !emptied) return emptied;
    return events_.delete_rule(transaction, bus, name);
  }

 private:
  Result<void> put(EngineTransaction& transaction, const events::RuleRecord& wanted) const {
    auto stored = events_.put_rule(transaction, wanted);
    if (!stored) return stored.error();
    stored->targets = wanted.targets;
    stored->tags = wanted.tags;
    return events_.store_rule(transaction, *stored);
  }

  events::RuleRecord read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    events::RuleRecord rule;
    rule.name = properties.string("Name").value_or(resource.default_name(64));
    rule.bus = bus_of(properties.string("EventBusName").value_or(std::string(events::default_bus)));
    rule.schedule = properties.string("ScheduleExpression");
    if (const auto* pattern = properties.object("EventPattern")) rule.pattern = pattern->compact_text();
    if (!rule.schedule && !rule.pattern) properties.fault("ScheduleExpression", "a rule needs a ScheduleExpression or an EventPattern");
    rule.description = properties.string("Description");
    rule.role_arn = properties.string("RoleArn");
    const auto state = properties.string("State").value_or("ENABLED");
    if (state != "ENABLED" && state != "DISABLED" && state != "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
      properties.fault("State", "ENABLED or DISABLED is expected");
    rule.enabled = state != "DISABLED";
    rule.tags = properties.tags();
    if (const auto* targets = properties.array("Targets"))
      for (std::size_t i = 0; i < targets->size(); ++i) {
        rule.targets.push_back(targets->elements()[i]);
        if (const auto checked = events_.check_target(rule.targets.back()); !checked)
          faults.add(fmt::format("{}/{}", properties.at("Targets"), i), checked.error().message);
      }
    properties.refuse_others();
    return rule;
  }

  const Events& events_;
};

class EventBusType final : public ResourceType {
 public:
  explicit EventBusType(const Events& events) : events_(events) {}

  std::string_view name() const override { return "AWS::Events::EventBus"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto bus = read(resource, faults);
    return {.physical_id = bus.name, .ref = Json(bus.name), .attributes = {{"Arn", events_.bus_arn(bus.name)}, {"Name", bus.name}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto made = events_.create_bus(transaction, read(resource, none));
    return made ? Result<void>() : Result<void>(made.error());
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    auto wanted = read(resource, none);
    const auto existing = events_.find_bus(transaction, wanted.name);
    if (!existing) return create(transaction, resource);
    wanted.created_at = existing->created_at;
    wanted.policy = existing->policy;
    wanted.modified_at = transaction.now();
    return events_.store_bus(transaction, wanted);
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return events_.find_bus(transaction, physical_id) ? events_.delete_bus(transaction, physical_id) : Result<void>();
  }

 private:
  static events::BusRecord read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    events::BusRecord bus;
    bus.name = properties.required("Name");
    bus.description = properties.string("Description");
    bus.tags = properties.tags();
    properties.ignore({"Policy", "KmsKeyIdentifier"});
    properties.refuse_others();
    return bus;
  }

  const Events& events_;
};

}  // namespace

void add_event_types(ResourceTypes& types, const Events& events) {
  types.push_back(std::make_unique<RuleType>(events));
  types.push_back(std::make_unique<EventBusType>(events));
}

}  // namespace signalbox::deploy
