/// REST APIs as documents describe them.

#include "services/gateway/definition_import.h"

#include "asl/yaml.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::gateway;

namespace {

Json yaml(std::string_view text) {
  const auto json = yaml_to_json(text);
  if (!json) FAIL(json.error().message);
  return *Json::parse(*json);
}

std::string read(std::string_view text) {
  std::vector<Error> faults;
  const auto definition = read_definition(yaml(text), faults);
  std::string printed;
  for (const auto& fault : faults) printed += fault.where + ": " + fault.message + "\n";
  for (const auto& path : definition.paths) printed += path + "\n";
  for (const auto& method : definition.methods) printed += method.path + " " + method.record.text() + "\n";
  for (const auto& [name, record] : definition.models) printed += "model " + record.text() + "\n";
  for (const auto& [name, record] : definition.validators) printed += "validator " + record.text() + "\n";
  return printed;
}

}  // namespace

TEST_CASE("Swagger 2.0: parameters, a model, a validator, an integration with responses by pattern") {
  CHECK(read(R"(
swagger: "2.0"
info: {title: t, version: "1"}
paths:
  /a/{id}:
    parameters: [{name: id, in: path, required: true, type: string}]
    post:
      parameters: [{name: q, in: query}, {in: body, name: Order, schema: {$ref: "#/definitions/Order"}}]
      x-amazon-apigateway-request-validator: all
      responses: {"200": {description: good, headers: {X: {type: string}}}, default: {description: bad}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations
        responses: {default: {statusCode: 200}, ".*bad.*": {statusCode: "400"}}
definitions: {Order: {type: object, properties: {item: {$ref: "#/definitions/Item"}}}, Item: {type: string}}
x-amazon-apigateway-request-validators: {all: {validateRequestBody: true, validateRequestParameters: true}}
)") == R"(/a/{id}
/a/{id} {"httpMethod":"POST","authorizationType":"NONE","apiKeyRequired":false,"requestValidatorId":"all","requestModels":{"application/json":"Order"},"requestParameters":{"method.request.path.id":true,"method.request.querystring.q":false},"methodResponses":{"200":{"statusCode":"200","responseParameters":{"method.response.header.X":false}}},"methodIntegration":{"type":"AWS_PROXY","passthroughBehavior":"WHEN_NO_MATCH","timeoutInMillis":29000,"uri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations","httpMethod":"POST","integrationResponses":{"200":{"statusCode":"200"},"400":{"statusCode":"400","selectionPattern":".*bad.*"}}}}
model {"name":"Order","contentType":"application/json","schema":"{\"type\":\"object\",\"properties\":{\"item\":{\"$ref\":\"https://apigateway.amazonaws.com/restapis/API/models/Item\"}}}"}
model {"name":"Item","contentType":"application/json","schema":"{\"type\":\"string\"}"}
validator {"name":"all","validateRequestBody":true,"validateRequestParameters":true}
)");
}

TEST_CASE("what is not offered of a document is named with its place") {
  CHECK(read("{swagger: '1.2'}") == ": the document is neither Swagger 2.0 nor OpenAPI 3.0\n");
  CHECK(read(R"(
openapi: 3.0.1
x-amazon-apigateway-importance: high
components:
  schemas: {Bad: {type: object, discriminator: {propertyName: kind}}}
  securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}, pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: cognito_user_pools}}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
paths:
  /a:
    get: {security: [{key: []}], x-amazon-apigateway-integration: {type: mock, tlsConfig: {}}}
    put: {security: [{pool: []}]}
    post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Bad"}}}}, x-amazon-apigateway-request-validator: body}
    patch: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Bad"}}}}}
    trace: {}
)") == R"(/x-amazon-apigateway-importance: 'x-amazon-apigateway-importance' is not offered here
/components/schemas/Bad: the model Bad: the schema keyword 'discriminator' is not offered here
/paths/~1a/trace: 'trace' is not offered here
/paths/~1a/get/x-amazon-apigateway-integration/tlsConfig: 'tlsConfig' is not offered here
/paths/~1a/put/security: the security scheme 'pool' is not offered here: there are no authorizers
/a
/a {"httpMethod":"GET","authorizationType":"NONE","apiKeyRequired":true,"methodResponses":{},"methodIntegration":{"type":"MOCK","passthroughBehavior":"WHEN_NO_MATCH","timeoutInMillis":29000}}
/a {"httpMethod":"PUT","authorizationType":"NONE","apiKeyRequired":false,"methodResponses":{}}
/a {"httpMethod":"POST","authorizationType":"NONE","apiKeyRequired":false,"requestValidatorId":"body","requestModels":{"application/json":"Bad"},"methodResponses":{}}
/a {"httpMethod":"PATCH","authorizationType":"NONE","apiKeyRequired":false,"requestModels":{"application/json":"Bad"},"methodResponses":{}}
validator {"name":"body","validateRequestBody":true,"validateRequestParameters":false}
)");
}
