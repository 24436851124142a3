// Which route of an HTTP API a request takes, and how route keys are written.

#include "services/http_apis/route_selection.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::http_apis;

namespace {

Snapshot routes(std::initializer_list<const char*> keys) {
  Snapshot snapshot;
  for (const auto* key : keys) snapshot.routes.push_back({.key = key, .parts = *parse_route_key(key), .integration = "i"});
  return snapshot;
}

std::string found(const Snapshot& snapshot, std::string_view method, std::string_view path) {
  const auto match = select_route(snapshot, method, path);
  if (!match) return "none";
  std::string text = match->route->key;
  for (const auto& [name, value] : match->path_parameters) text += " " + name + "=" + value;
  return text;
}

}  // namespace

TEST_CASE("full matches come before greedy ones, those before $default") {
  const auto snapshot =
      routes({"$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1", "ANY /pets/dog/1", "GET /"});
  CHECK(found(snapshot, "GET", "/pets/dog/1") == "GET /pets/dog/1");
  CHECK(found(snapshot, "PUT", "/pets/dog/1") == "ANY /pets/dog/1");
  CHECK(found(snapshot, "GET", "/pets/dog/2%2F3") == "GET /pets/dog/{id} id=2/3");
  CHECK(found(snapshot, "GET", "/pets/cat/1") == "GET /pets/{proxy+} proxy=cat/1");
  CHECK(found(snapshot, "POST", "/pets/dog/2") == "ANY /{proxy+} proxy=pets/dog/2");
  CHECK(found(snapshot, "GET", "/") == "GET /");
  CHECK(found(snapshot, "POST", "/") == "$default");
}

TEST_CASE("without $default a request may have no route") {
  const auto snapshot = routes({"POST /a", "GET /a/{rest+}"});
  CHECK(found(snapshot, "GET", "/a") == "none");
  CHECK(found(snapshot, "POST", "/a/b") == "none");
  CHECK(found(snapshot, "GET", "/a/b") == "GET /a/{rest+} rest=b");
}

TEST_CASE("route keys have a method and a path whose parameters stand alone") {
  for (const auto* good : {"GET /", "ANY /a/{b}/c", "POST /{a}/{b+}", "$default"}) CHECK(parse_route_key(good).has_value());
  for (const auto* bad : {"", "GET", "get /a", "FETCH /a", "GET a", "GET /{a+}/b", "GET /a{b}", "GET /{}", "GET /{a b}"}) {
    INFO(bad);
    const auto parsed = parse_route_key(bad);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().where == "BadRequestException");
  }
}
