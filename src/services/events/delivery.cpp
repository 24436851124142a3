// Events on their way to targets.
#include <spdlog/spdlog.h>

#include "services/events/event_pattern.h"
#include "services/events/target_input.h"
#include "services/functions/async_calls.h"
#include "services/queues/queue_url.h"
#include "services/schedules/schedule_input.h"
#include "signalbox/encoding.h"
#include "signalbox/engine.h"
#include "signalbox/events.h"
#include "signalbox/inline_transaction.h"
#include "signalbox/logs.h"

namespace signalbox::events {

namespace {

using schedules::format_event_time;

/// An event that came from another bus is not sent on to a third one. [EventBridge: sending events between buses]
constexpr int hops_max = 1;
constexpr std::int64_t retries_default = 185, age_default = 86'400;

const Json* member_of(const Json& object, const char* outer, const char* inner) {
  const Json* found = object.find(outer);
  return found ? found->find(inner) : nullptr;
}

std::optional<std::string> group_of(const Json& target) {
  const Json* group = member_of(target, "SqsParameters", "MessageGroupId");
  return group && group->is_string() ? std::optional(std::string(group->as_string())) : std::nullopt;
}

Json envelope_of(const Site& site, const Event& event, const std::string& id, Timestamp now) {
  Json::Array resources;
  for (const auto& resource : event.resources) resources.emplace_back(resource);
  Json envelope = json_object({{"version", "0"},
                               {"id", Json(id)},
                               {"detail-type", Json(event.detail_type)},
                               {"source", Json(event.source)},
                               {"account", Json(site.account)},
                               {"time", Json(format_event_time(event.time.value_or(now)))},
                               {"region", Json(site.region)},
                               {"resources", Json(std::move(resources))},
                               {"detail", event.detail}});
  return event.trace_header ? envelope.with("trace-header", Json(*event.trace_header)) : envelope;
}

bool fits(const RuleRecord& rule, const Json& envelope) {
  if (!rule.enabled || !rule.pattern) return false;
  const auto pattern = EventPattern::parse(*rule.pattern);
  return pattern && pattern->matches(envelope);
}

}  // namespace

Result<std::string> Events::put(EngineTransaction& transaction, const Event& event) const {
  if (!find_bus(transaction, event.bus))
    return error(ErrorCode::NotFound, "Event bus " + event.bus + " does not exist.", "ResourceNotFoundException");
  const auto id = transaction.new_uuid().value;
  return put_envelope(transaction, event.bus, envelope_of(environment_.site, event, id, transaction.now()), 0);
}

std::string Events::put_envelope(EngineTransaction& transaction, const std::string& bus, const Json& envelope, int hops) const {
  for (const auto& rule : list_rules(transaction, bus)) {
    if (!fits(rule, envelope)) continue;
    for (const Json& target : rule.targets) reach(transaction, rule, target, envelope, hops);
  }
  return member_text(envelope, "id");
}

void Events::put_later(Transaction& transaction, const std::function<Json()>& make_envelope) const {
  if (!has_patterns(transaction)) return;
  transaction.put(Key(pending_table, transaction.next_row(pending_table)), make_envelope().text());
  transaction.on_commit([this] {
    if (pending_listener_) pending_listener_();
  });
}

bool Events::put_pending(EngineTransaction& transaction, std::size_t limit) const {
  std::vector<std::pair<Key, Json>> waiting;
  transaction.scan(KeyRange{.prefix = Key(pending_table)}, [&](const Key& key, std::string_view record) {
    waiting.emplace_back(key, Json::from_stored(std::string(record)));
    return waiting.size() <= limit;
  });
  const bool more = waiting.size() > limit;
  if (more) waiting.pop_back();
  for (auto& [key, envelope] : waiting) {
    transaction.erase(key);
    (void)put_envelope(transaction, std::string(default_bus), envelope, 0);
  }
  return more;
}

void Events::fire_rule(EngineTransaction& transaction, const ScheduleId& id, Timestamp scheduled_at) const {
  const auto bus = id.group.substr(5);
  // Targets of a schedule itself are the schedule's to reach; those that were put through the API are here.
  if (!transaction.get(Key(rules_table, bus, id.name))) return;
  const auto rule = find_rule(transaction, bus, id.name);
  const Event event{
      .bus = bus, .source = "aws.events", .detail_type = "Scheduled Event", .resources = {rule_arn(bus, id.name)}, .time = scheduled_at};
  const Json envelope = envelope_of(environment_.site, event, transaction.new_uuid().value, transaction.now());
  for (const Json& target : rule->targets) reach(transaction, *rule, target, envelope, 0);
}

void Events::reach(EngineTransaction& transaction, const RuleRecord& rule, const Json& target, const Json& envelope, int hops) const {
  const auto arn = rule_arn(rule.bus, rule.name);
  const auto input =
      target_input(target, envelope, {.arn = arn, .name = rule.name, .ingestion_time = format_event_time(transaction.now())});
  // What keeps a target from being reached in this transaction is nothing that time would mend, so that it is not tried again, as on AWS for errors of
  // this kind. Functions are called later, and there their RetryPolicy counts.
  Result<void> delivered;
  attempt(transaction, [&] {
    delivered = deliver(transaction, rule, target, envelope, input, hops);
    return delivered.has_value();
  });
  if (delivered) return;
  spdlog::error("rule {}: target {} cannot be reached: {}", arn, member_text(target, "Arn"), delivered.error().message);
  bury(transaction, rule, target, envelope, delivered.error());
}

Result<void> Events::deliver(EngineTransaction& transaction, const RuleRecord& rule, const Json& target, const Json& envelope,
                             const std::string& input, int hops) const {
  Arn arn;
  const auto target_arn = member_text(target, "Arn");
  if (!parse_arn(target_arn, arn)) return error(ErrorCode::InvalidArgument, "'" + target_arn + "' is not an ARN");
  if (auto permitted = permits(rule, target, arn); !permitted) return permitted;
  if (arn.service == "states") {
    auto json = Json::parse(input);
    if (!json) return json.error();
    const auto started = transaction.start_execution({.state_machine = arn.resource.substr(std::string_view("stateMachine:").size()),
                                                      .name = std::nullopt,
                                                      .input = std::move(*json),
                                                      .parent = std::nullopt});
    return started ? Result<void>() : started.error();
  }
  if (arn.service == "sqs") {
    SendMessage message{.body = input, .group_id = group_of(target)};
    if (is_fifo_name(arn.resource)) message.deduplication_id = member_text(envelope, "id");
    const auto sent = environment_.queues.send(transaction, arn.resource, message);
    return sent ? Result<void>() : sent.error();
  }
  if (arn.service == "sns") return environment_.publish(transaction, arn.resource, input, group_of(target));
  if (arn.service == "events") {
    const auto bus = arn.resource.substr(std::string_view("event-bus/").size());
    if (hops >= hops_max) return {};
    if (!find_bus(transaction, bus)) return error(ErrorCode::NotFound, "Event bus " + bus + " does not exist.");
    (void)put_envelope(transaction, bus, envelope, hops + 1);
    return {};
  }
  if (arn.service == "logs") {
    auto group = arn.resource.substr(std::string_view("log-group:").size());
    if (group.ends_with(":*")) group.resize(group.size() - 2);
    return logs::append(transaction, group, member_text(envelope, "id"), {{transaction.now(), input}});
  }
  const auto reference = functions::parse_function_reference(target_arn);
  if (arn.service != "lambda" || !reference) return error(ErrorCode::NotSupported, "the target '" + target_arn + "' is not offered");
  if (const auto parsed = Json::parse(input); !parsed) return parsed.error();
  functions::AsyncCall call{.function = reference->name + (reference->qualifier.empty() ? "" : ":" + reference->qualifier),
                            .payload = input,
                            .request_id = transaction.new_uuid().value};
  const Json* retries = member_of(target, "RetryPolicy", "MaximumRetryAttempts");
  const Json* age = member_of(target, "RetryPolicy", "MaximumEventAgeInSeconds");
  const auto dead_letter = member_of(target, "DeadLetterConfig", "Arn");
  if (retries) call.retries_max = retries->as_integer().value_or(retries_default);
  if (age) call.age_max_seconds = age->as_integer().value_or(age_default);
  if (dead_letter && dead_letter->is_string())
    call.dead_letter = functions::DeadLetter{std::string(dead_letter->as_string()),
                                             {{"RULE_ARN", rule_arn(rule.bus, rule.name)}, {"TARGET_ARN", target_arn}}};
  environment_.calls.add(transaction, std::move(call));
  return {};
}

/// State machines and buses are reached in the target's role; queues, topics and functions let the service in by their own policies, unless there is a
/// role. Log groups are open to rules. [EventBridge User Guide, Using resource-based policies]
Result<void> Events::permits(const RuleRecord& rule, const Json& target, const Arn& arn) const {
  if (!environment_.permits || arn.service == "logs") return {};
  auto role = member_text(target, "RoleArn");
  if (role.empty()) role = rule.role_arn.value_or("");
  // A bus of the same account asks for no role.
  if (arn.service == "events" && role.empty()) return {};
  const auto action = arn.service == "states"   ? "states:StartExecution"
                      : arn.service == "sqs"    ? "sqs:SendMessage"
                      : arn.service == "sns"    ? "sns:Publish"
                      : arn.service == "events" ? "events:PutEvents"
                                                : "lambda:InvokeFunction";
  return environment_.permits({.service = "events.amazonaws.com",
                               .source_arn = rule_arn(rule.bus, rule.name),
                               .role_arn = role,
                               .session = rule.name,
                               .action = action,
                               .resource = member_text(target, "Arn")});
}

void Events::bury(EngineTransaction& transaction, const RuleRecord& rule, const Json& target, const Json& envelope,
                  const Error& failure) const {
  const Json* arn = member_of(target, "DeadLetterConfig", "Arn");
  const auto queue = arn && arn->is_string() ? queue_name_of(arn->as_string()) : std::nullopt;
  if (!queue) return;
  SendMessage letter{.body = envelope.text()};
  letter.attributes = {{"RULE_ARN", {"String", rule_arn(rule.bus, rule.name)}},
                       {"TARGET_ARN", {"String", member_text(target, "Arn")}},
                       {"ERROR_CODE",
                        {"String", failure.code == ErrorCode::NotFound    ? "RESOURCE_NOT_FOUND"
                                   : failure.code == ErrorCode::Forbidden ? "NO_PERMISSIONS"
                                                                          : "SDK_CLIENT_ERROR"}},
                       {"ERROR_MESSAGE", {"String", failure.message.empty() ? "unknown" : failure.message}}};
  Result<void> sent;
  if (environment_.permits)
    sent = environment_.permits({.service = "events.amazonaws.com",
                                 .source_arn = rule_arn(rule.bus, rule.name),
                                 .action = "sqs:SendMessage",
                                 .resource = std::string(arn->as_string())});
  if (sent)
    if (const auto done = environment_.queues.send(transaction, *queue, letter); !done) sent = done.error();
  if (!sent) spdlog::error("rule {}: its dead-letter queue {} cannot be reached: {}", rule.name, *queue, sent.error().message);
}

}  // namespace signalbox::events
