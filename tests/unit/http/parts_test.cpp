#include <catch2/catch.hpp>

#include "http/client_address.h"
#include "http/endpoint.h"
#include "http/problem.h"
#include "http/response_writer.h"
#include "http/text.h"
#include "http/url.h"

using namespace signalbox;
using namespace signalbox::http;
using boost::asio::ip::make_address;

TEST_CASE("forms are decoded in order") {
  const auto fields = parse_form("a=1&&b=x+y%26&a=2&c&=d&%zz=%4");
  const std::vector<std::pair<std::string, std::string>> expected{{"a", "1"}, {"b", "x y&"}, {"a", "2"},
                                                                  {"c", ""},  {"", "d"},     {"%zz", "%4"}};
  CHECK(fields == expected);
}

TEST_CASE("the client behind proxies") {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "::1", "192.0.2.7"});
  REQUIRE(proxies.has_value());
  CHECK(proxies->client_of(make_address("203.0.113.9"), "1.2.3.4") == "203.0.113.9");
  CHECK(proxies->client_of(make_address("10.1.1.1"), "1.2.3.4, 5.6.7.8") == "5.6.7.8");
  CHECK(proxies->client_of(make_address("::1"), "1.2.3.4, 10.9.9.9") == "1.2.3.4");
  CHECK(proxies->client_of(make_address("192.0.2.7"), "[2001:db8::1]:4711") == "2001:db8::1");
  CHECK(proxies->client_of(make_address("10.1.1.1"), "forged, nonsense") == "10.1.1.1");
  CHECK(proxies->client_of(make_address("10.1.1.1"), "") == "10.1.1.1");
  for (const char* wrong : {"10.0.0.0/33", "10.0.0.0/", "x", "::/129", "10.0.0.0/8x"}) {
    CAPTURE(wrong);
    CHECK(TrustedProxies::parse({wrong}).has_error());
  }
}

TEST_CASE("addresses to listen on") {
  CHECK(to_string(*parse_listen_address("127.0.0.1:8083")) == "127.0.0.1:8083");
  CHECK(to_string(*parse_listen_address("[::1]:0")) == "[::1]:0");
  CHECK(to_string(*parse_listen_address(":8080")) == "0.0.0.0:8080");
  CHECK(*is_loopback_address("127.3.2.1:1"));
  CHECK(!*is_loopback_address("0.0.0.0:1"));
  for (const char* wrong : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", ""}) {
    CAPTURE(wrong);
    CHECK(parse_listen_address(wrong).has_error());
  }
}

TEST_CASE("URLs") {
  const auto url = parse_url("HTTPS://example.org:8443/a/b?c=d#e");
  REQUIRE(url.has_value());
  CHECK(url->scheme == "https");
  CHECK(url->authority() == "example.org:8443");
  CHECK(url->target == "/a/b?c=d");
  CHECK(parse_url("http://[::1]?x")->target == "/?x");
  CHECK(parse_url("http://[::1]")->authority() == "[::1]");
  CHECK(parse_url("http://h:80/")->authority() == "h");
  for (const char* wrong :
       {"", "example.org", "ftp://h/", "http://", "http://u@h/", "http://h:x/", "http://h:99999/", "http://h/a b", "http://[::1/"}) {
    CAPTURE(wrong);
    CHECK(parse_url(wrong).has_error());
  }
}

TEST_CASE("problems say what is wrong") {
  const auto response = problem_response(error(ErrorCode::TaskClosed, "over since \xff yesterday", "/token"));
  CHECK(response.status == 410);
  CHECK(response.headers.get("content-type") == "application/problem+json");
  CHECK(response.body == R"({"title":"Gone","status":410,"detail":"over since � yesterday","code":"TaskClosed","where":"/token"})");
}

TEST_CASE("a header value cannot break out of its line") {
  Response response{200};
  response.headers.add("X-Value", "a\r\nInjected: b");
  std::string out;
  ResponseContext context{"id"};
  CHECK(append_head(out, response, context));
  CHECK_THAT(out, Catch::Contains("X-Value: a  Injected: b\r\n"));
}

TEST_CASE("constant fields are sent behind the others") {
  Response response = json_response(200, "{}");
  response.constant_fields = "Cache-Control: no-store\r\nX-Robots-Tag: noindex\r\n";
  std::string out;
  ResponseContext context{"id"};
  context.keep_alive = true;
  CHECK(append_head(out, response, context));
  CHECK_THAT(out,
             Catch::StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nX-Robots-Tag: noindex\r\n"
                               "x-amzn-RequestId: id\r\nDate: "));
  CHECK_THAT(out, Catch::EndsWith("Content-Length: 2\r\n\r\n"));
}
