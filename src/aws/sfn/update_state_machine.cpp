#include "aws/sfn/machine_request.h"
#include "aws/sfn/sfn.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

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
  if (configuration->encryption) co_return Failure{"UnsupportedOperationException", "encryptionConfiguration cannot be changed here"};
  if (!update.definition && !update.role_arn && !configuration->logging && !configuration->tracing) {
    co_return Failure{"MissingRequiredParameter", "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified"};
  }
  update.name = name->name;
  update.logging_configuration = configuration->logging;
  update.tracing_configuration = configuration->tracing;
  std::function<Result<StateMachineRecord>(EngineTransaction&)> work = [update](EngineTransaction& transaction) {
    return signalbox::update_state_machine(transaction, update);
  };
  const auto updated = co_await transact<StateMachineRecord>(api.engine, std::move(work));
  if (!updated) co_return machine_failure(updated.error(), arn);
  co_return ObjectText().time("updateDate", updated->updated_at).text("revisionId", updated->revision_id).take();
}

}  // namespace signalbox::aws::sfn
