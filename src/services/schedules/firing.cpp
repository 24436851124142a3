// What happens when a schedule is due, and to the function calls that come of it.

#include "signalbox/engine.h"
#include "signalbox/schedules.h"

#include "services/queues/queue_url.h"
#include "services/schedules/schedule_expression.h"
#include "services/schedules/schedule_input.h"
#include "services/schedules/schedule_records.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {

using namespace std::chrono_literals;
using schedules::TimeZone;

namespace {

/// Later than this, a firing counts as missed.
constexpr std::chrono::milliseconds on_time = 60s;
constexpr std::int64_t missed_counted_max = 10'000;
constexpr std::int64_t function_errors_max = 3;
constexpr std::int64_t retries_max_default = 185, age_max_seconds_default = 86'400;

Key due_key(Timestamp due, const ScheduleId& id) { return Key(schedule_due_table, due.time_since_epoch().count(), id.group, id.name); }

/// What a role's trust may be limited to: the rule, or the schedule's group. [Scheduler User Guide, Confused deputy prevention]
std::string source_of(const Site& site, const ScheduleId& id, const std::string& arn) {
  return id.is_rule() ? arn : site.arn("scheduler", "schedule-group/" + id.group);
}

struct Due {
  Timestamp first, last;  ///< the firings that have come, at least one
  std::int64_t count = 0;
  std::optional<Timestamp> next;  ///< after now
};

/// All firings from the stored one up to now.
Due firings_until(const ScheduleRecord& schedule, const schedules::Expression& expression, const TimeZone& zone, Timestamp now) {
  const auto following = [&](Timestamp after) {
    const auto next = schedules::next_after(expression, after, schedule.anchor, zone);
    return next && schedule.definition.end_at && *next > *schedule.definition.end_at ? std::nullopt : next;
  };
  Due due{.first = *schedule.next_at, .last = *schedule.next_at, .count = 1, .next = following(*schedule.next_at)};
  while (due.next && *due.next <= now && due.count < missed_counted_max) {
    due.last = *due.next;
    ++due.count;
    due.next = following(due.last);
  }
  if (due.next && *due.next <= now) due.next = following(now);
  return due;
}

}  // namespace

void Schedules::bury(Transaction& transaction, const ScheduleId& id, const ScheduleTarget& target, const std::string& payload,
                     std::string_view code, const std::string& message) const {
  if (!target.dead_letter_queue) return;
  const auto queue = queue_name_of(*target.dead_letter_queue);
  if (!queue) return;
  SendMessage letter{.body = payload};
  letter.attributes = {{id.is_rule() ? "RULE_ARN" : "SCHEDULE_ARN", {"String", arn(id)}},
                       {"TARGET_ARN", {"String", target.arn}},
                       {"ERROR_CODE", {"String", std::string(code)}},
                       {"ERROR_MESSAGE", {"String", message.empty() ? std::string(code) : message}}};
  if (is_fifo_name(*queue)) {
    letter.group_id = id.name;
    letter.deduplication_id = transaction.new_uuid().value;
  }
  // In the target's role for Scheduler; rules are let in by the queue's own policy.
  Result<void> permitted;
  if (environment_.permits)
    permitted = environment_.permits({.service = id.is_rule() ? "events.amazonaws.com" : "scheduler.amazonaws.com",
                                      .source_arn = source_of(environment_.site, id, arn(id)),
                                      .role_arn = id.is_rule() ? std::string() : target.role_arn.value_or(""),
                                      .session = id.name,
                                      .action = "sqs:SendMessage",
                                      .resource = *target.dead_letter_queue});
  // If this fails too, the error of the firing itself is what is shown.
  if (permitted) (void)environment_.queues.send(transaction, *queue, letter);
}

/// In the target's role. A rule calls a function as itself, which the function's policy must permit; nothing else can be made without a role.
Result<void> Schedules::permits(const ScheduleId& id, const ScheduleTarget& target, std::string_view service) const {
  const bool calls_as_itself = id.is_rule() && service == "lambda" && !target.role_arn;
  if (!environment_.permits || (!target.role_arn && !calls_as_itself)) return {};
  const auto action = service == "states" ? "states:StartExecution"
                      : service == "sqs"  ? "sqs:SendMessage"
                      : service == "sns"  ? "sns:Publish"
                                          : "lambda:InvokeFunction";
  return environment_.permits({.service = id.is_rule() ? "events.amazonaws.com" : "scheduler.amazonaws.com",
                               .source_arn = source_of(environment_.site, id, arn(id)),
                               .role_arn = target.role_arn.value_or(""),
                               .session = id.name,
                               .action = action,
                               .resource = target.arn});
}

Result<void> Schedules::reach(EngineTransaction& transaction, const ScheduleId& id, const ScheduleTarget& target,
                              Timestamp scheduled_at) const {
  const schedules::FiringContext firing{.arn = arn(id), .scheduled_at = scheduled_at, .execution_id = transaction.new_uuid().value};
  const auto input = schedules::target_input(id, target, firing, environment_.site);
  const auto done = [&]() -> Result<void> {
    Arn target_arn;
    if (!parse_arn(target.arn, target_arn)) return error(ErrorCode::InvalidArgument, fmt::format("'{}' is not an ARN.", target.arn));
    if (auto permitted = permits(id, target, target_arn.service); !permitted) return permitted;
    if (target_arn.service == "states") {
      auto json = Json::parse(input);
      if (!json) return json.error();
      auto started = transaction.start_execution({.state_machine = target_arn.resource.substr(std::string_view("stateMachine:").size()),
                                                  .name = std::nullopt,
                                                  .input = std::move(*json),
                                                  .parent = std::nullopt});
      return started ? Result<void>{} : started.error();
    }
    if (target_arn.service == "sqs") {
      SendMessage message{.body = input, .group_id = target.message_group_id};
      if (is_fifo_name(target_arn.resource)) message.deduplication_id = firing.execution_id;
      auto sent = environment_.queues.send(transaction, target_arn.resource, message);
      return sent ? Result<void>{} : sent.error();
    }
    if (target_arn.service == "sns" && environment_.publish)
      return environment_.publish(transaction, target_arn.resource, input, target.message_group_id);
    if (target_arn.service == "lambda") {
      const ScheduleCall call{.row = transaction.next_row(schedule_calls_table),
                              .schedule = id,
                              .target = target,
                              .payload = input,
                              .request_id = firing.execution_id,
                              .created_at = transaction.now(),
                              .next_attempt_at = transaction.now()};
      transaction.put(Key(schedule_calls_table, call.row), schedules::encode(call));
      return {};
    }
    return error(ErrorCode::NotSupported, fmt::format("The target '{}' is not offered.", target.arn));
  }();
  if (!done) bury(transaction, id, target, input, "TARGET_ERROR", done.error().message);
  return done;
}

Firing Schedules::fire(EngineTransaction& transaction, ScheduleRecord schedule) const {
  const auto now = transaction.now();
  const auto id = schedule.definition.id;
  const auto old_next = schedule.next_at;
  Firing firing{.id = id, .scheduled_at = *old_next};
  const auto expression = schedules::parse_expression(schedule.definition.expression, !id.is_rule());
  const auto zone = TimeZone::find(schedule.definition.time_zone);
  if (!expression || !zone) {
    // The time zone data lost a zone. Fire this once, and say why there is no next time.
    firing.errors.push_back(expression ? zone.error().message : expression.error().message);
    schedule.next_at.reset();
  } else {
    const auto due = firings_until(schedule, *expression, *zone, now);
    const auto policy = schedule.definition.missed_firings;
    const bool is_late = now - due.last >= on_time;
    const bool one_by_one = policy == MissedFirings::All && due.count > 1;
    firing.scheduled_at = one_by_one ? due.first : due.last;
    firing.ran = !(policy == MissedFirings::Skip && is_late);
    schedule.next_at = one_by_one ? schedules::next_after(*expression, due.first, schedule.anchor, *zone) : due.next;
    if (const auto left_out = due.count - (firing.ran ? 1 : 0); !one_by_one && (is_late || left_out > 0)) {
      schedule.missed += left_out;
      firing.catch_up = CatchUp{.at = now, .first = due.first, .last = due.last, .missed = due.count, .ran = firing.ran ? 1 : 0};
    } else if (one_by_one && now - due.first >= on_time) {
      firing.catch_up = CatchUp{.at = now, .first = due.first, .last = due.last, .missed = due.count, .ran = due.count};
    }
  }
  if (firing.catch_up) schedule.last_catch_up = firing.catch_up;
  if (firing.ran) {
    for (const auto& target : schedule.definition.targets) {
      if (auto reached = reach(transaction, id, target, firing.scheduled_at); !reached)
        firing.errors.push_back(fmt::format("{}: {}", target.arn, reached.error().message));
    }
    if (id.is_rule() && environment_.rule_fired) environment_.rule_fired(transaction, id, firing.scheduled_at);
    ++schedule.firings;
    schedule.last_fired_at = firing.scheduled_at;
    schedule.last_error = firing.errors.empty() ? std::nullopt : std::optional(fmt::format("{}", fmt::join(firing.errors, "; ")));
  }
  if (!schedule.next_at && schedule.definition.delete_after_completion) {
    transaction.erase(due_key(*old_next, id));
    transaction.erase(Key(schedules_table, id.group, id.name));
  } else {
    store(transaction, schedule, old_next);
  }
  return firing;
}

Result<std::vector<Firing>> Schedules::fire_due(EngineTransaction& transaction, std::size_t limit) const {
  std::vector<ScheduleId> ids;
  transaction.scan(KeyRange{.prefix = Key(schedule_due_table)}, [&](const Key& key, std::string_view) {
    if (Timestamp{std::chrono::milliseconds{key.integer(0)}} > transaction.now()) return false;
    ids.push_back({.group = key.text(1), .name = key.text(2)});
    return ids.size() < limit;
  });
  std::vector<Firing> firings;
  for (const auto& id : ids) {
    auto schedule = find(transaction, id);
    SIGNALBOX_ASSERT(schedule.has_value() && schedule->next_at);
    firings.push_back(fire(transaction, std::move(*schedule)));
  }
  if (!firings.empty()) announce(transaction);
  return firings;
}

// ---- function calls ----

std::vector<ScheduleCall> Schedules::calls(const Reader& reader) const {
  std::vector<ScheduleCall> calls;
  reader.scan(KeyRange{.prefix = Key(schedule_calls_table)}, [&](const Key& key, std::string_view record) {
    calls.push_back(schedules::decode_call(key.integer(0), record));
    return true;
  });
  return calls;
}

Result<void> Schedules::settle_call(Transaction& transaction, std::int64_t row, const FunctionOutcome& outcome) const {
  using Kind = FunctionOutcome::Kind;
  const Key key(schedule_calls_table, row);
  const auto record = transaction.get(key);
  if (!record) return {};
  auto call = schedules::decode_call(row, *record);
  ++call.attempts;
  const auto age_max = std::chrono::seconds(call.target.age_max_seconds.value_or(age_max_seconds_default));
  const auto retries_max = call.target.retries_max.value_or(retries_max_default);
  const bool is_over = call.attempts > retries_max || transaction.now() - call.created_at >= age_max;
  bool again = false;
  if (outcome.kind == Kind::FunctionError) {
    again = ++call.function_errors < function_errors_max && !is_over;
    call.next_attempt_at = transaction.now() + call.function_errors * 1min;
  } else if (outcome.kind == Kind::Throttled || outcome.kind == Kind::Unavailable) {
    again = !is_over;
    call.next_attempt_at =
        transaction.now() + std::min<std::chrono::milliseconds>(5min, 1s * (std::int64_t{1} << std::min<std::int64_t>(call.attempts, 9)));
  }
  if (again) {
    transaction.put(key, schedules::encode(call));
    announce(transaction);
    return {};
  }
  transaction.erase(key);
  if (outcome.kind == Kind::Answered) return {};
  const auto message = outcome.message.empty() ? outcome.payload : outcome.message;
  bury(transaction, call.schedule, call.target, call.payload, outcome.kind == Kind::NotFound ? "RESOURCE_NOT_FOUND" : "TARGET_ERROR",
       message);
  if (auto schedule = find(transaction, call.schedule)) {
    schedule->last_error = fmt::format("{}: {}", call.target.arn, message);
    store(transaction, *schedule, schedule->next_at);
  }
  return {};
}

}  // namespace signalbox
