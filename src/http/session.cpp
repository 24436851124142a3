#include "http/session.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <nlohmann/json.hpp>

#include "http/cross_site.h"
#include "http/problem.h"
#include "http/request_id.h"
#include "signalbox/loop_answers.h"
#include "signalbox/store.h"

namespace signalbox::http {

namespace {

using namespace std::chrono_literals;
namespace beast_http = boost::beast::http;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_bytes = 8 * 1024;
constexpr std::size_t read_body_bytes = 64 * 1024;
constexpr std::size_t join_bytes_max = 16 * 1024;     ///< a body up to this size is copied behind its head: one write
constexpr std::size_t kept_buffer_bytes = 64 * 1024;  ///< what an idle connection may keep
constexpr std::size_t source_bytes = 256 * 1024;      ///< read and sent at a time
constexpr std::size_t linger_bytes_max = 4 * 1024 * 1024;
constexpr auto patience_with_handlers = 200ms;  ///< at a stop; longer ones are long polls
constexpr auto linger_time = 2s;

/// A slow reader has half a minute, and longer for what is long.
std::chrono::milliseconds write_allowance(std::uint64_t bytes) { return 30s + std::chrono::milliseconds(bytes / 16); }

}  // namespace

Session::Session(asio::ip::tcp::socket socket, std::shared_ptr<SessionShared> shared)
    : socket_(std::move(socket)),
      shared_(std::move(shared)),
      buffer_(std::max(shared_->options.header_bytes_max, read_body_bytes) + read_bytes) {
  boost::system::error_code ignored;  // the peer may be gone already; the first read says so
  peer_ = socket_.remote_endpoint(ignored).address();
  peer_text_ = peer_.to_string();
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  enter(Phase::Idle, shared_->options.idle_timeout);
}

void Session::enter(Phase phase, std::chrono::milliseconds allowed) {
  phase_ = phase;
  phase_began_ = std::chrono::steady_clock::now();
  deadline_ = phase_began_ + allowed;
  timed_out_ = false;
}

void Session::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (phase_ == Phase::Handling) cancel_handler();
}

void Session::cancel_handler() {
  if (std::exchange(cancelled_, true)) return;
  cancellation.emit(asio::cancellation_type::terminal);
}

bool Session::client_is_gone() {
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void Session::sweep(SteadyTime now) {
  if (phase_ == Phase::Handling) {
    if (now - phase_began_ >= 500ms && client_is_gone()) cancel_handler();
    return;
  }
  if (now < deadline_) return;
  timed_out_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Session::stop(SteadyTime now) {
  boost::system::error_code ignored;
  if (phase_ == Phase::Idle) socket_.cancel(ignored);
  if (phase_ == Phase::Handling && now - phase_began_ >= patience_with_handlers) cancel_handler();
}

asio::awaitable<void> Session::run() {
  while (!shared_->stopping) {
    const ReadEnd end = co_await read_request();
    if (end == ReadEnd::Closed) co_return;
    if (end != ReadEnd::Request) {
      co_await refuse(end);
      co_return;
    }
    const bool head = parser_->request.method == "HEAD", http_1_0 = parser_->http_1_0, keep_alive = parser_->keep_alive();
    Response response = co_await handle();
    if (cancelled_) {
      co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
      if (!shared_->stopping) co_return;  // the client is gone
    }
    ResponseContext context{request_id_, head, keep_alive && !shared_->stopping, http_1_0};
    const bool keep = context.keep_alive;
    const bool written = co_await write(std::move(response), context);
    if (!written || !keep) co_return;
    enter(Phase::Idle, shared_->options.idle_timeout);
  }
}

asio::awaitable<Session::ReadEnd> Session::read_request() {
  parser_.emplace(shared_->options.header_bytes_max, shared_->options.body_bytes_max);
  // While the loop does what else it has at hand, the next request may come: asking for it at once would find nothing, and wait for it.
  if (buffer_.size() == 0) co_await after_this_turn();
  if (shared_->stopping) co_return ReadEnd::Closed;  // stop() found nothing to cancel then
  if (buffer_.size() == 0 && buffer_.capacity() > kept_buffer_bytes) buffer_.shrink_to_fit();
  bool told_to_continue = false;
  for (;;) {
    if (buffer_.size() > 0) {
      if (const auto end = parse()) co_return *end;
      if (phase_ == Phase::Idle) enter(Phase::Reading, shared_->options.header_timeout);
      if (parser_->is_header_done() && parser_->expects_continue && parser_->request.body.empty() &&
          !std::exchange(told_to_continue, true)) {
        const bool written = co_await write_bytes("HTTP/1.1 100 Continue\r\n\r\n", std::string_view());
        if (!written) co_return ReadEnd::Closed;
      }
    }
    const auto wanted = parser_->is_header_done() ? read_body_bytes : read_bytes;
    const auto space = buffer_.prepare(std::min(wanted, buffer_.max_size() - buffer_.size()));
    const auto [failed, got] = co_await socket_.async_read_some(space, as_result);
    if (failed) co_return timed_out_&& phase_ == Phase::Reading ? ReadEnd::TooSlow : ReadEnd::Closed;
    buffer_.commit(got);
  }
}

std::optional<Session::ReadEnd> Session::parse() {
  boost::system::error_code failed;
  const auto used = parser_->put(buffer_.data(), failed);
  buffer_.consume(used);
  if (failed == beast_http::error::body_limit) return ReadEnd::BodyTooLarge;
  if (failed == beast_http::error::header_limit) return ReadEnd::HeaderTooLarge;
  if (failed && failed != beast_http::error::need_more) return ReadEnd::Malformed;
  return parser_->is_done() ? std::optional(ReadEnd::Request) : std::nullopt;
}

asio::awaitable<Response> Session::handle() {
  enter(Phase::Handling, 0ms);
  began_ = phase_began_;
  request_id_ = new_request_id();
  Request& request = parser_->request;
  request.listener = shared_->options.listener;
  request.request_id = request_id_;
  request.client_address =
      shared_->proxies.empty() ? peer_text_ : shared_->proxies.client_of(peer_, request.headers.get("X-Forwarded-For").value_or(""));
  method_ = request.method;
  path_ = request.path;
  if (shared_->json_log) client_ = request.client_address;
  if (request.listener == Listener::Admin && is_cross_site(request, shared_->loopback)) {
    co_return problem_response(403, "requests from web pages of other sites are refused");
  }
  try {
    Response response = co_await shared_->handler(std::move(request));
    co_return response;
  } catch (const StoreFailure& failure) {
    spdlog::error("{} {} could not read the data file: {} requestId={}", method_, path_, failure.what(), request_id_);
    co_return problem_response(503, "the data file cannot be read at the moment");
  } catch (const boost::system::system_error& failure) {
    if (cancelled_) co_return problem_response(503, "the daemon is stopping");
    spdlog::error("{} {} failed: {} requestId={}", method_, path_, failure.what(), request_id_);
  } catch (const std::exception& failure) {
    spdlog::error("{} {} failed: {} requestId={}", method_, path_, failure.what(), request_id_);
  }
  co_return problem_response(500, "an error inside the daemon; its log has the details under request " + request_id_);
}

asio::awaitable<bool> Session::write(Response response, ResponseContext context) {
  out_.clear();
  const bool with_body = append_head(out_, response, context);
  const bool joined = with_body && response.body.size() <= join_bytes_max;
  if (joined) out_.append(response.body);
  const std::string_view body = with_body && !joined ? std::string_view(response.body) : std::string_view();
  // Usually the socket takes everything at once.
  const auto at_once = write_at_once(out_, body);
  bool written = at_once == out_.size() + body.size();
  if (at_once && !written) {
    enter(Phase::Writing, write_allowance(response.body_bytes()));
    const auto of_head = std::min(*at_once, out_.size());
    written = co_await write_bytes(std::string_view(out_).substr(of_head), body.substr(*at_once - of_head));
  }
  if (written && with_body && response.source) {
    enter(Phase::Writing, write_allowance(response.body_bytes()));
    written = co_await write_source(*response.source);
  }
  log(response.status, with_body ? response.body_bytes() : 0);
  if (out_.capacity() > kept_buffer_bytes) std::string().swap(out_);
  co_return written;
}

std::optional<std::size_t> Session::write_at_once(std::string_view head, std::string_view body) {
  boost::system::error_code failed;
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  const auto taken = body.empty() ? socket_.write_some(parts[0], failed) : socket_.write_some(parts, failed);
  if (failed && failed != asio::error::would_block) return std::nullopt;
  return failed ? 0 : taken;
}

asio::awaitable<bool> Session::write_bytes(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  const auto [failed, written] = co_await asio::async_write(socket_, parts, as_result);
  co_return !failed;
}

asio::awaitable<bool> Session::write_source(BodySource& source) {
  std::vector<char> part(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), source_bytes)));
  for (std::uint64_t sent = 0; sent < source.size();) {
    const auto got = source.read(sent, part);
    if (!got || *got == 0) co_return false;  // the length is promised already: only cutting the connection says that something is wrong
    const bool written = co_await write_bytes(std::string_view(part.data(), *got), std::string_view());
    if (!written) co_return false;
    sent += *got;
  }
  co_return true;
}

asio::awaitable<void> Session::refuse(ReadEnd why) {
  began_ = phase_ == Phase::Idle ? std::chrono::steady_clock::now() : phase_began_;
  request_id_ = new_request_id();
  client_ = peer_text_;
  method_ = parser_->request.method.empty() ? "-" : parser_->request.method;
  path_ = parser_->request.path.empty() ? "-" : parser_->request.path;
  Response response;
  switch (why) {
    case ReadEnd::HeaderTooLarge:
      response = problem_response(
          431, "the request's header fields are longer than " + std::to_string(shared_->options.header_bytes_max) + " bytes");
      break;
    case ReadEnd::BodyTooLarge:
      response = problem_response(413, "the request's body is longer than " + std::to_string(shared_->options.body_bytes_max) + " bytes");
      break;
    case ReadEnd::TooSlow: response = problem_response(408, "the request did not arrive in time"); break;
    case ReadEnd::Malformed: response = problem_response(400, "this is not an HTTP/1.1 request"); break;
    case ReadEnd::Request:
    case ReadEnd::Closed: co_return;
  }
  ResponseContext context{request_id_, false, false, false};
  const bool written = co_await write(std::move(response), context);
  if (!written) co_return;
  // Closing while the client still sends would reset the connection and take the answer away from it.
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  enter(Phase::Reading, linger_time);
  const auto end = deadline_;
  for (std::size_t total = 0; total < linger_bytes_max && std::chrono::steady_clock::now() < end;) {
    buffer_.clear();
    const auto [failed, got] = co_await socket_.async_read_some(buffer_.prepare(read_bytes), as_result);
    if (failed) co_return;
    total += got;
  }
}

void Session::log(int status, std::uint64_t bytes) const {
  if (!spdlog::should_log(spdlog::level::info)) return;
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
  const std::string_view listener = shared_->options.listener == Listener::Admin ? "admin" : "public";
  const auto line = fmt::format("{} {} {} {}B {}us {} {}", method_, path_, status, bytes, took.count(), listener, request_id_);
  if (!shared_->json_log) return spdlog::info(line);
  const nlohmann::ordered_json members{{"message", line},      {"method", method_}, {"path", path_},
                                       {"status", status},     {"bytes", bytes},    {"microseconds", took.count()},
                                       {"listener", listener}, {"client", client_}, {"requestId", request_id_}};
  const auto text = members.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  shared_->json_log->info(std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace signalbox::http
