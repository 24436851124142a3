#pragma once
/// The EventBridge API (JSON 1.1): what its operations share. Source: EventBridge API Reference.

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "aws/parameters.h"
#include "signalbox/events.h"

#include <string>

namespace signalbox::aws::events_api {

[[nodiscard]] const Catalogue& catalogue();

[[nodiscard]] Failure failure_of(const Error& error);
/// A bus's name, from its name or ARN; the default one if nothing is given.
[[nodiscard]] std::string bus_name(const std::optional<std::string>& name_or_arn);

/// One of PutEvents' entries. Errors: code and message of the entry's failure.
[[nodiscard]] Answer<events::Event> read_event(const Json& entry);
/// Too few entries, too many, or too large ones.
[[nodiscard]] std::optional<Failure> entries_fault(const Json& entries);
/// The answer to PutEvents: ids and failures, entry by entry.
[[nodiscard]] Json put_entries(const events::Events& events, EngineTransaction& transaction, const Json& entries);

WriteOperation put_events;
ReadOperation test_event_pattern;

WriteOperation create_event_bus, update_event_bus, delete_event_bus, put_permission, remove_permission;
ReadOperation describe_event_bus, list_event_buses;

WriteOperation create_connection, update_connection, delete_connection;
ReadOperation describe_connection, list_connections;

WriteOperation put_rule, delete_rule, enable_rule, disable_rule, put_targets, remove_targets, tag_resource, untag_resource;
ReadOperation describe_rule, list_rules, list_targets_by_rule, list_rule_names_by_target, list_tags_for_resource;

}  // namespace signalbox::aws::events_api
