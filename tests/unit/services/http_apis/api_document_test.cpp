// HTTP APIs as OpenAPI documents describe them.

#include "services/http_apis/api_document.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::http_apis;

namespace {

std::string read(const char* text, std::string* faults_text = nullptr) {
  std::vector<Error> faults;
  const auto document = read_document(*Json::parse(text), faults);
  std::string said, shown = document.members.compact_text() + "\n";
  for (const auto& route : document.routes) shown += route.key + " " + route.operation + " " + route.integration.compact_text() + "\n";
  for (const auto& fault : faults) said += fault.where + ": " + fault.message + "\n";
  if (faults_text) *faults_text = said;
  else CHECK(said.empty());
  return shown;
}

}  // namespace

TEST_CASE("operations are routes, their integrations may be shared") {
  CHECK(read(R"({"openapi": "3.0.1", "info": {"title": "T", "version": "1"}, "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
    "paths": {"/a/{b}": {"parameters": [], "get": {"operationId": "Get", "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/one"}}, "post": {}},
              "/$default": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "ANY", "uri": "https://a", "payloadFormatVersion": "1.0"}}}},
    "components": {"x-amazon-apigateway-integrations": {"one": {"type": "AWS_PROXY", "uri": "arn:aws:lambda:r:1:function:f", "payloadFormatVersion": "2.0", "timeoutInMillis": 100}}}})") ==
        R"({"name":"T","version":"1","corsConfiguration":{"allowOrigins":["*"]}}
GET /a/{b} Get {"integrationType":"AWS_PROXY","integrationUri":"arn:aws:lambda:r:1:function:f","payloadFormatVersion":"2.0","timeoutInMillis":100}
POST /a/{b}  null
$default  {"integrationType":"HTTP_PROXY","integrationMethod":"ANY","integrationUri":"https://a","payloadFormatVersion":"1.0"}
)");
}

TEST_CASE("what is not offered is a fault at its place") {
  std::string faults;
  read(
      R"({"swagger": "2.0", "paths": {"/a": {"trace": {}, "get": {"security": [{"jwt": []}], "x-amazon-apigateway-integration": {"type": "mock"}}}, "b": {"get": {}}}})",
      &faults);
  CHECK(faults ==
        ": the document is not OpenAPI 3.0, which HTTP APIs are described in\n"
        "/paths/~1a/trace: 'trace' is no method of HTTP APIs\n"
        "/paths/~1a/get/security: the security scheme 'jwt' is not offered here: there are no authorizers\n"
        "/paths/~1a/get/x-amazon-apigateway-integration: Invalid integration type: MOCK. HTTP APIs support AWS_PROXY and HTTP_PROXY\n"
        "/paths/b/get: The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE "
        "PATH>\" or \"$default\"\n");
}
