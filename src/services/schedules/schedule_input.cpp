#include "services/schedules/schedule_input.h"

#include "signalbox/encoding.h"

#include <nlohmann/json.hpp>

#include <array>

namespace signalbox::schedules {

namespace {

std::string scheduled_event(const ScheduleId& id, const FiringContext& firing, const Site& site) {
  using Event = nlohmann::ordered_json;
  // Scheduler's detail is a text, the rules' an object: so recorded.
  return Event{{"version", "0"},
               {"id", firing.execution_id},
               {"detail-type", "Scheduled Event"},
               {"source", id.is_rule() ? "aws.events" : "aws.scheduler"},
               {"account", site.account},
               {"time", format_event_time(firing.scheduled_at)},
               {"region", site.region},
               {"resources", Event::array({firing.arn})},
               {"detail", id.is_rule() ? Event::object() : Event("{}")}}
      .dump();
}

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
  return text;
}

}  // namespace

std::string format_event_time(Timestamp time) { return format_rfc3339(time).substr(0, 19) + "Z"; }

std::string target_input(const ScheduleId& id, const ScheduleTarget& target, const FiringContext& firing, const Site& site) {
  if (!target.input) return scheduled_event(id, firing, site);
  if (id.is_rule()) return *target.input;
  // A call that is repeated repeats its payload, so the attempt is always the first.
  const std::array placeholders{
      std::pair<std::string_view, std::string>{"<aws.scheduler.schedule-arn>", firing.arn},
      std::pair<std::string_view, std::string>{"<aws.scheduler.scheduled-time>", format_event_time(firing.scheduled_at)},
      std::pair<std::string_view, std::string>{"<aws.scheduler.execution-id>", firing.execution_id},
      std::pair<std::string_view, std::string>{"<aws.scheduler.attempt-number>", "1"}};
  auto input = *target.input;
  for (const auto& [placeholder, value] : placeholders) input = replace_all(std::move(input), placeholder, value);
  return input;
}

}  // namespace signalbox::schedules
