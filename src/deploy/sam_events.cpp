/// Events of functions and state machines. An event `E` of a resource `R` becomes the resource `RE`, and what that needs.
/// Source: SAM developer guide, EventSource.

#include "deploy/sam_expansion.h"
#include "deploy/sam_policies.h"

#include <fmt/format.h>

namespace signalbox::deploy::sam {

namespace {

ResourceSource made_of(const EventTarget& target, const Event& event, std::string type) {
  ResourceSource made;
  made.condition = target.source.condition;
  made.logical_id = target.source.logical_id + event.name;
  made.place = event.place;
  made.type = std::move(type);
  return made;
}

void expand_queue_event(Expansion& expansion, const EventTarget& target, const Event& event) {
  refuse_others(
      expansion, event.properties, event.place,
      {"Queue", "BatchSize", "Enabled", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds", "FilterCriteria", "ScalingConfig"},
      "an SQS event");
  auto mapping = made_of(target, event, "AWS::Lambda::EventSourceMapping");
  take_renamed(event.properties, mapping, {{"Queue", "EventSourceArn"}});
  take(event.properties, mapping,
       {"BatchSize", "Enabled", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds", "FilterCriteria", "ScalingConfig"});
  mapping.properties = mapping.properties.with("FunctionName", target.arn.find("Ref") ? target.arn : ref_to(target.source.logical_id));
  expansion.out.push_back(std::move(mapping));
}

/// `true`, or an object: the topic's messages go to a queue, which the function reads. Without `QueueArn` and `QueueUrl` the queue is made.
void expand_queue_of_topic(Expansion& expansion, const EventTarget& target, const Event& event, ResourceSource subscription) {
  const auto* given = event.properties.find("SqsSubscription");
  const auto place = event.place + "/SqsSubscription";
  const Json options = given->is_object() ? *given : Json::empty_object();
  refuse_others(expansion, options, place, {"QueueArn", "QueueUrl", "BatchSize", "Enabled", "QueuePolicyLogicalId"}, "an SqsSubscription");
  const auto* arn = options.find("QueueArn");
  auto queue = made_of(target, event, "AWS::SQS::Queue");
  queue.logical_id += "Queue";
  const Json queue_arn = arn ? *arn : get_att(queue.logical_id, "Arn");
  if (!arn) expansion.out.push_back(queue);
  auto policy = made_of(target, event, "AWS::SQS::QueuePolicy");
  const auto* policy_id = options.find("QueuePolicyLogicalId");
  policy.logical_id = policy_id && policy_id->is_string() ? std::string(policy_id->as_string()) : policy.logical_id + "QueuePolicy";
  const auto* url = options.find("QueueUrl");
  if (arn && !url) expansion.faults.add(place + "/QueueUrl", "it stands with QueueArn");
  const Json statement =
      json_object({{"Action", "sqs:SendMessage"},
                   {"Effect", "Allow"},
                   {"Principal", "*"},
                   {"Resource", queue_arn},
                   {"Condition", json_object({{"ArnEquals", json_object({{"aws:SourceArn", *event.properties.find("Topic")}})}})}});
  policy.properties = json_object({{"PolicyDocument", json_object({{"Version", "2012-10-17"}, {"Statement", json_array({statement})}})},
                                   {"Queues", json_array({url ? *url : ref_to(queue.logical_id)})}});
  auto mapping = made_of(target, event, "AWS::Lambda::EventSourceMapping");
  mapping.logical_id += "EventSourceMapping";
  take(options, mapping, {"BatchSize", "Enabled"});
  mapping.properties = mapping.properties.with("EventSourceArn", queue_arn)
                           .with("FunctionName", target.arn.find("Ref") ? target.arn : ref_to(target.source.logical_id));
  subscription.properties = subscription.properties.with("Protocol", "sqs").with("Endpoint", queue_arn);
  expansion.out.push_back(std::move(policy));
  expansion.out.push_back(std::move(mapping));
  expansion.out.push_back(std::move(subscription));
}

void expand_topic_event(Expansion& expansion, const EventTarget& target, const Event& event) {
  refuse_others(expansion, event.properties, event.place,
                {"Topic", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "SqsSubscription"}, "an SNS event");
  if (!event.properties.find("Topic")) return expansion.faults.add(event.place + "/Topic", "this property is required");
  auto subscription = made_of(target, event, "AWS::SNS::Subscription");
  take_renamed(event.properties, subscription, {{"Topic", "TopicArn"}});
  take(event.properties, subscription, {"FilterPolicy", "FilterPolicyScope", "RedrivePolicy"});
  const auto* queue = event.properties.find("SqsSubscription");
  if (queue && !(*queue == Json(false))) return expand_queue_of_topic(expansion, target, event, std::move(subscription));
  subscription.properties = subscription.properties.with("Protocol", "lambda").with("Endpoint", target.arn);
  expansion.out.push_back(
      sam_permission(made_of(target, event, ""), function_of(target), "sns.amazonaws.com", *event.properties.find("Topic")));
  expansion.out.push_back(std::move(subscription));
}

/// What lets a rule's letters into the queue that was made for them.
ResourceSource letters_policy(ResourceSource policy, const std::string& queue, const std::string& rule) {
  policy.logical_id += "QueuePolicy";
  policy.type = "AWS::SQS::QueuePolicy";
  const Json statement = json_object({{"Effect", "Allow"},
                                      {"Principal", json_object({{"Service", "events.amazonaws.com"}})},
                                      {"Action", "sqs:SendMessage"},
                                      {"Resource", get_att(queue, "Arn")},
                                      {"Condition", json_object({{"ArnEquals", json_object({{"aws:SourceArn", get_att(rule, "Arn")}})}})}});
  policy.properties = json_object({{"PolicyDocument", json_object({{"Version", "2012-10-17"}, {"Statement", json_array({statement})}})},
                                   {"Queues", json_array({ref_to(queue)})}});
  return policy;
}

/// `{"Arn": …}`, or `{"Type": "SQS"}` for a queue that is made. Gives the target's DeadLetterConfig.
Json dead_letter_config(Expansion& expansion, const EventTarget& target, const Event& event) {
  const auto& given = *event.properties.find("DeadLetterConfig");
  const auto place = event.place + "/DeadLetterConfig";
  refuse_others(expansion, given, place, {"Arn", "Type", "QueueLogicalId"}, "a DeadLetterConfig");
  if (const auto* arn = given.find("Arn")) return json_object({{"Arn", *arn}});
  const auto* type = given.find("Type");
  if (!type || !(*type == Json("SQS"))) expansion.faults.add(place, "Arn, or SQS as Type, is expected");
  auto queue = made_of(target, event, "AWS::SQS::Queue");
  const auto* id = given.find("QueueLogicalId");
  queue.logical_id = id && id->is_string() ? std::string(id->as_string()) : queue.logical_id + "Queue";
  auto config = json_object({{"Arn", get_att(queue.logical_id, "Arn")}});
  const bool is_rule = event.type != "ScheduleV2";  // Scheduler sends in a role
  if (is_rule) expansion.out.push_back(letters_policy(made_of(target, event, ""), queue.logical_id, target.source.logical_id + event.name));
  expansion.out.push_back(std::move(queue));
  return config;
}

/// A rule with one target.
void expand_rule_event(Expansion& expansion, const EventTarget& target, const Event& event) {
  refuse_others(expansion, event.properties, event.place,
                {"Pattern", "EventBusName", "Input", "InputPath", "InputTransformer", "RuleName", "State", "Enabled", "Target",
                 "RetryPolicy", "DeadLetterConfig"},
                "an " + event.type + " event");
  auto rule = made_of(target, event, "AWS::Events::Rule");
  take_renamed(event.properties, rule, {{"Pattern", "EventPattern"}, {"RuleName", "Name"}});
  take(event.properties, rule, {"EventBusName", "State"});
  if (const auto* enabled = event.properties.find("Enabled"))
    rule.properties = rule.properties.with("State", *enabled == Json(false) ? "DISABLED" : "ENABLED");
  const auto* named = event.properties.find("Target");
  const auto* id = named ? named->find("Id") : nullptr;
  Json one = json_object(
      {{"Id", id ? *id : Json(rule.logical_id + (target.is_function ? "LambdaTarget" : "StepFunctionsTarget"))}, {"Arn", target.arn}});
  for (const auto* name : {"Input", "InputPath", "InputTransformer", "RetryPolicy"})
    if (const auto* value = event.properties.find(name)) one = one.with(name, *value);
  if (event.properties.find("DeadLetterConfig")) one = one.with("DeadLetterConfig", dead_letter_config(expansion, target, event));
  if (target.is_function) {
    expansion.out.push_back(
        sam_permission(made_of(target, event, ""), function_of(target), "events.amazonaws.com", get_att(rule.logical_id, "Arn")));
  } else {
    auto role = sam_start_role(made_of(target, event, ""), "events.amazonaws.com", function_of(target));
    one = one.with("RoleArn", get_att(role.logical_id, "Arn"));
    expansion.out.push_back(std::move(role));
  }
  rule.properties = rule.properties.with("Targets", json_array({one}));
  expansion.out.push_back(std::move(rule));
}

/// The role in which a schedule without a RoleArn of its own calls what it is for. A rule calls a function as itself.
void give_schedule_role(Expansion& expansion, const EventTarget& target, const Event& event, ResourceSource& schedule) {
  const bool is_rule = event.type == "Schedule";
  if (schedule.properties.find("RoleArn") || (is_rule && target.is_function)) return;
  const auto* service = is_rule ? "events.amazonaws.com" : "scheduler.amazonaws.com";
  auto role = target.is_function ? sam_invoke_role(made_of(target, event, ""), service, target.arn)
                                 : sam_start_role(made_of(target, event, ""), service, function_of(target));
  const auto* queue = schedule.properties.find("DeadLetterConfig");
  if (queue) role = with_permission(std::move(role), role.logical_id + "SQSPolicy", "sqs:SendMessage", *queue->find("Arn"));
  if (const auto* boundary = event.properties.find("PermissionsBoundary"))
    role.properties = role.properties.with("PermissionsBoundary", *boundary);
  schedule.properties = schedule.properties.with("RoleArn", get_att(role.logical_id, "Arn"));
  expansion.out.push_back(std::move(role));
}

/// Schedule is a rule of EventBridge, ScheduleV2 a schedule of EventBridge Scheduler; here they are one thing.
void expand_schedule(Expansion& expansion, const EventTarget& target, const Event& event) {
  auto schedule = made_of(target, event, "AWS::Scheduler::Schedule");
  if (event.type == "Schedule") {
    refuse_others(expansion, event.properties, event.place, {"Schedule", "Input", "Name", "Description", "Enabled", "State", "RoleArn"},
                  "a Schedule event");
    take_renamed(event.properties, schedule, {{"Schedule", "ScheduleExpression"}});
    take(event.properties, schedule, {"Input", "Name", "Description", "Enabled", "State", "RoleArn"});
    schedule.properties = schedule.properties.with("Rule", true);
  } else {
    refuse_others(expansion, event.properties, event.place,
                  {"ScheduleExpression", "ScheduleExpressionTimezone", "Input", "Name", "Description", "State", "RoleArn", "StartDate",
                   "EndDate", "GroupName", "FlexibleTimeWindow", "DeadLetterConfig", "PermissionsBoundary", "OmitName"},
                  "a ScheduleV2 event");
    take(event.properties, schedule,
         {"ScheduleExpression", "ScheduleExpressionTimezone", "Input", "Name", "Description", "State", "RoleArn", "StartDate", "EndDate",
          "GroupName", "FlexibleTimeWindow"});
    if (event.properties.find("DeadLetterConfig"))
      schedule.properties = schedule.properties.with("DeadLetterConfig", dead_letter_config(expansion, target, event));
  }
  schedule.properties = schedule.properties.with("TargetArn", target.arn);
  give_schedule_role(expansion, target, event, schedule);
  const bool needs_permission = event.type == "Schedule" && target.is_function;  // a schedule of Scheduler calls in a role
  if (needs_permission)
    expansion.out.push_back(
        sam_permission(made_of(target, event, ""), function_of(target), "events.amazonaws.com", get_att(schedule.logical_id, "Arn")));
  expansion.out.push_back(std::move(schedule));
}

void expand_event(Expansion& expansion, const EventTarget& target, const Event& event) {
  if (event.type == "Schedule" || event.type == "ScheduleV2") return expand_schedule(expansion, target, event);
  if (event.type == "SQS" && target.is_function) return expand_queue_event(expansion, target, event);
  if (event.type == "SNS" && target.is_function) return expand_topic_event(expansion, target, event);
  if (event.type == "EventBridgeRule" || event.type == "CloudWatchEvent") return expand_rule_event(expansion, target, event);
  if (event.type == "HttpApi" && target.is_function) return expand_http_api_event(expansion, target, event);
  if (event.type == "Api") return expand_api_event(expansion, target, event);
  expansion.faults.add(target.source.place + "/Events/" + event.name + "/Type",
                       fmt::format("the event type {} is not offered here for {}", event.type, target.source.type));
}

}  // namespace

Json function_of(const EventTarget& target) { return target.arn.find("Ref") ? target.arn : ref_to(target.source.logical_id); }

void expand_events(Expansion& expansion, const EventTarget& target) {
  const auto* events = target.source.properties.find("Events");
  if (!events) return;
  if (!events->is_object()) return expansion.faults.add(target.source.place + "/Events", "an object is expected");
  for (const auto& [name, event] : events->members()) {
    const auto place = target.source.place + "/Events/" + name;
    const auto* type = event.find("Type");
    const auto* properties = event.find("Properties");
    if (!type || !type->is_string() || (properties && !properties->is_object())) {
      expansion.faults.add(place, "an event needs a Type and Properties");
      continue;
    }
    expand_event(expansion, target,
                 {.name = name,
                  .type = std::string(type->as_string()),
                  .properties = properties ? *properties : Json::empty_object(),
                  .place = place + "/Properties"});
  }
}

}  // namespace signalbox::deploy::sam
