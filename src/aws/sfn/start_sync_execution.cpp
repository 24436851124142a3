#include <boost/asio/associated_cancellation_slot.hpp>

#include "aws/sfn/sfn.h"
#include "signalbox/async.h"
#include "signalbox/express.h"

namespace signalbox::aws::sfn {

namespace {

/// Who waits for the end of a synchronous execution. Used on the I/O thread alone.
template <class Handler>
struct Waiting {
  std::optional<Handler> handler;
  std::optional<ExecutionRow> row;  ///< once it has begun
  bool given_up = false;

  void complete(Result<ExpressEnd> end) {
    if (auto waiting = std::exchange(handler, std::nullopt)) (*waiting)(std::move(end));
  }
};

void stop(Engine& engine, ExecutionRow row) {
  std::function<Result<Timestamp>(EngineTransaction&)> work = [row](EngineTransaction& transaction) {
    return transaction.stop_execution(row, {});
  };
  engine.transact<Timestamp>(std::move(work), [](const Result<Timestamp>&) {});  // it may have ended meanwhile
}

/// Starts it and waits for its end; if the client goes away, it is stopped. `arn` is set once it has begun.
asio::awaitable<Result<ExpressEnd>> run_to_end(Engine& engine, StartRequest request, std::shared_ptr<std::string> arn) {
  auto executor = co_await asio::this_coro::executor;
  auto initiate = [&engine, executor, request = std::move(request), arn](auto handler) mutable {
    using Handler = decltype(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto waiting = std::make_shared<Waiting<Handler>>();
    waiting->handler.emplace(std::move(handler));
    if (slot.is_connected()) {
      slot.assign([&engine, executor, waiting](asio::cancellation_type) {
        asio::post(executor, [&engine, waiting] {
          waiting->given_up = true;
          if (waiting->row) stop(engine, *waiting->row);
          waiting->complete(error(ErrorCode::Unavailable, "the client has gone away"));
        });
      });
    }
    request.on_express_end = [executor, waiting](Result<ExpressEnd> end) {
      asio::post(executor, [waiting, end = std::move(end)]() mutable { waiting->complete(std::move(end)); });
    };
    std::function<Result<StartedExecution>(EngineTransaction&)> work = [request](EngineTransaction& transaction) {
      return transaction.start_execution(request);
    };
    engine.transact<StartedExecution>(std::move(work), [&engine, executor, waiting, arn](Result<StartedExecution> started) {
      asio::post(executor, [&engine, waiting, arn, started = std::move(started)]() mutable {
        if (!started) return waiting->complete(started.error());
        *arn = started->arn;
        waiting->row = started->record.row;
        if (waiting->given_up) stop(engine, *waiting->row);
      });
    });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<ExpressEnd>)>(std::move(initiate),
                                                                                                   asio::use_awaitable);
}

/// In steps of 100 ms; memory in steps of 64 MB, of which an execution here needs one. [aws: pricing]
std::string billing(const ExpressEnd& end) {
  constexpr std::int64_t step_ms = 100, memory_mb = 64;
  const auto took = (end.stopped_at - end.started_at).count();
  return ObjectText()
      .number("billedMemoryUsedInMB", memory_mb)
      .number("billedDurationInMilliseconds", std::max(step_ms, (took + step_ms - 1) / step_ms * step_ms))
      .take();
}

std::string name_of(const std::string& express_arn) {
  const auto id = express_arn.rfind(':');
  const auto name = express_arn.rfind(':', id - 1);
  return express_arn.substr(name + 1, id - name - 1);
}

}  // namespace

asio::awaitable<Answer<std::string>> start_sync_execution(Api api, Json request) {
  constexpr const char* included_details = R"({"included":true})";
  Parameters parameters(request);
  StartRequest start;
  const auto arn = parameters.required("stateMachineArn", arn_length);
  start.name = parameters.text("name", name_length);
  const auto input = parameters.text("input", data_length);
  const auto trace = parameters.text("traceHeader", {0, 256});
  const auto included = parameters.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  if (auto fault = parameters.fault()) co_return *fault;
  const auto name = machine_name(arn);
  if (!name) co_return name.error();
  const auto machine =
      find_state_machine(api.reader, name->name.substr(0, name->name.find('#')));  // behind it a test case of the mock configuration
  if (!machine) co_return machine_missing(arn);
  if (machine->type != StateMachineType::Express)
    co_return Failure{"StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"};
  if (input) {
    auto parsed = Json::parse(*input);
    if (!parsed) co_return Failure{"InvalidExecutionInput", "Invalid State Machine Execution Input: '" + parsed.error().message + "'"};
    start.input = std::move(*parsed);
  }
  start.state_machine = qualified(*name);
  const Json given = start.input;
  auto started_arn = std::make_shared<std::string>();
  auto end = co_await run_to_end(api.engine, std::move(start), started_arn);
  if (!end) co_return start_failure(end.error(), arn);

  const bool data = included != "METADATA_ONLY";
  ObjectText out;
  out.text("executionArn", *started_arn).text("stateMachineArn", machine->arn).text("name", name_of(*started_arn));
  out.time("startDate", end->started_at).time("stopDate", end->stopped_at).text("status", to_string(end->status));
  if (data) out.text("error", end->error.error).text("cause", end->error.cause);
  if (data) out.quoted("input", given).raw("inputDetails", included_details);
  if (data && end->output) out.quoted("output", *end->output).raw("outputDetails", included_details);
  out.text("traceHeader", trace).raw("billingDetails", billing(*end));
  co_return out.take();
}

}  // namespace signalbox::aws::sfn
