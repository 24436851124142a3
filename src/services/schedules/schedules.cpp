#include "signalbox/schedules.h"

#include "services/queues/queue_url.h"
#include "services/schedules/schedule_expression.h"
#include "services/schedules/schedule_input.h"
#include "services/schedules/schedule_records.h"

#include "signalbox/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox {

using schedules::TimeZone;

namespace {

constexpr std::array policy_names{std::string_view{"once"}, std::string_view{"skip"}, std::string_view{"all"}};

Error invalid(const char* where, std::string message) { return error(ErrorCode::InvalidArgument, std::move(message), where); }

Key schedule_key(const ScheduleId& id) { return Key(schedules_table, id.group, id.name); }
Key due_key(Timestamp due, const ScheduleId& id) { return Key(schedule_due_table, due.time_since_epoch().count(), id.group, id.name); }

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

struct Timing {
  schedules::Expression expression;
  TimeZone zone;
};
Result<Timing> parse_timing(const ScheduleDefinition& definition) {
  auto expression = schedules::parse_expression(definition.expression, !definition.id.is_rule());
  if (!expression) return expression.error();
  auto zone = TimeZone::find(definition.time_zone);
  if (!zone) return zone.error();
  return Timing{std::move(*expression), *zone};
}

/// The first firing after `after` that start and end permit.
std::optional<Timestamp> next_firing(const ScheduleRecord& schedule, const Timing& timing, Timestamp after) {
  const auto& definition = schedule.definition;
  if (definition.start_at) after = std::max(after, *definition.start_at - std::chrono::milliseconds{1});
  const auto next = schedules::next_after(timing.expression, after, schedule.anchor, timing.zone);
  if (!next || (definition.end_at && *next > *definition.end_at)) return std::nullopt;
  return next;
}

}  // namespace

std::string_view to_string(MissedFirings policy) { return policy_names[static_cast<std::size_t>(policy)]; }

std::optional<MissedFirings> parse_missed_firings(std::string_view text) {
  const auto found = std::find(policy_names.begin(), policy_names.end(), text);
  if (found == policy_names.end()) return std::nullopt;
  return static_cast<MissedFirings>(found - policy_names.begin());
}

void Schedules::on_change(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void Schedules::announce(Transaction& transaction) const {
  transaction.on_commit([this] {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_();
  });
}

std::string Schedules::arn(const ScheduleId& id) const {
  if (!id.is_rule()) return environment_.site.arn("scheduler", "schedule/" + id.group + "/" + id.name);
  const auto bus = id.group.substr(5);
  return environment_.site.arn("events", bus == "default" ? "rule/" + id.name : "rule/" + bus + "/" + id.name);
}

Result<void> Schedules::check_target(const ScheduleId& id, const ScheduleTarget& target) const {
  Arn arn;
  if (!parse_arn(target.arn, arn)) return invalid("Target.Arn", fmt::format("'{}' is not an ARN.", target.arn));
  const bool is_machine = arn.service == "states" && arn.resource.starts_with("stateMachine:");
  const bool is_function = arn.service == "lambda" && arn.resource.starts_with("function:");
  const bool is_topic = arn.service == "sns" && environment_.publish != nullptr;
  if (!is_machine && !is_function && !is_topic && arn.service != "sqs") {
    return error(
        ErrorCode::NotSupported,
        fmt::format("A schedule cannot have the target '{}': only state machines, functions, queues and topics are offered.", target.arn),
        "Target.Arn");
  }
  if (target.dead_letter_queue && !queue_name_of(*target.dead_letter_queue))
    return invalid("Target.DeadLetterConfig.Arn", fmt::format("'{}' is not a queue's ARN.", *target.dead_letter_queue));
  if (target.retries_max && (*target.retries_max < 0 || *target.retries_max > 185))
    return invalid("Target.RetryPolicy.MaximumRetryAttempts", "MaximumRetryAttempts must be between 0 and 185.");
  if (target.age_max_seconds && (*target.age_max_seconds < 60 || *target.age_max_seconds > 86'400))
    return invalid("Target.RetryPolicy.MaximumEventAgeInSeconds", "MaximumEventAgeInSeconds must be between 60 and 86400.");
  if ((is_machine || is_function) && target.input) {
    const auto example =
        schedules::target_input(id, target, {.arn = this->arn(id), .scheduled_at = {}, .execution_id = "0"}, environment_.site);
    if (auto json = Json::parse(example); !json)
      return invalid("Target.Input", fmt::format("Input must be JSON: {}", json.error().message));
  }
  return {};
}

void Schedules::store(Transaction& transaction, const ScheduleRecord& schedule, const std::optional<Timestamp>& old_next) const {
  const auto& id = schedule.definition.id;
  if (old_next && old_next != schedule.next_at) transaction.erase(due_key(*old_next, id));
  if (schedule.next_at && old_next != schedule.next_at) transaction.put(due_key(*schedule.next_at, id), "");
  transaction.put(schedule_key(id), schedules::encode(schedule));
}

Result<ScheduleRecord> Schedules::put(Transaction& transaction, const ScheduleDefinition& definition) const {
  if (!is_name(definition.id.name))
    return invalid("Name", fmt::format("'{}' is not a name: 1 to 64 of A-Z a-z 0-9 - _ .", definition.id.name));
  const auto timing = parse_timing(definition);
  if (!timing) return timing.error();
  if (definition.id.is_rule() && definition.time_zone != "UTC")
    return invalid("ScheduleExpressionTimezone", "A rule's schedule is always in UTC.");
  if (definition.start_at && definition.end_at && *definition.end_at <= *definition.start_at)
    return invalid("EndDate", "EndDate must come after StartDate.");
  for (const auto& target : definition.targets) {
    if (auto checked = check_target(definition.id, target); !checked) return checked.error();
  }
  const auto now = transaction.now();
  auto existing = find(transaction, definition.id);
  ScheduleRecord schedule = existing ? *existing : ScheduleRecord{.created_at = now, .anchor = definition.start_at.value_or(now)};
  const auto old_next = schedule.next_at;
  const auto& before = schedule.definition;
  const bool same_time = existing && before.expression == definition.expression && before.time_zone == definition.time_zone &&
                         before.start_at == definition.start_at;
  if (existing && !same_time) schedule.anchor = definition.start_at.value_or(now);
  const bool goes_on = same_time && before.enabled && definition.enabled && before.end_at == definition.end_at;
  schedule.definition = definition;
  schedule.modified_at = now;
  // A redeployment that changes nothing about the time must not swallow a firing that is due just now.
  if (!goes_on) schedule.next_at = definition.enabled ? next_firing(schedule, *timing, now) : std::nullopt;
  store(transaction, schedule, old_next);
  announce(transaction);
  return schedule;
}

Result<ScheduleRecord> Schedules::create(Transaction& transaction, const ScheduleDefinition& definition) const {
  if (find(transaction, definition.id))
    return error(ErrorCode::AlreadyExists, fmt::format("Schedule {} already exists.", definition.id.name));
  return put(transaction, definition);
}

Result<void> Schedules::remove(Transaction& transaction, const ScheduleId& id) const {
  const auto schedule = find(transaction, id);
  if (!schedule) return schedule.error();
  if (schedule->next_at) transaction.erase(due_key(*schedule->next_at, id));
  transaction.erase(schedule_key(id));
  announce(transaction);
  return {};
}

Result<ScheduleRecord> Schedules::pause(Transaction& transaction, const ScheduleId& id) const {
  auto schedule = find(transaction, id);
  if (!schedule) return schedule;
  const auto old_next = std::exchange(schedule->next_at, std::nullopt);
  schedule->definition.enabled = false;
  schedule->modified_at = transaction.now();
  store(transaction, *schedule, old_next);
  announce(transaction);
  return schedule;
}

Result<ScheduleRecord> Schedules::resume(Transaction& transaction, const ScheduleId& id) const {
  auto schedule = find(transaction, id);
  if (!schedule) return schedule;
  const auto timing = parse_timing(schedule->definition);
  if (!timing) return timing.error();
  const auto old_next = schedule->next_at;
  schedule->definition.enabled = true;
  schedule->modified_at = transaction.now();
  schedule->next_at = next_firing(*schedule, *timing, transaction.now());
  store(transaction, *schedule, old_next);
  announce(transaction);
  return schedule;
}

Result<ScheduleRecord> Schedules::find(const Reader& reader, const ScheduleId& id) const {
  const auto record = reader.get(schedule_key(id));
  if (!record) return error(ErrorCode::NotFound, fmt::format("{} {} does not exist.", id.is_rule() ? "Rule" : "Schedule", id.name));
  return schedules::decode_schedule(id, *record);
}

std::vector<ScheduleRecord> Schedules::list(const Reader& reader, std::optional<std::string_view> group,
                                            const std::optional<ScheduleId>& after, std::size_t limit) const {
  std::vector<ScheduleRecord> found;
  if (limit == 0) return found;
  KeyRange range{.prefix = group ? Key(schedules_table, *group) : Key(schedules_table)};
  if (after) range.after = schedule_key(*after);
  reader.scan(range, [&](const Key& key, std::string_view record) {
    found.push_back(schedules::decode_schedule({.group = key.text(0), .name = key.text(1)}, record));
    return found.size() < limit;
  });
  return found;
}

Result<std::vector<Timestamp>> Schedules::next_firings(const ScheduleRecord& schedule, std::size_t count, Timestamp now) const {
  const auto timing = parse_timing(schedule.definition);
  if (!timing) return timing.error();
  std::vector<Timestamp> firings;
  auto next = schedule.next_at ? schedule.next_at : next_firing(schedule, *timing, now);
  for (; next && firings.size() < count; next = next_firing(schedule, *timing, *next)) firings.push_back(*next);
  return firings;
}

std::optional<Timestamp> Schedules::next_due(const Reader& reader) const {
  std::optional<Timestamp> due;
  reader.scan(KeyRange{.prefix = Key(schedule_due_table)}, [&](const Key& key, std::string_view) {
    due = Timestamp{std::chrono::milliseconds{key.integer(0)}};
    return false;
  });
  return due;
}

}  // namespace signalbox
