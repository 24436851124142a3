#include "services/logs/log_service.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

#include "signalbox/async.h"
#include "signalbox/logs.h"

namespace signalbox {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes interval{1};
constexpr std::size_t rows_at_once = 500;

}  // namespace

struct LogService::Implementation : std::enable_shared_from_this<LogService::Implementation> {
  explicit Implementation(Engine& the_engine) : engine(the_engine) {}

  asio::awaitable<void> run();

  Engine& engine;
  const Reader* reader = nullptr;
  std::unique_ptr<asio::steady_timer> timer;
  bool is_stopping = false;
};

asio::awaitable<void> LogService::Implementation::run() {
  const auto self = shared_from_this();
  while (!is_stopping) {
    if (logs::needs_expiry(*reader, engine.clock().now())) {
      std::function<Result<bool>(EngineTransaction&)> work = [](EngineTransaction& transaction) -> Result<bool> {
        return logs::expire(transaction, rows_at_once);
      };
      const auto more = co_await transact<bool>(engine, std::move(work));
      if (more && *more) continue;
    }
    if (is_stopping) co_return;
    timer->expires_after(interval);
    boost::system::error_code cancelled;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

LogService::LogService(Engine& engine) : implementation_(std::make_shared<Implementation>(engine)) {}
LogService::~LogService() = default;

void LogService::start(asio::any_io_executor executor) {
  implementation_->reader = &implementation_->engine.loop_reader();
  implementation_->timer = std::make_unique<asio::steady_timer>(executor);
  asio::co_spawn(executor, implementation_->run(), log_failure("log expiry"));
}

void LogService::stop() {
  implementation_->is_stopping = true;
  if (implementation_->timer) implementation_->timer->cancel();
}

}  // namespace signalbox
