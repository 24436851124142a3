#include "services/queues/queue_service.h"

#include "signalbox/async.h"

#include "services/queues/queue_errors.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <set>

namespace signalbox {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct QueueService::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(Engine& the_engine, const Queues& the_queues) : engine(the_engine), queues(the_queues) {}

  Engine& engine;
  const Queues& queues;
  const Reader* reader = nullptr;
  std::optional<asio::steady_timer> sweep_timer;
  std::set<QueueWaiter*> waiters;
  bool is_stopping = false;

  asio::awaitable<void> sweep_forever();
  asio::awaitable<Result<std::vector<ReceivedMessage>>> receive_now(std::string name, ReceiveMessages request);
};

namespace {
// Always a named object in the coroutines below: GCC 12 destroys some temporaries in a co_await expression twice.
template <class T>
using Work = std::function<Result<T>(EngineTransaction&)>;

constexpr auto sweep_interval = 60s;
constexpr std::size_t sweep_rows = 500;  // a transaction of some milliseconds, between those of others
constexpr std::int64_t wait_seconds_max = 20;

/// No coroutine: GCC 12 copies the bytes of a closure that captures a coroutine's parameter by move.
Work<std::vector<ReceivedMessage>> receive_work(const Queues& rules, std::string name, ReceiveMessages request) {
  return [&rules, name = std::move(name), request](EngineTransaction& transaction) { return rules.receive(transaction, name, request); };
}
}  // namespace

QueueService::QueueService(Engine& engine, const Queues& queues) : implementation_(std::make_shared<Implementation>(engine, queues)) {}
QueueService::~QueueService() { stop(); }

void QueueService::start(asio::any_io_executor executor) {
  implementation_->reader = &implementation_->engine.loop_reader();
  implementation_->sweep_timer.emplace(executor);
  asio::co_spawn(executor, implementation_->sweep_forever(), log_failure("sweep of queues"));
}

void QueueService::stop() {
  implementation_->is_stopping = true;
  if (implementation_->sweep_timer) implementation_->sweep_timer->cancel();
  for (auto* waiter : implementation_->waiters) waiter->cancel();
}

asio::awaitable<void> QueueService::Implementation::sweep_forever() {
  const auto self = shared_from_this();
  while (!is_stopping) {
    if (queues.needs_sweep(*reader, engine.clock().now())) {
      Work<bool> work = [rules = &queues](EngineTransaction& transaction) -> Result<bool> { return rules->sweep(transaction, sweep_rows); };
      const auto more = co_await transact<bool>(engine, std::move(work));
      if (more && *more) continue;
    }
    if (is_stopping) co_return;
    sweep_timer->expires_after(sweep_interval);
    boost::system::error_code cancelled;
    co_await sweep_timer->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

asio::awaitable<Result<std::vector<ReceivedMessage>>> QueueService::Implementation::receive_now(std::string name, ReceiveMessages request) {
  auto work = receive_work(queues, std::move(name), request);
  auto received = co_await transact<std::vector<ReceivedMessage>>(engine, std::move(work));
  co_return received;
}

asio::awaitable<Result<std::vector<ReceivedMessage>>> QueueService::receive(std::string name, ReceiveMessages request,
                                                                            std::optional<std::int64_t> wait_seconds) {
  const auto self = implementation_;
  const auto queue = self->queues.find(*self->reader, name);
  if (!queue) co_return queue.error();
  const auto seconds = wait_seconds.value_or(queue->receive_wait.count());
  if (seconds < 0 || seconds > wait_seconds_max) {
    co_return queues::invalid_value(std::to_string(seconds), "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.");
  }
  if (seconds == 0) co_return co_await self->receive_now(name, request);

  QueueWaiter waiter(co_await asio::this_coro::executor, self->queues.signals(), queue->id);
  // Removed by whatever ends this coroutine, its destruction included.
  const auto leave = [self](QueueWaiter* gone) { self->waiters.erase(gone); };
  const std::unique_ptr<QueueWaiter, decltype(leave)> registered(&waiter, leave);
  self->waiters.insert(&waiter);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
  while (true) {
    waiter.look();
    // Looked up each time: a purge gives the queue a new row, and a deletion ends the wait with its error.
    const auto current = self->queues.find(*self->reader, name);
    if (!current) co_return current.error();
    const auto now = self->engine.clock().now();
    const auto next = self->queues.next_receivable(*self->reader, *current, now);
    if (next && *next <= now) {
      auto messages = co_await self->receive_now(name, request);
      if (!messages || !messages->empty()) co_return messages;
    } else {
      co_await waiter.wait(self->engine.clock(), next, deadline);
    }
    if (self->is_stopping || std::chrono::steady_clock::now() >= deadline) co_return std::vector<ReceivedMessage>{};
  }
}

}  // namespace signalbox
