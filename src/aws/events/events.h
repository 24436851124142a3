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
/// The answer to PutEvents: ids and failures, entry by entry.
[[nodiscard]] Json put_entries(const events::Events& events, EngineTransaction& transaction, const Json& entries);

Answer<Json> put_events(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> test_event_pattern(const OperationContext& context, const Reader& reader, const Json& request);

Answer<Json> create_event_bus(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_event_bus(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_event_bus(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> describe_event_bus(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_event_buses(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_permission(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> remove_permission(const OperationContext& context, EngineTransaction& transaction, const Json& request);

Answer<Json> create_connection(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_connection(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_connection(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> describe_connection(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_connections(const OperationContext& context, const Reader& reader, const Json& request);

Answer<Json> put_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> enable_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> disable_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> describe_rule(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_rules(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> put_targets(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> remove_targets(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_targets_by_rule(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_rule_names_by_target(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> tag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> untag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_tags_for_resource(const OperationContext& context, const Reader& reader, const Json& request);

}  // namespace signalbox::aws::events_api
