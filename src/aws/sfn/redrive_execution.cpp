#include "aws/sfn/sfn.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

asio::awaitable<Answer<std::string>> redrive_execution(Api api, Json request) {
  Parameters parameters(request);
  const auto arn = parameters.required("executionArn");
  const auto token = parameters.text("clientToken");
  const auto execution = find_execution_by_arn(api.reader, arn);
  if (!execution) co_return execution.error();
  std::function<Result<Timestamp>(EngineTransaction&)> work = [row = execution->row, token](EngineTransaction& transaction) {
    return transaction.redrive_execution(row, {.from_state = std::nullopt, .input = std::nullopt, .client_token = token});
  };
  const auto redriven = co_await transact<Timestamp>(api.engine, std::move(work));
  if (redriven) co_return ObjectText().time("redriveDate", *redriven).take();
  if (redriven.error().code == ErrorCode::NotFound) co_return execution_missing(arn);
  if (redriven.error().code == ErrorCode::Conflict)
    co_return Failure{"ExecutionNotRedrivable", "Execution Not Redrivable: '" + redriven.error().message + "'"};
  co_return general_failure(redriven.error());
}

}  // namespace signalbox::aws::sfn
