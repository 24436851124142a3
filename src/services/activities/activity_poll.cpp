#include "services/activities/activity_poll.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

#include "signalbox/async.h"

namespace signalbox {

namespace asio = boost::asio;

namespace {

/// Woken by a signal that comes on the engine's thread; outlives whoever waited, since the signal may be on its way.
struct Bell {
  explicit Bell(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool rung = false;
};

/// One poller's place in the queue of pollers.
class Subscription {
 public:
  Subscription(ActivitySignals& signals, std::string activity, const asio::any_io_executor& executor)
      : bell(std::make_shared<Bell>(executor)), signals_(signals), activity_(std::move(activity)) {
    number_ = signals_.subscribe(activity_, [executor, bell = bell] {
      asio::post(executor, [bell] {
        bell->rung = true;
        bell->timer.cancel();
      });
    });
  }
  /// A poller that was woken and never looked leaves its wake to the next.
  ~Subscription() { signals_.unsubscribe(activity_, number_, true); }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  void requeue() { signals_.requeue(activity_, number_); }
  std::shared_ptr<Bell> bell;

 private:
  ActivitySignals& signals_;
  std::string activity_;
  std::uint64_t number_ = 0;
};

}  // namespace

asio::awaitable<Result<std::optional<ActivityTask>>> poll_activity(Engine& engine, const Reader& reader, ActivitySignals& signals,
                                                                   std::string activity, std::optional<std::string> worker_name,
                                                                   std::chrono::milliseconds wait) {
  const auto executor = co_await asio::this_coro::executor;
  const auto end = std::chrono::steady_clock::now() + wait;
  Subscription subscription(signals, activity, executor);
  const auto bell = subscription.bell;
  for (;;) {
    bell->rung = false;
    if (has_activity_task(reader, activity)) {
      std::function<Result<std::optional<ActivityTask>>(EngineTransaction&)> work =
          [activity, worker_name](EngineTransaction& transaction) -> Result<std::optional<ActivityTask>> {
        return take_activity_task(transaction, activity, worker_name);
      };
      auto taken = co_await transact<std::optional<ActivityTask>>(engine, std::move(work));
      if (!taken || *taken) co_return taken;
    }
    if (bell->rung) {
      subscription.requeue();  // before looking again, so that a task that comes meanwhile rings again
      continue;
    }
    bell->timer.expires_at(end);
    co_await bell->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!bell->rung) co_return std::optional<ActivityTask>();
    subscription.requeue();
  }
}

}  // namespace signalbox
