#include "services/mail/mime.h"
#include "signalbox/encoding.h"

#include <catch2/catch.hpp>

#include <string>

using namespace signalbox;

namespace {

const MimeEnvironment environment{
    .from_address = "box@example.test", .public_url = "https://x.test/p", .message_id = "<1@x>", .date = Timestamp{}};

std::string body_of(const std::string& mime) { return mime.substr(mime.find("\r\n\r\n") + 4); }

/// A reader's side, slow and obvious.
std::string decode_quoted_printable(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') out += text[i];
    else if (text.compare(i, 3, "=\r\n") == 0) i += 2;
    else {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0, start = 0;
  for (std::size_t end; (end = text.find("\r\n", start)) != std::string::npos; start = end + 2) longest = std::max(longest, end - start);
  return longest;
}

}  // namespace

TEST_CASE("A plain mail goes as it is, long links whole, placeholders resolved") {
  const std::string link = "${signalbox:public-url}/verification?token=" + std::string(500, 'a');
  const auto mime = render_mime(
      {.to = "ann@example.test", .from_name = "Desk \"A\"", .subject = "Hello", .text = "Open\n" + link + "\nplease"}, environment);
  CHECK(body_of(mime) == "Open\r\nhttps://x.test/p/verification?token=" + std::string(500, 'a') + "\r\nplease\r\n");
  CHECK(mime.find("\r\nContent-Transfer-Encoding: 7bit\r\n") != std::string::npos);
  CHECK(mime.find("\r\nFrom: \"Desk \\\"A\\\"\"\r\n <box@example.test>\r\n") != std::string::npos);
  CHECK(mime.starts_with("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
}

TEST_CASE("What is not short plain ASCII is quoted-printable and reads back equal") {
  for (const auto& text : {std::string("Grüße\n"), std::string(2000, 'x') + "\n", std::string("trailing \n"), std::string("a\rb\n"),
                           std::string("tab\t\n= =3D\n"), "https://x.test/?a=" + std::string(300, 'b') + "&ü=1\n",
                           std::string("\xf0\x9f\x98\x80\n"), std::string("nul\0nul\n", 8)}) {
    INFO(text.substr(0, 40));
    const auto mime = render_mime({.to = "a@b.test", .subject = "s", .text = text}, environment);
    CHECK(mime.find("quoted-printable") != std::string::npos);
    const auto body = body_of(mime);
    CHECK(longest_line(body) <= 76);
    auto back = decode_quoted_printable(body);
    std::string expected;
    for (const char c : text) (c == '\n') ? expected += "\r\n" : expected += c;
    CHECK(back == expected);
  }
}

TEST_CASE("Every length of line survives quoted-printable") {
  for (std::size_t length = 0; length < 240; ++length) {
    const auto text = std::string(length, 'y') + "ß ";
    const auto encoded = quoted_printable(text);
    CHECK(longest_line(encoded) <= 76);
    CHECK(decode_quoted_printable(encoded) == text + "\r\n");
  }
}

TEST_CASE("Subjects are encoded words that never split a character") {
  CHECK(encode_header_text("Verification Request") == "Verification Request");
  CHECK(encode_header_text("=?UTF-8?B?AAAA?=") != "=?UTF-8?B?AAAA?=");
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "aé€😀";
  const auto encoded = encode_header_text(subject);
  std::string back;
  std::size_t start = 0;
  while (start < encoded.size()) {
    const auto end = encoded.find("\r\n ", start);
    const auto word = encoded.substr(start, end == std::string::npos ? end : end - start);
    CHECK(word.size() <= 75);
    const auto bytes = base64_decode(word.substr(10, word.size() - 12)).value();
    CHECK(is_utf8(bytes));
    back += bytes;
    start = end == std::string::npos ? encoded.size() : end + 3;
  }
  CHECK(back == subject);
}

TEST_CASE("Dots are stuffed and the end is marked once") {
  CHECK(dot_stuffed("a\r\n.b\r\n..\r\n") == "a\r\n..b\r\n...\r\n.\r\n");
  CHECK(dot_stuffed(".") == "..\r\n.\r\n");
}

TEST_CASE("A Message-ID is the same for the same mail of the same data file, and only then") {
  const MasterKey one{std::string(32, '1')}, two{std::string(32, '2')};
  CHECK(message_id(one, MailRow{7}, "box@example.test") == message_id(one, MailRow{7}, "box@example.test"));
  CHECK(message_id(one, MailRow{7}, "box@example.test") != message_id(two, MailRow{7}, "box@example.test"));
  CHECK(message_id(one, MailRow{7}, "box@example.test") != message_id(one, MailRow{8}, "box@example.test"));
  CHECK(message_id(one, MailRow{7}, "box@example.test").ends_with("@example.test>"));
}

TEST_CASE("Addresses that could smuggle something are refused") {
  for (const std::string good : {"a@b.test", "a.b+c@d-e.test", "jörg@bücher.test", "a@localhost"}) CHECK(is_mail_address(good));
  for (const std::string bad : {"", "a", "@b", "a@", "a b@c.test", "a@b>c", "<a@b.test>", "a@b.test\r\nDATA", "a@b..c", "a@.b", "a@b.",
                                "a,b@c.test", "\"a b\"@c.test", "a@b@c.test"}) {
    INFO(bad);
    CHECK_FALSE(is_mail_address(bad));
  }
}
