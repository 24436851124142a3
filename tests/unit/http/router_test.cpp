#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include "http/http.h"

using namespace signalbox::http;

namespace {

Handler named(std::string name) {
  return [name = std::move(name)](Request request) -> asio::awaitable<Response> {
    std::string text = name;
    for (const auto& [parameter, value] : request.parameters) text += " " + parameter + "=" + value;
    return [](std::string body) -> asio::awaitable<Response> { co_return text_response(200, std::move(body)); }(std::move(text));
  };
}

Router example() {
  Router router;
  router.on("GET", "/", named("root"));
  router.on("GET", "/v1/executions", named("list"));
  router.on("POST", "/v1/executions", named("create"));
  router.on("GET", "/v1/executions/{id}", named("get"));
  router.on("GET", "/v1/executions/latest", named("latest"));
  router.on("GET", "/v1/executions/{id}/history", named("history"));
  router.on("GET", "/v1/{kind}/latest/log", named("log"));
  router.on("GET", "/files/{rest+}", named("file"));
  router.on("GET", "/files/{name}", named("one-file"));
  return router;
}

Response ask(const Router& router, std::string method, std::string path) {
  asio::io_context context;
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  auto future = asio::co_spawn(context, router.route(std::move(request)), asio::use_future);
  context.run();
  return future.get();
}

}  // namespace

TEST_CASE("routes are found, fixed parts first") {
  const Router router = example();
  struct Case {
    const char *path, *answer;
  };
  for (const auto& [path, answer] : {Case{"/", "root"},
                                     {"/v1/executions", "list"},
                                     {"/v1/executions/7", "get id=7"},
                                     {"/v1/executions/a%2Fb%20c", "get id=a/b c"},
                                     {"/v1/executions/a+b", "get id=a+b"},
                                     {"/v1/executions/latest", "latest"},
                                     {"/v1/executions/7/history", "history id=7"},
                                     {"/v1/executions/latest/history", "history id=latest"},
                                     {"/v1/executions/latest/log", "log kind=executions"},
                                     {"/files/a", "one-file name=a"},
                                     {"/files/a/b//c", "file rest=a/b//c"}}) {
    CAPTURE(path);
    const auto response = ask(router, "GET", path);
    CHECK(response.status == 200);
    CHECK(response.body == answer);
  }
}

TEST_CASE("what no route matches is 404, another method 405") {
  const Router router = example();
  for (const char* path : {"/v1", "/v1/executions/", "/v1/executions/7/", "//", "/files/", "", "*"}) {
    CAPTURE(path);
    CHECK(ask(router, "GET", path).status == 404);
  }
  const auto wrong = ask(router, "DELETE", "/v1/executions");
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.get("allow") == "OPTIONS, GET, POST");
  CHECK(ask(router, "HEAD", "/v1/executions").status == ask(router, "GET", "/v1/executions").status);
  const auto options = ask(router, "OPTIONS", "/v1/executions/7");
  CHECK(options.status == 204);
  CHECK(options.headers.get("allow") == "OPTIONS, GET");
}

TEST_CASE("the rest goes to otherwise") {
  Router router = example();
  router.otherwise(named("rest"));
  CHECK(ask(router, "GET", "/nothing").body == "rest");
}
