// Cross-origin requests to HTTP APIs.

#include "services/http_apis/cors.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::http_apis;

namespace {

http::Request request(const char* method, const char* origin, bool asks = true) {
  http::Request made;
  made.method = method;
  if (origin) made.headers.add("Origin", origin);
  if (asks) made.headers.add("Access-Control-Request-Method", "PUT");
  return made;
}

std::string shown(const http::Response& response) {
  std::string text = std::to_string(response.status);
  for (const auto& [name, value] : response.headers.all()) text += " " + name + "=" + value;
  return text;
}

}  // namespace

TEST_CASE("a preflight is answered for origins that are allowed") {
  const Cors cors{.origins = {"https://a.org", "http://*"},
                  .methods = {"GET", "PUT"},
                  .headers = {"x-one"},
                  .exposed = {"x-two"},
                  .credentials = true,
                  .max_age = 60};
  CHECK(shown(*preflight_answer(cors, request("OPTIONS", "https://a.org"))) ==
        "204 access-control-allow-origin=https://a.org access-control-allow-credentials=true vary=origin "
        "access-control-allow-methods=GET,PUT access-control-allow-headers=x-one access-control-max-age=60");
  CHECK(
      shown(*preflight_answer(cors, request("OPTIONS", "http://any.org"))).starts_with("204 access-control-allow-origin=http://any.org "));
  CHECK(shown(*preflight_answer(cors, request("OPTIONS", "https://b.org"))) == "204");
  CHECK_FALSE(preflight_answer(cors, request("OPTIONS", nullptr)).has_value());
  CHECK_FALSE(preflight_answer(cors, request("OPTIONS", "https://a.org", false)).has_value());
  CHECK_FALSE(preflight_answer(cors, request("PUT", "https://a.org")).has_value());
}

TEST_CASE("an answer says what the API says, not what the integration does") {
  const Cors cors{.origins = {"*"}, .methods = {}, .headers = {}, .exposed = {"x-two"}, .credentials = false, .max_age = std::nullopt};
  http::Response response{.status = 200};
  response.headers.add("Access-Control-Allow-Origin", "https://other.org");
  response.headers.add("X-Two", "2");
  auto to_stranger = response;
  set_cors_headers(cors, request("GET", "https://a.org"), response);
  CHECK(shown(response) == "200 X-Two=2 access-control-allow-origin=* access-control-expose-headers=x-two");
  set_cors_headers(cors, request("GET", nullptr), to_stranger);
  CHECK(shown(to_stranger) == "200 X-Two=2");
}
