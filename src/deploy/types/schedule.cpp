/// AWS::Scheduler::Schedule: a Schedule or ScheduleV2 event. Physical id: group and name. A Schedule is a rule of EventBridge (`Rule`), whose time
/// zone is UTC.

#include "deploy/properties.h"
#include "deploy/types/types.h"
#include "services/schedules/schedule_expression.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

ScheduleId id_of(const std::string& physical_id) {
  const auto slash = physical_id.find('/');
  return {.group = physical_id.substr(0, slash), .name = physical_id.substr(slash + 1)};
}

class ScheduleType final : public ResourceType {
 public:
  explicit ScheduleType(const Schedules& schedules) : schedules_(schedules) {}

  std::string_view name() const override { return "AWS::Scheduler::Schedule"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto wanted = read(resource, faults);
    check(resource, wanted, faults);
    return {.physical_id = wanted.id.group + "/" + wanted.id.name,
            .ref = Json(wanted.id.name),
            .attributes = {{"Arn", schedules_.arn(wanted.id)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto wanted = read(resource);
    if (const auto existing = schedules_.find(transaction, wanted.id); existing && existing->definition.stack != wanted.stack)
      return error(ErrorCode::AlreadyExists, fmt::format("there is a schedule '{}' already", wanted.id.name));
    const auto put = schedules_.put(transaction, wanted);
    return put ? Result<void>() : Result<void>(put.error());
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto id = id_of(physical_id);
    if (!schedules_.find(transaction, id)) return {};
    return schedules_.remove(transaction, id);
  }

 private:
  static ScheduleTarget read_target(const Json& source, Properties& of) {
    Properties properties(source, of.at("Target"), of.faults());
    ScheduleTarget target;
    target.arn = properties.required("Arn");
    target.role_arn = properties.required("RoleArn");
    target.input = properties.string("Input");
    target.dead_letter_queue = read_dead_letter_queue(properties);
    if (const auto* queue = properties.object("SqsParameters")) {
      Properties message(*queue, properties.at("SqsParameters"), of.faults());
      target.message_group_id = message.string("MessageGroupId");
      message.refuse_others();
    }
    if (const auto* policy = properties.object("RetryPolicy")) {
      Properties retry(*policy, properties.at("RetryPolicy"), of.faults());
      target.retries_max = retry.integer("MaximumRetryAttempts", 0, 185);
      target.age_max_seconds = retry.integer("MaximumEventAgeInSeconds", 60, 86'400);
      retry.refuse_others();
    }
    properties.refuse_others();
    return target;
  }

  static std::optional<std::string> read_dead_letter_queue(Properties& of) {
    const auto* given = of.object("DeadLetterConfig");
    if (!given) return std::nullopt;
    Properties queue(*given, of.at("DeadLetterConfig"), of.faults());
    auto arn = queue.string("Arn");
    queue.refuse_others();
    return arn;
  }

  static void read_window(Properties& of) {
    const auto* window = of.object("FlexibleTimeWindow");
    if (!window) return;
    Properties properties(*window, of.at("FlexibleTimeWindow"), of.faults());
    const auto mode = properties.required("Mode");
    if (mode != "OFF" && mode != "FLEXIBLE") properties.fault("Mode", "OFF or FLEXIBLE is expected");
    (void)properties.integer("MaximumWindowInMinutes", 1, 1440);  // a flexible window fires at its beginning
    properties.refuse_others();
  }

  static std::optional<Timestamp> time_of(Properties& properties, std::string_view name) {
    const auto text = properties.string(name);
    if (!text) return std::nullopt;
    auto time = parse_rfc3339(*text);
    if (!time) properties.fault(name, fmt::format("'{}' is no time", *text));
    return time;
  }

  static ScheduleDefinition read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    ScheduleDefinition definition;
    const bool is_rule = properties.boolean("Rule").value_or(false);
    definition.id.group = is_rule ? default_rule_group : default_schedule_group;
    definition.id.name = properties.string("Name").value_or(resource.default_name(64));
    definition.expression = properties.required("ScheduleExpression");
    definition.time_zone = properties.string("ScheduleExpressionTimezone").value_or("UTC");
    definition.description = properties.string("Description");
    definition.stack = resource.stack;
    const auto state = properties.string("State").value_or("ENABLED");
    if (state != "ENABLED" && state != "DISABLED") properties.fault("State", "ENABLED or DISABLED is expected");
    definition.enabled = properties.boolean("Enabled").value_or(true) && state == "ENABLED";
    if (const auto* target = properties.object("Target")) {
      definition.targets.push_back(read_target(*target, properties));
      if (!properties.object("FlexibleTimeWindow")) properties.fault("FlexibleTimeWindow", "this property is required");
      properties.ignore({"KmsKeyArn"});
    } else {  // an event of a SAM resource
      ScheduleTarget target_of_event;
      target_of_event.arn = properties.required("TargetArn");
      target_of_event.input = properties.string("Input");
      target_of_event.role_arn = properties.string("RoleArn");
      target_of_event.dead_letter_queue = read_dead_letter_queue(properties);
      definition.targets.push_back(std::move(target_of_event));
    }
    if (!is_rule) {
      read_window(properties);
      if (const auto group = properties.string("GroupName")) definition.id.group = *group;
      definition.start_at = time_of(properties, "StartDate");
      definition.end_at = time_of(properties, "EndDate");
    }
    properties.refuse_others();
    return definition;
  }
  static ScheduleDefinition read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }

  static void check(const Resource& resource, const ScheduleDefinition& wanted, Faults& faults) {
    Faults ignored;
    const Properties places(resource.properties, resource.place, ignored, &resource.written_as);
    if (const auto parsed = schedules::parse_expression(wanted.expression, !wanted.id.is_rule()); !parsed && !wanted.expression.empty())
      faults.add(places.at("ScheduleExpression"), parsed.error().message);
    if (const auto zone = schedules::TimeZone::find(wanted.time_zone); !zone)
      faults.add(places.at("ScheduleExpressionTimezone"), zone.error().message);
    if (const auto& input = wanted.targets.front().input; input && !Json::parse(*input))
      faults.add(places.at("Input"), "the input is no JSON text");
  }

  const Schedules& schedules_;
};

}  // namespace

std::unique_ptr<ResourceType> make_schedule_type(const Schedules& schedules) { return std::make_unique<ScheduleType>(schedules); }

}  // namespace signalbox::deploy
