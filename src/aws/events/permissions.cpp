/// Source: Service Authorization Reference, Amazon EventBridge.

#include "aws/access/permissions.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

constexpr std::string_view default_bus = "default";

/// A bus may be named by its ARN.
std::string bus_name(const Json& request, std::string_view member) {
  const auto name = member_text(request, member);
  return name.empty() ? std::string(default_bus) : name.substr(name.rfind('/') + 1);
}

std::string rule_arn(const NeedContext& context, const Json& request, std::string_view member) {
  const auto bus = bus_name(request, "EventBusName");
  return context.site.arn("events", "rule/" + (bus == default_bus ? std::string() : bus + "/") + member_text(request, member));
}
std::string rule(const NeedContext& context, const Json& request) { return rule_arn(context, request, "Name"); }
std::string rule_of_targets(const NeedContext& context, const Json& request) { return rule_arn(context, request, "Rule"); }
std::string all_rules(const NeedContext& context, const Json&) { return context.site.arn("events", "rule/*"); }
std::string bus(const NeedContext& context, const Json& request) {
  return context.site.arn("events", "event-bus/" + bus_name(request, "Name"));
}
std::string bus_of_permission(const NeedContext& context, const Json& request) {
  return context.site.arn("events", "event-bus/" + bus_name(request, "EventBusName"));
}
std::string all_buses(const NeedContext& context, const Json&) { return context.site.arn("events", "event-bus/*"); }
std::string connection(const NeedContext& context, const Json& request) {
  return context.site.arn("events", "connection/" + member_text(request, "Name"));
}
std::string all_connections(const NeedContext& context, const Json&) { return context.site.arn("events", "connection/*"); }
std::string tagged(const NeedContext&, const Json& request) { return member_text(request, "ResourceARN"); }

constexpr std::array rows{NeedRow{"CreateConnection", "", &connection},
                          NeedRow{"CreateEventBus", "", &bus},
                          NeedRow{"DeleteConnection", "", &connection},
                          NeedRow{"DeleteEventBus", "", &bus},
                          NeedRow{"DescribeConnection", "", &connection},
                          NeedRow{"DescribeEventBus", "", &bus},
                          NeedRow{"ListConnections", "", &all_connections},
                          NeedRow{"ListEventBuses", "", &all_buses},
                          NeedRow{"ListRuleNamesByTarget", "", &all_rules},
                          NeedRow{"ListRules", "", &all_rules},
                          NeedRow{"ListTagsForResource", "", &tagged},
                          NeedRow{"ListTargetsByRule", "", &rule_of_targets},
                          NeedRow{"PutPermission", "", &bus_of_permission},
                          NeedRow{"PutTargets", "", &rule_of_targets},
                          NeedRow{"RemovePermission", "", &bus_of_permission},
                          NeedRow{"RemoveTargets", "", &rule_of_targets},
                          NeedRow{"TagResource", "", &tagged},
                          NeedRow{"TestEventPattern", "", &any_resource},
                          NeedRow{"UntagResource", "", &tagged},
                          NeedRow{"UpdateConnection", "", &connection},
                          NeedRow{"UpdateEventBus", "", &bus}};

constexpr std::string_view service = "events.amazonaws.com";

/// One for each bus that is written to.
Needs put_events(const NeedContext& context, const Json& request) {
  Needs needs;
  const auto* entries = request.find("Entries");
  if (!entries || !entries->is_array()) return needs;
  for (const auto& entry : entries->elements()) {
    access::Request need{"events:PutEvents", bus_of_permission(context, entry)};
    if (const auto source = member_text(entry, "Source"); !source.empty()) need.keys["events:source"] = {source};
    if (const auto type = member_text(entry, "DetailType"); !type.empty()) need.keys["events:detail-type"] = {type};
    needs.push_back(std::move(need));
  }
  return needs;
}

}  // namespace

Needs events(const NeedContext& context, std::string_view operation, const Json& request) {
  if (operation == "PutEvents") return put_events(context, request);
  auto needs = needs_by(rows, "events", &rule, context, operation, request);
  if (operation == "PutRule") add_pass_role(needs, request.find("RoleArn"), service);
  if (const auto* targets = operation == "PutTargets" ? request.find("Targets") : nullptr; targets && targets->is_array()) {
    for (const auto& target : targets->elements()) add_pass_role(needs, target.find("RoleArn"), service);
  }
  return needs;
}

}  // namespace signalbox::aws::permissions
