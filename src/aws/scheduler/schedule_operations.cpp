// Schedules. What schedules.h has no place for (the flexible window, the target as given) is kept beside the record.
#include <cmath>

#include "aws/kept.h"
#include "aws/scheduler/scheduler.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::scheduler {

namespace {

constexpr const char* settings_kind = "schedule-settings";

Failure invalid(std::string message) { return {"ValidationException", std::move(message)}; }

Failure failure_of(const Error& error, const ScheduleId& id) {
  switch (error.code) {
    case ErrorCode::NotFound: return {"ResourceNotFoundException", "Schedule " + id.name + " does not exist.", 404};
    case ErrorCode::AlreadyExists: return {"ConflictException", "Schedule " + id.name + " already exists.", 409};
    case ErrorCode::InvalidArgument:
    case ErrorCode::NotSupported: return invalid(error.message);
    default: return {"InternalServerException", error.message, 500};
  }
}

ScheduleId id_of(Parameters& parameters) {
  const auto name = parameters.required("Name", {1, 64});
  return {.group = parameters.text("GroupName", {1, 64}).value_or(std::string(default_schedule_group)), .name = name};
}

std::optional<std::string> optional_text(const Json* object, const char* name) {
  const Json* found = object ? object->find(name) : nullptr;
  return found && found->is_string() ? std::optional(std::string(found->as_string())) : std::nullopt;
}

std::optional<std::int64_t> optional_number(const Json* object, const char* name) {
  const Json* found = object ? object->find(name) : nullptr;
  return found && found->is_number() ? found->as_integer() : std::nullopt;
}

/// Epoch seconds, or a text.
std::optional<Timestamp> time_of(const Json& request, const char* name) {
  const Json* value = request.find(name);
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_string()) return parse_rfc3339(value->as_string());
  return value->is_number() ? std::optional(Timestamp{std::chrono::milliseconds{std::llround(value->as_double() * 1000)}}) : std::nullopt;
}

Answer<ScheduleTarget> read_target(const Json& target) {
  const auto arn = optional_text(&target, "Arn"), role = optional_text(&target, "RoleArn");
  if (!arn) return invalid("1 validation error detected: Value null at 'target.arn' failed to satisfy constraint: Member must not be null");
  if (!role)
    return invalid("1 validation error detected: Value null at 'target.roleArn' failed to satisfy constraint: Member must not be null");
  for (const char* name : {"EcsParameters", "KinesisParameters", "SageMakerPipelineParameters"}) {
    if (target.find(name)) return invalid(std::string(name) + " is not supported here");
  }
  return ScheduleTarget{.arn = *arn,
                        .input = optional_text(&target, "Input"),
                        .role_arn = role,
                        .message_group_id = optional_text(target.find("SqsParameters"), "MessageGroupId"),
                        .dead_letter_queue = optional_text(target.find("DeadLetterConfig"), "Arn"),
                        .retries_max = optional_number(target.find("RetryPolicy"), "MaximumRetryAttempts"),
                        .age_max_seconds = optional_number(target.find("RetryPolicy"), "MaximumEventAgeInSeconds")};
}

Answer<void> check_window(const Json& window) {
  const auto mode = optional_text(&window, "Mode");
  const Json* minutes = window.find("MaximumWindowInMinutes");
  if (!mode || (*mode != "OFF" && *mode != "FLEXIBLE"))
    return invalid(
        "1 validation error detected: Value at 'flexibleTimeWindow.mode' failed to satisfy constraint: Member must satisfy enum value set: "
        "[OFF, FLEXIBLE]");
  const bool has_minutes = minutes && !minutes->is_null();
  if (*mode == "OFF" && has_minutes) return invalid("MaximumWindowInMinutes must not be set when FlexibleTimeWindow is OFF.");
  if (*mode == "FLEXIBLE" && (!has_minutes || minutes->as_integer().value_or(0) < 1 || minutes->as_integer().value_or(0) > 1440))
    return invalid("MaximumWindowInMinutes must be between 1 and 1440 when FlexibleTimeWindow is FLEXIBLE.");
  return {};
}

struct Asked {
  ScheduleDefinition definition;
  Json settings;
};

/// All of a request: an update replaces everything, so what is missing gets its default.
Answer<Asked> read_request(const Reader& reader, const Json& request) {
  Parameters parameters(request);
  Asked asked{.definition = {.id = id_of(parameters)}, .settings = Json::empty_object()};
  auto& definition = asked.definition;
  definition.expression = parameters.required("ScheduleExpression", {1, 256});
  definition.time_zone = parameters.text("ScheduleExpressionTimezone", {1, 50}).value_or("UTC");
  definition.description = parameters.text("Description", {0, 512});
  definition.enabled = parameters.one_of("State", {"ENABLED", "DISABLED"}) != "DISABLED";
  definition.delete_after_completion = parameters.one_of("ActionAfterCompletion", {"NONE", "DELETE"}) == "DELETE";
  const Json* window = parameters.object("FlexibleTimeWindow");
  const Json* target = parameters.object("Target");
  if (!window) parameters.violation("null", "flexibleTimeWindow", "Member must not be null");
  if (!target) parameters.violation("null", "target", "Member must not be null");
  if (auto fault = parameters.fault()) return *fault;
  if (auto group = group_of(reader, definition.id.group); !group) return group.error();
  if (auto checked = check_window(*window); !checked) return checked.error();
  auto read = read_target(*target);
  if (!read) return read.error();
  definition.start_at = time_of(request, "StartDate");
  definition.end_at = time_of(request, "EndDate");
  definition.targets = {std::move(*read)};
  asked.settings = json_object({{"FlexibleTimeWindow", *window}, {"Target", *target}});
  if (const auto key = optional_text(&request, "KmsKeyArn")) asked.settings = asked.settings.with("KmsKeyArn", Json(*key));
  return asked;
}

Json seconds(Timestamp time) { return Json::from_stored(format_epoch_seconds(time)); }

Json target_json(const ScheduleRecord& schedule, const std::optional<Json>& settings) {
  if (const Json* given = settings ? settings->find("Target") : nullptr) return *given;
  Json out = Json::empty_object();
  if (schedule.definition.targets.empty()) return out;
  const auto& target = schedule.definition.targets.front();  // deployed by a stack
  out = out.with("Arn", Json(target.arn)).with("RoleArn", Json(target.role_arn.value_or("")));
  return target.input ? out.with("Input", Json(*target.input)) : out;
}

Json schedule_json(const OperationContext& context, const Reader& reader, const ScheduleRecord& schedule) {
  const auto& definition = schedule.definition;
  const auto settings = find_kept(reader, settings_kind, definition.id.group, definition.id.name);
  const Json* window = settings ? settings->find("FlexibleTimeWindow") : nullptr;
  Json out = json_object({{"Arn", Json(context.services.schedules->arn(definition.id))},
                          {"GroupName", Json(definition.id.group)},
                          {"Name", Json(definition.id.name)},
                          {"ScheduleExpression", Json(definition.expression)},
                          {"ScheduleExpressionTimezone", Json(definition.time_zone)},
                          {"State", definition.enabled ? "ENABLED" : "DISABLED"},
                          {"ActionAfterCompletion", definition.delete_after_completion ? "DELETE" : "NONE"},
                          {"FlexibleTimeWindow", window ? *window : json_object({{"Mode", "OFF"}})},
                          {"Target", target_json(schedule, settings)},
                          {"CreationDate", seconds(schedule.created_at)},
                          {"LastModificationDate", seconds(schedule.modified_at)}});
  if (definition.description) out = out.with("Description", Json(*definition.description));
  if (definition.start_at) out = out.with("StartDate", seconds(*definition.start_at));
  if (definition.end_at) out = out.with("EndDate", seconds(*definition.end_at));
  if (const Json* key = settings ? settings->find("KmsKeyArn") : nullptr) out = out.with("KmsKeyArn", *key);
  return out;
}

Answer<Json> stored(const OperationContext& context, EngineTransaction& transaction, const Asked& asked,
                    const Result<ScheduleRecord>& done) {
  const auto& id = asked.definition.id;
  if (!done) return failure_of(done.error(), id);
  keep(transaction, settings_kind, id.group, id.name, asked.settings);
  return json_object({{"ScheduleArn", Json(context.services.schedules->arn(id))}});
}

}  // namespace

Answer<Json> create_schedule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto asked = read_request(transaction, request);
  if (!asked) return asked.error();
  return stored(context, transaction, *asked, context.services.schedules->create(transaction, asked->definition));
}

Answer<Json> update_schedule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  auto asked = read_request(transaction, request);
  if (!asked) return asked.error();
  const auto existing = context.services.schedules->find(transaction, asked->definition.id);
  if (!existing) return failure_of(existing.error(), asked->definition.id);
  asked->definition.stack = existing->definition.stack;
  asked->definition.missed_firings = existing->definition.missed_firings;
  return stored(context, transaction, *asked, context.services.schedules->put(transaction, asked->definition));
}

Answer<Json> delete_schedule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto id = id_of(parameters);
  if (auto fault = parameters.fault()) return *fault;
  if (const auto removed = context.services.schedules->remove(transaction, id); !removed) return failure_of(removed.error(), id);
  (void)drop_kept(transaction, settings_kind, id.group, id.name);
  return Json::empty_object();
}

Answer<Json> get_schedule(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto id = id_of(parameters);
  if (auto fault = parameters.fault()) return *fault;
  const auto schedule = context.services.schedules->find(reader, id);
  if (!schedule) return failure_of(schedule.error(), id);
  return schedule_json(context, reader, *schedule);
}

Answer<Json> list_schedules(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto group = parameters.text("GroupName", {1, 64});
  const auto prefix = parameters.text("NamePrefix", {1, 64}).value_or("");
  const auto state = parameters.one_of("State", {"ENABLED", "DISABLED"});
  const auto limit = static_cast<std::size_t>(parameters.integer("MaxResults", {1, 100}).value_or(100));
  const auto token = parameters.text("NextToken", {1, 2048});
  if (auto fault = parameters.fault()) return *fault;
  std::optional<ScheduleId> after;
  if (token) {
    const auto text = base64url_decode(*token);
    const auto slash = text ? text->find('/') : std::string::npos;
    if (slash == std::string::npos) return invalid("Invalid NextToken");
    after = ScheduleId{.group = text->substr(0, slash), .name = text->substr(slash + 1)};
  }
  Json::Array shown;
  std::optional<std::string> next, last;
  for (const auto& schedule :
       context.services.schedules->list(reader, group ? std::optional<std::string_view>(*group) : std::nullopt, after, SIZE_MAX)) {
    const auto& definition = schedule.definition;
    if (definition.id.is_rule() || !definition.id.name.starts_with(prefix) || (state && (*state == "ENABLED") != definition.enabled))
      continue;
    if (shown.size() == limit) {
      next = last;
      break;
    }
    const Json whole = schedule_json(context, reader, schedule);
    const Json* target_arn = whole.find("Target")->find("Arn");
    shown.push_back(json_object({{"Arn", *whole.find("Arn")},
                                 {"GroupName", Json(definition.id.group)},
                                 {"Name", Json(definition.id.name)},
                                 {"State", *whole.find("State")},
                                 {"Target", json_object({{"Arn", target_arn ? *target_arn : Json("")}})},
                                 {"CreationDate", *whole.find("CreationDate")},
                                 {"LastModificationDate", *whole.find("LastModificationDate")}}));
    last = definition.id.group + "/" + definition.id.name;
  }
  Json out = json_object({{"Schedules", Json(std::move(shown))}});
  return next ? out.with("NextToken", Json(base64url_encode(*next))) : out;
}

}  // namespace signalbox::aws::scheduler
