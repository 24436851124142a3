#include "signalbox/json.h"

#include <catch2/catch.hpp>

#include <ostream>

using namespace signalbox;

namespace {
Json parsed(std::string text) {
  auto json = Json::parse(std::move(text));
  INFO((json ? "" : json.error().message));
  REQUIRE(json.has_value());
  return *json;
}
std::string fault(std::string text) {
  const auto json = Json::parse(std::move(text));
  REQUIRE_FALSE(json.has_value());
  return json.error().message;
}
}  // namespace

TEST_CASE("a parsed text is given back byte for byte") {
  for (const char* text : {"null", "true", "0.0", "1e3", "\"a\\u00e9\"", "[1, 2,  3]", "{ \"b\" : [ ] , \"a\":{}}"}) CHECK(parsed(text).text() == text);
  CHECK(parsed(" [1] \n").text() == "[1]");
}

TEST_CASE("what is taken out of a text prints compactly, numbers as written") {
  const Json json = parsed(R"({"a": [1.50, 2e0, "x\/y"], "a2": {"k" : null}})");
  CHECK(json.find("a")->text() == R"([1.50,2e0,"x/y"])");
  CHECK(json.find("a2")->text() == R"({"k":null})");
  CHECK(json_array({json, 1}).text() == "[" + json.text() + ",1]");
}

TEST_CASE("a repeated member has its last value at its first place") {
  CHECK(parsed(R"({"a":1,"b":2,"a":3})").with("c", 4).text() == R"({"a":3,"b":2,"c":4})");
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"m" + std::to_string(i % 20) + "\":" + std::to_string(i) + ",";
  many.back() = '}';
  const Json json = parsed(many);
  CHECK(json.size() == 20);
  CHECK(*json.find("m19") == Json(39));
  CHECK(json.members()[3].value == Json(23));
}

TEST_CASE("equality is by value") {
  CHECK(parsed("{\"a\":1,\"b\":[1.0]}") == parsed("{\"b\":[1],\"a\":1e0}"));
  CHECK_FALSE(parsed("[1,2]") == parsed("[2,1]"));
  CHECK_FALSE(Json("1") == Json(1));
  CHECK(Json() == parsed("null"));
}

TEST_CASE("strings are decoded, surrogates paired") {
  CHECK(parsed(R"("\ud83d\ude00\n")").as_string() == "😀\n");
  CHECK(parsed(R"("\ud83d")").as_string() == "\xEF\xBF\xBD");
  CHECK(Json("a\"\\\n\x01").text() == R"("a\"\\\n\u0001")");
}

TEST_CASE("numbers") {
  CHECK(parsed("3.0").as_integer() == 3);
  CHECK(parsed("3.5").as_integer() == std::nullopt);
  CHECK(parsed("1e400").as_double() > 1e308);
  CHECK(Json(0.1).text() == "0.1");
  CHECK(Json(3.0).text() == "3");
  CHECK(Json(INT64_MIN).as_integer() == INT64_MIN);
}

TEST_CASE("faults name the fragment and its offset") {
  CHECK_THAT(fault("{\"a\": foo}"), Catch::Contains("Unrecognized token 'foo'") && Catch::Contains("offset 6"));
  CHECK_THAT(fault(""), Catch::Contains("empty"));
  CHECK_THAT(fault("[1,]"), Catch::Contains("a value is expected"));
  CHECK_THAT(fault("{\"a\" 1}"), Catch::Contains("':' is expected"));
  CHECK_THAT(fault("[01]"), Catch::Contains("must not begin with 0"));
  CHECK_THAT(fault("\"a\nb\""), Catch::Contains("control character"));
  CHECK_THAT(fault("\"\xff\""), Catch::Contains("UTF-8"));
  CHECK_THAT(fault("\"abc"), Catch::Contains("not closed"));
  CHECK_THAT(fault("1 2"), Catch::Contains("unexpected text"));
  CHECK_THAT(fault(std::string(600, '[')), Catch::Contains("512"));
}

TEST_CASE("pretty text is for people") {
  CHECK(parsed(R"({"a":[1,{}],"b":"x"})").pretty() == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x\"\n}");
}
