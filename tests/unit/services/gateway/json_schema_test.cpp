// Models of request bodies.

#include "services/gateway/json_schema.h"

#include "support/print_result.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::gateway;

namespace {

bool valid(std::string value, std::string schema) {
  const std::map<std::string, Json> models{{"Id", *Json::parse(R"({"type": "integer"})")}};
  return is_valid(*Json::parse(std::move(value)), *Json::parse(std::move(schema)), models);
}

struct Case {
  const char *schema, *fits, *does_not;
};

}  // namespace

TEST_CASE("each keyword lets pass and refuses") {
  const std::initializer_list<Case> cases{
      {R"({"type": "integer"})", "1.0", "1.5"},
      {R"({"type": ["null", "boolean"]})", "null", "0"},
      {R"({"enum": [1, "a"]})", "\"a\"", "\"b\""},
      {R"({"const": {"a": 1}})", R"({"a": 1.0})", "{}"},
      {R"({"minimum": 1, "exclusiveMinimum": true})", "2", "1"},
      {R"({"exclusiveMaximum": 3})", "2", "3"},
      {R"({"maximum": 3})", "3", "4"},
      {R"({"multipleOf": 0.1})", "0.3", "0.35"},
      {R"({"minLength": 2, "maxLength": 2})", "\"äö\"", "\"abc\""},
      {R"({"pattern": "^a+$"})", "\"aa\"", "\"ab\""},
      {R"({"items": {"type": "string"}, "minItems": 1, "uniqueItems": true})", R"(["a", "b"])", R"(["a", "a"])"},
      {R"({"items": [{"type": "string"}], "additionalItems": false})", R"(["a"])", R"(["a", 1])"},
      {R"({"properties": {"a": {"type": "string"}}, "required": ["a"]})", R"({"a": "x", "b": 1})", R"({"b": 1})"},
      {R"({"patternProperties": {"^x": {"type": "number"}}, "additionalProperties": false})", R"({"xy": 1})", R"({"y": 1})"},
      {R"({"minProperties": 1, "maxProperties": 1})", R"({"a": 1})", R"({"a": 1, "b": 2})"},
      {R"({"allOf": [{"minimum": 1}, {"maximum": 2}]})", "2", "3"},
      {R"({"anyOf": [{"type": "string"}, {"minimum": 5}]})", "5", "4"},
      {R"({"oneOf": [{"minimum": 1}, {"minimum": 5}]})", "1", "5"},
      {R"({"not": {"type": "null"}})", "1", "null"},
      {R"({"definitions": {"d": {"type": "string"}}, "properties": {"a": {"$ref": "#/definitions/d"}}})", R"({"a": "x"})", R"({"a": 1})"},
      {R"({"properties": {"id": {"$ref": "https://apigateway.amazonaws.com/restapis/abc/models/Id"}}})", R"({"id": 1})", R"({"id": "1"})"},
      {R"({"properties": {"next": {"$ref": "#"}, "v": {"type": "number"}}})", R"({"next": {"v": 1}})", R"({"next": {"v": "1"}})"}};
  for (const auto& one : cases) {
    CAPTURE(one.schema);
    CHECK(valid(one.fits, one.schema));
    CHECK_FALSE(valid(one.does_not, one.schema));
  }
}

TEST_CASE("what is not offered is named") {
  CHECK(unsupported_keyword(*Json::parse(R"({"properties": {"a": {"items": [{"contains": 1}]}}})")) ==
        "the schema keyword 'contains' is not offered here");
  CHECK_FALSE(unsupported_keyword(*Json::parse(R"({"properties": {"contains": {"type": "string"}}, "default": {"if": 1}})")));
}
