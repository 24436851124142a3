#include "unit/expr/support.h"

using namespace signalbox;

namespace {

std::string filled(const std::string& text, std::string input = "{\"a\": {\"b\": [1, 2.50]}, \"s\": \"x\"}") {
  Around around(std::move(input));
  const auto parsed = PayloadTemplate::parse(Around::parsed(text));
  if (!parsed) {
    std::string faults;
    for (const auto& fault : parsed.error()) faults += fault.where + ": " + fault.message + "\n";
    return faults;
  }
  const auto value = parsed->evaluate(around.context());
  return value ? value->text() : *value.error().error + ": " + *value.error().cause;
}

}  // namespace

TEST_CASE("templates are filled in") {
  CHECK(filled(R"({ "k": 1.0, "v.$": "$.a.b", "in": [ {"w.$": "$.s"}, 2 ], "c.$": "$$.Execution.Name", "x.$": "$v.a[0]" })") ==
        R"({"k":1.0,"v":[1,2.50],"in":[{"w":"x"},2],"c":"run","x":1})");
  CHECK(filled(R"({ "k" : [ 1 ] })") == R"({"k":[1]})");
  CHECK(filled("[1, {\"a\": \"$.a\"}]") == "[1,{\"a\":\"$.a\"}]");
  CHECK(filled("\"text\"") == "\"text\"");
  CHECK(filled(R"x({"f.$": "States.Format('{}-{}', $.s, States.ArrayLength($.a.b))"})x") == R"x({"f":"x-2"})x");
  CHECK(filled(R"({"whole.$": "$"})", "{\"a\": 1}") == R"({"whole":{"a": 1}})");
  CHECK(filled(R"({"none.$": "$.x[*]"})") == R"({"none":[]})");
}

TEST_CASE("what a template misses is said in AWS's words") {
  CHECK(filled(R"({"in": {"value.$": "$.x"}})", "{\"flagged\": false}") ==
        "States.Runtime: The JSONPath '$.x' specified for the field 'value.$' could not be found in the input '{\"flagged\":false}'");
  CHECK(filled(R"x({"value.$": "States.StringToJson($.x)"})x", "{}") ==
        "States.Runtime: The function 'States.StringToJson($.x)' had the following error: The JsonPath argument for the field '$.x' could "
        "not be found in the input '{}'");
}

TEST_CASE("all faults of a template are found") {
  CHECK(filled(R"x({"a.$": "x", "b": [{"c.$": "$."}], "d.$": 1, "e": 1, "e.$": "$", "f.$": "States.Nope()"})x") ==
        "/a.$: The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call: A path must begin with '$', but "
        "is 'x'\n"
        "/b/0/c.$: The value for the field 'c.$' must be a valid JSONPath or a valid intrinsic function call: a path must not end with '.' "
        "at character 3 of '$.'\n"
        "/d.$: The value for the field 'd.$' must be a STRING that contains a JSONPath or an intrinsic function call\n"
        "/e.$: The field 'e' is given twice\n"
        "/f.$: The value for the field 'f.$' must be a valid JSONPath or a valid intrinsic function call: there is no intrinsic function "
        "'States.Nope'; at character 8 of 'States.Nope()'\n");
}

TEST_CASE("a template names the variables that it reads") {
  const auto parsed = PayloadTemplate::parse(
      Around::parsed(R"x({"a.$": "$x.y", "b": [{"c.$": "States.Array($z, States.Array($w))"}], "d.$": "$x", "e.$": "$.no"})x"));
  CHECK(parsed->variables() == std::vector<std::string>{"w", "x", "z"});
}

TEST_CASE("a template says what of the context object it reads") {
  const auto reads_of = [](const char* source) { return PayloadTemplate::parse(Around::parsed(source))->reads(); };
  using Members = std::vector<std::string>;
  CHECK(reads_of(R"x({"a.$": "$.x", "b": "$$.Execution.Id"})x").members.empty());
  CHECK(reads_of(R"x({"a.$": "$$.Task.Token"})x").members == Members{"Task"});
  CHECK(reads_of(R"x({"a": [{"b.$": "$$['Execution']['Input'].x"}], "c.$": "States.Format('{}', States.Array($$.Map.Item.Index))"})x")
            .members == Members{"Execution", "Map"});
  CHECK(reads_of(R"x({"a.$": "$$['State','Task']"})x").members == Members{"State", "Task"});
  for (const char* all : {"$$", "$$..Token", "$$.*", "$$[*].Name", "$$.Execution.Input[?(@.a == $.State.Name)]"}) {
    CAPTURE(all);
    CHECK(reads_of((R"x({"a.$": ")x" + std::string(all) + R"x("})x").c_str()).all);
  }
  const ContextReads some{.all = false, .members = {"Task"}};
  CHECK(some.has("Task"));
  CHECK(!some.has("State"));
  CHECK(ContextReads{.all = true, .members = {}}.has("State"));
}

TEST_CASE("a template cannot nest a value without end") {
  Json value = Json::empty_array();
  const auto parsed = PayloadTemplate::parse(Around::parsed(R"({"a.$": "$"})"));
  RandomSource random("k", "l");
  const Json none = Json::empty_object();
  for (std::size_t i = 1; i < Json::depth_max; ++i) value = *parsed->evaluate({value, none, none, random, {}});
  CHECK(parsed->evaluate({value, none, none, random, {}}).has_error());
}
