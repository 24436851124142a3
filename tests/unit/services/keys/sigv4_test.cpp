#include "services/keys/sigv4.h"

#include <catch2/catch.hpp>

#include "http/text.h"
#include "signalbox/encoding.h"

using namespace signalbox;
using namespace signalbox::services;

namespace {

constexpr const char* secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";     // of AWS's Signature Version 4 test suite
constexpr const char* s3_secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";  // of the examples in the S3 API Reference

http::Request request_of(std::string method, std::string target, std::vector<std::pair<std::string, std::string>> headers,
                         std::string body = {}) {
  http::Request request;
  request.method = std::move(method);
  request.target = target;
  const auto question_mark = target.find('?');
  request.path = target.substr(0, question_mark);
  if (question_mark != std::string::npos) request.query = http::parse_form(std::string_view(target).substr(question_mark + 1));
  for (auto& [name, value] : headers) request.headers.add(name, value);
  request.body = std::move(body);
  return request;
}

/// A request of the test suite: 2015-08-30T12:36:00Z, us-east-1, service.
http::Request suite_request(std::string method, std::string target, const std::string& signed_headers, const std::string& signature,
                            std::vector<std::pair<std::string, std::string>> more = {}, std::string body = {}) {
  std::vector<std::pair<std::string, std::string>> headers{{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};
  headers.insert(headers.end(), more.begin(), more.end());
  headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" +
                                            signed_headers + ", Signature=" + signature);
  return request_of(std::move(method), std::move(target), std::move(headers), std::move(body));
}

Result<void> verify(const http::Request& request, std::string_view with, const char* now) {
  const auto given = parse_sigv4(request);
  REQUIRE(given.has_value());
  REQUIRE(given->has_value());
  return verify_sigv4(request, **given, with, *parse_rfc3339(now));
}

}  // namespace

TEST_CASE("signatures of AWS's test suite are verified") {
  const auto request = GENERATE(
      suite_request("GET", "/", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
      suite_request("GET", "/?Param2=value2&Param1=value1", "host;x-amz-date",
                    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
      suite_request("GET", "/\xE1\x88\xB4", "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
      suite_request("POST", "/", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
      suite_request("POST", "/", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
                    {{"Content-Type", "application/x-www-form-urlencoded"}}, "Param1=value1"));
  CAPTURE(request.method, request.target);
  const auto verified = verify(request, secret, "2015-08-30T12:40:00Z");
  INFO((verified ? std::string() : verified.error().message));
  CHECK(verified.has_value());
}

TEST_CASE("what is signed cannot be changed") {
  const std::string good = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
  const std::vector<std::pair<std::string, std::string>> form{{"Content-Type", "application/x-www-form-urlencoded"}};
  const auto changed =
      GENERATE_COPY(suite_request("POST", "/", "content-type;host;x-amz-date", good, form, "Param1=value2"),
                    suite_request("GET", "/", "content-type;host;x-amz-date", good, form, "Param1=value1"),
                    suite_request("POST", "/x", "content-type;host;x-amz-date", good, form, "Param1=value1"),
                    suite_request("POST", "/?a", "content-type;host;x-amz-date", good, form, "Param1=value1"),
                    suite_request("POST", "/", "content-type;host;x-amz-date", good, {{"Content-Type", "text/plain"}}, "Param1=value1"),
                    suite_request("POST", "/", "host;x-amz-date", good, form, "Param1=value1"));
  const auto verified = verify(changed, secret, "2015-08-30T12:36:00Z");
  REQUIRE(verified.has_error());
  CHECK(verified.error().where == "InvalidSignatureException");
  CHECK(verify(suite_request("POST", "/", "content-type;host;x-amz-date", good, form, "Param1=value1"), "another secret",
               "2015-08-30T12:36:00Z")
            .has_error());
}

TEST_CASE("a signature is good for a quarter of an hour either way") {
  const auto request = suite_request("GET", "/", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  CHECK(verify(request, secret, "2015-08-30T12:51:00Z").has_value());
  CHECK(verify(request, secret, "2015-08-30T12:21:00Z").has_value());
  CHECK(verify(request, secret, "2015-08-30T12:51:01Z").has_error());
  CHECK(verify(request, secret, "2015-08-30T12:20:59Z").has_error());
}

TEST_CASE("a hash that the client claims must be the body's") {
  auto request = suite_request("POST", "/", "host;x-amz-content-sha256;x-amz-date", "",
                               {{"X-Amz-Content-Sha256", hex_encode(digest(DigestAlgorithm::Sha256, "one"))}}, "one");
  SigV4 given = **parse_sigv4(suite_request("GET", "/", "host;x-amz-content-sha256;x-amz-date", "0"));
  const auto to_sign = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n" +
                       hex_encode(digest(DigestAlgorithm::Sha256, canonical_request(request, given)));
  given.signature = sign(given, secret, to_sign);
  const auto now = *parse_rfc3339("2015-08-30T12:36:00Z");
  CHECK(verify_sigv4(request, given, secret, now).has_value());
  request.body = "two";
  CHECK(verify_sigv4(request, given, secret, now).has_error());
}

TEST_CASE("a presigned request of the S3 API Reference") {
  const std::string target =
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-"
      "Date=20130524T000000Z&"
      "X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
  const auto request = request_of("GET", target, {{"Host", "examplebucket.s3.amazonaws.com"}});
  CHECK(verify(request, s3_secret, "2013-05-24T23:59:59Z").has_value());
  CHECK(verify(request, s3_secret, "2013-05-25T00:00:01Z").has_error());
}

TEST_CASE("chunks of the S3 API Reference") {
  const std::string first(65536, 'a'), second(1024, 'a');
  const std::string body = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + first +
                           "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + second +
                           "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
  auto request = request_of("PUT", "/examplebucket/chunkObject.txt",
                            {{"Host", "s3.amazonaws.com"},
                             {"x-amz-date", "20130524T000000Z"},
                             {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                             {"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
                             {"Content-Encoding", "aws-chunked"},
                             {"x-amz-decoded-content-length", "66560"},
                             {"Content-Length", "66824"},
                             {"Authorization",
                              "AWS4-HMAC-SHA256 "
                              "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                              "aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;"
                              "x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature="
                              "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"}},
                            body);
  CHECK(verify(request, s3_secret, "2013-05-24T00:00:00Z").has_value());
  const auto given = **parse_sigv4(request);
  const auto decoded = decode_chunks(request, given, std::string(s3_secret));
  REQUIRE(decoded.has_value());
  CHECK(decoded->body == first + second);
  request.body[200] = 'b';
  CHECK(decode_chunks(request, given, std::string(s3_secret)).has_error());
  CHECK(decode_chunks(request, given, std::nullopt).has_value());
}

TEST_CASE("trailers of the S3 API Reference") {
  const std::string first(65536, 'a'), second(1024, 'a');
  const std::string body =
      "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n" + first +
      "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n" + second +
      "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
      "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
  auto request = request_of("PUT", "/examplebucket/chunkObject.txt",
                            {{"Host", "s3.amazonaws.com"},
                             {"x-amz-date", "20130524T000000Z"},
                             {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                             {"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"},
                             {"Content-Encoding", "aws-chunked"},
                             {"x-amz-decoded-content-length", "66560"},
                             {"x-amz-trailer", "x-amz-checksum-crc32c"},
                             {"Content-Length", "66824"},
                             {"Authorization",
                              "AWS4-HMAC-SHA256 "
                              "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                              "aws4_request,SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;"
                              "x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature="
                              "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"}},
                            body);
  CHECK(verify(request, s3_secret, "2013-05-24T00:00:00Z").has_value());
  const auto given = **parse_sigv4(request);
  const auto decoded = decode_chunks(request, given, std::string(s3_secret));
  REQUIRE(decoded.has_value());
  CHECK(decoded->trailers == std::vector<std::pair<std::string, std::string>>{{"x-amz-checksum-crc32c", "sOO8/Q=="}});
  request.body.replace(request.body.find("sOO8"), 4, "sOO9");
  CHECK(decode_chunks(request, given, std::string(s3_secret)).has_error());
}

TEST_CASE("malformed signatures are told apart from none") {
  CHECK(!parse_sigv4(request_of("GET", "/", {}))->has_value());
  CHECK(!parse_sigv4(request_of("GET", "/", {{"Authorization", "Bearer x"}}))->has_value());
  for (const char* header :
       {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request",
        "AWS4-HMAC-SHA256 Credential=/b/c/d/aws4_request, SignedHeaders=host, Signature=0", "AWS4-HMAC-SHA256 nonsense",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0"}) {
    CAPTURE(header);
    const auto given = parse_sigv4(request_of("GET", "/", {{"Authorization", header}}));
    REQUIRE(given.has_error());
    CHECK(given.error().where == "IncompleteSignatureException");
  }
}
