#include "aws/sfn/machine_request.h"
#include "aws/sfn/sfn.h"
#include "signalbox/async.h"
#include "signalbox/state_machine_versions.h"

namespace signalbox::aws::sfn {

namespace {

struct Updated {
  StateMachineRecord machine;
  std::optional<StateMachineVersion> version;
};

Result<Updated> update_and_publish(EngineTransaction& transaction, const UpdateStateMachine& request, bool publish,
                                   const std::optional<std::string>& description) {
  auto machine = signalbox::update_state_machine(transaction, request);
  if (!machine) return machine.error();
  Updated updated{std::move(*machine), std::nullopt};
  if (!publish) return updated;
  auto version = publish_version(transaction, request.name, std::nullopt, description);
  if (!version) return version.error();
  updated.version = std::move(*version);
  return updated;
}

}  // namespace

asio::awaitable<Answer<std::string>> update_state_machine_operation(Api api, Json request) {
  Parameters parameters(request);
  UpdateStateMachine update;
  const auto arn = parameters.required("stateMachineArn", arn_length);
  update.definition = parameters.text("definition", definition_length);
  update.role_arn = parameters.text("roleArn", arn_length);
  const auto configuration = read_configuration(parameters);
  const auto publish = parameters.boolean("publish");
  const auto version_description = parameters.text("versionDescription", {0, 256, true});
  if (auto fault = parameters.fault()) co_return *fault;
  if (!configuration) co_return configuration.error();
  if (auto failure = check_publish(publish, version_description)) co_return *failure;
  const auto name = machine_name(arn);
  if (!name) co_return name.error();
  if (!name->qualifier.empty()) co_return machine_missing(arn);
  if (update.role_arn) {
    if (auto role = check_role_arn(*update.role_arn); !role) co_return role.error();
  }
  if (!update.definition && !update.role_arn && !configuration->logging && !configuration->tracing && !configuration->encryption) {
    co_return Failure{"MissingRequiredParameter",
                      "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified"};
  }
  update.name = name->name;
  update.logging_configuration = configuration->logging;
  update.tracing_configuration = configuration->tracing;
  update.encryption_configuration = configuration->encryption;
  std::function<Result<Updated>(EngineTransaction&)> work = [update, publish, version_description](EngineTransaction& transaction) {
    return update_and_publish(transaction, update, publish.value_or(false), version_description);
  };
  const auto updated = co_await transact<Updated>(api.engine, std::move(work));
  if (!updated) co_return machine_failure(updated.error(), arn);
  const auto& machine = updated->machine;
  ObjectText out;
  out.time("updateDate", machine.updated_at.value_or(machine.created_at)).text("revisionId", machine.revision_id);
  if (updated->version) out.text("stateMachineVersionArn", machine.arn + ":" + std::to_string(updated->version->number));
  co_return out.take();
}

}  // namespace signalbox::aws::sfn
