#include "aws/sfn/machine_request.h"
#include "aws/sfn/sfn.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

asio::awaitable<Answer<std::string>> create_state_machine_operation(Api api, Json request) {
  Parameters parameters(request);
  CreateStateMachine create;
  create.name = parameters.required("name", {1, 80});
  create.definition = parameters.required("definition", definition_length);
  create.role_arn = parameters.required("roleArn", arn_length);
  const auto type = parameters.one_of("type", {"STANDARD", "EXPRESS"});
  const auto configuration = read_configuration(parameters);
  const auto publish = parameters.boolean("publish");
  const auto version_description = parameters.text("versionDescription", {0, 256, true});
  const auto tags = tags_of(parameters, parameters.array("tags"));
  if (auto fault = parameters.fault()) co_return *fault;
  if (!tags) co_return tags.error();
  if (!configuration) co_return configuration.error();
  if (auto failure = check_publish(publish, version_description)) co_return *failure;
  if (auto role = check_role_arn(create.role_arn); !role) co_return role.error();

  if (type == "EXPRESS") create.type = StateMachineType::Express;
  create.tags = *tags;
  create.logging_configuration = configuration->logging;
  create.tracing_configuration = configuration->tracing;
  create.encryption_configuration = configuration->encryption;
  const auto arn = api.engine.site().state_machine_arn(create.name);
  std::function<Result<StateMachineRecord>(EngineTransaction&)> work = [create, site = api.engine.site()](EngineTransaction& transaction) {
    return signalbox::create_state_machine(transaction, site, create);
  };
  const auto created = co_await transact<StateMachineRecord>(api.engine, std::move(work));
  if (!created) co_return machine_failure(created.error(), arn);
  co_return ObjectText().text("stateMachineArn", created->arn).time("creationDate", created->created_at).take();
}

}  // namespace signalbox::aws::sfn
