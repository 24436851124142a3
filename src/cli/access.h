#pragma once
/// Who may use the admin listener: the keys at start, and the guard before its handlers.

#include "cli/options.h"
#include "http/http.h"
#include "services/keys/authenticate.h"
#include "signalbox/engine.h"

namespace signalbox::cli {

class Access {
 public:
  /// After Engine::start(). `reader` is the I/O thread's.
  Access(Engine& engine, const Reader& reader, const ServeOptions& options);

  /// Takes the configured key over; makes one if asked to and none exists, prints it once and keeps it in DIR/api-key (0600). Errors: Forbidden for
  /// a listener beyond loopback without a key, with the remedy.
  [[nodiscard]] Result<void> prepare();
  /// Health and readiness pass; REST needs an API key once one exists; AWS calls are checked where they are answered, since their refusals have a form of
  /// their own.
  [[nodiscard]] http::Handler guard(http::Handler handler) const;
  [[nodiscard]] const services::Authenticator& authenticator() const { return authenticator_; }

 private:
  [[nodiscard]] Result<void> make_first_key();
  [[nodiscard]] http::asio::awaitable<http::Response> pass(const http::Handler& handler, http::Request&& request) const;
  [[nodiscard]] std::optional<http::Response> refusal(const http::Request& request) const;

  Engine& engine_;
  const Reader& reader_;
  const ServeOptions& options_;
  services::Authenticator authenticator_;
};

}  // namespace signalbox::cli
