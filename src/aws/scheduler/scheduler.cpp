#include "aws/scheduler/scheduler.h"

#include "aws/access/passed_roles.h"
#include "aws/rest_call.h"

namespace signalbox::aws::scheduler {

namespace {

const std::vector<RestBinding>& bindings() {
  static const QueryMember max_results{"MaxResults", "MaxResults"}, next_token{"NextToken", "NextToken"},
      prefix{"NamePrefix", "NamePrefix"};
  static const std::vector<RestBinding> table{
      {"POST", "/schedules/{Name}", "CreateSchedule"},
      {"PUT", "/schedules/{Name}", "UpdateSchedule"},
      {"GET", "/schedules/{Name}", "GetSchedule", 200, {{"groupName", "GroupName"}}},
      {"DELETE", "/schedules/{Name}", "DeleteSchedule", 200, {{"groupName", "GroupName"}, {"clientToken", "ClientToken"}}},
      {"GET", "/schedules", "ListSchedules", 200, {{"ScheduleGroup", "GroupName"}, prefix, {"State", "State"}, max_results, next_token}},
      {"POST", "/schedule-groups/{Name}", "CreateScheduleGroup"},
      {"GET", "/schedule-groups/{Name}", "GetScheduleGroup"},
      {"DELETE", "/schedule-groups/{Name}", "DeleteScheduleGroup", 200, {{"clientToken", "ClientToken"}}},
      {"GET", "/schedule-groups", "ListScheduleGroups", 200, {prefix, max_results, next_token}},
      {"POST", "/tags/{ResourceArn+}", "TagResource"},
      {"DELETE", "/tags/{ResourceArn+}", "UntagResource", 200, {{"TagKeys", "TagKeys", true}}},
      {"GET", "/tags/{ResourceArn+}", "ListTagsForResource"},
  };
  return table;
}

Failure unparsable(const std::string& why) { return {"ValidationException", "The request's body is not JSON: " + why}; }

/// This service spells the message in capitals, whatever the error.
http::Response failure(const Failure& failure) { return rest_failure(failure, "Message"); }

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"CreateSchedule", &create_schedule},
                                              {"CreateScheduleGroup", &create_schedule_group},
                                              {"DeleteSchedule", &delete_schedule},
                                              {"DeleteScheduleGroup", &delete_schedule_group},
                                              {"GetSchedule", &get_schedule},
                                              {"GetScheduleGroup", &get_schedule_group},
                                              {"ListScheduleGroups", &list_schedule_groups},
                                              {"ListSchedules", &list_schedules},
                                              {"ListTagsForResource", &list_tags_for_resource},
                                              {"TagResource", &tag_resource},
                                              {"UntagResource", &untag_resource},
                                              {"UpdateSchedule", &update_schedule}},
                               .not_offered = {}};
  return table;
}

asio::awaitable<http::Response> answer(OperationContext context, const Reader& reader, http::Request request) {
  const auto call = match_rest_call(bindings(), request);
  if (!call) co_return failure({"UnknownOperationException", "Scheduler has no operation " + request.method + " " + request.path, 404});
  auto members = with_body(call->parameters, request, &unparsable);
  if (!members) co_return failure(members.error());
  if (const auto denial = denied(context, Service::Scheduler, call->binding->operation, *members)) co_return failure(*denial);
  if (const auto refusal = refused_role(context, Service::Scheduler, call->binding->operation, *members)) co_return failure(*refusal);
  auto result = co_await run_operation(std::move(context), *catalogue().find(call->binding->operation), reader, std::move(*members));
  co_return result ? rest_answer(call->binding->status, *result) : failure(result.error());
}

}  // namespace signalbox::aws::scheduler
