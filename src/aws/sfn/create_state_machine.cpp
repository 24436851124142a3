#include "aws/sfn/machine_request.h"
#include "aws/sfn/sfn.h"
#include "signalbox/async.h"
#include "signalbox/state_machine_versions.h"

namespace signalbox::aws::sfn {

namespace {

struct Created {
  StateMachineRecord machine;
  std::optional<StateMachineVersion> version;
};

/// The version that was published by the creation itself, if one was.
std::optional<StateMachineVersion> first_version(const Reader& reader, const StateMachineRecord& machine) {
  auto version = find_version(reader, machine.name, 1);
  return version && version->created_at == machine.created_at ? std::move(version) : std::nullopt;
}

/// Whether to publish, and the description, belong to what makes a repeated creation the same one. [CreateStateMachine]
Result<Created> create_and_publish(EngineTransaction& transaction, const Site& site, const CreateStateMachine& request, bool publish,
                                   const std::optional<std::string>& description) {
  const bool existed = find_state_machine(transaction, request.name).has_value();
  auto machine = signalbox::create_state_machine(transaction, site, request);
  if (!machine) return machine.error();
  Created created{std::move(*machine), std::nullopt};
  if (existed) {
    created.version = first_version(transaction, created.machine);
    const bool same = publish == created.version.has_value() && (!publish || created.version->description == description);
    if (!same) return error(ErrorCode::AlreadyExists, "State Machine Already Exists: '" + created.machine.arn + "'");
  } else if (publish) {
    auto version = publish_version(transaction, request.name, std::nullopt, description);
    if (!version) return version.error();
    created.version = std::move(*version);
  }
  return created;
}

}  // namespace

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
  std::function<Result<Created>(EngineTransaction&)> work = [create, publish, version_description,
                                                             site = api.engine.site()](EngineTransaction& transaction) {
    return create_and_publish(transaction, site, create, publish.value_or(false), version_description);
  };
  const auto created = co_await transact<Created>(api.engine, std::move(work));
  if (!created) co_return machine_failure(created.error(), arn);
  ObjectText out;
  out.text("stateMachineArn", created->machine.arn).time("creationDate", created->machine.created_at);
  if (created->version) out.text("stateMachineVersionArn", created->machine.arn + ":" + std::to_string(created->version->number));
  co_return out.take();
}

}  // namespace signalbox::aws::sfn
