/// Source: Service Authorization Reference, Amazon EventBridge Scheduler.

#include "aws/access/permissions.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

std::string schedule(const NeedContext& context, const Json& request) {
  const auto group = member_text(request, "GroupName");
  return context.site.arn("scheduler", "schedule/" + (group.empty() ? std::string("default") : group) + "/" + member_text(request, "Name"));
}
std::string all_schedules(const NeedContext& context, const Json&) { return context.site.arn("scheduler", "schedule/*/*"); }
std::string group(const NeedContext& context, const Json& request) {
  return context.site.arn("scheduler", "schedule-group/" + member_text(request, "Name"));
}
std::string all_groups(const NeedContext& context, const Json&) { return context.site.arn("scheduler", "schedule-group/*"); }
std::string tagged(const NeedContext&, const Json& request) { return member_text(request, "ResourceArn"); }

constexpr std::array rows{NeedRow{"CreateScheduleGroup", "", &group},   NeedRow{"DeleteScheduleGroup", "", &group},
                          NeedRow{"GetScheduleGroup", "", &group},      NeedRow{"ListScheduleGroups", "", &all_groups},
                          NeedRow{"ListSchedules", "", &all_schedules}, NeedRow{"ListTagsForResource", "", &tagged},
                          NeedRow{"TagResource", "", &tagged},          NeedRow{"UntagResource", "", &tagged}};

}  // namespace

Needs scheduler(const NeedContext& context, std::string_view operation, const Json& request) {
  auto needs = needs_by(rows, "scheduler", &schedule, context, operation, request);
  if (operation == "CreateSchedule" || operation == "UpdateSchedule") {
    if (const auto* target = request.find("Target")) add_pass_role(needs, target->find("RoleArn"), "scheduler.amazonaws.com");
  }
  return needs;
}

}  // namespace signalbox::aws::permissions
