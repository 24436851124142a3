// What functions behind HTTP APIs are given, and what their answers mean.

#include "services/http_apis/function_event.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::http_apis;

namespace {

std::string shown(const std::optional<http::Response>& response) {
  if (!response) return "none";
  std::string text = std::to_string(response->status);
  for (const auto& [name, value] : response->headers.all()) text += " " + name + "=" + value;
  return text + " | " + response->body;
}

std::string answer(const char* payload, bool is_format_2 = true) {
  return shown(function_response({.kind = FunctionOutcome::Kind::Answered, .payload = payload}, is_format_2));
}

}  // namespace

TEST_CASE("in format 2.0 a value without a status is the body of a 200") {
  CHECK(answer(R"({"a": 1})") == R"(200 Content-Type=application/json | {"a": 1})");
  CHECK(answer(R"("text")") == "200 Content-Type=application/json | text");
  CHECK(answer("[1,2]") == "200 Content-Type=application/json | [1,2]");
  CHECK(answer("null") == "200 Content-Type=application/json | null");
  CHECK(answer(R"({"body": "b", "headers": {}})") == R"(200 Content-Type=application/json | {"body": "b", "headers": {}})");
}

TEST_CASE("in both formats an answer with a status is a response") {
  CHECK(answer(R"({"statusCode": 201, "body": "b"})") == "201 Content-Type=text/plain; charset=utf-8 | b");
  CHECK(answer(R"({"statusCode": "404", "headers": {"content-type": "a/b", "X": 7, "Y": true}})") == "404 content-type=a/b X=7 Y=true | ");
  CHECK(answer(R"({"statusCode": 200, "cookies": ["a=1", "b=2"], "multiValueHeaders": {"X": ["1"]}})") ==
        "200 set-cookie=a=1 set-cookie=b=2 Content-Type=text/plain; charset=utf-8 | ");
  CHECK(answer(R"({"statusCode": 200, "cookies": ["a=1"], "headers": {"X": "0", "Z": "z"}, "multiValueHeaders": {"X": ["1", "2"]}})",
               false) == "200 X=1 X=2 Z=z Content-Type=text/plain; charset=utf-8 | ");
  CHECK(answer(R"({"statusCode": 200, "body": "aGk=", "isBase64Encoded": true})") == "200 Content-Type=text/plain; charset=utf-8 | hi");
}

TEST_CASE("what has no form is no response") {
  for (const auto* payload : {R"({"statusCode": "many"})", R"({"statusCode": 42})", R"({"statusCode": 200, "body": {"a": 1}})",
                              R"({"statusCode": 200, "headers": {"X": {}}})", R"({"statusCode": 200, "headers": {"X": "a\r\nB: c"}})",
                              R"({"statusCode": 200, "headers": []})", R"({"statusCode": 200, "body": "%", "isBase64Encoded": true})",
                              R"({"statusCode": 200, "cookies": "a"})"}) {
    INFO(payload);
    CHECK(answer(payload) == "none");
  }
  CHECK(answer(R"({"a": 1})", false) == "none");
  CHECK(answer(R"("text")", false) == "none");
  CHECK(shown(function_response({.kind = FunctionOutcome::Kind::FunctionError, .payload = R"({"statusCode": 200})"}, true)) == "none");
}
