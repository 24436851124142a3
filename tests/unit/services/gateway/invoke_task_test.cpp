// apigateway:invoke: the request that a task's parameters mean, and what its result is.

#include "services/gateway/invoke_task.h"

#include "support/print_result.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::gateway;

namespace {

http::Request made(const char* parameters) {
  const auto request = invoke_request(*Json::parse(parameters), "id");
  REQUIRE(request.has_value());
  return *request;
}

std::string refusal(const char* parameters) {
  const auto request = invoke_request(*Json::parse(parameters), "id");
  return request ? "taken" : *request.error().error + ": " + *request.error().cause;
}

}  // namespace

TEST_CASE("parameters become a request to a stage") {
  const auto request = made(
      R"({"ApiEndpoint": "abc.execute-api.us-east-1.amazonaws.com", "Method": "PUT", "Stage": "dev", "Path": "/a/b", "QueryParameters": {"q": ["1", "a&b"], "n": [2, null]},
                                "Headers": {"X-A": ["1", "2"]}, "RequestBody": {"a": [{"b": null, "c": 1}], "d": null}})");
  CHECK(request.path == "/dev/a/b");
  CHECK(request.target == "/dev/a/b?q=1&q=a%26b&n=2");
  CHECK(request.headers.all() ==
        std::vector<std::pair<std::string, std::string>>{
            {"Host", "abc.execute-api.us-east-1.amazonaws.com"}, {"X-A", "1"}, {"X-A", "2"}, {"Content-Type", "application/json"}});
  CHECK(request.body == R"({"a":[{"c":1}]})");
  CHECK(made(R"({"ApiEndpoint": "a.b", "Method": "POST", "RequestBody": "text"})").body == "text");
  CHECK(made(R"({"ApiEndpoint": "a.b", "Method": "POST", "RequestBody": {"d": null}, "AllowNullValues": true})").body == R"({"d":null})");
  CHECK(made(R"({"ApiEndpoint": "a.b", "Method": "GET", "Path": "x"})").path == "/x");
}

TEST_CASE("parameters that mean no request are refused") {
  CHECK(refusal(R"({"ApiEndpoint": "https://a.b/c", "Method": "GET"})") ==
        "States.Runtime: The ApiEndpoint 'https://a.b/c' is not the host name of an API");
  CHECK(refusal(R"({"ApiEndpoint": "a.b", "Method": "FETCH"})") == "States.Runtime: The Method 'FETCH' is no HTTP method");
  CHECK(refusal(R"({"ApiEndpoint": "a.b", "Method": "GET", "AuthType": "KEY"})") == "States.Runtime: The AuthType 'KEY' is unknown");
  for (const char* header : {"Host", "X-Amz-Date", "x-forwarded-for", "Transfer-Encoding"})
    CHECK(refusal((std::string(R"({"ApiEndpoint": "a.b", "Method": "GET", "Headers": {")") + header + R"(": ["x"]}})").c_str()) ==
          std::string("States.Runtime: The header '") + header + "' cannot be set by apigateway:invoke");
}

TEST_CASE("a response becomes the task's result or error") {
  http::Response response{.status = 201};
  response.headers.add("X-A", "1");
  response.headers.add("X-A", "2");
  response.body = R"({"a":1})";
  CHECK(invoke_answer(response)->text() ==
        R"({"Headers":{"X-A":["1","2"]},"ResponseBody":{"a":1},"StatusCode":201,"StatusText":"Created"})");
  response.body = "plain";
  CHECK(*invoke_answer(response)->find("ResponseBody") == Json("plain"));
  response.status = 404;
  const auto failed = invoke_answer(response);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error() == WorkflowError{.error = "ApiGateway.404", .cause = "plain"});
}
