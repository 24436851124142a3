// PublishStateMachineVersion, DeleteStateMachineVersion and ListStateMachineVersions.
#include "aws/sfn/page.h"
#include "signalbox/async.h"
#include "signalbox/state_machine_versions.h"

namespace signalbox::aws::sfn {

namespace {

std::string arn_of(const Site& site, const StateMachineVersion& version) {
  return site.state_machine_arn(version.state_machine) + ":" + std::to_string(version.number);
}

Failure publish_failure(const Error& error, std::string_view arn) {
  if (error.code == ErrorCode::NotFound) return machine_missing(arn);
  if (error.code == ErrorCode::Conflict)
    return error.where == "revisionId" ? Failure{"ConflictException", error.message, 409} : machine_deleting(arn);
  return general_failure(error);
}

}  // namespace

asio::awaitable<Answer<std::string>> publish_state_machine_version(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineArn");
  const auto revision_id = parameters.text("revisionId");
  const auto description = parameters.text("description");
  const auto name = machine_name(arn);
  if (!name) co_return name.error();
  if (!name->qualifier.empty()) co_return machine_missing(arn);
  std::function<Result<StateMachineVersion>(EngineTransaction&)> work = [name = name->name, revision_id,
                                                                         description](EngineTransaction& transaction) {
    return publish_version(transaction, name, revision_id, description);
  };
  const auto version = co_await transact<StateMachineVersion>(api.engine, std::move(work));
  if (!version) co_return publish_failure(version.error(), arn);
  co_return ObjectText()
      .time("creationDate", version->created_at)
      .text("stateMachineVersionArn", arn_of(api.engine.site(), *version))
      .take();
}

asio::awaitable<Answer<std::string>> delete_state_machine_version(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineVersionArn");
  const auto name = machine_name(arn);
  if (!name) co_return name.error();
  const auto number = version_number(name->qualifier);
  if (!number) co_return Failure{"ValidationException", "The ARN does not name a version of a state machine: '" + arn + "'"};
  std::function<Result<bool>(EngineTransaction&)> work = [name = name->name,
                                                          number = *number](EngineTransaction& transaction) -> Result<bool> {
    if (auto deleted = delete_version(transaction, name, number); !deleted) return deleted.error();
    return true;
  };
  const auto deleted = co_await transact<bool>(api.engine, std::move(work));
  if (!deleted && deleted.error().code == ErrorCode::Conflict) co_return Failure{"ConflictException", deleted.error().message, 409};
  if (!deleted) co_return general_failure(deleted.error());
  co_return std::string("{}");
}

Answer<std::string> list_state_machine_versions_page(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineArn");
  const auto limit = page_size(parameters.integer("maxResults"));
  const auto token = parameters.text("nextToken");
  const auto name = machine_name(arn);
  if (!name) return name.error();
  const auto scope = "ListStateMachineVersions " + name->name;
  const auto before = page_start_number(api, scope, token);
  if (!before) return before.error();
  auto page = list_versions(api.reader, name->name, *before, limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const StateMachineVersion& version) { return std::to_string(version.number); });
  ObjectText out;
  out.raw("stateMachineVersions", array_text(page, [&](const StateMachineVersion& version) {
            return ObjectText()
                .text("stateMachineVersionArn", arn_of(api.engine.site(), version))
                .time("creationDate", version.created_at)
                .take();
          }));
  return out.text("nextToken", next).take();
}

}  // namespace signalbox::aws::sfn
