// What mappings, templates and formats make of a request and of an integration's answer.

#include "services/gateway/gateway_response.h"
#include "services/gateway/integration_request.h"
#include "services/gateway/integrations.h"

#include "support/print_result.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::gateway;

namespace {

struct Fixture {
  http::Request request;
  ApiSnapshot snapshot;
  ApiResource resource{.id = "r", .path = "/orders/{id}", .methods = {}};
  Method method;

  Fixture() {
    request.method = "POST";
    request.query = {{"q", "1"}, {"q", "a \"b\""}, {"empty", ""}};
    request.headers.add("X-Who", "me");
    request.body = R"({"a": {"b": [1, 2.50]}, "t": "x"})";
    method.response_statuses = {"200", "400"};
    method.integration.emplace();
  }
  void template_for(const char* type, std::string_view text) {
    method.integration->templates.emplace_back(type, *velocity::Template::parse(text));
  }
  void respond(std::string status, const char* pattern) {
    IntegrationResponse response;
    response.status = std::move(status);
    if (pattern) response.selection = std::make_shared<const re2::RE2>(pattern);
    method.integration->responses.push_back(std::move(response));
  }
  [[nodiscard]] Invocation invocation() const {
    return {request,
            snapshot,
            resource,
            method,
            "/orders/7",
            {{"id", "7"}},
            json_object({{"colour", "red"}}),
            json_object({{"stage", "dev"}, {"identity", json_object({{"sourceIp", "::1"}, {"user", Json()}})}})};
  }
  [[nodiscard]] std::string mapped(std::string_view source) const {
    return mapped_value(source, invocation(), nullptr).value_or("nothing");
  }
  [[nodiscard]] std::string rendered(std::string_view text) const {
    const auto done = render(*velocity::Template::parse(text), invocation(), request.body);
    return done ? done->text : "failed: " + done.error().message;
  }
  [[nodiscard]] std::string sent() const {
    const auto made = make_integration_request(invocation());
    if (const auto* refusal = std::get_if<Refusal>(&made)) return refusal->type;
    return std::get<IntegrationRequest>(made).body;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a parameter mapping names its source") {
  CHECK(mapped("'a b'") == "a b");
  CHECK(mapped("method.request.path.id") == "7");
  CHECK(mapped("method.request.querystring.q") == "a \"b\"");
  CHECK(mapped("method.request.multivaluequerystring.q") == "1,a \"b\"");
  CHECK(mapped("method.request.header.x-who") == "me");
  CHECK(mapped("method.request.body") == request.body);
  CHECK(mapped("method.request.body.a.b[1]") == "2.50");
  CHECK(mapped("method.request.body.$.t") == "x");
  CHECK(mapped("method.request.body.missing") == "nothing");
  CHECK(mapped("context.identity.sourceIp") == "::1");
  CHECK(mapped("context.identity.user") == "nothing");
  CHECK(mapped("stageVariables.colour") == "red");
  CHECK(mapped("integration.response.body") == "nothing");
  CHECK(mapped("else") == "nothing");
}

TEST_CASE_METHOD(Fixture, "templates see the request") {
  CHECK(rendered("$input.json('$.a') $input.path('$.a').b[0] $input.params('id') "
                 "$input.params('q')|$input.params('X-Who')|$input.params('none')|") == R"({"b":[1,2.50]} 1 7 a "b"|me||)");
  CHECK(rendered("$input.params().querystring.q $input.params().path.id $input.params().header.get('X-Who')") == R"(a "b" 7 me)");
  CHECK(rendered("$context.stage $stageVariables.colour $input.body") == "dev red " + request.body);
  CHECK(rendered("#set($p = $util.parseJson('{\"k\": [1]}'))$p.k[0] $util.urlEncode('a b&~*') $util.urlDecode('a+b%26') "
                 "$util.base64Encode('hi') $util.base64Decode('aGk=')") == "1 a+b%26%7E* a b& aGk= hi");
  CHECK(rendered("$util.escapeJavaScript($input.path('$.s'))") == "");
  request.body = R"({"s": "it's \"q\" / ä 😀\n"})";
  CHECK(rendered("$util.escapeJavaScript($input.path('$.s'))") == R"(it\'s \"q\" \/ \u00E4 \uD83D\uDE00\n)");
  request.body = "";
  CHECK(rendered("$input.json('$')|$input.body|") == "{}|{}|");
}

TEST_CASE_METHOD(Fixture, "a body passes a template, goes through, or is refused, by its type") {
  using Passthrough = Integration::Passthrough;
  const auto body = request.body;
  CHECK(sent() == body);
  method.integration->passthrough = Passthrough::Never;
  CHECK(sent() == "UNSUPPORTED_MEDIA_TYPE");
  template_for("application/json", "made of $input.params('id')");
  CHECK(sent() == "made of 7");  // no type at all is JSON
  request.headers.set("Content-Type", "Application/JSON; charset=utf-8");
  CHECK(sent() == "made of 7");
  request.headers.set("Content-Type", "text/plain");
  CHECK(sent() == "UNSUPPORTED_MEDIA_TYPE");
  method.integration->passthrough = Passthrough::WhenNoTemplates;
  CHECK(sent() == "UNSUPPORTED_MEDIA_TYPE");
  method.integration->passthrough = Passthrough::WhenNoMatch;
  CHECK(sent() == body);
  method.integration->templates.clear();
  method.integration->passthrough = Passthrough::WhenNoTemplates;
  CHECK(sent() == body);
}

TEST_CASE_METHOD(Fixture, "a template may override what goes out and what comes back") {
  template_for("application/json",
               "#set($context.requestOverride.header.X-New = 'n')#set($context.requestOverride.querystring.q = 'over')x");
  method.integration->parameters = {{"integration.request.querystring.q", "method.request.querystring.q"},
                                    {"integration.request.header.X-Old", "'o'"},
                                    {"integration.request.path.p", "method.request.path.id"}};
  const auto made = std::get<IntegrationRequest>(make_integration_request(invocation()));
  CHECK(made.query == Pairs{{"q", "over"}});
  CHECK(made.headers.all() == Pairs{{"X-Old", "o"}, {"X-New", "n"}});
  method.integration->uri = "http://host/${stageVariables.colour}/{p}";
  CHECK(resolve_uri(invocation(), made) == "http://host/red/7");
}

TEST_CASE_METHOD(Fixture, "a pattern must fit the whole error message or status") {
  const auto selected = [&](const IntegrationAnswer& answer) {
    const auto* response = select_response(*method.integration, answer);
    return response ? response->status : std::string("none");
  };
  respond("400", "4\\d{2}");
  respond("401", "bad: .*");
  CHECK(selected({.status = 403}) == "400");
  CHECK(selected({.status = 4030}) == "none");
  respond("200", nullptr);
  respond("500", ".+");
  CHECK(selected({.status = 200, .is_function = true, .error_message = "bad: x"}) == "401");
  CHECK(selected({.status = 200, .is_function = true, .error_message = "very bad: x"}) == "500");
  CHECK(selected({.status = 200, .is_function = true}) == "200");
  CHECK(selected({.status = 200}) == "500");
}

TEST_CASE_METHOD(Fixture, "formats take variables and nothing else") {
  CHECK(substitute("$context.stage ${context.stage}! $context.identity.user $context.nothing $other $5 $", invocation(), "-") ==
        "dev dev! - - $other $5 $");
  CHECK(substitute("$stageVariables.colour.", invocation(), "-") == "red.");
}

TEST_CASE_METHOD(Fixture, "an API's own gateway response, or the one for its class, stands for the default") {
  CHECK(gateway_response("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", invocation()).body ==
        R"({"message":"Missing Authentication Token"})");
  snapshot.responses["DEFAULT_4XX"] = {
      .status = "",
      .parameters = {{"gatewayresponse.header.X-A", "method.request.header.X-Who"}},
      .templates = {{"application/json", R"({"m": $context.error.messageString, "t": "$context.error.responseType"})"}}};
  const auto own = gateway_response("MISSING_AUTHENTICATION_TOKEN", "No \"token\"", invocation());
  CHECK(own.status == 403);
  CHECK(own.body == R"({"m": "No \"token\"", "t": "MISSING_AUTHENTICATION_TOKEN"})");
  CHECK(own.headers.get("X-A") == "me");
  CHECK(gateway_response("API_CONFIGURATION_ERROR", "Internal server error", invocation()).body ==
        R"({"message":"Internal server error"})");
}

TEST_CASE("a mock's status may stand in a loose notation") {
  CHECK(mock_status(R"({"statusCode": 200})") == 200);
  CHECK(mock_status("{ statusCode: 204 }") == 204);
  CHECK(mock_status("{'statusCode': '404'}") == 404);
  CHECK_FALSE(mock_status("{}"));
  CHECK_FALSE(mock_status(""));
  CHECK_FALSE(mock_status("{statusCode: 20}"));
}

TEST_CASE("an integration's URI names a service and an action or path") {
  const auto action = parse_service_uri("arn:aws:apigateway:us-east-1:states:action/StartExecution");
  REQUIRE(action);
  const auto request = service_request(*action, "POST", {}, "id");
  CHECK(request.path == "/");
  CHECK(request.headers.get("X-Amz-Target") == "AWSStepFunctions.StartExecution");
  const auto path = parse_service_uri("arn:aws:apigateway:us-east-1:sqs:path/000000000000/queue");
  REQUIRE(path);
  CHECK(service_request(*path, "POST", {}, "id").path == "/000000000000/queue");
  const auto query = parse_service_uri("arn:aws:apigateway:us-east-1:sns:action/Publish");
  REQUIRE(query);
  CHECK(service_request(*query, "POST", {}, "id").query_value("Action") == "Publish");
  CHECK_FALSE(parse_service_uri("https://host/path"));
  CHECK_FALSE(parse_service_uri("arn:aws:apigateway:us-east-1:sqs:other/x"));
}
