// What mappings and formats of HTTP APIs take from requests and answers.

#include "services/http_apis/mapping.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::http_apis;

namespace {

http::Request request() {
  http::Request made;
  made.method = "POST";
  made.path = "/_api/a/x/7";
  made.target = "/_api/a/x/7?q=1&q=2&r=%20";
  made.query = {{"q", "1"}, {"q", "2"}, {"r", " "}};
  made.headers.add("X-One", "a");
  made.headers.add("x-one", "b");
  made.body = R"({"a": {"b": [1, "two"]}, "t": "text"})";
  return made;
}

struct Source {
  http::Request asked = request();
  Pairs path{{"id", "7"}};
  Json context = *Json::parse(R"({"requestId": "r", "path": "/x/7", "identity": {"sourceIp": "::1"}, "routeKey": null})");
  Json variables = *Json::parse(R"({"colour": "red"})");
  [[nodiscard]] MappingSource view(const http::Response* response = nullptr) const { return {asked, path, context, variables, response}; }
};

std::string value(std::string_view mapping) { return mapped_value(mapping, Source().view()).value_or("(nothing)"); }

std::string headers_text(const http::Headers& headers) {
  std::string text;
  for (const auto& [name, one] : headers.all()) text += name + "=" + one + " ";
  return text;
}

}  // namespace

TEST_CASE("mappings name parts of the request, or stand for themselves") {
  CHECK(value("$request.header.x-ONE") == "a,b");
  CHECK(value("$request.querystring.q") == "1,2");
  CHECK(value("$request.querystring.Q") == "(nothing)");
  CHECK(value("$request.path.id") == "7");
  CHECK(value("$request.path") == "/x/7");
  CHECK(value("$request.body") == request().body);
  CHECK(value("$request.body.t") == "text");
  CHECK(value("$request.body.a.b[1]") == "two");
  CHECK(value("$request.body.a") == R"({"b":[1,"two"]})");
  CHECK(value("$request.body.none") == "(nothing)");
  CHECK(value("$context.identity.sourceIp") == "::1");
  CHECK(value("${stageVariables.colour}") == "red");
  CHECK(value("is ${stageVariables.colour}, ${context.requestId}; $x ${y}") == "is red, r; $x ${y}");
  CHECK(value("plain") == "plain");
  CHECK(value("") == "");
}

TEST_CASE("formats replace what stands without braces, too") {
  const Source source;
  CHECK(substitute("$context.requestId $context.routeKey ${context.none}.$request.header.none, $5", source.view(), "-") == "r - -.-, $5");
  CHECK(substitute("$context.identity.sourceIp. end$", source.view(), "-") == "::1. end$");
}

TEST_CASE("a request is changed on its way") {
  Source source;
  const auto changed = mapped_request({{"append:header.X-One", "c"},
                                       {"overwrite:header.New", "$request.header.x-one"},
                                       {"remove:querystring.q", "''"},
                                       {"append:querystring.id", "$request.path.id"},
                                       {"overwrite:path", "/y z"}},
                                      source.view());
  CHECK(headers_text(changed.headers) == "X-One=a x-one=b X-One=c New=a,b ");
  CHECK(changed.path == "/y z");
  CHECK(changed.target == "/y z?r=%20&id=7");
  CHECK(headers_text(mapped_request({{"remove:header.X-ONE", "''"}}, source.view()).headers).empty());
  CHECK(mapped_request({}, source.view()).target == source.asked.target);
}

TEST_CASE("an answer is changed on its way back") {
  const Source source;
  http::Response response{.status = 200};
  response.headers.add("X-Old", "1");
  response.body = R"({"code": 7})";
  const auto changed = mapped_response({{"overwrite:header.x-old", "$response.header.X-Old$"},
                                        {"append:header.Code", "$response.body.code"},
                                        {"overwrite:statuscode", "403"},
                                        {"remove:header.None", "''"}},
                                       source.view(&response));
  CHECK(changed.status == 403);
  CHECK(headers_text(changed.headers) == "Code=7 ");
}
