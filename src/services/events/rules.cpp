// Buses and rules: kept, found, changed.
#include <algorithm>
#include <set>

#include "services/events/event_pattern.h"
#include "services/events/target_input.h"
#include "services/queues/queue_url.h"
#include "signalbox/encoding.h"
#include "signalbox/events.h"

namespace signalbox::events {

namespace {

Error refused(ErrorCode code, std::string message, const char* name) { return error(code, std::move(message), name); }
Error invalid(std::string message) { return refused(ErrorCode::InvalidArgument, std::move(message), "ValidationException"); }
Error bus_missing(std::string_view bus) {
  return refused(ErrorCode::NotFound, "Event bus " + std::string(bus) + " does not exist.", "ResourceNotFoundException");
}
Error rule_missing(std::string_view bus, std::string_view name) {
  return refused(ErrorCode::NotFound, "Rule " + std::string(name) + " does not exist on EventBus " + std::string(bus) + ".",
                 "ResourceNotFoundException");
}

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }
std::optional<std::string> optional_text(const Json& object, const char* name) {
  const Json* found = object.find(name);
  return found && found->is_string() ? std::optional(std::string(found->as_string())) : std::nullopt;
}
Json map_json(const std::map<std::string, std::string>& map) {
  Json::Object out;
  for (const auto& [name, value] : map) out.push_back({name, Json(value)});
  return Json(std::move(out));
}
std::map<std::string, std::string> map_of(const Json* object) {
  std::map<std::string, std::string> out;
  if (!object || !object->is_object()) return out;
  for (const auto& [name, value] : object->members()) out[name] = plain_text(value);
  return out;
}
Timestamp time_of(const Json& object, const char* name) {
  const auto text = optional_text(object, name);
  return text ? parse_rfc3339(*text).value_or(Timestamp{}) : Timestamp{};
}

std::string encode(const BusRecord& bus) {
  return json_object({{"version", 1},
                      {"description", text_or_null(bus.description)},
                      {"policy", text_or_null(bus.policy)},
                      {"tags", map_json(bus.tags)},
                      {"createdAt", Json(format_rfc3339(bus.created_at))},
                      {"modifiedAt", Json(format_rfc3339(bus.modified_at))}})
      .text();
}
BusRecord decode_bus(std::string name, std::string_view record) {
  const Json json = Json::from_stored(std::string(record));
  return {.name = std::move(name),
          .description = optional_text(json, "description"),
          .policy = optional_text(json, "policy"),
          .tags = map_of(json.find("tags")),
          .created_at = time_of(json, "createdAt"),
          .modified_at = time_of(json, "modifiedAt")};
}

std::string encode(const RuleRecord& rule) {
  Json::Array targets(rule.targets.begin(), rule.targets.end());
  return json_object({{"version", 1},
                      {"pattern", text_or_null(rule.pattern)},
                      {"schedule", text_or_null(rule.schedule)},
                      {"enabled", rule.enabled},
                      {"description", text_or_null(rule.description)},
                      {"roleArn", text_or_null(rule.role_arn)},
                      {"targets", Json(std::move(targets))},
                      {"tags", map_json(rule.tags)},
                      {"createdAt", Json(format_rfc3339(rule.created_at))}})
      .text();
}
RuleRecord decode_rule(std::string bus, std::string name, std::string_view record) {
  const Json json = Json::from_stored(std::string(record));
  RuleRecord rule{.bus = std::move(bus),
                  .name = std::move(name),
                  .pattern = optional_text(json, "pattern"),
                  .schedule = optional_text(json, "schedule")};
  rule.enabled = json.find("enabled")->as_boolean();
  rule.description = optional_text(json, "description");
  rule.role_arn = optional_text(json, "roleArn");
  for (const Json& target : json.find("targets")->elements()) rule.targets.push_back(target);
  rule.tags = map_of(json.find("tags"));
  rule.created_at = time_of(json, "createdAt");
  return rule;
}

ScheduleId clock_id(std::string_view bus, std::string_view name) {
  return {.group = "rule:" + std::string(bus), .name = std::string(name)};
}

/// A rule that a stack deployed as a schedule with targets.
RuleRecord rule_of(const ScheduleRecord& schedule) {
  const auto& definition = schedule.definition;
  RuleRecord rule{.bus = definition.id.group.substr(5),
                  .name = definition.id.name,
                  .schedule = definition.expression,
                  .enabled = definition.enabled,
                  .description = definition.description,
                  .role_arn = definition.role_arn};
  for (const auto& target : definition.targets) {
    Json shown = json_object({{"Id", Json(target.id)}, {"Arn", Json(target.arn)}});
    if (target.role_arn) shown = shown.with("RoleArn", Json(*target.role_arn));
    if (target.input) shown = shown.with("Input", Json(*target.input));
    if (target.message_group_id) shown = shown.with("SqsParameters", json_object({{"MessageGroupId", Json(*target.message_group_id)}}));
    if (target.dead_letter_queue) shown = shown.with("DeadLetterConfig", json_object({{"Arn", Json(*target.dead_letter_queue)}}));
    rule.targets.push_back(std::move(shown));
  }
  rule.created_at = schedule.created_at;
  return rule;
}

bool is_name(std::string_view name, std::size_t length_max) {
  return !name.empty() && name.size() <= length_max && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

std::string Events::rule_arn(std::string_view bus, std::string_view rule) const { return environment_.schedules.arn(clock_id(bus, rule)); }

// ---- buses ---------------------------------------------------------------------------------------------------------------------------
Result<BusRecord> Events::create_bus(Transaction& transaction, BusRecord bus) const {
  if (!is_name(bus.name, 256)) return invalid("Event bus name is not valid: " + bus.name);
  if (find_bus(transaction, bus.name))
    return refused(ErrorCode::AlreadyExists, "Event bus " + bus.name + " already exists.", "ResourceAlreadyExistsException");
  bus.created_at = bus.modified_at = transaction.now();
  transaction.put(Key(buses_table, bus.name), encode(bus));
  return bus;
}

Result<void> Events::store_bus(Transaction& transaction, const BusRecord& bus) const {
  if (!find_bus(transaction, bus.name)) return bus_missing(bus.name);
  auto changed = bus;
  changed.modified_at = transaction.now();
  transaction.put(Key(buses_table, bus.name), encode(changed));
  return {};
}

Result<void> Events::delete_bus(Transaction& transaction, std::string_view name) const {
  if (name == default_bus) return invalid("Cannot delete event bus default.");
  if (!list_rules(transaction, name).empty()) return invalid("Event bus " + std::string(name) + " can't be deleted since it has rules.");
  transaction.erase(Key(buses_table, name));  // one that is gone is no error
  return {};
}

std::optional<BusRecord> Events::find_bus(const Reader& reader, std::string_view name) const {
  const auto record = reader.get(Key(buses_table, name));
  if (record) return decode_bus(std::string(name), *record);
  return name == default_bus ? std::optional(BusRecord{.name = std::string(name)}) : std::nullopt;
}

std::vector<BusRecord> Events::list_buses(const Reader& reader) const {
  std::vector<BusRecord> found;
  reader.scan(KeyRange{.prefix = Key(buses_table)}, [&](const Key& key, std::string_view record) {
    found.push_back(decode_bus(key.text(0), record));
    return true;
  });
  if (!reader.get(Key(buses_table, default_bus))) found.push_back({.name = std::string(default_bus)});
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

// ---- rules ---------------------------------------------------------------------------------------------------------------------------
/// The clock behind a rule with a schedule; its targets are this module's, so it has none.
Result<void> Events::set_clock(Transaction& transaction, const RuleRecord& rule) const {
  const auto id = clock_id(rule.bus, rule.name);
  if (!rule.schedule) {
    if (environment_.schedules.find(transaction, id)) return environment_.schedules.remove(transaction, id);
    return {};
  }
  ScheduleDefinition definition{
      .id = id, .expression = *rule.schedule, .enabled = rule.enabled, .description = rule.description, .role_arn = rule.role_arn};
  if (const auto existing = environment_.schedules.find(transaction, id)) {
    definition.missed_firings = existing->definition.missed_firings;
    definition.stack = existing->definition.stack;
  }
  const auto put = environment_.schedules.put(transaction, definition);
  return put ? Result<void>() : invalid("Parameter ScheduleExpression is not valid.");
}

Result<RuleRecord> Events::put_rule(Transaction& transaction, RuleRecord rule) const {
  if (!find_bus(transaction, rule.bus)) return bus_missing(rule.bus);
  if (!is_name(rule.name, 64)) return invalid("Rule name is not valid: " + rule.name);
  if (!rule.pattern && !rule.schedule) return invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (rule.schedule && rule.bus != default_bus) return invalid("ScheduleExpression is supported only on the default event bus.");
  if (rule.pattern) {
    if (const auto parsed = EventPattern::parse(*rule.pattern); !parsed)
      return refused(ErrorCode::InvalidArgument, parsed.error().message, "InvalidEventPatternException");
  }
  if (const auto existing = find_rule(transaction, rule.bus, rule.name)) {
    rule.targets = existing->targets;
    rule.created_at = existing->created_at;
    for (const auto& [key, value] : existing->tags) rule.tags.try_emplace(key, value);
  } else {
    rule.created_at = transaction.now();
  }
  if (const auto set = set_clock(transaction, rule); !set) return set.error();
  transaction.put(Key(rules_table, rule.bus, rule.name), encode(rule));
  rules_changed(transaction);
  return rule;
}

/// Now, and once more when the operation turned out to be kept, since one that is dropped may have been asked in between.
void Events::rules_changed(Transaction& transaction) const {
  has_patterns_.reset();
  transaction.on_commit([this] { has_patterns_.reset(); });
}

bool Events::has_patterns(const Reader& reader) const {
  if (!has_patterns_) {
    bool found = false;
    reader.scan(KeyRange{.prefix = Key(rules_table, default_bus)}, [&](const Key& key, std::string_view record) {
      found = decode_rule(key.text(0), key.text(1), record).pattern.has_value();
      return !found;
    });
    has_patterns_ = found;
  }
  return *has_patterns_;
}

Result<void> Events::delete_rule(Transaction& transaction, std::string_view bus, std::string_view name) const {
  if (!find_bus(transaction, bus)) return bus_missing(bus);
  const auto rule = find_rule(transaction, bus, name);
  if (!rule) return {};
  if (!rule->targets.empty()) return invalid("Rule can't be deleted since it has targets.");
  transaction.erase(Key(rules_table, bus, name));
  rules_changed(transaction);
  if (environment_.schedules.find(transaction, clock_id(bus, name))) return environment_.schedules.remove(transaction, clock_id(bus, name));
  return {};
}

Result<void> Events::enable_rule(Transaction& transaction, std::string_view bus, std::string_view name, bool enabled) const {
  auto rule = find_rule(transaction, bus, name);
  if (!rule) return rule_missing(bus, name);
  rule->enabled = enabled;
  return store_rule(transaction, *rule);
}

std::optional<RuleRecord> Events::find_rule(const Reader& reader, std::string_view bus, std::string_view name) const {
  if (const auto record = reader.get(Key(rules_table, bus, name))) return decode_rule(std::string(bus), std::string(name), *record);
  const auto schedule = environment_.schedules.find(reader, clock_id(bus, name));
  if (!schedule) return std::nullopt;
  return rule_of(*schedule);
}

std::vector<RuleRecord> Events::list_rules(const Reader& reader, std::string_view bus) const {
  std::vector<RuleRecord> found;
  std::set<std::string> names;
  reader.scan(KeyRange{.prefix = Key(rules_table, bus)}, [&](const Key& key, std::string_view record) {
    found.push_back(decode_rule(key.text(0), key.text(1), record));
    names.insert(key.text(1));
    return true;
  });
  const auto group = "rule:" + std::string(bus);
  for (const auto& schedule : environment_.schedules.list(reader, group, std::nullopt, SIZE_MAX)) {
    if (!names.contains(schedule.definition.id.name)) found.push_back(rule_of(schedule));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

Result<void> Events::store_rule(Transaction& transaction, const RuleRecord& rule) const {
  if (!find_rule(transaction, rule.bus, rule.name)) return rule_missing(rule.bus, rule.name);
  if (const auto set = set_clock(transaction, rule); !set) return set.error();
  transaction.put(Key(rules_table, rule.bus, rule.name), encode(rule));
  return {};
}

Result<void> Events::check_target(const Json& target) const {
  const auto id = optional_text(target, "Id").value_or(""), text = optional_text(target, "Arn").value_or("");
  Arn arn;
  if (!parse_arn(text, arn)) return invalid("Parameter " + text + " is not valid. Reason: Provided Arn is not in correct format.");
  const bool offered = (arn.service == "states" && arn.resource.starts_with("stateMachine:")) ||
                       (arn.service == "lambda" && arn.resource.starts_with("function:")) || arn.service == "sqs" || arn.service == "sns" ||
                       (arn.service == "events" && arn.resource.starts_with("event-bus/")) ||
                       (arn.service == "logs" && arn.resource.starts_with("log-group:"));
  if (!offered)
    return refused(
        ErrorCode::NotSupported,
        "The target " + text + " is not supported here: only state machines, functions, queues, topics, event buses and log groups are.",
        "ValidationException");
  if (arn.service == "sqs" && is_fifo_name(arn.resource) && !target.find("SqsParameters"))
    return invalid("Parameter(s) SqsParameters must be specified for target: " + id + ".");
  if (const Json* dead_letter = target.find("DeadLetterConfig"); dead_letter && dead_letter->find("Arn")) {
    Arn queue;
    const auto queue_arn = optional_text(*dead_letter, "Arn").value_or("");
    if (!parse_arn(queue_arn, queue) || queue.service != "sqs") return invalid("Parameter DeadLetterConfig.Arn is not valid: " + queue_arn);
  }
  const auto within = [&](const char* name, std::int64_t min, std::int64_t max) {
    const Json* policy = target.find("RetryPolicy");
    const Json* value = policy ? policy->find(name) : nullptr;
    return !value || (value->as_integer() && *value->as_integer() >= min && *value->as_integer() <= max);
  };
  if (!within("MaximumRetryAttempts", 0, 185))
    return invalid("Parameter MaximumRetryAttempts is not valid for target " + id + ": it must be between 0 and 185.");
  if (!within("MaximumEventAgeInSeconds", 60, 86'400))
    return invalid("Parameter MaximumEventAgeInSeconds is not valid for target " + id + ": it must be between 60 and 86400.");
  return check_target_input(target);
}

}  // namespace signalbox::events
