#include "services/mail/smtp_url.h"

#include "signalbox/encoding.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace signalbox {

namespace {

Error fault(const std::string& what) {
  return error(ErrorCode::InvalidArgument, what + " (expected smtp://[USER:PASSWORD@]HOST[:PORT][?tls=starttls])", "smtp");
}

std::string_view take_until(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return head;
}

Result<void> read_host(std::string_view text, SmtpServer& server, bool& has_port) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return fault("the address in the SMTP URL lacks its ]");
    server.host = text.substr(1, end - 1);
    if (const auto rest = text.substr(end + 1); rest.starts_with(':')) port = rest.substr(1);
    else if (!rest.empty()) return fault("'" + std::string(rest) + "' after the SMTP server's address");
  } else {
    server.host = take_until(text, ':');
    port = text;
  }
  if (server.host.empty()) return fault("the SMTP URL names no server");
  if (std::any_of(server.host.begin(), server.host.end(), [](char c) { return c <= ' ' || c == 0x7f; }))
    return fault("'" + server.host + "' is no host name");
  has_port = !port.empty();
  if (!has_port) return {};
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), server.port);
  if (parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || server.port == 0)
    return fault("'" + std::string(port) + "' is no port");
  return {};
}

Result<void> read_option(std::string_view name, std::string_view value, SmtpServer& server, std::optional<SmtpTls>& tls) {
  if (name == "verify") {
    if (value != "no" && value != "yes") return fault("verify=" + std::string(value) + ": yes or no");
    server.verify_certificate = value == "yes";
    return {};
  }
  if (name != "tls") return fault("unknown option '" + std::string(name) + "' in the SMTP URL");
  if (value == "none") tls = SmtpTls::None;
  else if (value == "optional") tls = SmtpTls::IfOffered;
  else if (value == "starttls") tls = SmtpTls::StartTls;
  else if (value == "implicit") tls = SmtpTls::Implicit;
  else return fault("tls=" + std::string(value) + ": none, optional, starttls or implicit");
  return {};
}

}  // namespace

std::string SmtpServer::printed() const {
  return (tls == SmtpTls::Implicit ? "smtps://" : "smtp://") + (user.empty() ? std::string() : user + "@") + host + ":" +
         std::to_string(port);
}

Result<SmtpServer> parse_smtp_url(std::string_view url) {
  SmtpServer server;
  bool implicit = false;
  if (url.starts_with("smtps://")) {
    implicit = true;
    url.remove_prefix(8);
  } else if (url.starts_with("smtp://")) {
    url.remove_prefix(7);
  } else {
    return fault("the SMTP URL does not begin with smtp:// or smtps://");
  }
  auto authority = take_until(url, '?');
  if (const auto slash = authority.find('/'); slash != std::string_view::npos) {
    if (slash + 1 != authority.size()) return fault("'" + std::string(authority.substr(slash)) + "' in the SMTP URL");
    authority.remove_suffix(1);
  }
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    auto credentials = authority.substr(0, at);
    server.user = percent_decode(take_until(credentials, ':'), false);
    server.password = percent_decode(credentials, false);
    authority.remove_prefix(at + 1);
  }
  bool has_port = false;
  if (auto read = read_host(authority, server, has_port); !read) return read.error();
  std::optional<SmtpTls> tls;
  while (!url.empty()) {
    auto option = take_until(url, '&');
    const auto name = take_until(option, '=');
    if (auto read = read_option(name, option, server, tls); !read) return read.error();
  }
  if (implicit && tls && *tls != SmtpTls::Implicit) return fault("smtps:// and tls= disagree");
  server.tls = tls.value_or(implicit ? SmtpTls::Implicit : server.user.empty() ? SmtpTls::IfOffered : SmtpTls::StartTls);
  if (!has_port) server.port = server.tls == SmtpTls::Implicit ? 465 : server.user.empty() ? 25 : 587;
  return server;
}

}  // namespace signalbox
