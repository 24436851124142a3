#include "cli/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>

#include "cli/exit_codes.h"
#include "http/http.h"

namespace signalbox::cli {

namespace {

Result<http::Response> send_and_wait(http::ClientRequest request) {
  boost::asio::io_context context(1);
  std::optional<Result<http::Response>> answer;
  std::exception_ptr thrown;
  boost::asio::co_spawn(context, http::send(std::move(request)), [&](std::exception_ptr exception, Result<http::Response> response) {
    thrown = exception;
    answer = std::move(response);
  });
  context.run();
  if (thrown || !answer) return error(ErrorCode::Unavailable, "the request was not sent");
  return std::move(*answer);
}

std::optional<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) return std::nullopt;
  if (line.back() == '\r') line.pop_back();
  return line;
}

/// A container names its daemon's key file for every command; where a key was configured, the daemon made none, and its variables are there instead.
std::optional<std::string> key_of(const Connection& connection) {
  if (connection.key) return connection.key;
  if (!connection.key_file.empty()) {
    if (auto key = first_line(connection.key_file)) return key;
  }
  if (const char* key = std::getenv("SIGNALBOX_API_KEY"); key && *key) return key;
  const char* path = std::getenv("SIGNALBOX_API_KEY_FILE");
  return path ? first_line(path) : std::nullopt;
}

/// RFC 9457: `detail` says what happened, `where` (ours) which member.
Failure refused(const http::Response& response) {
  const auto problem = Json::parse(response.body);
  std::string message = problem ? member_text(*problem, "detail") : std::string();
  if (message.empty()) message = "the daemon answered " + std::to_string(response.status);
  const std::string where = problem ? member_text(*problem, "where") : std::string();
  return Failure{response.status == 400 ? exit_codes::usage : exit_codes::failed, where.empty() ? message : message + " (" + where + ")"};
}

}  // namespace

boost::system::result<Json, Failure> call(const Connection& connection, std::string_view method, std::string_view path,
                                          const std::optional<Json>& body) {
  http::ClientRequest request;
  request.method = std::string(method);
  request.url = connection.endpoint + std::string(path);
  request.timeout = std::chrono::seconds{60};
  request.response_bytes_max = 64 * 1024 * 1024;
  request.headers.add("Accept", "application/json");
  if (const auto key = key_of(connection)) request.headers.add("Authorization", "Bearer " + *key);
  if (body) {
    request.headers.add("Content-Type", "application/json");
    request.body = body->text();
  }
  const auto response = send_and_wait(std::move(request));
  if (!response) {
    return Failure{exit_codes::unreachable,
                   "no daemon answers at " + connection.endpoint + ": " + response.error().message + " (is it running? see --endpoint)"};
  }
  if (response->status >= 400) return refused(*response);
  if (response->body.empty()) return Json();
  auto json = Json::parse(response->body);
  if (!json) return Failure{exit_codes::failed, "the daemon's answer is not JSON: " + json.error().message};
  return std::move(*json);
}

}  // namespace signalbox::cli
