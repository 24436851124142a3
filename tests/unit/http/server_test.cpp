#include <boost/asio/experimental/awaitable_operators.hpp>

#include "server_fixture.h"
#include "signalbox/store.h"

using namespace signalbox;
using namespace signalbox::http;
using namespace signalbox::http::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

asio::awaitable<Response> echo(Request request) {
  Response response = text_response(200, request.method + " " + request.path + " " + request.body);
  for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
  co_return response;
}

asio::awaitable<Response> fail_with_store(Request) {
  throw StoreFailure("disk on fire");
  co_return Response{};
}
asio::awaitable<Response> fail_oddly(Request) {
  throw std::runtime_error("odd");
  co_return Response{};
}

const std::string last = "Connection: close\r\n\r\n";

}  // namespace

TEST_CASE("a request is answered and the connection kept") {
  ServerFixture fixture(echo);
  const auto answer =
      fixture.run(fixture.say("POST /a/b?x=1&y=a+b%21 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
                              "GET /c HTTP/1.1\r\nHost: h\r\n" +
                              last));
  CHECK_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer, Contains("\r\n\r\nPOST /a/b hello x=1 y=a b!HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer, Contains("x-amzn-RequestId: "));
  CHECK_THAT(answer, Contains("Connection: close\r\n\r\nGET /c "));
}

TEST_CASE("a chunked body, an absolute target and HEAD") {
  ServerFixture fixture(echo);
  const auto answer =
      fixture.run(fixture.say("POST http://h/p?q HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                              "HEAD /h HTTP/1.1\r\nHost: h\r\n" +
                              last));
  CHECK_THAT(answer, Contains("\r\n\r\nPOST /p abcde q="));
  CHECK_THAT(answer, Contains("Content-Length: 8\r\nConnection: close\r\n\r\n"));
  CHECK_THAT(answer, !Contains("HEAD /h"));
}

TEST_CASE("Expect: 100-continue is answered before the body is sent") {
  ServerFixture fixture(echo);
  struct Test {
    static asio::awaitable<std::string> run(ServerFixture& f) {
      tcp::socket socket = co_await f.connect();
      const std::string head = "PUT /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + last;
      co_await asio::async_write(socket, asio::buffer(head), asio::use_awaitable);
      std::string interim;
      auto buffer = asio::dynamic_buffer(interim);
      co_await asio::async_read_until(socket, buffer, "\r\n\r\n", asio::use_awaitable);
      CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
      co_await asio::async_write(socket, asio::buffer("ok", 2), asio::use_awaitable);
      std::string answer = co_await ServerFixture::read_to_end(socket);
      co_return answer;
    }
  };
  CHECK_THAT(fixture.run(Test::run(fixture)), Contains("PUT /e ok"));
}

TEST_CASE("what the server refuses itself") {
  ServerOptions options;
  options.body_bytes_max = 10;
  options.header_bytes_max = 1000;
  ServerFixture fixture(echo, options);
  struct Case {
    std::string request, answer;
  };
  const auto example =
      GENERATE(Case{"nonsense\r\n\r\n", "HTTP/1.1 400 "}, Case{"GET / HTTP/9.9\r\n\r\n", "HTTP/1.1 400 "},
               Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world", "HTTP/1.1 413 "},
               Case{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n", "HTTP/1.1 413 "},
               Case{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 400 "},
               Case{"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "HTTP/1.1 431 "},
               Case{"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nOrigin: http://evil.example\r\n" + last, "HTTP/1.1 403 "},
               Case{"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nSec-Fetch-Site: cross-site\r\n" + last, "HTTP/1.1 403 "},
               Case{"GET / HTTP/1.1\r\nHost: rebound.example:1\r\nOrigin: http://rebound.example:1\r\n" + last, "HTTP/1.1 403 "},
               Case{"GET / HTTP/1.1\r\nHost: rebound.example:1\r\nAccept-Language: en\r\n" + last, "HTTP/1.1 403 "},
               Case{"GET / HTTP/1.1\r\nHost: sqs.us-east-1.amazonaws.com\r\n" + last, "HTTP/1.1 200 "},
               Case{"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAccept-Language: en\r\n" + last, "HTTP/1.1 200 "},
               Case{"GET / HTTP/1.1\r\nHost: localhost:1\r\nOrigin: http://localhost:1\r\n" + last, "HTTP/1.1 200 "});
  INFO(example.request);
  const auto answer = fixture.run(fixture.say(example.request));
  CHECK_THAT(answer, StartsWith(example.answer));
  CHECK_THAT(answer, Contains("Connection: close"));
}

TEST_CASE("the public listener takes requests from other sites") {
  ServerOptions options;
  options.listener = Listener::Public;
  ServerFixture fixture(echo, options);
  CHECK_THAT(fixture.run(fixture.say("GET / HTTP/1.1\r\nHost: h\r\nOrigin: http://evil.example\r\n" + last)), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("exceptions of handlers become answers") {
  SECTION("the data file cannot be read") {
    ServerFixture fixture(fail_with_store);
    CHECK_THAT(fixture.run(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n" + last)), StartsWith("HTTP/1.1 503 "));
  }
  SECTION("a bug") {
    ServerFixture fixture(fail_oddly);
    CHECK_THAT(fixture.run(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n" + last)), StartsWith("HTTP/1.1 500 "));
  }
}

TEST_CASE("a client that is too slow is told so and cut off") {
  ServerOptions options;
  options.header_timeout = std::chrono::seconds(1);
  options.idle_timeout = std::chrono::seconds(1);
  ServerFixture fixture(echo, options);
  SECTION("within a request") { CHECK_THAT(fixture.run(fixture.say("GET / HTTP/1.1\r\nHo")), StartsWith("HTTP/1.1 408 ")); }
  SECTION("before one") { CHECK(fixture.run(fixture.say("")).empty()); }
}

namespace {

/// Waits as a long poll does, and notes how that ended.
struct LongPoll {
  asio::io_context* context = nullptr;
  bool begun = false, cancelled = false;

  asio::awaitable<Response> handle(Request) {
    begun = true;
    asio::steady_timer timer(*context, std::chrono::hours(1));
    try {
      co_await timer.async_wait(asio::use_awaitable);
    } catch (const boost::system::system_error&) {
      cancelled = true;
      throw;
    }
    co_return Response{};
  }
};

asio::awaitable<void> until(const bool& condition) {
  while (!condition) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

}  // namespace

TEST_CASE("a long poll ends when its client goes away") {
  LongPoll poll;
  ServerFixture fixture([&](Request request) { return poll.handle(std::move(request)); });
  poll.context = &fixture.context;
  struct Test {
    static asio::awaitable<void> run(ServerFixture& f, LongPoll& p) {
      {
        tcp::socket socket = co_await f.connect();
        const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
        co_await until(p.begun);
      }
      co_await until(p.cancelled);
    }
  };
  fixture.run(Test::run(fixture, poll));
  CHECK(poll.cancelled);
  CHECK(fixture.server.connections() == 0);
}

TEST_CASE("a long poll ends when the server stops") {
  LongPoll poll;
  ServerFixture fixture([&](Request request) { return poll.handle(std::move(request)); });
  poll.context = &fixture.context;
  struct Test {
    static asio::awaitable<std::string> run(ServerFixture& f, LongPoll& p) {
      tcp::socket socket = co_await f.connect();
      const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
      co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
      co_await until(p.begun);
      f.server.stop();
      std::string answer = co_await ServerFixture::read_to_end(socket);
      co_return answer;
    }
  };
  CHECK_THAT(fixture.run(Test::run(fixture, poll)), StartsWith("HTTP/1.1 503 "));
  CHECK(poll.cancelled);
}

TEST_CASE("an answer longer than the socket takes at once arrives whole") {
  const std::string large(20'000'000, 'x');
  ServerFixture fixture([&](Request) -> asio::awaitable<Response> { co_return text_response(200, large); });
  const auto answer = fixture.run(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n" + last));
  CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == large);
}

TEST_CASE("an address that is taken is an error that names it") {
  ServerFixture fixture(echo);
  ServerOptions options;
  options.address = fixture.server.address();
  Server second(fixture.context.get_executor(), options, echo);
  const auto listening = second.listen();
  REQUIRE(listening.has_error());
  CHECK_THAT(listening.error().message, Contains(options.address));
}

TEST_CASE("the client sends and receives") {
  ServerFixture fixture(echo);
  ClientRequest request;
  request.url = "http://" + fixture.server.address() + "/hook?a=b";
  request.body = "payload";
  const auto answer = fixture.run(send(request));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body == "POST /hook payload a=b");
  CHECK(answer->headers.get("content-type") == "text/plain; charset=utf-8");
}

TEST_CASE("the client says what went wrong") {
  ServerFixture fixture(echo);
  ClientRequest request;
  SECTION("no URL") {
    request.url = "ftp://x";
    CHECK(fixture.run(send(request)).error().code == ErrorCode::InvalidArgument);
  }
  SECTION("nobody listens") {
    request.url = "http://127.0.0.1:1/";
    const auto answer = fixture.run(send(request));
    CHECK(answer.error().code == ErrorCode::Unavailable);
    CHECK_THAT(answer.error().message, Contains("127.0.0.1:1"));
  }
  SECTION("the answer is too long") {
    request.url = "http://" + fixture.server.address() + "/";
    request.body = std::string(100, 'x');
    request.response_bytes_max = 50;
    CHECK(fixture.run(send(request)).error().code == ErrorCode::TooLarge);
  }
  SECTION("it speaks no TLS") {
    request.url = "https://" + fixture.server.address() + "/";
    CHECK(fixture.run(send(request)).error().code == ErrorCode::Unavailable);
  }
}
