#include "services/mail/smtp_client.h"

#include "base/text.h"
#include "services/mail/mime.h"
#include "signalbox/encoding.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace signalbox {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;

namespace {

struct Reply {
  int code = 0;
  std::string text;  ///< lines joined by \n, without the code
  [[nodiscard]] bool positive() const { return code >= 200 && code < 400; }
  [[nodiscard]] std::string printed() const { return std::to_string(code) + " " + text; }
};

/// The server did not keep to the protocol. Caught where a connection's functions begin.
struct ProtocolFault {
  std::string text;
};

/// What EHLO is told. A name that is no host name would be refused by strict servers.
std::string own_name() {
  error_code failed;
  auto name = asio::ip::host_name(failed);
  const bool good = !failed && !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return good ? name : "[127.0.0.1]";
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

struct SmtpConnection::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(const asio::any_io_executor& executor, SmtpServer to, SmtpTimeouts limits)
      : server(std::move(to)), timeouts(limits), context(asio::ssl::context::tls_client), stream(executor, context), deadline(executor) {}

  SmtpServer server;
  SmtpTimeouts timeouts;
  asio::ssl::context context;
  asio::ssl::stream<tcp::socket> stream;
  asio::steady_timer deadline;
  bool secure = false;
  bool timed_out = false;
  std::string received;                           ///< read, not yet consumed
  std::map<std::string, std::string> extensions;  ///< EHLO keyword → parameters, upper case

  /// Whatever is under way when the time is up is ended by closing the socket.
  void limit(std::chrono::milliseconds time) {
    deadline.expires_after(time);
    deadline.async_wait([weak = weak_from_this()](error_code failed) {
      const auto self = weak.lock();
      if (failed || !self || self->deadline.expiry() > asio::steady_timer::clock_type::now()) return;
      self->timed_out = true;
      self->close();
    });
  }

  void close() {
    error_code ignored;  // nothing could be done about it
    stream.next_layer().close(ignored);
  }

  awaitable<void> write(std::string text) {
    if (secure) co_await asio::async_write(stream, asio::buffer(text), use_awaitable);
    else co_await asio::async_write(stream.next_layer(), asio::buffer(text), use_awaitable);
  }

  awaitable<std::string> read_line() {
    constexpr std::size_t line_max = 4096;
    while (true) {
      if (const auto end = received.find('\n'); end != std::string::npos) {
        auto line = received.substr(0, end);
        received.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        co_return line;
      }
      if (received.size() > line_max) throw ProtocolFault{"the server's reply has a line of more than 4096 bytes"};
      std::array<char, 2048> chunk;
      const auto count = secure ? co_await stream.async_read_some(asio::buffer(chunk), use_awaitable)
                                : co_await stream.next_layer().async_read_some(asio::buffer(chunk), use_awaitable);
      received.append(chunk.data(), count);
    }
  }

  awaitable<Reply> read_reply() {
    Reply reply;
    for (int lines = 0; lines < 100; ++lines) {
      const auto line = co_await read_line();
      int code = 0;
      const auto parsed = std::from_chars(line.data(), line.data() + std::min<std::size_t>(line.size(), 3), code);
      if (parsed.ec != std::errc{} || parsed.ptr != line.data() + 3 || code < 200 || code > 599)
        throw ProtocolFault{"not an SMTP reply: " + line.substr(0, 200)};
      if (reply.code != 0) reply.text += '\n';
      reply.code = code;
      if (line.size() > 4) reply.text += line.substr(4);
      if (line.size() < 4 || line[3] != '-') co_return reply;
    }
    throw ProtocolFault{"the server's reply does not end"};
  }

  awaitable<Reply> command(std::string line) {
    limit(timeouts.reply);
    co_await write(std::move(line) + "\r\n");
    co_return co_await read_reply();
  }

  awaitable<void> connect() {
    limit(timeouts.connect);
    tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto endpoints = co_await resolver.async_resolve(server.host, std::to_string(server.port), use_awaitable);
    co_await asio::async_connect(stream.next_layer(), endpoints, use_awaitable);
    error_code ignored;  // an optimisation only
    stream.next_layer().set_option(tcp::no_delay(true), ignored);
  }

  awaitable<void> start_tls() {
    limit(timeouts.connect);
    context.set_default_verify_paths();
    SSL_set_min_proto_version(stream.native_handle(), TLS1_2_VERSION);
    SSL_set_tlsext_host_name(stream.native_handle(), server.host.c_str());
    const bool verify = server.verify_certificate && server.tls != SmtpTls::IfOffered;
    stream.set_verify_mode(verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
    if (verify) stream.set_verify_callback(asio::ssl::host_name_verification(server.host));
    co_await stream.async_handshake(asio::ssl::stream_base::client, use_awaitable);
    secure = true;
  }

  awaitable<void> greet() {
    auto reply = co_await command("EHLO " + own_name());
    extensions.clear();
    if (!reply.positive()) {
      reply = co_await command("HELO " + own_name());
      if (!reply.positive()) throw ProtocolFault{reply.printed()};
      co_return;
    }
    auto rest = std::string_view(reply.text);
    for (bool first = true; !rest.empty(); first = false) {
      const auto end = rest.find('\n');
      const auto line = ascii_upper(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      if (first) continue;                          // the server's name
      const auto blank = line.find_first_of(" =");  // `AUTH=LOGIN` is an old server's spelling
      extensions[line.substr(0, blank)] += blank == std::string::npos ? std::string() : " " + line.substr(blank + 1) + " ";
    }
  }

  awaitable<void> authenticate() {
    const auto offered = extensions.find("AUTH");
    if (offered == extensions.end()) throw ProtocolFault{"the server offers no AUTH, but the SMTP URL has a user"};
    if (offered->second.find(" PLAIN ") != std::string::npos) {
      const auto reply = co_await command("AUTH PLAIN " + base64_encode('\0' + server.user + '\0' + server.password));
      if (reply.code != 235) throw ProtocolFault{"AUTH PLAIN: " + reply.printed()};
      co_return;
    }
    if (offered->second.find(" LOGIN ") == std::string::npos)
      throw ProtocolFault{"the server offers neither AUTH PLAIN nor AUTH LOGIN, but:" + offered->second};
    auto reply = co_await command("AUTH LOGIN");
    if (reply.code == 334) reply = co_await command(base64_encode(server.user));
    if (reply.code == 334) reply = co_await command(base64_encode(server.password));
    if (reply.code != 235) throw ProtocolFault{"AUTH LOGIN: " + reply.printed()};
  }

  awaitable<void> begin() {
    co_await connect();
    if (server.tls == SmtpTls::Implicit) co_await start_tls();
    limit(timeouts.reply);
    const auto greeting = co_await read_reply();
    if (greeting.code != 220) throw ProtocolFault{greeting.printed()};
    co_await greet();
    if (server.tls == SmtpTls::StartTls || (server.tls == SmtpTls::IfOffered && extensions.contains("STARTTLS"))) {
      if (!extensions.contains("STARTTLS")) throw ProtocolFault{"the server does not offer STARTTLS (allow plain text by ?tls=none)"};
      const auto reply = co_await command("STARTTLS");
      if (reply.code != 220) throw ProtocolFault{"STARTTLS: " + reply.printed()};
      // What came with the reply, unencrypted, could be an attacker's.
      if (!received.empty()) throw ProtocolFault{"the server spoke before the TLS handshake"};
      co_await start_tls();
      co_await greet();
    }
    if (!server.user.empty()) co_await authenticate();
    deadline.cancel();
  }

  /// The limit that SIZE announces; nothing: none.
  std::optional<std::size_t> size_limit() const {
    const auto size = extensions.find("SIZE");
    if (size == extensions.end()) return std::nullopt;
    std::size_t bytes = 0;
    const auto first = size->second.find_first_not_of(' ');
    if (first == std::string::npos) return std::nullopt;
    std::from_chars(size->second.data() + first, size->second.data() + size->second.size(), bytes);
    return bytes == 0 ? std::nullopt : std::optional(bytes);
  }

  awaitable<SmtpOutcome> refused(Reply reply) {
    using Kind = SmtpOutcome::Kind;
    SmtpOutcome outcome{.kind = reply.code >= 500 ? Kind::Refused : Kind::Deferred, .text = reply.printed()};
    outcome.connection_usable = reply.code != 421 && (co_await command("RSET")).positive();
    co_return outcome;
  }

  awaitable<SmtpOutcome> send(SmtpMessage message) {
    const bool international = !is_ascii(message.from) || !is_ascii(message.to);
    if (international && !extensions.contains("SMTPUTF8"))
      co_return SmtpOutcome{.kind = SmtpOutcome::Kind::Refused,
                            .text = "the server does not take addresses that are not ASCII (SMTPUTF8): " + message.to};
    if (const auto most = size_limit(); most && message.mime.size() > *most)
      co_return SmtpOutcome{
          .kind = SmtpOutcome::Kind::Refused,
          .text = "the mail has " + std::to_string(message.mime.size()) + " bytes, the server takes " + std::to_string(*most)};
    std::string parameters;
    if (extensions.contains("SIZE")) parameters += " SIZE=" + std::to_string(message.mime.size());
    if (international) parameters += " BODY=8BITMIME SMTPUTF8";

    if (const auto reply = co_await command("MAIL FROM:<" + message.from + ">" + parameters); !reply.positive())
      co_return co_await refused(reply);
    if (const auto reply = co_await command("RCPT TO:<" + message.to + ">"); !reply.positive()) co_return co_await refused(reply);
    if (const auto reply = co_await command("DATA"); reply.code != 354) co_return co_await refused(reply);
    limit(timeouts.data);
    co_await write(dot_stuffed(message.mime));
    const auto reply = co_await read_reply();
    deadline.cancel();
    if (!reply.positive()) co_return co_await refused(reply);
    co_return SmtpOutcome{.kind = SmtpOutcome::Kind::Accepted, .text = reply.printed()};
  }

  std::string words(const system_error& failure) const {
    if (timed_out) return "no answer in time";
    // OpenSSL's own reason says little about certificates; the verification's result does.
    if (const auto verified = SSL_get_verify_result(const_cast<Implementation*>(this)->stream.native_handle()); verified != X509_V_OK)
      return std::string("certificate: ") + X509_verify_cert_error_string(verified);
    return failure.code().message();
  }
};

SmtpConnection::SmtpConnection(std::shared_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}

SmtpConnection::~SmtpConnection() {
  implementation_->deadline.cancel();
  implementation_->close();
}

awaitable<Result<std::unique_ptr<SmtpConnection>>> SmtpConnection::open(SmtpServer server, SmtpTimeouts timeouts) {
  const auto implementation = std::make_shared<Implementation>(co_await asio::this_coro::executor, std::move(server), timeouts);
  std::unique_ptr<SmtpConnection> connection(new SmtpConnection(implementation));
  std::string why;
  try {
    co_await implementation->begin();
    co_return connection;
  } catch (const ProtocolFault& fault) {
    why = fault.text;
  } catch (const system_error& failure) {
    why = implementation->words(failure);
  }
  co_return error(ErrorCode::Unavailable, implementation->server.printed() + ": " + why, "smtp");
}

awaitable<SmtpOutcome> SmtpConnection::send(SmtpMessage message) {
  std::string why;
  try {
    co_return co_await implementation_->send(std::move(message));
  } catch (const ProtocolFault& fault) {
    why = fault.text;
  } catch (const system_error& failure) {
    why = implementation_->words(failure);
  }
  co_return SmtpOutcome{.kind = SmtpOutcome::Kind::Deferred, .text = "the connection broke: " + why, .connection_usable = false};
}

awaitable<void> SmtpConnection::quit() {
  try {
    implementation_->timeouts.reply = std::min(implementation_->timeouts.reply, std::chrono::milliseconds{2000});
    co_await implementation_->command("QUIT");
  } catch (const ProtocolFault&) {
    // The mails are delivered: how the server says good-bye does not matter.
  } catch (const system_error&) {
  }
}

void SmtpConnection::hurry(std::chrono::milliseconds limit) {
  auto& timeouts = implementation_->timeouts;
  timeouts = {
      .connect = std::min(timeouts.connect, limit), .reply = std::min(timeouts.reply, limit), .data = std::min(timeouts.data, limit)};
  implementation_->limit(limit);
}

}  // namespace signalbox
