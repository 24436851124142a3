#pragma once
/// What a firing hands to its target; pure.

#include "signalbox/schedules.h"

namespace signalbox::schedules {

/// One firing of one target. `execution_id` is the firing's UUID.
struct FiringContext {
  std::string arn;
  Timestamp scheduled_at;
  std::string execution_id;
};

/// The target's input with its placeholders filled in, or the scheduled event. [EventBridge: Scheduled Event; Scheduler: context attributes]
[[nodiscard]] std::string target_input(const ScheduleId& id, const ScheduleTarget& target, const FiringContext& firing, const Site& site);
/// `2026-11-24T01:02:03Z`: without a fraction, as both services write times.
[[nodiscard]] std::string format_event_time(Timestamp time);

}  // namespace signalbox::schedules
