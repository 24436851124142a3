// Rules, their targets and tags.
#include <algorithm>

#include "aws/events/events.h"
#include "aws/events/pages.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::events_api {

namespace {

constexpr std::size_t targets_max = 5;  ///< [EventBridge quotas]

struct RuleName {
  std::string bus, name;
};
Answer<RuleName> rule_name(const Json& request, const char* member) {
  Parameters parameters(request);
  RuleName rule;
  rule.name = parameters.required(member, {1, 64});
  rule.bus = bus_name(parameters.text("EventBusName", {1, 1600}));
  if (auto fault = parameters.fault()) return *fault;
  return rule;
}

Failure rule_missing(const RuleName& rule) {
  return {"ResourceNotFoundException", "Rule " + rule.name + " does not exist on EventBus " + rule.bus + "."};
}

Answer<events::RuleRecord> rule_of(const OperationContext& context, const Reader& reader, const Json& request, const char* member) {
  const auto name = rule_name(request, member);
  if (!name) return name.error();
  if (!context.services.events->find_bus(reader, name->bus))
    return Failure{"ResourceNotFoundException", "Event bus " + name->bus + " does not exist."};
  auto rule = context.services.events->find_rule(reader, name->bus, name->name);
  if (!rule) return rule_missing(*name);
  return std::move(*rule);
}

Json rule_json(const events::Events& events, const events::RuleRecord& rule) {
  Json out = json_object({{"Name", Json(rule.name)}, {"Arn", Json(events.rule_arn(rule.bus, rule.name))}});
  if (rule.pattern) out = out.with("EventPattern", Json(*rule.pattern));
  if (rule.schedule) out = out.with("ScheduleExpression", Json(*rule.schedule));
  out = out.with("State", rule.enabled ? "ENABLED" : "DISABLED");
  if (rule.description) out = out.with("Description", Json(*rule.description));
  if (rule.role_arn) out = out.with("RoleArn", Json(*rule.role_arn));
  return out.with("EventBusName", Json(rule.bus));
}

std::string id_of(const Json& target) {
  const Json* id = target.find("Id");
  return id && id->is_string() ? std::string(id->as_string()) : std::string();
}

Answer<Json> stored(const OperationContext& context, EngineTransaction& transaction, const events::RuleRecord& rule, Json answer) {
  if (const auto done = context.services.events->store_rule(transaction, rule); !done) return failure_of(done.error());
  return answer;
}

/// The rule, or the bus, that an ARN names, whose tags are asked for.
Answer<RuleName> tagged_rule(const Json& request) {
  Parameters parameters(request);
  const auto text = parameters.required("ResourceARN", {1, 1600});
  if (auto fault = parameters.fault()) return *fault;
  Arn arn;
  if (!parse_arn(text, arn) || arn.service != "events")
    return Failure{"ValidationException", "Parameter ResourceARN is not valid: " + text};
  constexpr std::string_view rule = "rule/", bus = "event-bus/";
  if (arn.resource.starts_with(bus)) return RuleName{arn.resource.substr(bus.size()), ""};
  if (!arn.resource.starts_with(rule)) return Failure{"ValidationException", "Parameter ResourceARN is not valid: " + text};
  const auto rest = arn.resource.substr(rule.size());
  const auto slash = rest.find('/');
  if (slash == std::string::npos) return RuleName{std::string(events::default_bus), rest};
  return RuleName{rest.substr(0, slash), rest.substr(slash + 1)};
}

using Tags = std::map<std::string, std::string>;

Tags tags_of(const Json* list) {
  Tags tags;
  if (!list || !list->is_array()) return tags;
  for (const Json& tag : list->elements()) {
    const Json* key = tag.find("Key");
    const Json* value = tag.find("Value");
    if (key && value && key->is_string() && value->is_string()) tags[std::string(key->as_string())] = value->as_string();
  }
  return tags;
}

Answer<Json> change_tags(const OperationContext& context, EngineTransaction& transaction, const Json& request,
                         const std::function<void(Tags&)>& change) {
  const auto name = tagged_rule(request);
  if (!name) return name.error();
  if (name->name.empty()) {
    auto bus = context.services.events->find_bus(transaction, name->bus);
    if (!bus) return Failure{"ResourceNotFoundException", "Event bus " + name->bus + " does not exist."};
    change(bus->tags);
    if (const auto done = context.services.events->store_bus(transaction, *bus); !done) return failure_of(done.error());
    return Json::empty_object();
  }
  auto rule = context.services.events->find_rule(transaction, name->bus, name->name);
  if (!rule) return rule_missing(*name);
  change(rule->tags);
  return stored(context, transaction, *rule, Json::empty_object());
}

}  // namespace

Answer<Json> put_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto name = rule_name(request, "Name");
  if (!name) return name.error();
  Parameters parameters(request);
  events::RuleRecord rule{.bus = name->bus,
                          .name = name->name,
                          .pattern = parameters.text("EventPattern", {0, 4096}),
                          .schedule = parameters.text("ScheduleExpression", {0, 256})};
  const auto state = parameters.one_of("State", {"ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"});
  rule.enabled = state != "DISABLED";
  rule.description = parameters.text("Description", {0, 512});
  rule.role_arn = parameters.text("RoleArn", {1, 1600});
  const Json* tags = parameters.array("Tags");
  if (auto fault = parameters.fault()) return *fault;
  if (rule.pattern && rule.pattern->empty()) rule.pattern.reset();
  if (rule.schedule && rule.schedule->empty()) rule.schedule.reset();
  rule.tags = tags_of(tags);
  const auto put = context.services.events->put_rule(transaction, std::move(rule));
  if (!put) return failure_of(put.error());
  return json_object({{"RuleArn", Json(context.services.events->rule_arn(put->bus, put->name))}});
}

Answer<Json> delete_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto name = rule_name(request, "Name");
  if (!name) return name.error();
  if (const auto deleted = context.services.events->delete_rule(transaction, name->bus, name->name); !deleted)
    return failure_of(deleted.error());
  return Json::empty_object();
}

namespace {

Answer<Json> set_enabled(const OperationContext& context, EngineTransaction& transaction, const Json& request, bool enabled) {
  const auto name = rule_name(request, "Name");
  if (!name) return name.error();
  if (const auto done = context.services.events->enable_rule(transaction, name->bus, name->name, enabled); !done)
    return failure_of(done.error());
  return Json::empty_object();
}

}  // namespace

Answer<Json> enable_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  return set_enabled(context, transaction, request, true);
}
Answer<Json> disable_rule(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  return set_enabled(context, transaction, request, false);
}

Answer<Json> describe_rule(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto rule = rule_of(context, reader, request, "Name");
  if (!rule) return rule.error();
  return rule_json(*context.services.events, *rule).with("CreatedBy", Json(context.services.engine.site().account));
}

Answer<Json> list_rules(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("NamePrefix", {1, 64}).value_or("");
  const auto bus = bus_name(parameters.text("EventBusName", {1, 1600}));
  if (auto fault = parameters.fault()) return *fault;
  if (!context.services.events->find_bus(reader, bus)) return Failure{"ResourceNotFoundException", "Event bus " + bus + " does not exist."};
  auto rules = context.services.events->list_rules(reader, bus);
  std::erase_if(rules, [&](const auto& rule) { return !rule.name.starts_with(prefix); });
  return page_json(request, rules.size(), "Rules", [&](std::size_t i) { return rule_json(*context.services.events, rules[i]); });
}

Answer<Json> put_targets(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const Json* targets = parameters.required_array("Targets");
  if (auto fault = parameters.fault()) return *fault;
  auto rule = rule_of(context, transaction, request, "Rule");
  if (!rule) return rule.error();
  for (const Json& target : targets->elements()) {
    if (id_of(target).empty())
      return Failure{
          "ValidationException",
          "1 validation error detected: Value null at 'targets.1.member.id' failed to satisfy constraint: Member must not be null"};
    if (const auto checked = context.services.events->check_target(target); !checked) return failure_of(checked.error());
    const auto same =
        std::find_if(rule->targets.begin(), rule->targets.end(), [&](const Json& each) { return id_of(each) == id_of(target); });
    if (same != rule->targets.end()) *same = target;
    else rule->targets.push_back(target);
  }
  if (rule->targets.size() > targets_max)
    return Failure{"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
  return stored(context, transaction, *rule, json_object({{"FailedEntryCount", 0}, {"FailedEntries", Json::empty_array()}}));
}

Answer<Json> remove_targets(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto ids = parameters.texts("Ids");
  if (auto fault = parameters.fault()) return *fault;
  auto rule = rule_of(context, transaction, request, "Rule");
  if (!rule) return rule.error();
  Json::Array failed;
  for (const auto& id : ids) {
    const auto removed = std::erase_if(rule->targets, [&](const Json& target) { return id_of(target) == id; });
    if (removed == 0)
      failed.push_back(json_object({{"TargetId", Json(id)},
                                    {"ErrorCode", "ResourceNotFoundException"},
                                    {"ErrorMessage", Json("Rule " + rule->name + " does not have a target with the Id " + id + ".")}}));
  }
  const auto count = static_cast<std::int64_t>(failed.size());
  return stored(context, transaction, *rule, json_object({{"FailedEntryCount", Json(count)}, {"FailedEntries", Json(std::move(failed))}}));
}

Answer<Json> list_targets_by_rule(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto rule = rule_of(context, reader, request, "Rule");
  if (!rule) return rule.error();
  return page_json(request, rule->targets.size(), "Targets", [&](std::size_t i) { return rule->targets[i]; });
}

Answer<Json> list_rule_names_by_target(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("TargetArn", {1, 1600});
  const auto bus = bus_name(parameters.text("EventBusName", {1, 1600}));
  if (auto fault = parameters.fault()) return *fault;
  auto rules = context.services.events->list_rules(reader, bus);
  const auto has = [&](const Json& target) {
    return target.find("Arn") && target.find("Arn")->is_string() && target.find("Arn")->as_string() == arn;
  };
  std::erase_if(rules, [&](const auto& rule) { return std::none_of(rule.targets.begin(), rule.targets.end(), has); });
  return page_json(request, rules.size(), "RuleNames", [&](std::size_t i) { return Json(rules[i].name); });
}

Answer<Json> tag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  return change_tags(context, transaction, request, [&](Tags& tags) {
    for (const auto& [key, value] : tags_of(request.find("Tags"))) tags[key] = value;
  });
}

Answer<Json> untag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto keys = parameters.texts("TagKeys");
  if (auto fault = parameters.fault()) return *fault;
  return change_tags(context, transaction, request, [&](Tags& tags) {
    for (const auto& key : keys) tags.erase(key);
  });
}

Answer<Json> list_tags_for_resource(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto name = tagged_rule(request);
  if (!name) return name.error();
  const auto bus = context.services.events->find_bus(reader, name->bus);
  const auto rule = name->name.empty() ? std::nullopt : context.services.events->find_rule(reader, name->bus, name->name);
  if (!bus || (!name->name.empty() && !rule)) return rule_missing(*name);
  Json::Array tags;
  for (const auto& [key, value] : rule ? rule->tags : bus->tags) tags.push_back(json_object({{"Key", Json(key)}, {"Value", Json(value)}}));
  return json_object({{"Tags", Json(std::move(tags))}});
}

}  // namespace signalbox::aws::events_api
