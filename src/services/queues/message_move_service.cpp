#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "services/queues/message_moves.h"
#include "services/wake.h"
#include "signalbox/async.h"

namespace signalbox {

namespace asio = boost::asio;

namespace {

/// In one transaction; as many a second where the caller set no limit.
constexpr std::int64_t messages_at_once = 500;
constexpr std::chrono::seconds pause{1};

}  // namespace

struct MessageMoveService::Implementation : std::enable_shared_from_this<MessageMoveService::Implementation> {
  Implementation(Engine& the_engine, MessageMoves& the_moves) : engine(the_engine), moves(the_moves) {}

  Engine& engine;
  MessageMoves& moves;
  const Reader* reader = nullptr;
  std::optional<Wake> wake;
  std::unique_ptr<asio::steady_timer> timer;
  bool is_stopping = false;

  static asio::awaitable<void> run(std::shared_ptr<Implementation> self);
};

asio::awaitable<void> MessageMoveService::Implementation::run(std::shared_ptr<Implementation> self) {
  while (!self->is_stopping) {
    self->wake->look();
    bool under_way = false;
    for (const auto& move : self->moves.list(*self->reader, std::nullopt)) {
      if (move.status != MoveStatus::Running && move.status != MoveStatus::Cancelling) continue;
      std::function<Result<MessageMove>(EngineTransaction&)> work =
          [rules = &self->moves, row = move.row,
           limit = move.per_second_max.value_or(messages_at_once)](EngineTransaction& transaction) -> Result<MessageMove> {
        return rules->step(transaction, row, static_cast<std::size_t>(limit));
      };
      const auto stepped = co_await transact<MessageMove>(self->engine, std::move(work));
      if (!stepped && !self->is_stopping) spdlog::error("message move task {}: {}", move.id, stepped.error().message);
      if (!stepped || stepped->status == MoveStatus::Running) under_way = true;
    }
    if (self->is_stopping) co_return;
    if (!under_way) {
      co_await self->wake->wait(self->engine.clock(), std::nullopt);
      continue;
    }
    self->timer->expires_after(pause);
    boost::system::error_code cancelled;
    co_await self->timer->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

MessageMoveService::MessageMoveService(Engine& engine, MessageMoves& moves)
    : implementation_(std::make_shared<Implementation>(engine, moves)) {}
MessageMoveService::~MessageMoveService() { stop(); }

void MessageMoveService::start(asio::any_io_executor executor) {
  implementation_->reader = &implementation_->engine.loop_reader();
  implementation_->wake.emplace(executor);
  implementation_->timer = std::make_unique<asio::steady_timer>(executor);
  implementation_->moves.on_change(implementation_->wake->announcer());
  asio::co_spawn(executor, Implementation::run(implementation_), log_failure("message move tasks"));
}

void MessageMoveService::stop() {
  implementation_->is_stopping = true;
  if (implementation_->wake) implementation_->wake->cancel();
  if (implementation_->timer) implementation_->timer->cancel();
}

}  // namespace signalbox
