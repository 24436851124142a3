#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>

#include "http/endpoint.h"
#include "http/session.h"
#include "signalbox/async.h"

namespace signalbox::http {

using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr auto stopping_tick = 50ms;
constexpr auto stopping_time = 3s;    ///< then connections are cut
constexpr auto accept_pause = 100ms;  ///< after running out of file descriptors
}  // namespace

struct Server::Implementation : std::enable_shared_from_this<Server::Implementation> {
  asio::any_io_executor executor;
  std::shared_ptr<SessionShared> shared = std::make_shared<SessionShared>();
  tcp::acceptor acceptor;
  asio::steady_timer tick;
  std::list<std::shared_ptr<Session>> sessions;
  bool sweeping = false;
  SteadyTime stop_began;

  explicit Implementation(asio::any_io_executor the_executor) : executor(the_executor), acceptor(the_executor), tick(the_executor) {}

  static asio::awaitable<void> accept(std::shared_ptr<Implementation> self);
  static asio::awaitable<void> serve(std::shared_ptr<Implementation> self, std::shared_ptr<Session> session);
  static asio::awaitable<void> sweep(std::shared_ptr<Implementation> self);
  void begin_session(tcp::socket socket);
  void begin_sweep();
  [[nodiscard]] std::chrono::milliseconds tick_time() const;
};

asio::awaitable<void> Server::Implementation::accept(std::shared_ptr<Implementation> self) {
  while (self->acceptor.is_open()) {
    auto [failed, socket] = co_await self->acceptor.async_accept(as_result);
    if (!self->acceptor.is_open()) co_return;
    if (!failed) {
      self->begin_session(std::move(socket));
      continue;
    }
    if (failed == asio::error::operation_aborted) co_return;
    if (failed == asio::error::connection_aborted) continue;
    spdlog::warn("cannot accept a connection: {}", failed.message());
    asio::steady_timer pause(self->executor, accept_pause);
    const auto [interrupted] = co_await pause.async_wait(as_result);
    if (interrupted) co_return;
  }
}

void Server::Implementation::begin_session(tcp::socket socket) {
  if (sessions.size() >= shared->options.connections_max) {
    spdlog::warn("more than {} connections: refused one", shared->options.connections_max);
    return;  // closed by its destructor
  }
  auto session = std::make_shared<Session>(std::move(socket), shared);
  auto slot = session->cancellation.slot();
  asio::co_spawn(executor, serve(shared_from_this(), std::move(session)),
                 asio::bind_cancellation_slot(slot, log_failure("an HTTP session")));
  begin_sweep();
}

asio::awaitable<void> Server::Implementation::serve(std::shared_ptr<Implementation> self, std::shared_ptr<Session> session) {
  const auto place = self->sessions.insert(self->sessions.end(), session);
  try {
    co_await session->run();
  } catch (...) {
    self->sessions.erase(place);
    throw;
  }
  self->sessions.erase(place);
}

std::chrono::milliseconds Server::Implementation::tick_time() const {
  if (shared->stopping) return stopping_tick;
  const std::chrono::milliseconds shortest = std::min(shared->options.header_timeout, shared->options.idle_timeout);
  return std::clamp<std::chrono::milliseconds>(shortest / 4, 10ms, 1s);
}

void Server::Implementation::begin_sweep() {
  if (std::exchange(sweeping, true)) return;
  asio::co_spawn(executor, sweep(shared_from_this()), log_failure("the sweep over HTTP sessions"));
}

/// Runs while there are sessions: an idle daemon is not woken by it.
asio::awaitable<void> Server::Implementation::sweep(std::shared_ptr<Implementation> self) {
  do {
    self->tick.expires_after(self->tick_time());
    co_await self->tick.async_wait(as_result);  // cut short by stop()
    const auto now = std::chrono::steady_clock::now();
    const bool cut = self->shared->stopping && now - self->stop_began >= stopping_time;
    for (auto next = self->sessions.begin(); next != self->sessions.end();) {
      const auto session = *next++;  // it may end here and now, and leave the list
      if (self->shared->stopping) session->stop(now);
      cut ? session->close() : session->sweep(now);
    }
    if (cut) break;
  } while (!self->sessions.empty());
  self->sweeping = false;
}

Server::Server(asio::any_io_executor executor, ServerOptions options, Handler handler)
    : implementation_(std::make_shared<Implementation>(std::move(executor))) {
  implementation_->shared->options = std::move(options);
  implementation_->shared->handler = std::move(handler);
}

Server::~Server() { stop(); }

Result<void> Server::listen() {
  auto& shared = *implementation_->shared;
  auto& acceptor = implementation_->acceptor;
  auto proxies = TrustedProxies::parse(shared.options.trusted_proxies);
  if (!proxies) return proxies.error();
  shared.proxies = std::move(*proxies);
  const auto endpoint = parse_listen_address(shared.options.address);
  if (!endpoint) return endpoint.error();
  shared.loopback = endpoint->address().is_loopback();
  boost::system::error_code failed;
  acceptor.open(endpoint->protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(*endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    return error(ErrorCode::Unavailable, "cannot listen on " + shared.options.address + ": " + failed.message());
  }
  asio::co_spawn(implementation_->executor, Implementation::accept(implementation_), log_failure("accepting HTTP connections"));
  return {};
}

std::string Server::address() const {
  boost::system::error_code failed;
  const auto endpoint = implementation_->acceptor.local_endpoint(failed);
  return failed ? std::string() : to_string(endpoint);
}

void Server::stop() {
  auto& shared = *implementation_->shared;
  if (std::exchange(shared.stopping, true)) return;
  implementation_->stop_began = std::chrono::steady_clock::now();
  boost::system::error_code ignored;
  implementation_->acceptor.close(ignored);
  implementation_->tick.cancel();
}

std::size_t Server::connections() const { return implementation_->sessions.size(); }

}  // namespace signalbox::http
