#include "aws/http_task/http_invoke_task.h"

#include <boost/asio/co_spawn.hpp>

#include <map>
#include <utility>

#include "aws/http_task/http_request.h"
#include "signalbox/async.h"

namespace signalbox::aws {

namespace asio = boost::asio;

namespace {

using events_api::Connection;

/// Lives on the I/O thread.
class HttpCaller : public std::enable_shared_from_this<HttpCaller> {
 public:
  HttpCaller(std::unique_ptr<Reader> reader, std::string region) : reader_(std::move(reader)), region_(std::move(region)) {}

  static asio::awaitable<void> run(std::shared_ptr<HttpCaller> self, TaskCall call, std::function<void(TaskAnswer)> done) {
    auto answer = co_await invoke(*self, std::move(call));
    done(std::move(answer));
  }

 private:
  static asio::awaitable<TaskAnswer> invoke(HttpCaller& self, TaskCall call);
  static asio::awaitable<Result<std::string>> token(HttpCaller& self, Connection connection);

  /// A token is good for the connection as it was; a changed one asks anew.
  using TokenKey = std::pair<std::string, Timestamp>;

  std::unique_ptr<Reader> reader_;
  std::string region_;
  std::map<TokenKey, std::string> tokens_;
};

WorkflowError socket_error(const Error& error) {
  if (error.code == ErrorCode::TooLarge) {
    return {.error = "States.DataLimitExceeded",
            .cause = "The state/task 'http:invoke' returned a result with a size exceeding the maximum number of bytes service limit."};
  }
  return {.error = "States.Http.Socket", .cause = error.message};
}

asio::awaitable<Result<std::string>> HttpCaller::token(HttpCaller& self, Connection connection) {
  const TokenKey key{connection.id, connection.modified_at};
  if (const auto known = self.tokens_.find(key); known != self.tokens_.end()) co_return known->second;
  auto request = http_task::token_request(connection);
  const auto response = co_await http::send(std::move(request));
  if (!response) co_return response.error();
  auto token = http_task::token_of(*response);
  if (token.empty())
    co_return error(ErrorCode::Forbidden,
                    "the authorization endpoint answered " + std::to_string(response->status) + " without an access token");
  constexpr std::size_t tokens_max = 1000;
  if (self.tokens_.size() >= tokens_max) self.tokens_.clear();
  self.tokens_[key] = token;
  co_return token;
}

asio::awaitable<TaskAnswer> HttpCaller::invoke(HttpCaller& self, TaskCall call) {
  const auto arn = http_task::connection_arn_of(call.input);
  if (!arn) co_return arn.error();
  const auto connection = events_api::find_connection_by_arn(*self.reader_, *arn);
  if (!connection)
    co_return WorkflowError{.error = "Events.ConnectionResource.ResourceNotFound", .cause = "Connection '" + *arn + "' does not exist."};
  const bool by_token = connection->authorization_type == "OAUTH_CLIENT_CREDENTIALS";
  // A token that is refused may have run out: it is asked for once more.
  for (int attempt = 1;; ++attempt) {
    std::string bearer;
    if (by_token) {
      auto got = co_await token(self, *connection);
      if (!got) co_return WorkflowError{.error = "Events.ConnectionResource.InvalidConnectionState", .cause = got.error().message};
      bearer = std::move(*got);
    }
    auto request = http_task::make_request(call.input, *connection, bearer, self.region_, call.request_id);
    if (!request) co_return request.error();
    auto sending = std::move(*request);
    const auto response = co_await http::send(std::move(sending));
    if (!response) co_return socket_error(response.error());
    if (!by_token || response->status != 401 || attempt > 1) co_return http_task::answer_of(*response);
    self.tokens_.erase({connection->id, connection->modified_at});
  }
}

class HttpInvokeTask final : public ExternalTask {
 public:
  HttpInvokeTask(asio::any_io_executor executor, std::unique_ptr<Reader> reader, std::string region, UrlResolver resolve)
      : executor_(std::move(executor)),
        caller_(std::make_shared<HttpCaller>(std::move(reader), std::move(region))),
        resolve_(std::move(resolve)) {}

  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override {
    TaskCall resolved = call;
    resolved.input = resolved_input(call.input, resolve_);
    asio::co_spawn(executor_, HttpCaller::run(caller_, std::move(resolved), std::move(done)), log_failure("http:invoke"));
  }

 private:
  asio::any_io_executor executor_;
  std::shared_ptr<HttpCaller> caller_;
  UrlResolver resolve_;
};

}  // namespace

std::unique_ptr<ExternalTask> make_http_invoke_task(asio::any_io_executor executor, std::unique_ptr<Reader> reader, std::string region,
                                                    UrlResolver resolve) {
  return std::make_unique<HttpInvokeTask>(std::move(executor), std::move(reader), std::move(region), std::move(resolve));
}

}  // namespace signalbox::aws
