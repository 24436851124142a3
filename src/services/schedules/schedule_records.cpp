#include "services/schedules/schedule_records.h"

#include "signalbox/encoding.h"

#include <nlohmann/json.hpp>

namespace signalbox::schedules {

namespace {

using Config = nlohmann::ordered_json;
constexpr int version = 1;

void add(Config& config, const char* name, const std::optional<std::string>& value) {
  if (value) config[name] = *value;
}
void add(Config& config, const char* name, const std::optional<Timestamp>& value) {
  if (value) config[name] = format_rfc3339(*value);
}
std::optional<std::string> text(const Config& config, const char* name) {
  const auto found = config.find(name);
  if (found == config.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}
std::optional<Timestamp> time(const Config& config, const char* name) {
  const auto value = text(config, name);
  return value ? parse_rfc3339(*value) : std::nullopt;
}

std::optional<std::int64_t> number(const Config& config, const char* name) {
  const auto found = config.find(name);
  return found != config.end() && found->is_number_integer() ? std::optional(found->get<std::int64_t>()) : std::nullopt;
}

Config encode_target(const ScheduleTarget& target) {
  Config config{{"id", target.id}, {"arn", target.arn}};
  add(config, "input", target.input);
  add(config, "roleArn", target.role_arn);
  add(config, "messageGroupId", target.message_group_id);
  add(config, "deadLetterQueue", target.dead_letter_queue);
  if (target.retries_max) config["retriesMax"] = *target.retries_max;
  if (target.age_max_seconds) config["ageMaxSeconds"] = *target.age_max_seconds;
  return config;
}
ScheduleTarget decode_target(const Config& config) {
  return {.id = config.value("id", ""),
          .arn = config.value("arn", ""),
          .input = text(config, "input"),
          .role_arn = text(config, "roleArn"),
          .message_group_id = text(config, "messageGroupId"),
          .dead_letter_queue = text(config, "deadLetterQueue"),
          .retries_max = number(config, "retriesMax"),
          .age_max_seconds = number(config, "ageMaxSeconds")};
}

Config parse(std::string_view record, const char* what) {
  auto config = Config::parse(record, nullptr, false);
  if (!config.is_object() || config.value("version", 0) != version) throw StoreFailure(std::string("damaged record of a ") + what);
  return config;
}

}  // namespace

std::string encode(const ScheduleRecord& schedule) {
  const auto& definition = schedule.definition;
  Config config{{"version", version},
                {"expression", definition.expression},
                {"timeZone", definition.time_zone},
                {"enabled", definition.enabled},
                {"missedFirings", to_string(definition.missed_firings)},
                {"deleteAfterCompletion", definition.delete_after_completion}};
  add(config, "startAt", definition.start_at);
  add(config, "endAt", definition.end_at);
  add(config, "description", definition.description);
  add(config, "roleArn", definition.role_arn);
  add(config, "stack", definition.stack);
  config["targets"] = Config::array();
  for (const auto& target : definition.targets) config["targets"].push_back(encode_target(target));
  config["createdAt"] = format_rfc3339(schedule.created_at);
  config["modifiedAt"] = format_rfc3339(schedule.modified_at);
  config["anchor"] = format_rfc3339(schedule.anchor);
  add(config, "nextAt", schedule.next_at);
  add(config, "lastFiredAt", schedule.last_fired_at);
  config["firings"] = schedule.firings;
  config["missed"] = schedule.missed;
  if (const auto& caught = schedule.last_catch_up) {
    config["lastCatchUp"] = Config{{"at", format_rfc3339(caught->at)},
                                   {"first", format_rfc3339(caught->first)},
                                   {"last", format_rfc3339(caught->last)},
                                   {"missed", caught->missed},
                                   {"ran", caught->ran}};
  }
  add(config, "lastError", schedule.last_error);
  return config.dump(-1, ' ', false, Config::error_handler_t::replace);
}

ScheduleRecord decode_schedule(ScheduleId id, std::string_view record) {
  const auto config = parse(record, "schedule");
  ScheduleRecord schedule;
  auto& definition = schedule.definition;
  definition.id = std::move(id);
  definition.expression = config.value("expression", "");
  definition.time_zone = config.value("timeZone", "UTC");
  definition.start_at = time(config, "startAt");
  definition.end_at = time(config, "endAt");
  definition.enabled = config.value("enabled", true);
  definition.missed_firings = parse_missed_firings(config.value("missedFirings", "once")).value_or(MissedFirings::Once);
  definition.delete_after_completion = config.value("deleteAfterCompletion", false);
  definition.description = text(config, "description");
  definition.role_arn = text(config, "roleArn");
  definition.stack = text(config, "stack");
  for (const auto& target : config.value("targets", Config::array())) definition.targets.push_back(decode_target(target));
  schedule.created_at = time(config, "createdAt").value_or(Timestamp{});
  schedule.modified_at = time(config, "modifiedAt").value_or(Timestamp{});
  schedule.anchor = time(config, "anchor").value_or(schedule.created_at);
  schedule.next_at = time(config, "nextAt");
  schedule.last_fired_at = time(config, "lastFiredAt");
  schedule.firings = config.value("firings", std::int64_t{0});
  schedule.missed = config.value("missed", std::int64_t{0});
  if (const auto caught = config.find("lastCatchUp"); caught != config.end()) {
    schedule.last_catch_up = CatchUp{.at = time(*caught, "at").value_or(Timestamp{}),
                                     .first = time(*caught, "first").value_or(Timestamp{}),
                                     .last = time(*caught, "last").value_or(Timestamp{}),
                                     .missed = caught->value("missed", std::int64_t{0}),
                                     .ran = caught->value("ran", std::int64_t{0})};
  }
  schedule.last_error = text(config, "lastError");
  return schedule;
}

std::string encode(const ScheduleCall& call) {
  return Config{{"version", version},
                {"group", call.schedule.group},
                {"name", call.schedule.name},
                {"target", encode_target(call.target)},
                {"payload", call.payload},
                {"requestId", call.request_id},
                {"createdAt", format_rfc3339(call.created_at)},
                {"nextAttemptAt", format_rfc3339(call.next_attempt_at)},
                {"attempts", call.attempts},
                {"functionErrors", call.function_errors}}
      .dump(-1, ' ', false, Config::error_handler_t::replace);
}

ScheduleCall decode_call(std::int64_t row, std::string_view record) {
  const auto config = parse(record, "schedule's call");
  return {.row = row,
          .schedule = {.group = config.value("group", ""), .name = config.value("name", "")},
          .target = decode_target(config.value("target", Config::object())),
          .payload = config.value("payload", ""),
          .request_id = config.value("requestId", ""),
          .created_at = time(config, "createdAt").value_or(Timestamp{}),
          .next_attempt_at = time(config, "nextAttemptAt").value_or(Timestamp{}),
          .attempts = config.value("attempts", std::int64_t{0}),
          .function_errors = config.value("functionErrors", std::int64_t{0})};
}

}  // namespace signalbox::schedules
