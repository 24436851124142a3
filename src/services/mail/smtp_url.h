#pragma once
/// Where mail is handed over: the value of --smtp.

#include "signalbox/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox {

enum class SmtpTls : std::uint8_t {
  None,       ///< never, even if offered: for a catcher on the same machine
  IfOffered,  ///< STARTTLS if the server has it, its certificate unchecked: whoever could forge that could as well hide STARTTLS
  StartTls,   ///< STARTTLS, or no mail at all
  Implicit    ///< TLS from the first byte
};

/// `smtp://[USER:PASSWORD@]HOST[:PORT]` (port 587 with a user, else 25) or `smtps://…` (port 465), with `?tls=none|optional|starttls|implicit`
/// and `?verify=no`, by which the certificate is not checked. User and password are percent-encoded.
struct SmtpServer {
  std::string host;
  std::uint16_t port = 25;
  std::string user, password;
  SmtpTls tls = SmtpTls::IfOffered;
  bool verify_certificate = true;

  /// Without the password, for logs.
  [[nodiscard]] std::string printed() const;
};

/// Errors: InvalidArgument, naming the part at fault. With a user and no `tls=`, STARTTLS is required: a password never crosses
/// the network in the clear unless `tls=none` or `tls=optional` says so.
[[nodiscard]] Result<SmtpServer> parse_smtp_url(std::string_view url);

}  // namespace signalbox
