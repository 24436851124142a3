#pragma once
/// What functions offer to workflows: a function's ARN as a task's resource, and `lambda:invoke`.

#include "signalbox/engine.h"
#include "signalbox/functions.h"
#include "signalbox/json.h"
#include "signalbox/task_handler.h"

#include <memory>
#include <string>

namespace signalbox::functions {

class AsyncCalls;

/// A function's ARN: the task's input is the event, its result the answer.
class FunctionTask final : public ExternalTask {
 public:
  explicit FunctionTask(FunctionInvoker& functions) : functions_(functions) {}
  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override;

 private:
  FunctionInvoker& functions_;
};

/// `lambda:invoke`. Reads FunctionName, Payload, Qualifier, LogType, InvocationType (RequestResponse, DryRun, Event), ClientContext. The result is Lambda's response, spelled as Step Functions spells it.
class LambdaInvokeTask final : public ExternalTask {
 public:
  /// Without `engine` and `calls` there are no Events.
  explicit LambdaInvokeTask(FunctionInvoker& functions, Engine* engine = nullptr, const AsyncCalls* calls = nullptr)
      : functions_(functions), engine_(engine), calls_(calls) {}
  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override;

 private:
  void call_later(FunctionCall function, std::function<void(TaskAnswer)> done) const;

  FunctionInvoker& functions_;
  Engine* engine_;
  const AsyncCalls* calls_;
};

/// Offers both. Before engine.start(); `functions` outlives the engine's thread.
inline void offer_function_tasks(Engine& engine, FunctionInvoker& functions, const AsyncCalls* calls = nullptr) {
  engine.offer("function", std::make_unique<FunctionTask>(functions));
  engine.offer("lambda:invoke", std::make_unique<LambdaInvokeTask>(functions, &engine, calls));
}

/// Pure parts of both.
[[nodiscard]] TaskAnswer function_answer(const FunctionOutcome& outcome, const std::string& function, const std::string& request_id);
/// `date`: RFC 1123, the HTTP header.
[[nodiscard]] TaskAnswer invoke_answer(const FunctionOutcome& outcome, const std::string& request_id, const std::string& date,
                                       bool log_tail);

}  // namespace signalbox::functions
