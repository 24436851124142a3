#pragma once
/// The EventBridge Scheduler API (REST JSON). Source: EventBridge Scheduler API Reference.

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "aws/parameters.h"
#include "signalbox/schedules.h"

namespace signalbox::aws::scheduler {

[[nodiscard]] const Catalogue& catalogue();
[[nodiscard]] asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request);

Answer<Json> create_schedule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> update_schedule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_schedule(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_schedule(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_schedules(const OperationContext& context, const Reader& reader, const Json& request);

Answer<Json> create_schedule_group(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> delete_schedule_group(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> get_schedule_group(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> list_schedule_groups(const OperationContext& context, const Reader& reader, const Json& request);
Answer<Json> tag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> untag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request);
Answer<Json> list_tags_for_resource(const OperationContext& context, const Reader& reader, const Json& request);

/// A group that was made, or the one that is always there. Errors: ResourceNotFoundException.
[[nodiscard]] Answer<Json> group_of(const Reader& reader, std::string_view name);

}  // namespace signalbox::aws::scheduler
