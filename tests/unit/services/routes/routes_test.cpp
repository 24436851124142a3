/// Routes: which one a request finds, what its function is told, what becomes of the answer.

#include "services/routes/routes.h"
#include "services/routes/proxy_event.h"

#include "store/memory_store.h"
#include "support/test_transaction.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::routes;

namespace {

struct Fixture {
  MemoryStore store;
  ManualClock clock{Timestamp{std::chrono::milliseconds{1'795'467'600'123}}};  // 2026-11-23T21:00:00.123Z
  testing::TestTransaction transaction{store, clock};

  void put(std::string path, std::string method, std::string function, std::string stack = "s") {
    const auto done = put_route(
        transaction, {.path = std::move(path), .method = std::move(method), .function = std::move(function), .stack = std::move(stack)});
    REQUIRE(done.has_value());
  }
  std::string found(std::string_view method, std::string_view path) {
    const auto match = match_route(transaction, method, path);
    if (!match) return "none";
    std::string text = match->route.function;
    for (const auto& [name, value] : match->path_parameters) text += " " + name + "=" + value;
    return text;
  }
};

std::string refusal(std::string path, std::string method) {
  const auto checked = check_route({.path = std::move(path), .method = std::move(method), .function = "f", .stack = "s"});
  return checked ? "fine: " + checked->method + " " + checked->path : checked.error().message;
}

FunctionOutcome answered(std::string payload) {
  FunctionOutcome outcome;
  outcome.payload = std::move(payload);
  return outcome;
}

std::string printed(const http::Response& response) {
  std::string text = std::to_string(response.status);
  for (const auto& [name, value] : response.headers.all()) text += " " + name + "=" + value;
  return text + " | " + response.body;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "the most exact route wins") {
  put("/orders", "post", "create");
  put("/orders/{id}", "GET", "show");
  put("/orders/new", "GET", "form");
  put("/orders/{id}", "ANY", "other");
  put("/files/{rest+}", "GET", "files");
  CHECK(found("POST", "/orders") == "create");
  CHECK(found("POST", "//orders/") == "create");
  CHECK(found("GET", "/orders") == "none");
  CHECK(found("GET", "/orders/new") == "form");
  CHECK(found("GET", "/orders/a%20b") == "show id=a b");
  CHECK(found("DELETE", "/orders/7") == "other id=7");
  CHECK(found("DELETE", "/orders/new") == "none");
  CHECK(found("GET", "/files/a/b//c/") == "files rest=a/b//c");
  CHECK(found("GET", "/files") == "none");
  CHECK(found("GET", "/") == "none");
  CHECK(methods_of(transaction, "/orders/7") == std::vector<std::string>{"ANY", "GET"});
}

TEST_CASE_METHOD(Fixture, "a route belongs to one stack") {
  put("/a", "GET", "f", "one");
  put("/a", "GET", "g", "one");
  CHECK(found("GET", "/a") == "g");
  const auto taken = put_route(transaction, {.path = "/a", .method = "GET", .function = "h", .stack = "two"});
  REQUIRE(taken.has_error());
  CHECK(taken.error().code == ErrorCode::AlreadyExists);
  CHECK(taken.error().message == "the stack 'one' has the route GET /a already");
  remove_route(transaction, "/a", "GET");
  CHECK(list_routes(transaction).empty());
}

TEST_CASE("routes that are refused") {
  CHECK(refusal("/a/{b}/{c+}/", "get") == "fine: GET /a/{b}/{c+}");
  CHECK(refusal("a", "GET") == "the path 'a' does not begin with a slash");
  CHECK(refusal("/a/{b", "GET") == "the path '/a/{b' is malformed: '{b' is no parameter");
  CHECK(refusal("/{a+}/b", "GET") == "the path '/{a+}/b' is malformed: '{a+}' must be the last part");
  CHECK(refusal("/a", "FETCH") == "'FETCH' is no HTTP method");
  CHECK(refusal("/verification", "GET") == "the path '/verification' is served by the daemon itself");
  CHECK(refusal("/_url/x", "GET") == "the path '/_url/x' is served by the daemon itself");
}

TEST_CASE_METHOD(Fixture, "the event of a request") {
  put("/orders/{id}", "POST", "f");
  http::Request request;
  request.method = "POST";
  request.path = "/orders/7";
  request.target = "/orders/7?a=1&a=2";
  request.query = {{"a", "1"}, {"a", "2"}};
  request.headers.add("Host", "shop.example:8080");
  request.headers.add("X-One", "1");
  request.headers.add("X-One", "2");
  request.headers.add("User-Agent", "curl");
  request.body = "{}";
  request.client_address = "192.0.2.1";
  request.request_id = "id";
  const auto event = proxy_event(request, *match_route(transaction, "POST", request.path), Site{}, clock.now());
  const auto at = [&](std::string_view name) { return event.find(name)->text(); };
  CHECK(at("resource") == R"("/orders/{id}")");
  CHECK(at("path") == R"("/orders/7")");
  CHECK(at("httpMethod") == R"("POST")");
  CHECK(at("headers") == R"({"Host":"shop.example:8080","X-One":"2","User-Agent":"curl"})");
  CHECK(at("multiValueHeaders") == R"({"Host":["shop.example:8080"],"X-One":["1","2"],"User-Agent":["curl"]})");
  CHECK(at("queryStringParameters") == R"({"a":"2"})");
  CHECK(at("multiValueQueryStringParameters") == R"({"a":["1","2"]})");
  CHECK(at("pathParameters") == R"({"id":"7"})");
  CHECK(at("stageVariables") == "null");
  CHECK(at("body") == R"("{}")");
  CHECK(at("isBase64Encoded") == "false");
  const auto& context = *event.find("requestContext");
  CHECK(context.find("requestTime")->text() == R"("23/Nov/2026:21:00:00 +0000")");
  CHECK(context.find("requestTimeEpoch")->text() == "1795467600123");
  CHECK(context.find("identity")->find("sourceIp")->text() == R"("192.0.2.1")");
  CHECK(context.find("identity")->find("userAgent")->text() == R"("curl")");

  request.query.clear();
  request.body = "\xFF";
  const auto binary = proxy_event(request, *match_route(transaction, "POST", request.path), Site{}, clock.now());
  CHECK(binary.find("queryStringParameters")->is_null());
  CHECK(binary.find("body")->text() == R"("/w==")");
  CHECK(binary.find("isBase64Encoded")->text() == "true");
}

TEST_CASE("the response of an answer") {
  CHECK(printed(proxy_response(answered(R"({"statusCode": 201, "headers": {"X": 1}, "body": "b"})"))) ==
        "201 X=1 Content-Type=application/json | b");
  CHECK(printed(proxy_response(answered(
            R"({"statusCode": "200", "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "headers": {"content-type": "text/html"}})"))) ==
        "200 Set-Cookie=a=1 Set-Cookie=b=2 content-type=text/html | ");
  CHECK(printed(proxy_response(answered(R"({"statusCode": 200, "body": "aGk=", "isBase64Encoded": true})"))) ==
        "200 Content-Type=application/json | hi");
  const std::string failed = R"(502 Content-Type=application/json | {"message":"Internal server error"})";
  for (const auto* bad :
       {"null", "\"text\"", "{}", R"({"statusCode": 99})", R"({"statusCode": 200, "body": {}})",
        R"({"statusCode": 200, "headers": {"A": "x\r\ny"}})", R"({"statusCode": 200, "body": "*", "isBase64Encoded": true})"}) {
    INFO(bad);
    CHECK(printed(proxy_response(answered(bad))) == failed);
  }
  FunctionOutcome outcome = answered(R"({"errorType": "Error", "errorMessage": "x"})");
  outcome.kind = FunctionOutcome::Kind::FunctionError;
  CHECK(printed(proxy_response(outcome)) == failed);
  outcome.payload = R"({"errorType": "Sandbox.Timedout", "errorMessage": "x"})";
  CHECK(printed(proxy_response(outcome)) == failed);
  CHECK(printed(timed_out_response()) == R"(504 Content-Type=application/json | {"message":"Endpoint request timed out"})");
  outcome.kind = FunctionOutcome::Kind::Throttled;
  CHECK(proxy_response(outcome).status == 429);
  CHECK(
      printed(no_route_response()) ==
      R"(403 Content-Type=application/json x-amzn-ErrorType=MissingAuthenticationTokenException | {"message":"Missing Authentication Token"})");
}
