#pragma once
/// The EventBridge Scheduler API (REST JSON). Source: EventBridge Scheduler API Reference.

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "aws/parameters.h"
#include "signalbox/schedules.h"

namespace signalbox::aws::scheduler {

[[nodiscard]] const Catalogue& catalogue();
[[nodiscard]] asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request);

WriteOperation create_schedule, update_schedule, delete_schedule;
ReadOperation get_schedule, list_schedules;

WriteOperation create_schedule_group, delete_schedule_group, tag_resource, untag_resource;
ReadOperation get_schedule_group, list_schedule_groups, list_tags_for_resource;

/// A group that was made, or the one that is always there. Errors: ResourceNotFoundException.
[[nodiscard]] Answer<Json> group_of(const Reader& reader, std::string_view name);

}  // namespace signalbox::aws::scheduler
