#include "services/triggers/trigger_service.h"

#include "signalbox/async.h"

#include "services/queues/queue_service.h"
#include "services/triggers/trigger_event.h"

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace signalbox {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// Always a named object in the coroutines below: GCC 12 destroys some temporaries in a co_await expression twice.
template <class T>
using Work = std::function<Result<T>(EngineTransaction&)>;

constexpr std::int64_t batches_max_default = 10;
constexpr std::chrono::milliseconds pause_max = 60s;
/// How often a poller whose queue is gone looks whether there is one of that name again.
constexpr auto missing_queue_interval = 10s;

asio::awaitable<void> sleep(asio::steady_timer& timer, std::chrono::milliseconds duration) {
  timer.expires_after(duration);
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

std::vector<std::string> handles(const std::vector<ReceivedMessage>& batch, const std::vector<std::size_t>& places) {
  std::vector<std::string> handles;
  for (const auto place : places) handles.push_back(batch[place].receipt_handle);
  return handles;
}

}  // namespace

using Permission = std::function<Result<void>(const std::string& function, const std::string& queue_arn)>;

/// One trigger's poller. Lives as long as its coroutines.
class TriggerPoller : public std::enable_shared_from_this<TriggerPoller> {
 public:
  TriggerPoller(asio::any_io_executor executor, Engine& engine, const Queues& queues, const Reader& reader, FunctionInvoker& functions,
                Permission permits, TriggerRecord trigger)
      : executor_(executor),
        engine_(engine),
        queues_(queues),
        reader_(reader),
        functions_(functions),
        permits_(std::move(permits)),
        trigger_(std::move(trigger)),
        timer_(executor) {}

  void start() { asio::co_spawn(executor_, run(shared_from_this()), log_failure("trigger poller")); }
  void stop() {
    stopped_ = true;
    timer_.cancel();
    if (waiter_) waiter_->cancel();
  }

 private:
  using Batch = std::vector<ReceivedMessage>;
  /// A function call under way.
  struct Call {
    explicit Call(asio::any_io_executor executor) : timer(std::move(executor)) {}
    std::optional<FunctionOutcome> outcome;
    asio::steady_timer timer;
  };

  static asio::awaitable<void> run(std::shared_ptr<TriggerPoller> self);
  static asio::awaitable<void> deliver(std::shared_ptr<TriggerPoller> self, Batch batch);
  asio::awaitable<void> poll(const QueueRecord& queue);
  asio::awaitable<void> pause();
  asio::awaitable<Batch> lease(std::int64_t messages_max);
  asio::awaitable<Batch> filtered(Batch leased);
  asio::awaitable<Batch> gather();
  asio::awaitable<FunctionOutcome> invoke(const Batch& batch);
  asio::awaitable<void> settle(const Batch& batch, const FunctionOutcome& outcome, std::chrono::steady_clock::time_point leased_at);
  void note(const FunctionOutcome& outcome);

  [[nodiscard]] Result<void> permitted() const {
    return permits_ ? permits_(trigger_.function, queues_.site().queue_arn(trigger_.queue)) : Result<void>();
  }
  [[nodiscard]] std::int64_t batches_max() const { return trigger_.concurrency_max.value_or(batches_max_default); }

  asio::any_io_executor executor_;
  Engine& engine_;
  const Queues& queues_;
  const Reader& reader_;
  FunctionInvoker& functions_;
  const Permission permits_;
  const TriggerRecord trigger_;
  asio::steady_timer timer_;  // for pauses, and for a free place among the batches under way
  QueueWaiter* waiter_ = nullptr;
  std::chrono::milliseconds visibility_timeout_{30'000};
  std::chrono::milliseconds pause_{0};
  std::int64_t under_way_ = 0;
  bool stopped_ = false;
};

asio::awaitable<void> TriggerPoller::run(std::shared_ptr<TriggerPoller> self) {
  bool said_missing = false;
  while (!self->stopped_) {
    const auto queue = self->queues_.find(self->reader_, self->trigger_.queue);
    if (queue) {
      said_missing = false;
      co_await self->poll(*queue);  // until the queue is deleted or the poller is stopped
    } else {
      if (!said_missing) spdlog::warn("trigger {}: queue {} does not exist; waiting for it", self->trigger_.id, self->trigger_.queue);
      said_missing = true;
      co_await sleep(self->timer_, missing_queue_interval);
    }
  }
}

asio::awaitable<void> TriggerPoller::poll(const QueueRecord& queue) {
  const auto self = shared_from_this();
  QueueWaiter waiter(executor_, queues_.signals(), queue.id);
  const auto leave = [](TriggerPoller* poller) { poller->waiter_ = nullptr; };
  const std::unique_ptr<TriggerPoller, decltype(leave)> registered(this, leave);
  waiter_ = &waiter;

  while (!stopped_) {
    co_await pause();
    while (under_way_ >= batches_max() && !stopped_) co_await sleep(timer_, 1h);  // ended by deliver()
    if (stopped_) co_return;
    waiter.look();
    const auto current = queues_.find(reader_, trigger_.queue);
    if (!current || current->id != queue.id) co_return;
    visibility_timeout_ = std::max<std::chrono::milliseconds>(1s, current->visibility_timeout);
    const auto now = engine_.clock().now();
    const auto next = queues_.next_receivable(reader_, *current, now);
    if (!next || *next > now) {
      co_await waiter.wait(engine_.clock(), next);
      continue;
    }
    if (const auto may = permitted(); !may) {
      // The role may be mended at any time.
      spdlog::warn("trigger {}: queue {} is not read: {}", trigger_.id, trigger_.queue, may.error().message);
      co_await sleep(timer_, pause_max);
      continue;
    }
    auto batch = co_await gather();
    if (batch.empty()) continue;
    ++under_way_;
    asio::co_spawn(executor_, deliver(self, std::move(batch)), log_failure("trigger delivery"));
  }
}

asio::awaitable<void> TriggerPoller::pause() {
  // Batches that end meanwhile wake the timer, too; what they learnt may end the pause.
  const auto since = std::chrono::steady_clock::now();
  while (!stopped_ && std::chrono::steady_clock::now() < since + pause_) {
    co_await sleep(timer_, std::chrono::ceil<std::chrono::milliseconds>(since + pause_ - std::chrono::steady_clock::now()));
  }
}

asio::awaitable<TriggerPoller::Batch> TriggerPoller::lease(std::int64_t messages_max) {
  Work<Batch> work = [rules = &queues_, queue = trigger_.queue, messages_max,
                      timeout = visibility_timeout_](EngineTransaction& transaction) {
    return rules->lease(transaction, queue, LeaseMessages{.max_messages = messages_max, .visibility_timeout = timeout});
  };
  auto leased = co_await transact<Batch>(engine_, std::move(work));
  if (leased) {
    auto passing = co_await filtered(std::move(*leased));
    co_return passing;
  }
  if (leased.error().code != ErrorCode::NotFound && !stopped_) {
    spdlog::error("trigger {}: cannot receive from queue {}: {}", trigger_.id, trigger_.queue, leased.error().message);
    pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, 1s, pause_max);
  }
  co_return Batch{};
}

/// What passes the filters; the rest is deleted, as on AWS.
asio::awaitable<TriggerPoller::Batch> TriggerPoller::filtered(Batch leased) {
  if (trigger_.filters.empty()) co_return leased;
  Batch passing;
  std::vector<std::string> rest;
  for (auto& message : leased) {
    if (triggers::passes(trigger_, message, queues_.site())) passing.push_back(std::move(message));
    else rest.push_back(message.receipt_handle);
  }
  if (rest.empty()) co_return passing;
  Work<void> work = [rules = &queues_, queue = trigger_.queue, rest](EngineTransaction& transaction) -> Result<void> {
    for (const auto& handle : rest) (void)rules->delete_message(transaction, queue, handle);
    return {};
  };
  (void)co_await transact<void>(engine_, std::move(work));  // what fails here shows when the messages reappear
  co_return passing;
}

asio::awaitable<TriggerPoller::Batch> TriggerPoller::gather() {
  auto batch = co_await lease(trigger_.batch_size);
  if (batch.empty() || trigger_.window_seconds == 0) co_return batch;
  const auto deadline = std::chrono::steady_clock::now() +
                        std::min<std::chrono::milliseconds>(std::chrono::seconds{trigger_.window_seconds}, visibility_timeout_ / 2);
  while (!stopped_ && std::ssize(batch) < trigger_.batch_size && std::chrono::steady_clock::now() < deadline) {
    waiter_->look();
    auto more = co_await lease(trigger_.batch_size - std::ssize(batch));
    std::move(more.begin(), more.end(), std::back_inserter(batch));
    if (!more.empty()) continue;
    const auto queue = queues_.find(reader_, trigger_.queue);
    if (!queue) break;
    co_await waiter_->wait(engine_.clock(), queues_.next_receivable(reader_, *queue, engine_.clock().now()), deadline);
  }
  co_return batch;
}

asio::awaitable<void> TriggerPoller::deliver(std::shared_ptr<TriggerPoller> self, Batch batch) {
  const auto leased_at = std::chrono::steady_clock::now();
  const auto outcome = co_await self->invoke(batch);
  self->note(outcome);
  co_await self->settle(batch, outcome, leased_at);
  --self->under_way_;
  self->timer_.cancel();
}

asio::awaitable<FunctionOutcome> TriggerPoller::invoke(const Batch& batch) {
  const auto call = std::make_shared<Call>(executor_);
  functions_.invoke(FunctionCall{.function = trigger_.function,
                                 .payload = triggers::queue_event(batch, trigger_.queue, queues_.site()),
                                 .request_id = triggers::request_id(trigger_, batch)},
                    [executor = executor_, call](FunctionOutcome outcome) {
                      asio::post(executor, [call, outcome = std::move(outcome)]() mutable {
                        call->outcome = std::move(outcome);
                        call->timer.cancel();
                      });
                    });
  std::vector<std::string> held;
  for (const auto& message : batch) held.push_back(message.receipt_handle);
  while (!call->outcome) {
    co_await sleep(call->timer, visibility_timeout_ / 2);
    if (call->outcome) break;
    // Still running: hold on to the messages. What fails here (the daemon stops, the queue is gone) shows when settling.
    Work<void> work = [rules = &queues_, queue = trigger_.queue, held, timeout = visibility_timeout_](EngineTransaction& transaction) {
      return rules->set_visibility(transaction, queue, held, timeout, true);
    };
    (void)co_await transact<void>(engine_, std::move(work));
  }
  co_return std::move(*call->outcome);
}

asio::awaitable<void> TriggerPoller::settle(const Batch& batch, const FunctionOutcome& outcome,
                                            std::chrono::steady_clock::time_point leased_at) {
  const auto verdict = triggers::judge(trigger_, batch, outcome);
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - leased_at);
  std::vector<std::pair<std::string, std::chrono::milliseconds>> failed;
  for (const auto place : verdict.failed)
    failed.emplace_back(batch[place].receipt_handle, triggers::reappears_after(batch[place], visibility_timeout_, since));
  Work<void> work = [rules = &queues_, queue = trigger_.queue, done = handles(batch, verdict.done), failed,
                     untouched = handles(batch, verdict.untouched), pause = pause_](EngineTransaction& transaction) -> Result<void> {
    // A FIFO queue refuses an expired handle: the message is due again, which is what there is to do then.
    for (const auto& handle : done) (void)rules->delete_message(transaction, queue, handle);
    for (const auto& [handle, delay] : failed) {
      if (auto left = rules->set_visibility(transaction, queue, {handle}, delay, false); !left) return left;
    }
    if (untouched.empty()) return {};
    return rules->give_back(transaction, queue, untouched, pause);
  };
  auto settled = co_await transact<void>(engine_, std::move(work));
  if (!settled && settled.error().code != ErrorCode::NotFound && !stopped_) {
    spdlog::error("trigger {}: cannot settle a batch of queue {}, its messages will reappear: {}", trigger_.id, trigger_.queue,
                  settled.error().message);
  }
}

void TriggerPoller::note(const FunctionOutcome& outcome) {
  using Kind = FunctionOutcome::Kind;
  if (outcome.kind == Kind::Answered || outcome.kind == Kind::FunctionError) {
    pause_ = 0ms;
    return;
  }
  pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, 1s, pause_max);
  spdlog::warn("trigger {}: function {} was not called: {}; next attempt in {} s", trigger_.id, trigger_.function, outcome.message,
               pause_.count() / 1'000);
}

// ---- the service ----

struct TriggerService::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(Engine& the_engine, const Queues& the_queues, Triggers& the_triggers, FunctionInvoker& the_functions,
                 Permission the_permits)
      : engine(the_engine), queues(the_queues), triggers(the_triggers), functions(the_functions), permits(std::move(the_permits)) {}

  Engine& engine;
  const Queues& queues;
  Triggers& triggers;
  FunctionInvoker& functions;
  Permission permits;
  asio::any_io_executor executor;
  const Reader* reader = nullptr;
  std::map<std::string, std::shared_ptr<TriggerPoller>> pollers;
  bool is_stopping = false;

  /// A poller for it if there should be one; the old one, if any, ends.
  void follow(const std::string& id) {
    if (is_stopping) return;
    if (const auto old = pollers.find(id); old != pollers.end()) {
      old->second->stop();
      pollers.erase(old);
    }
    auto trigger = triggers.find(*reader, id);
    if (!trigger || !trigger->enabled) return;
    auto poller = std::make_shared<TriggerPoller>(executor, engine, queues, *reader, functions, permits, std::move(*trigger));
    pollers.emplace(id, poller);
    poller->start();
  }
  static asio::awaitable<void> begin(std::shared_ptr<Implementation> self);
};

/// What the last run of the daemon had leased comes first.
asio::awaitable<void> TriggerService::Implementation::begin(std::shared_ptr<Implementation> self) {
  const auto all = self->triggers.list(*self->reader, std::nullopt, std::nullopt, "", static_cast<std::size_t>(-1));
  std::set<std::string> names;
  for (const auto& trigger : all) names.insert(trigger.queue);
  if (!names.empty()) {
    Work<void> work = [rules = &self->queues, names](EngineTransaction& transaction) -> Result<void> {
      for (const auto& name : names) (void)rules->release_trigger_leases(transaction, name);  // a queue that is gone holds no leases
      return {};
    };
    const auto released = co_await transact<void>(self->engine, std::move(work));
    if (!released)
      spdlog::error("triggers: messages of the last run reappear only after their visibility time-out: {}", released.error().message);
  }
  for (const auto& trigger : all) self->follow(trigger.id);
}

TriggerService::TriggerService(Engine& engine, const Queues& queues, Triggers& triggers, FunctionInvoker& functions,
                               std::function<Result<void>(const std::string&, const std::string&)> permits)
    : implementation_(std::make_shared<Implementation>(engine, queues, triggers, functions, std::move(permits))) {}
TriggerService::~TriggerService() { stop(); }

void TriggerService::start(asio::any_io_executor executor) {
  implementation_->executor = executor;
  implementation_->reader = &implementation_->engine.loop_reader();
  implementation_->triggers.on_change([executor, weak = std::weak_ptr(implementation_)](const std::string& id) {
    asio::post(executor, [weak, id] {
      if (const auto implementation = weak.lock()) implementation->follow(id);
    });
  });
  asio::co_spawn(executor, Implementation::begin(implementation_), log_failure("triggers"));
}

void TriggerService::stop() {
  implementation_->is_stopping = true;
  for (const auto& [id, poller] : implementation_->pollers) poller->stop();
  implementation_->pollers.clear();
}

}  // namespace signalbox
