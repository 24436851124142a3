// Which resource and method of an API a request means.

#include "services/gateway/route_match.h"
#include "services/gateway/stage_url.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::gateway;

namespace {

ApiResource resource(std::string path, std::initializer_list<const char*> methods) {
  ApiResource made{.id = path, .path = std::move(path), .methods = {}};
  for (const auto* name : methods) {
    Method method;
    method.http_method = name;
    made.methods.push_back(std::move(method));
  }
  return made;
}

std::string found(const ApiSnapshot& snapshot, std::string_view method, std::string_view path) {
  const auto match = match_route(snapshot, method, path);
  if (!match) return "none";
  std::string text = match->resource->path + " " + match->method->http_method;
  for (const auto& [name, value] : match->path_parameters) text += " " + name + "=" + value;
  return text;
}

std::string stage(std::string_view host, std::string_view path) {
  const auto read = find_stage_path(host, path);
  return read ? read->api + "|" + read->stage + "|" + read->path + "|" + read->full_path : "none";
}

}  // namespace

TEST_CASE("the most exact resource wins, and slashes matter only inside of a greedy part") {
  ApiSnapshot snapshot;
  snapshot.resources = {
      resource("/", {"GET"}),           resource("/orders", {"GET", "ANY"}), resource("/orders/{id}", {"GET"}),
      resource("/orders/new", {"GET"}), resource("/{proxy+}", {"ANY"}),      resource("/orders/{id}/items/{rest+}", {"PUT"}),
      resource("/parts", {}),           resource("/parts/{id}", {"GET"})};
  struct Case {
    std::string_view method, path, expected;
  };
  const std::initializer_list<Case> cases{{"GET", "/", "/ GET"},
                                          {"GET", "//", "/ GET"},
                                          {"POST", "/", "none"},
                                          {"GET", "/orders", "/orders GET"},
                                          {"GET", "//orders/", "/orders GET"},
                                          {"PUT", "/orders", "/orders ANY"},
                                          {"GET", "/orders/new", "/orders/new GET"},
                                          {"GET", "/orders/a%2Fb%20c", "/orders/{id} GET id=a/b c"},
                                          {"GET", "/orders/a+b", "/orders/{id} GET id=a+b"},
                                          {"DELETE", "/orders/7", "none"},  // the more exact resource decides, though it lacks the method
                                          {"GET", "/orders/7/8", "/{proxy+} ANY proxy=orders/7/8"},
                                          {"GET", "/parts", "/{proxy+} ANY proxy=parts"},  // one without methods is only a step on the way,
                                          {"PUT", "/orders/7/items/a//b/", "/orders/{id}/items/{rest+} PUT id=7 rest=a//b"},
                                          {"GET", "/x//y", "/{proxy+} ANY proxy=x//y"}};
  for (const auto& one : cases) {
    CAPTURE(one.method, one.path);
    CHECK(found(snapshot, one.method, one.path) == one.expected);
  }
}

TEST_CASE("a stage's URL names its API and stage by path or by host") {
  CHECK(stage("localhost:8080", "/_api/abc/dev//verification") == "abc|dev|//verification|/dev//verification");
  CHECK(stage("localhost:8080", "/_api/abc//dev/x") == "abc|dev|/x|/dev/x");
  CHECK(stage("localhost:8080", "/_api/abc/dev") == "abc|dev|/|/dev");
  CHECK(stage("localhost:8080", "/_api/") == "||/|/");
  CHECK(stage("abc.execute-api.eu-west-1.amazonaws.com", "/dev/x/") == "abc|dev|/x/|/dev/x/");
  CHECK(stage("localhost:8080", "/verification") == "none");
}

TEST_CASE("URLs of our own APIs become the daemon's") {
  const auto own = [](std::string_view api) { return api == "abc123"; };
  CHECK(with_own_stage_urls("https://abc123.execute-api.us-east-1.amazonaws.com/dev/", own) == "${signalbox:public-url}/_api/abc123/dev/");
  CHECK(with_own_stage_urls("see https://abc123.execute-api.cn-north-1.amazonaws.com.cn, "
                            "https://other.execute-api.us-east-1.amazonaws.com/x and https://abc123.example",
                            own) ==
        "see ${signalbox:public-url}/_api/abc123, https://other.execute-api.us-east-1.amazonaws.com/x and https://abc123.example");
  CHECK(with_own_stage_urls("", own) == "");
}
