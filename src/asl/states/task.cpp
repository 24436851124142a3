#include "asl/builder.h"

namespace signalbox::asl {

namespace {

/// Spec: Task State, Credentials.
std::optional<Template> parse_credentials(Fields& fields, bool of_activity) {
  const auto* value = fields.object("Credentials");
  if (!value) return std::nullopt;
  if (of_activity) fields.report().fault("The field 'Credentials' is not supported for activities", fields.at("Credentials"));
  const Json* role = value->find("RoleArn");
  if (!role && (fields.is_jsonata() || !value->find("RoleArn.$")))
    fields.report().fault("The field 'RoleArn' is required but was missing", fields.at("Credentials"));
  if (role && !role->is_string()) fields.report().fault("Expected value of type [STRING]", fields.at("Credentials/RoleArn"));
  return fields.either_template("Credentials", input_and_context);
}

void check_heartbeat(const TaskState& state, Fields& fields) {
  const auto* timeout = state.timeout_seconds ? std::get_if<std::int64_t>(&*state.timeout_seconds) : nullptr;
  const auto* heartbeat = state.heartbeat_seconds ? std::get_if<std::int64_t>(&*state.heartbeat_seconds) : nullptr;
  if (timeout && heartbeat && *heartbeat >= *timeout)
    fields.report().fault("HeartbeatSeconds must be smaller than TimeoutSeconds", fields.at("HeartbeatSeconds"));
}

}  // namespace

TaskState parse_task(StateContext& context) {
  auto& fields = context.fields;
  TaskState state;
  fields.require({"Resource"});
  if (const auto arn = fields.string("Resource")) {
    auto resource = parse_task_resource(*arn);
    if (resource) {
      state.resource = std::move(*resource);
      check_resource(context, state.resource);
    } else {
      context.report().fault(resource.error().message, fields.at("Resource"));
    }
  }
  state.flow = parse_data_flow(context, FlowFields::Task);
  state.timeout_seconds = parse_integer_or_path(fields, "TimeoutSeconds", positive_seconds);
  state.heartbeat_seconds = parse_integer_or_path(fields, "HeartbeatSeconds", positive_seconds);
  check_heartbeat(state, fields);
  state.credentials = parse_credentials(fields, std::holds_alternative<ActivityResource>(state.resource.kind));
  state.retry = parse_retry(context);
  state.catchers = parse_catch(context);
  state.next = parse_transition(context);
  return state;
}

}  // namespace signalbox::asl
