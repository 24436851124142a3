#pragma once
/// One connection to an SMTP server (RFC 5321), for several mails one after another.

#include "services/mail/smtp_url.h"
#include "signalbox/result.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace signalbox {

struct SmtpTimeouts {
  std::chrono::milliseconds connect{15'000}, reply{60'000}, data{300'000};
};

struct SmtpMessage {
  std::string from, to;  ///< bare addresses
  std::string mime;      ///< from render_mime
};

struct SmtpOutcome {
  enum class Kind {
    Accepted,  ///< the server has it
    Deferred,  ///< 4xx, or the connection broke: try again later
    Refused    ///< 5xx, or something this server cannot do: trying again is of no use
  };
  Kind kind = Kind::Accepted;
  std::string text;               ///< the server's words, or ours
  bool connection_usable = true;  ///< for a further mail
};

class SmtpConnection {
 public:
  /// Connects, greets, secures and authenticates as the server's options ask. Errors: Unavailable, with the server and its words.
  [[nodiscard]] static boost::asio::awaitable<Result<std::unique_ptr<SmtpConnection>>> open(SmtpServer server, SmtpTimeouts timeouts);
  ~SmtpConnection();
  SmtpConnection(const SmtpConnection&) = delete;
  SmtpConnection& operator=(const SmtpConnection&) = delete;

  /// Sends one mail. If the connection breaks after the text was sent, the server may have it all the same: hence the
  /// Message-ID, which a repetition keeps.
  [[nodiscard]] boost::asio::awaitable<SmtpOutcome> send(SmtpMessage message);
  /// QUIT, without caring for the answer for long.
  [[nodiscard]] boost::asio::awaitable<void> quit();
  /// What is under way has this long to end.
  void hurry(std::chrono::milliseconds limit);

 private:
  struct Implementation;
  explicit SmtpConnection(std::shared_ptr<Implementation> implementation);
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
