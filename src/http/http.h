#pragma once
/// Requests and responses as handlers see them, routing, and the server. Only src/http/server.cpp and client.cpp see Beast.

#include "signalbox/result.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::http {

namespace asio = boost::asio;

/// Names compare without regard to case; order is kept.
class Headers {
 public:
  void add(std::string name, std::string value) {
    if (fields_.empty()) fields_.reserve(usual_fields);
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string_view name, std::string value);
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;  ///< the first
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  static constexpr std::size_t usual_fields = 8;  ///< their memory is taken at once
  std::vector<std::pair<std::string, std::string>> fields_;
};

enum class Listener : std::uint8_t { Public, Admin };

struct Request {
  std::string method;                                           ///< upper case
  std::string target;                                           ///< as sent: path and query
  std::string path;                                             ///< as sent, without the query, not decoded
  std::vector<std::pair<std::string, std::string>> query;       ///< decoded once; repeated names stay repeated
  std::vector<std::pair<std::string, std::string>> parameters;  ///< decoded `{name}` parts of the matched route
  Headers headers;
  std::string body;
  std::string client_address;  ///< the peer, or what a trusted proxy says of it
  Listener listener = Listener::Admin;
  std::string request_id;  ///< a UUID, answered as x-amzn-RequestId

  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;  ///< the last of repeated ones
  [[nodiscard]] std::string_view parameter(std::string_view name) const;                   ///< precondition: the route has it
};

/// A body that is read while it is sent, so that it need not fit into memory. Used on the server's thread: reads are of local files.
class BodySource {
 public:
  virtual ~BodySource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Bytes from `offset` on: at least one, at most `into.size()`. Nothing: they cannot be read any more, and the connection is cut.
  [[nodiscard]] virtual std::optional<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
  std::shared_ptr<BodySource> source{};  ///< in place of `body`
  std::string_view
      constant_fields{};  ///< whole lines, each with its line break, that are sent as they are behind `headers`; of static storage
  [[nodiscard]] std::uint64_t body_bytes() const { return source ? source->size() : body.size(); }
};

[[nodiscard]] Response json_response(int status, std::string body);
[[nodiscard]] Response html_response(int status, std::string body);
[[nodiscard]] Response text_response(int status, std::string body);
/// What a handler that need not wait for anything gives.
[[nodiscard]] asio::awaitable<Response> ready(Response response);

/// A handler that only passes the request on, or awaits the one it passes it to, takes it by reference: who calls it holds it until it is answered. One
/// that answers takes it by value.
using Handler = std::function<asio::awaitable<Response>(Request&&)>;

/// Matches method and path template (`/v1/executions/{id}/history`; a last part `{rest+}` takes all that follows, undecoded slashes
/// included). Fixed parts win over parameters, parameters over `{rest+}`; a parameter never matches an empty part. A known path with
/// another method answers 405 with Allow, OPTIONS 204 with Allow. HEAD is never answered by GET's handler, since a GET may act
/// (verification links): register it where it is harmless. The server drops the body of what HEAD answers.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  void on(std::string_view method, std::string_view path_template, Handler handler);
  /// For everything that no route matches.
  void otherwise(Handler handler);
  [[nodiscard]] asio::awaitable<Response> route(Request&& request) const;
  /// Every route, for the OpenAPI test: method and template.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> routes() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

struct ServerOptions {
  Listener listener = Listener::Admin;
  std::string address = "127.0.0.1:0";            ///< host:port, [v6]:port; port 0 picks a free one
  std::size_t body_bytes_max = 16 * 1024 * 1024;  ///< more is answered 413
  std::size_t header_bytes_max = 32 * 1024;       ///< request line included; more is answered 431
  std::size_t connections_max = 10'000;           ///< more are closed as soon as they are accepted
  std::chrono::seconds header_timeout{30};        ///< for reading one request, its body included; re-armed for each
  std::chrono::seconds idle_timeout{75};
  std::vector<std::string> trusted_proxies;  ///< addresses or CIDR ranges whose X-Forwarded-For counts
};

/// One listening socket and its sessions. Keep-alive, pipelining one at a time, Expect: 100-continue. A StoreFailure that
/// escapes a handler becomes 503, any other exception 500; both are logged. One log line a request. What it must refuse itself
/// (malformed, too large, too slow, cross-site on the admin listener) it answers as a problem (problem.h).
///
/// A handler whose client has gone away is cancelled within a second or two: the operation it waits in ends with operation_aborted if it
/// supports Asio's (terminal) cancellation. Thread rule: all members are used on the executor's one thread.
class Server {
 public:
  Server(asio::any_io_executor executor, ServerOptions options, Handler handler);
  ~Server();
  /// Errors: Unavailable (address in use, no permission), with the address in the message.
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] std::string address() const;  ///< `127.0.0.1:PORT` after listen()
  /// Stops accepting; sessions end after the request they are in; those that wait (long polls) are cancelled, and whoever is not
  /// done after some seconds is cut off. The executor runs out of work then. Handlers must outlive that.
  void stop();
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

/// An outgoing request (topics' HTTP subscriptions). TLS for https, certificates checked against the system's roots. Redirects are not
/// followed.
struct ClientRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  std::chrono::seconds timeout{15};
  std::size_t response_bytes_max = 1024 * 1024;
};
/// Any status is a Response. Errors: InvalidArgument (URL), Unavailable (no connection, time-out, TLS, not HTTP), TooLarge (the answer).
[[nodiscard]] asio::awaitable<Result<Response>> send(ClientRequest request);

}  // namespace signalbox::http
