#pragma once
/// One connection of a Server: reads a request, has it handled, writes the response, and again. Internal to src/http.

#include "http/client_address.h"
#include "http/http.h"
#include "http/request_parser.h"
#include "http/response_writer.h"

#include <spdlog/spdlog.h>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <list>
#include <memory>
#include <string>

namespace signalbox::http {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What all sessions of a server share.
struct SessionShared {
  ServerOptions options;
  Handler handler;
  TrustedProxies proxies;
  bool loopback = true;
  bool stopping = false;
  /// If there is a logger of this name, it gets what is to be said of a request as the members of a JSON object; else the default one gets a text.
  std::shared_ptr<spdlog::logger> json_log = spdlog::get("requests");
};

/// The server's sweep watches phases and deadlines, so that no session needs a timer of its own.
class Session {
 public:
  Session(asio::ip::tcp::socket socket, std::shared_ptr<SessionShared> shared);

  /// Until the connection ends. The session outlives it (the caller's shared_ptr).
  asio::awaitable<void> run();
  /// Called now and then: cuts off what is over its deadline, cancels a handler whose client has gone.
  void sweep(SteadyTime now);
  /// The server stops: an idle session ends, a handler that has been waiting for a while is cancelled.
  void stop(SteadyTime now);
  void close();

  asio::cancellation_signal cancellation;  ///< bound to run()

 private:
  enum class Phase { Idle, Reading, Handling, Writing };
  enum class ReadEnd { Request, Malformed, HeaderTooLarge, BodyTooLarge, TooSlow, Closed };

  void enter(Phase phase, std::chrono::milliseconds allowed);
  void cancel_handler();
  [[nodiscard]] bool client_is_gone();
  asio::awaitable<ReadEnd> read_request();
  /// What the buffer holds is given to the parser. Nothing: more is needed.
  [[nodiscard]] std::optional<ReadEnd> parse();
  asio::awaitable<Response> handle();
  asio::awaitable<bool> write(Response response, ResponseContext context);
  asio::awaitable<bool> write_bytes(std::string_view head, std::string_view body);
  /// How many bytes the socket took; nothing: the connection is broken.
  [[nodiscard]] std::optional<std::size_t> write_at_once(std::string_view head, std::string_view body);
  asio::awaitable<bool> write_source(BodySource& source);
  asio::awaitable<void> refuse(ReadEnd why);
  void log(int status, std::uint64_t bytes) const;

  asio::ip::tcp::socket socket_;
  std::shared_ptr<SessionShared> shared_;
  asio::ip::address peer_;
  std::string peer_text_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::string out_;
  Phase phase_ = Phase::Idle;
  SteadyTime phase_began_, deadline_;
  bool timed_out_ = false, cancelled_ = false;
  // Of the current request, for its log line.
  std::string method_, path_, request_id_, client_;
  SteadyTime began_;
};

}  // namespace signalbox::http
