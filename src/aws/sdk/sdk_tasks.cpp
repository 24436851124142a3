#include "aws/sdk/sdk_tasks.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "aws/access/task_guard.h"
#include "aws/dispatch.h"
#include "aws/sdk/sdk_shapes.h"
#include "signalbox/async.h"
#include "signalbox/inline_transaction.h"

namespace signalbox::aws {

namespace {

using sdk::SdkService;

/// What all tasks share.
struct Surroundings {
  AwsServices services;
  boost::asio::any_io_executor executor;
  const Reader& reader;  ///< the I/O thread's
  std::function<std::string()> admin_url;
  UrlResolver resolve;
};

/// Readers of queues and of what rules send there check the digests of what they get.
Json input_of(const Surroundings& surroundings, const SdkService& service, const TaskCall& call) {
  const bool is_read_as_it_is = service.service == Service::Sqs || service.service == Service::Events;
  return is_read_as_it_is ? resolved_input(call.input, surroundings.resolve) : call.input;
}

/// STS alone asks who calls; what the role permits, the engine's guard has asked before.
OperationContext context_of(const Surroundings& surroundings, const SdkService& service, const TaskCall& call) {
  OperationContext context{surroundings.services, surroundings.admin_url(), call.request_id};
  if (service.service == Service::Sts && !call.role_arn.empty()) context.caller = std::make_shared<const Caller>(caller_of(call));
  return context;
}

TaskAnswer answer_of(const SdkService& service, const Answer<Json>& answer, const std::string& request_id) {
  if (!answer) return sdk::task_error(service, answer.error(), request_id);
  return sdk::task_result(service, *answer);
}

/// Runs in the step's own transaction.
class InsideTask final : public InternalTask {
 public:
  InsideTask(std::shared_ptr<const Surroundings> surroundings, const SdkService& service, std::string operation)
      : surroundings_(std::move(surroundings)), service_(service), operation_(std::move(operation)) {}

  TaskAnswer call(Transaction& transaction, const TaskCall& call) override {
    auto request = sdk::wire_request(service_, operation_, input_of(*surroundings_, service_, call));
    const InlineTransaction inline_transaction(dynamic_cast<EngineTransaction&>(transaction));
    // The operation is a coroutine; nothing that it waits for is outside of this thread, so it is over when nothing is left to run.
    boost::asio::io_context loop(1);
    std::optional<Answer<Json>> answer;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        loop, call_operation(context_of(*surroundings_, service_, call), service_.service, operation_, transaction, std::move(request)),
        [&](std::exception_ptr thrown, Answer<Json> result) {
          failure = thrown;
          answer.emplace(std::move(result));
        });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    SIGNALBOX_ASSERT(answer.has_value());
    return answer_of(service_, *answer, call.request_id);
  }

 private:
  std::shared_ptr<const Surroundings> surroundings_;
  const SdkService& service_;
  std::string operation_;
};

asio::awaitable<void> run_outside(std::shared_ptr<const Surroundings> surroundings, const SdkService* service, std::string operation,
                                  TaskCall call, std::function<void(TaskAnswer)> done) {
  auto request = sdk::wire_request(*service, operation, call.input);
  auto context = context_of(*surroundings, *service, call);
  auto answer =
      co_await call_operation(std::move(context), service->service, std::move(operation), surroundings->reader, std::move(request));
  done(answer_of(*service, answer, call.request_id));
}

/// Runs on the I/O thread, after the commit.
class OutsideTask final : public ExternalTask {
 public:
  OutsideTask(std::shared_ptr<const Surroundings> surroundings, const SdkService& service, std::string operation)
      : surroundings_(std::move(surroundings)), service_(service), operation_(std::move(operation)) {}

  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override {
    boost::asio::co_spawn(surroundings_->executor, run_outside(surroundings_, &service_, operation_, call, std::move(done)),
                          log_failure("aws-sdk task"));
  }

 private:
  std::shared_ptr<const Surroundings> surroundings_;
  const SdkService& service_;
  std::string operation_;
};

}  // namespace

void offer_sdk_tasks(Engine& engine, AwsServices services, boost::asio::any_io_executor executor, std::function<std::string()> admin_url,
                     UrlResolver resolve) {
  services.authorizer = nullptr;  // it is another thread's
  const auto surroundings = std::make_shared<const Surroundings>(
      Surroundings{services, std::move(executor), engine.loop_reader(), std::move(admin_url), std::move(resolve)});
  for (const auto& service : sdk::services()) {
    for (const auto& operation : operations_of(service.service)) {
      auto name = "aws-sdk:" + std::string(service.resource) + ":" + sdk::action_of(operation);
      if (is_long(service.service, operation))
        engine.offer(std::move(name), std::make_unique<OutsideTask>(surroundings, service, operation));
      else engine.offer(std::move(name), std::make_unique<InsideTask>(surroundings, service, operation));
    }
  }
}

}  // namespace signalbox::aws
