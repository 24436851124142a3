#include "cli/access.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <future>

#include "http/endpoint.h"
#include "http/problem.h"

namespace signalbox::cli {

namespace {

using http::asio::awaitable;

/// At start, before anything is served: waits for the commit.
template <class T>
Result<T> transact_and_wait(Engine& engine, std::function<Result<T>(EngineTransaction&)> work) {
  std::promise<Result<T>> promise;
  auto answer = promise.get_future();
  engine.transact<T>(std::move(work), [&](Result<T> result) { promise.set_value(std::move(result)); });
  return answer.get();
}

Result<void> write_key_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (written) return {};
  return error(ErrorCode::Unavailable, "cannot write " + path);
}

bool is_rest(std::string_view path) { return path.starts_with("/v1/") || path == "/metrics"; }

services::WithoutKeys policy_of(const ServeOptions& options) {
  const auto loopback = http::is_loopback_address(options.listen);
  return options.insecure || (loopback && *loopback) ? services::WithoutKeys::AnythingPasses : services::WithoutKeys::NothingPasses;
}

/// AWS's words for a request without credentials tell nobody what to do.
std::string_view detail_of(const Error& error) {
  if (error.where != "MissingAuthenticationTokenException") return error.message;
  return "an API key is needed: Authorization: Bearer SECRET; the command line takes it from --key, --key-file, SIGNALBOX_KEY or "
         "SIGNALBOX_KEY_FILE";
}

http::Response refuse(const Error& error) {
  auto response = http::problem_response(401, detail_of(error));
  response.headers.set("WWW-Authenticate", "Bearer realm=\"signalbox\"");
  return response;
}

}  // namespace

Access::Access(Engine& engine, const Reader& reader, const ServeOptions& options)
    : engine_(engine),
      reader_(reader),
      options_(options),
      authenticator_(reader, engine.changes(services::keys_table), policy_of(options),
                     options.iam == "off" ? services::Roles::DoNotMatter : services::Roles::Matter) {}

Result<void> Access::prepare() {
  if (options_.api_key) {
    std::function<Result<services::ApiKey>(EngineTransaction&)> work = [text = *options_.api_key](EngineTransaction& transaction) {
      return services::adopt_key(transaction, text, "configured");
    };
    if (auto adopted = transact_and_wait<services::ApiKey>(engine_, std::move(work)); !adopted)
      return error(adopted.error().code, adopted.error().message, "--api-key");
  } else if (options_.make_api_key && !services::has_keys(reader_)) {
    if (auto made = make_first_key(); !made) return made;
  }
  return services::check_listener(reader_, options_.listen, options_.insecure);
}

Result<void> Access::make_first_key() {
  std::function<Result<services::ApiKey>(EngineTransaction&)> work = [](EngineTransaction& transaction) -> Result<services::ApiKey> {
    return services::create_key(transaction, "made at first start");
  };
  const auto key = transact_and_wait<services::ApiKey>(engine_, std::move(work));
  if (!key) return key.error();
  const std::string text = key->id + ":" + key->secret;
  const std::string path = options_.data + "/api-key";
  if (auto written = write_key_file(path, text + "\n"); !written) return written;
  std::printf("API key, shown only now and kept in %s: %s\n", path.c_str(), text.c_str());
  std::fflush(stdout);
  return {};
}

http::Handler Access::guard(http::Handler handler) const {
  return [this, handler = std::move(handler)](http::Request&& request) { return pass(handler, std::move(request)); };
}

awaitable<http::Response> Access::pass(const http::Handler& handler, http::Request&& request) const {
  if (auto refused = refusal(request)) return http::ready(std::move(*refused));
  return handler(std::move(request));
}

/// Nothing: whoever sent it may go on.
std::optional<http::Response> Access::refusal(const http::Request& request) const {
  if (!is_rest(request.path)) return std::nullopt;
  const auto principal = authenticator_.authenticate(request, engine_.clock().now());
  if (!principal) return refuse(principal.error());
  if (principal->role == services::Role::Function) return http::problem_response(403, "a function's key opens the AWS API only");
  if (principal->role == services::Role::Session) return http::problem_response(403, "a role's credentials open the AWS API only");
  return std::nullopt;
}

}  // namespace signalbox::cli
