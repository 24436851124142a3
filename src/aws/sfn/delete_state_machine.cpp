#include "aws/sfn/sfn.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

asio::awaitable<Answer<std::string>> delete_state_machine_operation(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("stateMachineArn", arn_length);
  if (auto fault = parameters.fault()) co_return *fault;
  const auto name = machine_name(arn);
  if (!name) co_return name.error();
  if (!name->qualifier.empty())
    co_return Failure{"ValidationException", "The ARN names a version or alias, not a state machine: '" + arn + "'"};
  std::function<Result<bool>(EngineTransaction&)> work = [name = name->name](EngineTransaction& transaction) -> Result<bool> {
    signalbox::delete_state_machine(transaction, name);
    return true;
  };
  const auto deleted = co_await transact<bool>(api.engine, std::move(work));
  if (!deleted) co_return general_failure(deleted.error());
  co_return std::string("{}");
}

}  // namespace signalbox::aws::sfn
