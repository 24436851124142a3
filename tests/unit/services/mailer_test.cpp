#include "engine_fixture.h"
#include "topics_fixture.h"

#include "services/mail/mailer.h"
#include "services/mail/outbox_records.h"
#include "support/smtp_catcher.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using signalbox::testing::EngineFixture;
using signalbox::testing::SmtpCatcher;
using signalbox::testing::TopicsFixture;

namespace {

struct MailerFixture : EngineFixture {
  explicit MailerFixture(const std::string& url)
      : mailer(engine, outbox,
               {.server = parse_smtp_url(url).value(),
                .from = "box@example.test",
                .public_url = [] { return std::string("http://public.test"); },
                .retry_first = std::chrono::milliseconds{20},
                .pause_first = std::chrono::milliseconds{20}}) {
    start();
    reader = engine.reader();
    mailer.start(context.get_executor());
  }
  ~MailerFixture() {
    mailer.stop();
    until([this] { return mailer.is_stopped(); });
  }

  Outbox outbox{true};
  Mailer mailer;
  std::unique_ptr<Reader> reader;

  MailRow put(const std::string& text) {
    return run<MailRow>([this, text](EngineTransaction& transaction) {
             return outbox.put(transaction, {.to = "ann@example.test", .from_name = "", .subject = "News", .text = text});
           })
        .value();
  }
  OutboxMail mail(MailRow row) { return find_mail(*reader, row).value(); }
};

std::string message_id_in(const nlohmann::json& taken) {
  const auto content = taken.at("content").get<std::string>();
  const auto at = content.find("Message-ID: ");
  return content.substr(at, content.find("\r\n", at) - at);
}

}  // namespace

TEST_CASE("Waiting mail is sent over one connection, and noted as sent") {
  SmtpCatcher server;
  MailerFixture f(server.url());
  const auto first = f.put("one ${signalbox:public-url}/x\n");
  const auto second = f.put("two\n");
  REQUIRE(f.until([&] { return f.mail(first).state == MailState::Sent && f.mail(second).state == MailState::Sent; }));
  const auto one = server.next(), two = server.next();
  CHECK(one["content"].get<std::string>().find("one http://public.test/x\r\n") != std::string::npos);
  CHECK(message_id_in(one) != message_id_in(two));
  CHECK(f.mail(first).attempts == 1);
  CHECK_FALSE(next_mail_due(*f.reader));
}

TEST_CASE("Mail waits for a server that is down") {
  SmtpCatcher gone;
  const auto port = gone.port();
  gone.stop();
  MailerFixture f("smtp://127.0.0.1:" + std::to_string(port));
  const auto row = f.put("patience\n");
  REQUIRE(f.until([&] { return f.mail(row).attempts >= 2; }));
  CHECK(f.mail(row).state == MailState::Waiting);
  CHECK(f.mail(row).last_error.find("Connection refused") != std::string::npos);
  SmtpCatcher back(nlohmann::json{{"port", port}});
  REQUIRE(f.until([&] { return f.mail(row).state == MailState::Sent; }));
  CHECK(f.mail(row).last_error.empty());
}

TEST_CASE("Mail that is refused for now is tried again, and what is refused for good has failed") {
  SmtpCatcher server(nlohmann::json{{"rcpt", {"451 later, please", nullptr, "550 no such user"}}});
  MailerFixture f(server.url());
  const auto patient = f.put("patience\n");
  REQUIRE(f.until([&] { return f.mail(patient).state == MailState::Sent; }));
  CHECK(f.mail(patient).attempts == 2);
  const auto hopeless = f.put("nobody\n");
  REQUIRE(f.until([&] { return f.mail(hopeless).state == MailState::Failed; }));
  CHECK(f.mail(hopeless).last_error == "550 no such user");
}

TEST_CASE("A repetition has the same Message-ID") {
  SmtpCatcher server(nlohmann::json{{"data", {"drop", nullptr}}});
  MailerFixture f(server.url());
  const auto row = f.put("twice\n");
  REQUIRE(f.until([&] { return f.mail(row).state == MailState::Sent; }));
  const auto first = server.next(), second = server.next();
  CHECK(message_id_in(first) == message_id_in(second));
  CHECK(first["content"] == second["content"]);
}

TEST_CASE("A connection that the server ends between two mails is replaced at once") {
  SmtpCatcher server(nlohmann::json{{"mail", {nullptr, "421 enough"}}});
  MailerFixture f(server.url());
  const auto rows = f.run<std::vector<MailRow>>([&](EngineTransaction& transaction) -> Result<std::vector<MailRow>> {
    std::vector<MailRow> put;
    for (const auto* text : {"one\n", "two\n"})
      put.push_back(f.outbox.put(transaction, {.to = "ann@example.test", .subject = "s", .text = text}).value());
    return put;
  });
  REQUIRE(f.until([&] { return f.mail(rows->at(1)).state == MailState::Sent; }));
  CHECK(f.mail(rows->at(1)).attempts == 1);
}

TEST_CASE("Old mail is forgotten, but never mail that waits") {
  TopicsFixture f(true);
  const auto put = [&](const char* text) { return f.outbox.put(f.transaction, {.to = "a@b.test", .subject = "s", .text = text}).value(); };
  const auto waiting = put("waiting"), sent = put("sent"), failed = put("failed");
  record_sent(f.transaction, sent);
  record_failed(f.transaction, failed, "no");
  f.clock.advance(std::chrono::hours{10});
  const auto young = put("young");
  record_sent(f.transaction, young);
  const auto limit = f.clock.now() - std::chrono::hours{5};
  auto forgotten = forget_old_mail(f.transaction, limit, 2);
  CHECK(forgotten.count == 1);
  REQUIRE(forgotten.go_on_after);
  forgotten = forget_old_mail(f.transaction, limit, 2, forgotten.go_on_after);
  CHECK(forgotten.count == 1);
  CHECK_FALSE(forgotten.go_on_after);
  CHECK(find_mail(f.transaction, waiting));
  CHECK_FALSE(find_mail(f.transaction, sent));
  CHECK_FALSE(find_mail(f.transaction, failed));
  CHECK(find_mail(f.transaction, young));
}

TEST_CASE("The outbox is listed newest first, page by page") {
  TopicsFixture f;
  for (int i = 0; i < 5; ++i) REQUIRE(f.outbox.put(f.transaction, {.to = "a@b.test", .subject = std::to_string(i), .text = "t"}));
  auto page = list_outbox(f.transaction, 2);
  CHECK(page.mails.at(0).mail.subject == "4");
  page = list_outbox(f.transaction, 2, page.next);
  CHECK(page.mails.at(0).mail.subject == "2");
  page = list_outbox(f.transaction, 2, page.next);
  CHECK(page.mails.size() == 1);
  CHECK_FALSE(page.next);
}

TEST_CASE("A mail whose headers could be forged is refused") {
  TopicsFixture f;
  CHECK(f.outbox.put(f.transaction, {.to = "a@b.test", .subject = "x\r\nBcc: c@d.test", .text = "t"}).error().code ==
        ErrorCode::InvalidArgument);
  CHECK(f.outbox.put(f.transaction, {.to = "a@b.test\nx", .subject = "x", .text = "t"}).error().code == ErrorCode::InvalidArgument);
  CHECK(f.outbox.put(f.transaction, {.to = "a@b.test", .from_name = "x\n", .subject = "x", .text = "t"}).error().code ==
        ErrorCode::InvalidArgument);
}
