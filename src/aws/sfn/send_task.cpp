// SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat: the ways in which a worker answers by token.
#include "aws/sfn/sfn.h"
#include "signalbox/async.h"
#include "signalbox/history.h"
#include "signalbox/keys.h"

namespace signalbox::aws::sfn {

namespace {

Failure token_failure(const Error& error) {
  switch (error.code) {
    case ErrorCode::InvalidToken: return {"InvalidToken", "Invalid Token: 'Invalid token'"};
    case ErrorCode::TaskClosed: return {"TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"};
    case ErrorCode::TooLarge:
      return {
          "ValidationException",
          "1 validation error detected: Value at 'output' failed to satisfy constraint: Member must have length less than or equal to " +
              std::to_string(payload_bytes_max)};
    default: return general_failure(error);
  }
}

template <class T>
Answer<std::string> empty_answer(const Result<T>& result) {
  if (!result) return token_failure(result.error());
  return std::string("{}");
}

}  // namespace

asio::awaitable<Answer<std::string>> send_task_success(Api api, Json request) {
  Parameters parameters(request);
  const TaskToken token{parameters.required("taskToken", task_token_length)};
  const auto text = parameters.required("output", data_length);
  if (auto fault = parameters.fault()) co_return *fault;
  // A token that was never made is refused before anybody looks at the output. [recorded on AWS]
  if (const auto parts = parse_task_token(api.engine.master_key(), token.value); !parts) co_return token_failure(parts.error());
  auto output = Json::parse(text);
  if (!output) co_return Failure{"InvalidOutput", "Invalid Output: '" + output.error().message + "'"};
  std::function<Result<TaskCompletion>(EngineTransaction&)> work = [token, value = *output](EngineTransaction& transaction) {
    return transaction.succeed_task(token, value);
  };
  const auto done = co_await transact<TaskCompletion>(api.engine, std::move(work));
  co_return empty_answer(done);
}

asio::awaitable<Answer<std::string>> send_task_failure(Api api, Json request) {
  Parameters parameters(request);
  const TaskToken token{parameters.required("taskToken", task_token_length)};
  WorkflowError why;
  why.error = parameters.text("error", error_length);
  why.cause = parameters.text("cause", cause_length);
  if (auto fault = parameters.fault()) co_return *fault;
  std::function<Result<TaskCompletion>(EngineTransaction&)> work = [token, why](EngineTransaction& transaction) {
    return transaction.fail_task(token, why);
  };
  const auto done = co_await transact<TaskCompletion>(api.engine, std::move(work));
  co_return empty_answer(done);
}

asio::awaitable<Answer<std::string>> send_task_heartbeat(Api api, Json request) {
  Parameters parameters(request);
  const TaskToken token{parameters.required("taskToken", task_token_length)};
  if (auto fault = parameters.fault()) co_return *fault;
  std::function<Result<bool>(EngineTransaction&)> work = [token](EngineTransaction& transaction) -> Result<bool> {
    if (auto beaten = transaction.heartbeat_task(token); !beaten) return beaten.error();
    return true;
  };
  const auto done = co_await transact<bool>(api.engine, std::move(work));
  co_return empty_answer(done);
}

}  // namespace signalbox::aws::sfn
