#pragma once
/// Sends what waits in the outbox, one mail after another over one connection, and forgets old mail.

#include "services/mail/smtp_client.h"
#include "services/mail/smtp_url.h"
#include "signalbox/engine.h"
#include "signalbox/mail.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace signalbox {

struct MailerOptions {
  std::optional<SmtpServer> server = {};                   ///< nothing: mail is kept, and only retention is at work
  std::string from = {};                                   ///< bare address; required with a server
  std::function<std::string()> public_url = {};            ///< for links; no slash at its end
  std::chrono::seconds retention = std::chrono::days{30};  ///< of mail that was sent, failed or is kept
  std::chrono::hours give_up_after{5 * 24};                ///< RFC 5321 4.5.4.1: at least four to five days
  /// After a mail was deferred: the first wait, doubling. After the server could not be used at all: likewise, for all mail.
  std::chrono::milliseconds retry_first{30'000}, retry_longest{3'600'000};
  std::chrono::milliseconds pause_first{5'000}, pause_longest{300'000};
  SmtpTimeouts timeouts = {};
};

/// A mail is sent at least once: if the daemon dies between the server's 250 and the commit that notes it, the mail goes again, with
/// the same Message-ID.
class Mailer {
 public:
  /// `engine` outlives the mailer. Sets `outbox`'s listener: construct before Engine::start().
  Mailer(Engine& engine, Outbox& outbox, MailerOptions options);
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  /// After Engine::start().
  void start(boost::asio::any_io_executor executor);
  /// The mail being sent has two seconds to end. To be called on the executor's thread.
  void stop();
  /// After stop(): no mail is under way any more. Cut off earlier, a mail might go again at the next start.
  [[nodiscard]] bool is_stopped() const;

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
