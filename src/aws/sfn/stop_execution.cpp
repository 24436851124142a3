#include "aws/sfn/sfn.h"
#include "signalbox/async.h"

namespace signalbox::aws::sfn {

asio::awaitable<Answer<std::string>> stop_execution(Api api, Json request) {
  Parameters parameters(request);
  WorkflowError why;
  const auto arn = parameters.required("executionArn", arn_length);
  why.error = parameters.text("error", error_length);
  why.cause = parameters.text("cause", cause_length);
  if (auto fault = parameters.fault()) co_return *fault;
  const auto execution = find_execution_by_arn(api.reader, arn);
  if (!execution) co_return execution.error();
  std::function<Result<Timestamp>(EngineTransaction&)> work = [row = execution->row, why](EngineTransaction& transaction) {
    return transaction.stop_execution(row, why);
  };
  const auto stopped = co_await transact<Timestamp>(api.engine, std::move(work));
  if (!stopped) co_return stopped.error().code == ErrorCode::NotFound ? execution_missing(arn) : general_failure(stopped.error());
  co_return ObjectText().time("stopDate", *stopped).take();
}

}  // namespace signalbox::aws::sfn
