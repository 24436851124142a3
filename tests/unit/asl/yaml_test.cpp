#include "asl/yaml.h"

#include <catch2/catch.hpp>

using namespace signalbox;

namespace {

std::string converted(std::string_view yaml) {
  const auto json = yaml_to_json(yaml);
  return json ? *json : "error: " + json.error().message;
}

}  // namespace

TEST_CASE("plain scalars follow YAML 1.1 as CloudFormation reads it") {
  struct Case {
    const char* yaml;
    const char* json;
  };
  const Case cases[] = {
      {"a", R"("a")"},
      {"~", "null"},
      {"yes", "true"},
      {"Off", "false"},
      {"'yes'", R"("yes")"},
      {"\"12\"", R"("12")"},
      {"12", "12"},
      {"-1.50", "-1.50"},
      {"1e3", "1e3"},
      {"0777", "511"},
      {"0x1F", "31"},
      {"1_000", "1000"},
      {"+7", "7"},
      {".5", "0.5"},
      {"012345678901", R"("012345678901")"},
      {"2010-09-09", R"("2010-09-09")"},
      {"10:30", R"("10:30")"},
      {"1.2.3", R"("1.2.3")"},
      {"!!str 12", R"("12")"},
      {"y", R"("y")"},
      {".", R"(".")"},
      {"-", "[null]"},
      {"cron(0 1 * * ? *)", "\"cron(0 1 * * ? *)\""},
  };
  for (const auto& item : cases) {
    INFO(item.yaml);
    CHECK(converted(item.yaml) == item.json);
  }
}

TEST_CASE("members keep their order, blocks are text") {
  CHECK(converted("b: 1\na:\n  - x\n  - {y: }\nc: |\n  1\n  2\n") == R"({"b":1,"a":["x",{"y":null}],"c":"1\n2\n"})");
  CHECK(converted("a: &x [1, 2]\nb: *x\n") == R"({"a":[1,2],"b":[1,2]})");
}

TEST_CASE("short tags become their long form") {
  CHECK(converted("!Ref A") == R"({"Ref":"A"})");
  CHECK(converted("!Condition A") == R"({"Condition":"A"})");
  CHECK(converted("!GetAtt A.B.C") == R"({"Fn::GetAtt":["A","B.C"]})");
  CHECK(converted("!GetAtt [A, B]") == R"({"Fn::GetAtt":["A","B"]})");
  CHECK(converted("!Sub '${A}/x'") == R"({"Fn::Sub":"${A}/x"})");
  CHECK(converted("!Join ['', [a, !Ref B]]") == R"({"Fn::Join":["",["a",{"Ref":"B"}]]})");
  CHECK(converted("!Sub 12") == R"({"Fn::Sub":"12"})");
}

TEST_CASE("what is wrong is named with its place") {
  CHECK(converted("a: 1\nb: !Foo x\n") == "error: unknown tag '!Foo' (line 2, column 4)");
  CHECK(converted("a: 1\na: 2\n") == "error: the member 'a' is there twice (line 2, column 1)");
  CHECK(converted("a: {<<: {b: 1}}") == "error: merge keys (<<) are not supported (line 1, column 5)");
  CHECK(converted("!GetAtt A") == "error: '!GetAtt A' names no attribute (line 1, column 1)");
  CHECK(converted("--- 1\n--- 2\n") == "error: one YAML document is expected, but here begins a second (line 2, column 1)");
  CHECK(converted("# nothing\n") == "error: one YAML document is expected, but there is none");
  // At these the parser makes no progress; found by fuzzing.
  for (const char* yaml : {", \"MaxConcurrency\": -1", ", a"})
    CHECK(converted(yaml) == "error: no YAML value begins like this (line 1, column 1)");
  CHECK(converted("a: 1\n}\n").starts_with("error: "));
  CHECK(converted("a: \"\xE4\"") == "error: the text is not UTF-8 (line 1, column 4)");
  CHECK(converted("\xE4: 1") == "error: the member's name is not UTF-8 (line 1, column 1)");
  CHECK(converted("!Ref \xE4") == "error: the text is not UTF-8 (line 1, column 1)");
  CHECK(converted("a: [1") == "error: end of sequence flow not found (line 1, column 1)");
  CHECK(converted("!!binary aGk=") == "error: the tag !!binary is not supported (line 1, column 1)");
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const auto previous = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) laughs += (k ? "," : "") + previous;
    laughs += "]\n";
  }
  CHECK_THAT(converted(laughs), Catch::StartsWith("error: the document expands to more than a million nodes"));
}
