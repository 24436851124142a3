#include "signalbox/encoding.h"

#include <catch2/catch.hpp>

#include "signalbox/record.h"
#include "signalbox/site.h"
#include "signalbox/store.h"

using namespace signalbox;
using namespace std::chrono_literals;

TEST_CASE("base64 has one encoding for each byte string") {
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_decode("Zm8=") == "fo");
  CHECK(base64_decode("Zm9=") == std::nullopt);  // bits that encode nothing
  CHECK(base64_decode("Zm8") == std::nullopt);
  CHECK(base64_decode("Z===") == std::nullopt);
  CHECK(base64url_encode("\xfb\xff") == "-_8");
  CHECK(base64url_decode("-_8") == "\xfb\xff");
  CHECK(base64url_decode("-_8=") == std::nullopt);
}

TEST_CASE("digests agree with published vectors") {
  CHECK(hex_encode(digest(DigestAlgorithm::Md5, "abc")) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(hex_encode(digest(DigestAlgorithm::Sha256, "abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test cases 2 and 6 (a key longer than a block).
  CHECK(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex_encode(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("percent coding") {
  CHECK(percent_decode("a%20b+c%2B%zz%4", true) == "a b c+%zz%4");
  CHECK(percent_decode("a+b", false) == "a+b");
  CHECK(percent_encode("a b/é~") == "a%20b%2F%C3%A9~");
}

TEST_CASE("UTF-8 is checked for overlong forms, surrogates and range") {
  CHECK(is_utf8("aé€😀"));
  CHECK_FALSE(is_utf8("\xc0\x80"));
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_utf8("\xe2\x82"));
}

TEST_CASE("a UUIDv7 carries its time and row") {
  const auto id = uuid_v7(Timestamp{0x0123456789abms}, {}, 0x12345);
  CHECK(id.value == "01234567-89ab-7000-8000-000000012345");
  CHECK(uuid_v7_row(id.value) == 0x12345);
  CHECK(uuid_v7_row(uuid_v4({}).value) == std::nullopt);
  CHECK(uuid_v7_row("01234567-89ab-7000-8000-00000001234G") == std::nullopt);
}

TEST_CASE("times are written and read") {
  const Timestamp time{1763946123450ms};
  CHECK(format_rfc3339(time) == "2025-11-24T01:02:03.450Z");
  CHECK(format_context_time(time) == "2025-11-24T01:02:03.45Z");
  CHECK(format_context_time(Timestamp{1763946123000ms}) == "2025-11-24T01:02:03Z");
  CHECK(format_epoch_seconds(time) == "1763946123.450");
  CHECK(format_http_date(time) == "Mon, 24 Nov 2025 01:02:03 GMT");
  CHECK(parse_rfc3339("2025-11-24T02:02:03.4509+01:00") == time);
  CHECK(parse_rfc3339("2025-11-24T01:02:03.45Z") == time);
  for (const char* wrong : {"2025-11-24", "2025-11-24T01:02:03", "2025-02-30T01:02:03Z", "2025-11-24T01:02:03.Z", "2025-11-24T01:02:03Zx",
                            "2025-11-24 01:02:03Z"}) {
    INFO(wrong);
    CHECK(parse_rfc3339(wrong) == std::nullopt);
  }
}

TEST_CASE("records read back what was written") {
  RecordWriter writer(3);
  writer.integer(0)
      .integer(-1)
      .integer(INT64_MIN)
      .integer(INT64_MAX)
      .text("a\0b")
      .optional_text(std::nullopt)
      .optional_integer(7)
      .timestamp(Timestamp{5ms});
  const auto bytes = writer.take();
  RecordReader reader(bytes);
  CHECK(reader.version() == 3);
  CHECK(reader.integer() == 0);
  CHECK(reader.integer() == -1);
  CHECK(reader.integer() == INT64_MIN);
  CHECK(reader.integer() == INT64_MAX);
  CHECK(reader.text() == "a\0b");
  CHECK(reader.optional_text() == std::nullopt);
  CHECK(reader.optional_integer() == 7);
  CHECK(reader.timestamp() == Timestamp{5ms});
  CHECK(reader.at_end());
  CHECK_THROWS_AS(reader.integer(), StoreFailure);
}

TEST_CASE("an ARN's service and resource, whatever the account") {
  Arn arn;
  REQUIRE(parse_arn("arn:aws-cn:states:eu-west-1:123:execution:a:b", arn));
  CHECK(arn.service == "states");
  CHECK(arn.resource == "execution:a:b");
  CHECK_FALSE(parse_arn("arn:aws:states:eu-west-1:123", arn));
  CHECK_FALSE(parse_arn("nonsense", arn));
}
