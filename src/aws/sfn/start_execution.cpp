#include "aws/sfn/sfn.h"
#include "signalbox/async.h"
#include "signalbox/history.h"

namespace signalbox::aws::sfn {

Failure start_failure(const Error& error, std::string_view arn) {
  switch (error.code) {
    case ErrorCode::NotFound: return machine_missing(arn);
    case ErrorCode::Conflict: return machine_deleting(arn);
    case ErrorCode::AlreadyExists: return {"ExecutionAlreadyExists", error.message};
    case ErrorCode::InvalidArgument: return {error.where == "testCase" ? "ValidationException" : "InvalidName", error.message};
    case ErrorCode::TooLarge:
      return {"ValidationException",
              "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to " +
                  std::to_string(payload_bytes_max)};
    default: return general_failure(error);
  }
}

asio::awaitable<Answer<std::string>> start_execution(Api api, Json request) {
  Parameters parameters(request);
  StartRequest start;
  const auto arn = parameters.required("stateMachineArn", arn_length);
  start.name = parameters.text("name", name_length);
  const auto input = parameters.text("input", data_length);
  const auto trace = parameters.text("traceHeader", {0, 256});
  if (auto fault = parameters.fault()) co_return *fault;
  auto name = machine_name(arn);
  if (!name) co_return name.error();
  if (input) {
    auto parsed = Json::parse(*input);
    if (!parsed) co_return Failure{"InvalidExecutionInput", "Invalid State Machine Execution Input: '" + parsed.error().message + "'"};
    start.input = std::move(*parsed);
  }
  start.state_machine = qualified(*name);
  std::function<Result<StartedExecution>(EngineTransaction&)> work = [start = std::move(start)](EngineTransaction& transaction) {
    return transaction.start_execution(start);
  };
  const auto started = co_await transact<StartedExecution>(api.engine, std::move(work));
  if (!started) co_return start_failure(started.error(), arn);
  co_return ObjectText().text("executionArn", started->arn).time("startDate", started->record.started_at).take();
}

}  // namespace signalbox::aws::sfn
