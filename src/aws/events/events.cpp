#include "aws/events/events.h"

namespace signalbox::aws::events_api {

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"CreateConnection", &create_connection},
                                              {"CreateEventBus", &create_event_bus},
                                              {"DeleteConnection", &delete_connection},
                                              {"DeleteEventBus", &delete_event_bus},
                                              {"DeleteRule", &delete_rule},
                                              {"DescribeConnection", &describe_connection},
                                              {"DescribeEventBus", &describe_event_bus},
                                              {"DescribeRule", &describe_rule},
                                              {"DisableRule", &disable_rule},
                                              {"EnableRule", &enable_rule},
                                              {"ListConnections", &list_connections},
                                              {"ListEventBuses", &list_event_buses},
                                              {"ListRuleNamesByTarget", &list_rule_names_by_target},
                                              {"ListRules", &list_rules},
                                              {"ListTagsForResource", &list_tags_for_resource},
                                              {"ListTargetsByRule", &list_targets_by_rule},
                                              {"PutEvents", &put_events},
                                              {"PutPermission", &put_permission},
                                              {"PutRule", &put_rule},
                                              {"PutTargets", &put_targets},
                                              {"RemovePermission", &remove_permission},
                                              {"RemoveTargets", &remove_targets},
                                              {"TagResource", &tag_resource},
                                              {"TestEventPattern", &test_event_pattern},
                                              {"UntagResource", &untag_resource},
                                              {"UpdateConnection", &update_connection},
                                              {"UpdateEventBus", &update_event_bus}},
                               .not_offered = {"ActivateEventSource",
                                               "CancelReplay",
                                               "CreateApiDestination",
                                               "CreateArchive",
                                               "CreateEndpoint",
                                               "CreatePartnerEventSource",
                                               "DeactivateEventSource",
                                               "DeauthorizeConnection",
                                               "DeleteApiDestination",
                                               "DeleteArchive",
                                               "DeleteEndpoint",
                                               "DeletePartnerEventSource",
                                               "DescribeApiDestination",
                                               "DescribeArchive",
                                               "DescribeEndpoint",
                                               "DescribeEventSource",
                                               "DescribePartnerEventSource",
                                               "DescribeReplay",
                                               "ListApiDestinations",
                                               "ListArchives",
                                               "ListEndpoints",
                                               "ListEventSources",
                                               "ListPartnerEventSourceAccounts",
                                               "ListPartnerEventSources",
                                               "ListReplays",
                                               "PutPartnerEvents",
                                               "StartReplay",
                                               "UpdateApiDestination",
                                               "UpdateArchive",
                                               "UpdateEndpoint"}};
  return table;
}

Failure failure_of(const Error& error) {
  if (error.where.ends_with("Exception")) return {error.where, error.message};
  return general_failure(error);
}

std::string bus_name(const std::optional<std::string>& name_or_arn) {
  if (!name_or_arn || name_or_arn->empty()) return std::string(events::default_bus);
  Arn arn;
  constexpr std::string_view kind = "event-bus/";
  if (parse_arn(*name_or_arn, arn) && arn.service == "events" && arn.resource.starts_with(kind)) return arn.resource.substr(kind.size());
  return *name_or_arn;
}

}  // namespace signalbox::aws::events_api
