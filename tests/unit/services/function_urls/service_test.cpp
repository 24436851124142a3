// Function URLs: what a request names, what an outcome becomes, which ids there are.

#include "services/function_urls/service.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace signalbox;
using namespace signalbox::functions;
using namespace signalbox::function_urls;

namespace {

std::string shown(const FunctionOutcome& outcome) {
  const auto response = url_response(outcome);
  return std::to_string(response.status) + " " + std::string(response.headers.get("content-type").value_or("")) + " | " + response.body;
}

std::string named(std::string_view host, std::string_view path) {
  const auto found = find_url_path(host, path);
  return found ? found->id + " " + found->path : "none";
}

}  // namespace

TEST_CASE("a function URL is known by its path, or by its host") {
  CHECK(named("example.org", "/_url/abc/a%20b/") == "abc /a%20b/");
  CHECK(named("example.org", "/_url/abc/") == "abc /");
  CHECK(named("example.org", "/_url/abc") == "abc /");
  CHECK(named("abc.lambda-url.eu-west-1.on.aws", "/x") == "abc /x");
  CHECK(named("lambda-url.eu-west-1.on.aws", "/x") == "none");
  CHECK(named("localhost:8080", "/_urls/abc") == "none");
}

TEST_CASE("without a status the whole answer is the body, as it is") {
  const auto answered = [](const char* payload) { return shown({.kind = FunctionOutcome::Kind::Answered, .payload = payload}); };
  CHECK(answered(R"("Hello, world!")") == R"(200 application/json | "Hello, world!")");
  CHECK(answered(R"({"message": 1})") == R"(200 application/json | {"message": 1})");
  CHECK(answered("null") == "200 application/json | null");
  CHECK(answered(R"({"statusCode": 201, "body": "b"})") == "201 application/json | b");
  CHECK(answered(R"({"statusCode": 200, "headers": {"content-type": "text/html"}, "body": "PGI+", "isBase64Encoded": true})") ==
        "200 text/html | <b>");
  CHECK(answered(R"({"statusCode": "many"})") == "502 text/plain | Internal Server Error");
}

TEST_CASE("what went wrong") {
  using Kind = FunctionOutcome::Kind;
  CHECK(shown({.kind = Kind::FunctionError, .payload = R"({"errorType": "E"})"}) == "502 text/plain | Internal Server Error");
  CHECK(shown({.kind = Kind::Throttled}).starts_with("429 application/json | "));
  CHECK(shown({.kind = Kind::Unavailable}).starts_with("503 application/json | "));
  CHECK(shown({.kind = Kind::NotFound}) == R"(403 application/json | {"Message":"Forbidden"})");
  CHECK(shown({.kind = Kind::Answered, .payload = "\"" + std::string(6U * 1024 * 1024, 'a') + "\""}) ==
        "502 text/plain | Internal Server Error");
}

TEST_CASE("an id depends on the key, the function and the alias") {
  const MasterKey one{std::string(32, '1')}, two{std::string(32, '2')};
  const auto id = function_url_id(one, "f", "");
  CHECK(id == function_url_id(one, "f", ""));
  CHECK(id.size() == 32);
  CHECK(std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }));
  CHECK(id != function_url_id(two, "f", ""));
  CHECK(id != function_url_id(one, "f", "live"));
  CHECK(id != function_url_id(one, "g", ""));
  CHECK(function_url_of(id) == "${signalbox:public-url}/_url/" + id + "/");
}
