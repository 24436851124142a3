// Event-source mappings: queues that call functions. The triggers' service does the work.
#include "aws/lambda/lambda.h"
#include "services/queues/queue_url.h"
#include "signalbox/encoding.h"
#include "signalbox/triggers.h"

namespace signalbox::aws::lambda {

namespace {

Json mapping_json(const OperationContext& context, const TriggerRecord& trigger, const char* state) {
  const auto& site = context.services.engine.site();
  Json::Array types;
  if (trigger.reports_failures) types.emplace_back("ReportBatchItemFailures");
  Json out = json_object({{"UUID", Json(trigger.id)},
                          {"EventSourceMappingArn", Json(site.arn("lambda", "event-source-mapping:" + trigger.id))},
                          {"EventSourceArn", Json(site.queue_arn(trigger.queue))},
                          {"FunctionArn", Json(site.function_arn(trigger.function))},
                          {"BatchSize", Json(trigger.batch_size)},
                          {"MaximumBatchingWindowInSeconds", Json(trigger.window_seconds)},
                          {"LastModified", Json::from_stored(format_epoch_seconds(trigger.modified_at))},
                          {"State", state},
                          {"StateTransitionReason", "USER_INITIATED"},
                          {"FunctionResponseTypes", Json(std::move(types))}});
  if (!trigger.filters.empty()) {
    Json::Array filters;
    for (const auto& pattern : trigger.filters) filters.push_back(json_object({{"Pattern", Json(pattern)}}));
    out = out.with("FilterCriteria", json_object({{"Filters", Json(std::move(filters))}}));
  }
  return trigger.concurrency_max ? out.with("ScalingConfig", json_object({{"MaximumConcurrency", Json(*trigger.concurrency_max)}})) : out;
}

const char* settled_state(const TriggerRecord& trigger) { return trigger.enabled ? "Enabled" : "Disabled"; }

Failure mapping_missing() { return {"ResourceNotFoundException", "The resource you requested does not exist.", 404}; }

/// The members that creating and updating share.
Answer<TriggerChange> read_change(const Json& request) {
  Parameters parameters(request);
  TriggerChange change;
  change.batch_size = parameters.integer("BatchSize", {1, 10'000});
  change.window_seconds = parameters.integer("MaximumBatchingWindowInSeconds", {0, 300});
  change.enabled = parameters.boolean("Enabled");
  const Json* types = parameters.array("FunctionResponseTypes");
  const Json* filters = parameters.object("FilterCriteria");
  const Json* scaling = parameters.object("ScalingConfig");
  if (auto fault = parameters.fault()) return *fault;
  if (types) change.reports_failures = types->size() > 0;
  if (scaling) {
    const Json* limit = scaling->find("MaximumConcurrency");
    if (limit) change.concurrency_max = limit->as_integer();
  }
  if (filters) {
    change.filters.emplace();
    const Json* list = filters->find("Filters");
    for (std::size_t i = 0; list && list->is_array() && i < list->size(); ++i) {
      const Json* pattern = list->at(i)->find("Pattern");
      if (!pattern || !pattern->is_string()) return invalid_parameter("Invalid filter pattern definition.");
      change.filters->emplace_back(pattern->as_string());
    }
  }
  return change;
}

/// NAME or NAME:QUALIFIER of an existing function.
Answer<std::string> function_name(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  if (const auto found = qualified_function_of(context, reader, *reference); !found) return invalid_parameter("Function does not exist");
  return reference->qualifier.empty() ? reference->name : reference->name + ":" + reference->qualifier;
}

Answer<std::string> queue_name(const std::string& text) {
  Arn arn;
  if (!parse_arn(text, arn)) return invalid_parameter("Unrecognized event source.");
  if (arn.service != "sqs") return invalid_parameter("The event source " + text + " is not supported here: only queues are.");
  return arn.resource;
}

Failure trigger_failure(const Error& error) {
  if (error.code == ErrorCode::NotFound && error.where == "QueueDoesNotExist")
    return invalid_parameter(
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: " +
        error.message);
  if (error.code == ErrorCode::NotFound) return mapping_missing();
  return failure_of(error);
}

Answer<std::string> id_of(const Json& request) {
  Parameters parameters(request);
  auto id = parameters.required("UUID");
  if (auto fault = parameters.fault()) return *fault;
  return id;
}

}  // namespace

Answer<Json> create_event_source_mapping(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto source = parameters.text("EventSourceArn");
  if (auto fault = parameters.fault()) return *fault;
  if (!source) return invalid_parameter("Unrecognized event source.");
  const auto queue = queue_name(*source);
  if (!queue) return queue.error();
  const auto function = function_name(context, transaction, request);
  if (!function) return function.error();
  const auto given = read_change(request);
  if (!given) return given.error();
  TriggerRecord trigger;
  trigger.queue = *queue;
  trigger.function = *function;
  trigger.batch_size = given->batch_size.value_or(trigger.batch_size);
  trigger.window_seconds = given->window_seconds.value_or(trigger.window_seconds);
  trigger.enabled = given->enabled.value_or(true);
  trigger.reports_failures = given->reports_failures.value_or(false);
  trigger.concurrency_max = given->concurrency_max;
  trigger.filters = given->filters.value_or(std::vector<std::string>{});
  const auto created = context.services.triggers->create(transaction, std::move(trigger));
  if (!created) return trigger_failure(created.error());
  return mapping_json(context, *created, "Creating");
}

Answer<Json> update_event_source_mapping(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  auto change = read_change(request);
  if (!change) return change.error();
  if (const Json* named = request.find("FunctionName"); named && !named->is_null()) {
    const auto function = function_name(context, transaction, request);
    if (!function) return function.error();
    change->function = *function;
  }
  const auto updated = context.services.triggers->update(transaction, *id, *change);
  if (!updated) return trigger_failure(updated.error());
  return mapping_json(context, *updated, "Updating");
}

Answer<Json> delete_event_source_mapping(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto removed = context.services.triggers->remove(transaction, *id);
  if (!removed) return trigger_failure(removed.error());
  return mapping_json(context, *removed, "Deleting");
}

Answer<Json> get_event_source_mapping(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto trigger = context.services.triggers->find(reader, *id);
  if (!trigger) return trigger_failure(trigger.error());
  return mapping_json(context, *trigger, settled_state(*trigger));
}

Answer<Json> list_event_source_mappings(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  Parameters parameters(request);
  const auto source = parameters.text("EventSourceArn");
  if (auto fault = parameters.fault()) return *fault;
  std::optional<std::string> queue, function;
  if (source) {
    auto name = queue_name(*source);
    if (!name) return name.error();
    queue = std::move(*name);
  }
  if (request.find("FunctionName")) {
    auto reference = reference_of(request);
    if (!reference) return reference.error();
    function = reference->name;
  }
  const auto triggers = context.services.triggers->list(reader, queue, function, page->after, page->limit + 1);
  Json::Array shown;
  for (std::size_t i = 0; i < triggers.size() && i < page->limit; ++i)
    shown.push_back(mapping_json(context, triggers[i], settled_state(triggers[i])));
  Json out = json_object({{"EventSourceMappings", Json(std::move(shown))}});
  return triggers.size() > page->limit ? out.with("NextMarker", Json(base64url_encode(triggers[page->limit - 1].id))) : out;
}

}  // namespace signalbox::aws::lambda
