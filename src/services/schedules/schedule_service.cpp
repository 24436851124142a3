#include "services/schedules/schedule_service.h"

#include "signalbox/async.h"
#include "signalbox/encoding.h"

#include "services/wake.h"

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <set>

namespace signalbox {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// Always a named object in the coroutines below: GCC 12 destroys some temporaries in a co_await expression twice.
template <class T>
using Work = std::function<Result<T>(EngineTransaction&)>;

constexpr std::size_t firings_at_once = 50;
constexpr auto pause_after_failure = 5s;

void log(const Firing& firing) {
  const auto& name = firing.id.name;
  if (const auto& caught = firing.catch_up) {
    spdlog::warn("schedule {}: {} firings from {} to {} came while the daemon could not fire; runs in their place: {}", name,
                 caught->missed, format_rfc3339(caught->first), format_rfc3339(caught->last), caught->ran);
  }
  if (firing.ran && firing.errors.empty()) spdlog::info("schedule {}: fired for {}", name, format_rfc3339(firing.scheduled_at));
  for (const auto& error : firing.errors) spdlog::error("schedule {}: {}", name, error);
}

}  // namespace

struct ScheduleService::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(Engine& the_engine, Schedules& the_schedules, FunctionInvoker& the_functions)
      : engine(the_engine), schedules(the_schedules), functions(the_functions) {}

  Engine& engine;
  Schedules& schedules;
  FunctionInvoker& functions;
  asio::any_io_executor executor;
  const Reader* reader = nullptr;
  std::optional<Wake> wake;
  std::set<std::int64_t> under_way;  ///< rows of calls that were made and have not been settled
  bool is_stopping = false;

  static asio::awaitable<void> run(std::shared_ptr<Implementation> self);
  static asio::awaitable<void> settle(std::shared_ptr<Implementation> self, std::int64_t row, FunctionOutcome outcome);
  /// Makes the calls that are due; gives the moment of the next one that is not.
  std::optional<Timestamp> make_calls(Timestamp now);
};

asio::awaitable<void> ScheduleService::Implementation::run(std::shared_ptr<Implementation> self) {
  while (!self->is_stopping) {
    self->wake->look();
    const auto now = self->engine.clock().now();
    const auto next_call = self->make_calls(now);
    const auto due = self->schedules.next_due(*self->reader);
    if (due && *due <= now) {
      Work<std::vector<Firing>> work = [rules = &self->schedules](EngineTransaction& transaction) {
        return rules->fire_due(transaction, firings_at_once);
      };
      const auto fired = co_await transact<std::vector<Firing>>(self->engine, std::move(work));
      if (fired) {
        for (const auto& firing : *fired) log(firing);
      } else if (!self->is_stopping) {
        spdlog::error("schedules: cannot fire now: {}", fired.error().message);
        co_await self->wake->wait(self->engine.clock(), std::nullopt, std::chrono::steady_clock::now() + pause_after_failure);
      }
      continue;
    }
    auto until = due;
    if (next_call && (!until || *next_call < *until)) until = next_call;
    co_await self->wake->wait(self->engine.clock(), until);
  }
}

std::optional<Timestamp> ScheduleService::Implementation::make_calls(Timestamp now) {
  std::optional<Timestamp> next;
  for (const auto& call : schedules.calls(*reader)) {
    if (under_way.contains(call.row)) continue;
    if (call.next_attempt_at > now) {
      next = std::min(next.value_or(call.next_attempt_at), call.next_attempt_at);
      continue;
    }
    under_way.insert(call.row);
    functions.invoke(FunctionCall{.function = call.target.arn, .payload = call.payload, .request_id = call.request_id},
                     [self = shared_from_this(), row = call.row](FunctionOutcome outcome) {
                       asio::co_spawn(self->executor, settle(self, row, std::move(outcome)), log_failure("schedule call"));
                     });
  }
  return next;
}

asio::awaitable<void> ScheduleService::Implementation::settle(std::shared_ptr<Implementation> self, std::int64_t row,
                                                              FunctionOutcome outcome) {
  using Kind = FunctionOutcome::Kind;
  if (outcome.kind != Kind::Answered && !self->is_stopping) {
    spdlog::warn("schedule call {}: {}", row,
                 outcome.kind == Kind::FunctionError ? "the function failed: " + outcome.payload
                                                     : "the function was not called: " + outcome.message);
  }
  Work<void> work = [rules = &self->schedules, row, outcome = std::move(outcome)](EngineTransaction& transaction) {
    return rules->settle_call(transaction, row, outcome);
  };
  const auto settled = co_await transact<void>(self->engine, std::move(work));
  if (!settled && !self->is_stopping) {
    // Stays under way: what is not settled is called again after the next start, with the same request id.
    spdlog::error("schedule call {}: its outcome cannot be stored: {}", row, settled.error().message);
    co_return;
  }
  self->under_way.erase(row);
  self->wake->announce();
}

ScheduleService::ScheduleService(Engine& engine, Schedules& schedules, FunctionInvoker& functions)
    : implementation_(std::make_shared<Implementation>(engine, schedules, functions)) {}
ScheduleService::~ScheduleService() { stop(); }

void ScheduleService::start(asio::any_io_executor executor) {
  implementation_->executor = executor;
  implementation_->reader = &implementation_->engine.loop_reader();
  implementation_->wake.emplace(executor);
  implementation_->schedules.on_change(implementation_->wake->announcer());
  asio::co_spawn(executor, Implementation::run(implementation_), log_failure("schedules"));
}

void ScheduleService::stop() {
  implementation_->is_stopping = true;
  if (implementation_->wake) implementation_->wake->cancel();
}

}  // namespace signalbox
