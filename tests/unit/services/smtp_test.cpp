#include "services/mail/smtp_client.h"
#include "services/mail/smtp_url.h"

#include "support/print_result.h"
#include "support/smtp_catcher.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <optional>
#include <vector>

using namespace signalbox;
using signalbox::testing::SmtpCatcher;
using signalbox::testing::TestCertificate;
namespace asio = boost::asio;

namespace {

const std::string mime = "Subject: s\r\n\r\nfirst\r\n.dotted\r\n..twice\r\n";

struct Sent {
  std::optional<Error> open_error;
  std::vector<SmtpOutcome> outcomes;
};

asio::awaitable<void> send_all(SmtpServer server, std::vector<SmtpMessage> messages, Sent* sent) {
  const SmtpTimeouts timeouts{.connect = std::chrono::seconds{5}, .reply = std::chrono::seconds{5}, .data = std::chrono::seconds{5}};
  auto connection = co_await SmtpConnection::open(std::move(server), timeouts);
  if (!connection) {
    sent->open_error = connection.error();
    co_return;
  }
  for (auto& message : messages) sent->outcomes.push_back(co_await (*connection)->send(message));
  co_await (*connection)->quit();
}

Sent send(const std::string& url, int count = 1, const std::string& to = "ann@example.test") {
  asio::io_context context;
  Sent sent;
  std::vector<SmtpMessage> messages(static_cast<std::size_t>(count), SmtpMessage{.from = "box@example.test", .to = to, .mime = mime});
  asio::co_spawn(context, send_all(parse_smtp_url(url).value(), messages, &sent), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  context.run();
  return sent;
}

using Kind = SmtpOutcome::Kind;

}  // namespace

TEST_CASE("SMTP URLs") {
  const auto plain = parse_smtp_url("smtp://mail.test").value();
  CHECK(plain.port == 25);
  CHECK(plain.tls == SmtpTls::IfOffered);
  const auto user = parse_smtp_url("smtp://me%40x.test:p%3Aw%2F@mail.test").value();
  CHECK(user.user == "me@x.test");
  CHECK(user.password == "p:w/");
  CHECK(user.port == 587);
  CHECK(user.tls == SmtpTls::StartTls);
  CHECK(user.printed() == "smtp://me@x.test@mail.test:587");
  CHECK(parse_smtp_url("smtps://mail.test").value().port == 465);
  CHECK(parse_smtp_url("smtp://[::1]:2525?tls=none&verify=no").value().host == "::1");
  for (const std::string bad :
       {"mail.test", "http://mail.test", "smtp://", "smtp://m:0", "smtp://m:x", "smtp://m:99999", "smtp://m?tls=maybe",
        "smtp://m?colour=red", "smtp://m/path", "smtp://[::1", "smtps://m?tls=none", "smtp://a b"}) {
    INFO(bad);
    CHECK_FALSE(parse_smtp_url(bad));
  }
}

TEST_CASE("Several mails go over one connection, with their dots") {
  SmtpCatcher server;
  const auto sent = send(server.url(), 3);
  REQUIRE(sent.outcomes.size() == 3);
  for (int number = 1; number <= 3; ++number) {
    CHECK(sent.outcomes[static_cast<std::size_t>(number - 1)].kind == Kind::Accepted);
    const auto mail = server.next();
    CHECK(mail["number"] == number);
    CHECK(mail["from"] == "box@example.test");
    CHECK(mail["to"] == nlohmann::json{"ann@example.test"});
    CHECK(mail["content"] == mime);
    CHECK(mail["options"].dump().find("SIZE=") != std::string::npos);
  }
}

TEST_CASE("STARTTLS is used when it is offered, and demanded when it must be") {
  SmtpCatcher with(nlohmann::json{{"tls", "starttls"}});
  CHECK(send(with.url()).outcomes.at(0).kind == Kind::Accepted);
  CHECK(with.next()["tls"] == true);
  SmtpCatcher without;
  const auto sent = send(without.url("?tls=starttls"));
  REQUIRE(sent.open_error);
  CHECK(sent.open_error->message.find("does not offer STARTTLS") != std::string::npos);
}

TEST_CASE("Certificates are checked where TLS is demanded, unless told otherwise") {
  SmtpCatcher server(nlohmann::json{{"tls", "starttls"}});
  const auto refused = send(server.url("?tls=starttls"));
  REQUIRE(refused.open_error);
  CHECK(refused.open_error->message.find("certificate: self") != std::string::npos);
  CHECK(send(server.url("?tls=starttls&verify=no")).outcomes.at(0).kind == Kind::Accepted);

  setenv("SSL_CERT_FILE", TestCertificate::get().certificate.c_str(), 1);
  const auto by_name = "smtp://localhost:" + std::to_string(server.port()) + "?tls=starttls";
  CHECK(send(by_name).outcomes.at(0).kind == Kind::Accepted);
  const auto other_name = send(server.url("?tls=starttls"));  // the certificate says localhost, not 127.0.0.1
  unsetenv("SSL_CERT_FILE");
  CHECK(other_name.open_error);
}

TEST_CASE("Implicit TLS") {
  SmtpCatcher server(nlohmann::json{{"tls", "implicit"}});
  CHECK(send("smtps://127.0.0.1:" + std::to_string(server.port()) + "?verify=no").outcomes.at(0).kind == Kind::Accepted);
  CHECK(server.next()["tls"] == true);
}

TEST_CASE("AUTH PLAIN and LOGIN") {
  for (const std::string excluded : {"LOGIN", "PLAIN"}) {
    SmtpCatcher server(nlohmann::json{{"user", "me"}, {"password", "se:cret"}, {"exclude", {excluded}}, {"tls", "starttls"}});
    const auto at = "127.0.0.1:" + std::to_string(server.port()) + "?verify=no";
    CHECK(send("smtp://me:se%3Acret@" + at).outcomes.at(0).kind == Kind::Accepted);
    const auto mail = server.next();
    CHECK(mail["authenticated"] == true);
    CHECK(mail["tls"] == true);
    const auto wrong = send("smtp://me:other@" + at);
    REQUIRE(wrong.open_error);
    CHECK(wrong.open_error->message.find("535") != std::string::npos);
    CHECK(wrong.open_error->message.find("other") == std::string::npos);
  }
}

TEST_CASE("4xx is deferred, 5xx refused, and the connection stays usable") {
  SmtpCatcher server(nlohmann::json{{"rcpt", {"451 greylisted", "550 no such user", nullptr}}});
  const auto sent = send(server.url(), 3);
  REQUIRE(sent.outcomes.size() == 3);
  CHECK(sent.outcomes[0].kind == Kind::Deferred);
  CHECK(sent.outcomes[0].text == "451 greylisted");
  CHECK(sent.outcomes[1].kind == Kind::Refused);
  CHECK(sent.outcomes[2].kind == Kind::Accepted);
  CHECK(sent.outcomes[1].connection_usable);
}

TEST_CASE("A connection that breaks in the middle defers the mail") {
  SmtpCatcher server(nlohmann::json{{"data", {"drop"}}});
  const auto sent = send(server.url(), 1);
  REQUIRE(sent.outcomes.size() == 1);
  CHECK(sent.outcomes[0].kind == Kind::Deferred);
  CHECK_FALSE(sent.outcomes[0].connection_usable);
}

TEST_CASE("What this server cannot take is refused before it is sent") {
  SmtpCatcher small(nlohmann::json{{"size", 20}});
  CHECK(send(small.url()).outcomes.at(0).kind == Kind::Refused);
  SmtpCatcher ascii;
  CHECK(send(ascii.url(), 1, "jörg@example.test").outcomes.at(0).text.find("SMTPUTF8") != std::string::npos);
  SmtpCatcher international(nlohmann::json{{"smtputf8", true}});
  CHECK(send(international.url(), 1, "jörg@example.test").outcomes.at(0).kind == Kind::Accepted);
  CHECK(international.next()["to"] == nlohmann::json{"jörg@example.test"});
}

TEST_CASE("A server that is not there is an error that names it") {
  asio::io_context context;
  asio::ip::tcp::acceptor held(context, {asio::ip::address_v4::loopback(), 0});
  const auto port = held.local_endpoint().port();
  held.close();
  const auto sent = send("smtp://127.0.0.1:" + std::to_string(port));
  REQUIRE(sent.open_error);
  CHECK(sent.open_error->message == "smtp://127.0.0.1:" + std::to_string(port) + ": Connection refused");
}
