#include "services/topics/topic_service.h"

#include "base/overload.h"
#include "services/topics/deliveries.h"
#include "services/topics/delivery_outcome.h"
#include "services/topics/message_signature.h"
#include "services/topics/publish_task.h"
#include "signalbox/async.h"

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace signalbox {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;

namespace {

TopicEnvironment environment_of(Engine& engine, const TopicServiceOptions& options) {
  return TopicEnvironment{.site = engine.site(),
                          .master_key = [&engine]() -> const MasterKey& { return engine.master_key(); },
                          .public_url = options.public_url,
                          .send_to_queue = options.send_to_queue,
                          .resolve = options.resolve,
                          .permits = options.permits};
}

}  // namespace

struct TopicService::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(Engine& the_engine, Outbox& outbox, TopicServiceOptions the_options)
      : engine(the_engine), options(std::move(the_options)), topics(environment_of(engine, options), outbox) {}

  Engine& engine;
  TopicServiceOptions options;
  Topics topics;
  const Reader* reader = nullptr;
  std::optional<asio::steady_timer> wait_timer, sweep_timer;
  std::set<std::int64_t> under_way;  ///< rows of deliveries
  bool woken = false;
  bool stopping = false;

  /// The wall clock may be set while we wait.
  static constexpr std::chrono::milliseconds longest_wait = std::chrono::seconds{30};

  std::mutex executor_mutex;  ///< the engine's thread may call wake() while the I/O thread is still starting
  std::optional<asio::any_io_executor> executor;

  /// From any thread: there may be something to deliver.
  void wake() {
    const std::lock_guard lock(executor_mutex);
    if (!executor) return;  // start() looks anyway
    asio::post(*executor, [self = shared_from_this()] { self->look_again(); });
  }

  void look_again() {
    woken = true;
    if (wait_timer) wait_timer->cancel();
  }

  awaitable<void> wait(asio::steady_timer& timer, std::chrono::milliseconds time) {
    timer.expires_after(time);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, cancelled));
  }

  awaitable<void> ask_for_confirmations() {
    const auto self = shared_from_this();
    // Functions and aggregates get a name before they are handed over: GCC 12 destroys those that are temporaries in a co_await expression twice.
    std::function<Result<std::size_t>(EngineTransaction&)> work = [self](EngineTransaction& transaction) {
      return self->topics.ask_for_missing_confirmations(transaction);
    };
    const auto asked = co_await transact<std::size_t>(engine, std::move(work));
    if (!asked) spdlog::error("topics: confirmations of e-mail subscriptions could not be asked for: {}", asked.error().message);
    else if (*asked > 0) spdlog::info("topics: mail is sent now, so {} e-mail subscriptions wait for their confirmation", *asked);
  }

  awaitable<void> deliver_loop() {
    const auto self = shared_from_this();
    while (!stopping) {
      woken = false;
      auto pause = longest_wait;
      try {
        const auto now = engine.clock().now();
        if (under_way.size() < options.concurrency) begin_due(now);
        pause = time_to_next(now);
      } catch (const StoreFailure& failure) {
        spdlog::error("topics: deliveries wait: {}", failure.what());
      }
      if (!woken && !stopping) co_await wait(*wait_timer, pause);
    }
  }

  void begin_due(Timestamp now) {
    // Those under way are due as well until their outcome is stored.
    for (auto& delivery : due_deliveries(*reader, now, options.concurrency + under_way.size())) {
      if (under_way.size() >= options.concurrency) return;
      if (!under_way.insert(delivery.row).second) continue;
      asio::co_spawn(*executor, deliver(std::move(delivery)), log_failure("delivery"));
    }
  }

  /// What is under way wakes the loop when it ends.
  std::chrono::milliseconds time_to_next(Timestamp now) const {
    const auto next = under_way.empty() ? next_delivery_due(*reader) : next_delivery_due_after(*reader, now);
    return next ? std::clamp<std::chrono::milliseconds>(*next - now, std::chrono::milliseconds{1}, longest_wait) : longest_wait;
  }

  awaitable<void> deliver(Delivery delivery) {
    const auto self = shared_from_this();
    bool stored = false;
    try {
      const auto subscription = topics.find_subscription(*reader, delivery.subscription);
      DeliveryOutcome outcome = Delivered{};  // unsubscribed meanwhile
      if (subscription) outcome = co_await attempt(delivery, *subscription);
      stored = co_await store(delivery, subscription, outcome);
    } catch (const StoreFailure& failure) {
      spdlog::error("topics: a delivery waits: {}", failure.what());
    }
    if (!stored && !stopping) {
      // It stays under way for a while, so that a full disk does not become a storm of requests.
      asio::steady_timer pause(co_await asio::this_coro::executor);
      co_await wait(pause, std::chrono::seconds(5));
    }
    under_way.erase(delivery.row);
    look_again();
  }

  awaitable<DeliveryOutcome> attempt(const Delivery& delivery, const Subscription& subscription) {
    if (delivery.kind == DeliveryKind::Function) {
      FunctionCall call;
      call.function = subscription.endpoint;
      call.payload = resolve_public_url(delivery.body, options.public_url());
      call.request_id = delivery.request_id;
      const auto outcome = co_await invoke(std::move(call));
      co_return outcome_of(delivery, outcome, engine.clock().now());
    }
    auto request = request_of(delivery, subscription.endpoint, topics.site().topic_arn(subscription.topic),
                              subscription_arn(topics.site(), subscription), options.public_url());
    if (delivery.kind == DeliveryKind::Confirmation) {
      if (const auto key = find_signing_key(*reader)) request.body = sign_confirmation(*key, request.body);
    }
    const auto response = co_await options.send_http(std::move(request));
    const auto policy = subscription.attributes.find("DeliveryPolicy");
    co_return outcome_of(delivery, response,
                         policy == subscription.attributes.end() ? std::string_view() : std::string_view(policy->second));
  }

  awaitable<FunctionOutcome> invoke(FunctionCall call) {
    auto current = co_await asio::this_coro::executor;
    auto initiation = [this, current, call = std::move(call)](auto handler) mutable {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      options.functions->invoke(std::move(call), [current, shared](FunctionOutcome outcome) {
        asio::post(current, [shared, outcome = std::move(outcome)]() mutable { (*shared)(std::move(outcome)); });
      });
    };
    co_return co_await asio::async_initiate<decltype(use_awaitable), void(FunctionOutcome)>(std::move(initiation), use_awaitable);
  }

  awaitable<bool> store(const Delivery& delivery, const std::optional<Subscription>& subscription, const DeliveryOutcome& outcome) {
    const auto self = shared_from_this();
    std::function<Result<bool>(EngineTransaction&)> work = [self, delivery, subscription,
                                                            outcome](EngineTransaction& transaction) -> Result<bool> {
      std::visit(Overload{[&](const Delivered&) { erase_delivery(transaction, delivery); },
                          [&](const TryAgain& later) { postpone_delivery(transaction, delivery, transaction.now() + later.after); },
                          [&](const GiveUp& given_up) {
                            erase_delivery(transaction, delivery);
                            self->give_up(transaction, delivery, *subscription, given_up.why);
                          }},
                 outcome);
      return true;
    };
    const auto stored = co_await transact<bool>(engine, std::move(work));
    if (!stored) spdlog::error("topics: the outcome of a delivery could not be stored, it will be repeated: {}", stored.error().message);
    co_return stored.has_value();
  }

  void give_up(Transaction& transaction, const Delivery& delivery, const Subscription& subscription, const std::string& why) const {
    spdlog::warn("topic {}: message {} was not delivered to {}: {}", subscription.topic, delivery.message_id, subscription.endpoint, why);
    if (delivery.kind == DeliveryKind::Confirmation) return;
    const auto& body = delivery.dead_letter_body.empty() ? delivery.body : delivery.dead_letter_body;
    topics.send_to_dead_letter_queue(transaction, subscription, {.queue = "", .body = resolve_public_url(body, options.public_url())});
  }

  bool has_work_for_sweeper() const {
    try {
      return topics.has_old_deduplication(*reader, engine.clock().now());
    } catch (const StoreFailure& failure) {
      spdlog::error("topics: {}", failure.what());
      return false;
    }
  }

  awaitable<void> sweep_loop() {
    const auto self = shared_from_this();
    while (!stopping) {
      co_await wait(*sweep_timer, std::chrono::minutes(1));
      if (!has_work_for_sweeper()) continue;
      std::size_t count = 0;
      do {
        if (stopping) break;
        std::function<Result<std::size_t>(EngineTransaction&)> work = [self](EngineTransaction& transaction) -> Result<std::size_t> {
          return self->topics.forget_old_deduplication(transaction, 500);
        };
        const auto forgotten = co_await transact<std::size_t>(engine, std::move(work));
        count = forgotten ? *forgotten : 0;
      } while (count == 500);
    }
  }
};

TopicService::TopicService(Engine& engine, Outbox& outbox, TopicServiceOptions options)
    : implementation_(std::make_shared<Implementation>(engine, outbox, std::move(options))) {
  implementation_->topics.on_delivery([weak = std::weak_ptr(implementation_)] {
    if (const auto self = weak.lock()) self->wake();
  });
  engine.offer("sns:publish", std::make_unique<PublishTask>(implementation_->topics));
}

TopicService::~TopicService() { implementation_->stopping = true; }

const Topics& TopicService::topics() const { return implementation_->topics; }

void TopicService::start(asio::any_io_executor executor) {
  auto& self = *implementation_;
  self.reader = &self.engine.loop_reader();
  self.wait_timer.emplace(executor);
  self.sweep_timer.emplace(executor);
  {
    const std::lock_guard lock(self.executor_mutex);
    self.executor = executor;
  }
  asio::co_spawn(executor, self.ask_for_confirmations(), log_failure("confirmations"));
  asio::co_spawn(executor, self.deliver_loop(), log_failure("deliverer"));
  asio::co_spawn(executor, self.sweep_loop(), log_failure("topic sweeper"));
}

void TopicService::stop() {
  auto& self = *implementation_;
  self.stopping = true;
  if (self.wait_timer) self.wait_timer->cancel();
  if (self.sweep_timer) self.sweep_timer->cancel();
}

bool TopicService::is_stopped() const { return implementation_->under_way.empty(); }

}  // namespace signalbox
