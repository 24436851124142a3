#pragma once
/// Schedules as JSON in their tables: a person may want to read them.

#include "signalbox/schedules.h"

namespace signalbox::schedules {

[[nodiscard]] std::string encode(const ScheduleRecord& schedule);
[[nodiscard]] ScheduleRecord decode_schedule(ScheduleId id, std::string_view record);
[[nodiscard]] std::string encode(const ScheduleCall& call);
[[nodiscard]] ScheduleCall decode_call(std::int64_t row, std::string_view record);

}  // namespace signalbox::schedules
