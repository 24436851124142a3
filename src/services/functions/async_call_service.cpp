#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <set>

#include "services/functions/async_calls.h"
#include "services/functions/service.h"
#include "services/wake.h"
#include "signalbox/async.h"

namespace signalbox::functions {

namespace asio = boost::asio;

namespace {

/// Calls under way at the same time; what lies beyond waits its turn.
constexpr std::size_t at_once_max = 64;
/// Rows looked at for those that are due; the ones that wait for their retry lie among them.
constexpr std::size_t rows_looked_at = 4'096;

}  // namespace

struct AsyncCallService::Implementation : std::enable_shared_from_this<AsyncCallService::Implementation> {
  Implementation(Engine& the_engine, AsyncCalls& the_calls, FunctionInvoker& the_functions)
      : engine(the_engine), calls(the_calls), functions(the_functions) {}

  Engine& engine;
  AsyncCalls& calls;
  FunctionInvoker& functions;
  asio::any_io_executor executor;
  const Reader* reader = nullptr;
  std::optional<Wake> wake;
  std::set<std::int64_t> under_way;
  bool is_stopping = false;

  static asio::awaitable<void> run(std::shared_ptr<Implementation> self);
  static asio::awaitable<void> settle(std::shared_ptr<Implementation> self, std::int64_t row, FunctionOutcome outcome);
  /// Makes the calls that are due; gives the moment of the next one that is not.
  std::optional<Timestamp> make_calls(Timestamp now);
};

asio::awaitable<void> AsyncCallService::Implementation::run(std::shared_ptr<Implementation> self) {
  while (!self->is_stopping) {
    self->wake->look();
    const auto next = self->make_calls(self->engine.clock().now());
    co_await self->wake->wait(self->engine.clock(), next);
  }
}

std::optional<Timestamp> AsyncCallService::Implementation::make_calls(Timestamp now) {
  std::optional<Timestamp> next;
  if (under_way.size() >= at_once_max) return next;
  for (const auto& call : calls.list(*reader, rows_looked_at)) {
    if (under_way.contains(call.row)) continue;
    if (call.next_attempt_at > now) {
      next = std::min(next.value_or(call.next_attempt_at), call.next_attempt_at);
      continue;
    }
    if (under_way.size() >= at_once_max) break;
    under_way.insert(call.row);
    functions.invoke(
        FunctionCall{
            .function = call.function, .payload = call.payload, .request_id = call.request_id, .client_context = call.client_context},
        [self = shared_from_this(), row = call.row](FunctionOutcome outcome) {
          asio::co_spawn(self->executor, settle(self, row, std::move(outcome)), log_failure("asynchronous call"));
        });
  }
  return next;
}

asio::awaitable<void> AsyncCallService::Implementation::settle(std::shared_ptr<Implementation> self, std::int64_t row,
                                                               FunctionOutcome outcome) {
  // The daemon ends: the next start makes the call again, with the same request id.
  if (self->is_stopping || (outcome.kind == FunctionOutcome::Kind::Unavailable && outcome.message == FunctionService::stopping_message))
    co_return;
  std::function<Result<void>(EngineTransaction&)> work = [rules = &self->calls, row,
                                                          outcome = std::move(outcome)](EngineTransaction& transaction) -> Result<void> {
    rules->settle(transaction, row, outcome);
    return {};
  };
  const auto settled = co_await transact<void>(self->engine, std::move(work));
  if (!settled) {
    // Stays under way: what is not settled is called again after the next start.
    if (!self->is_stopping) spdlog::error("asynchronous call {}: its outcome cannot be stored: {}", row, settled.error().message);
    co_return;
  }
  self->under_way.erase(row);
  self->wake->announce();
}

AsyncCallService::AsyncCallService(Engine& engine, AsyncCalls& calls, FunctionInvoker& functions)
    : implementation_(std::make_shared<Implementation>(engine, calls, functions)) {}
AsyncCallService::~AsyncCallService() { stop(); }

void AsyncCallService::start(asio::any_io_executor executor) {
  implementation_->executor = executor;
  implementation_->reader = &implementation_->engine.loop_reader();
  implementation_->wake.emplace(executor);
  implementation_->calls.on_change(implementation_->wake->announcer());
  asio::co_spawn(executor, Implementation::run(implementation_), log_failure("asynchronous calls"));
}

void AsyncCallService::stop() {
  implementation_->is_stopping = true;
  if (implementation_->wake) implementation_->wake->cancel();
}

}  // namespace signalbox::functions
