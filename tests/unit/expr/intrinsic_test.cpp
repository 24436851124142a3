#include "expr/java.h"
#include "unit/expr/support.h"

using namespace signalbox;

namespace {

std::string called(const std::string& text, std::string input = "{}") {
  Around around(std::move(input));
  const auto call = IntrinsicCall::parse(text);
  if (!call) return "refused: " + call.error().message;
  const auto value = call->evaluate(around.context());
  return value ? value->text() : *value.error().error + ": " + *value.error().cause;
}

/// With `f` as the first argument and `s`, `t` as further ones.
std::string called_with(const std::string& name, const std::string& arguments) {
  const auto list = Around::parsed("[" + arguments + "]");
  std::string text = "States." + name + "(";
  for (std::size_t i = 0; i < list.size(); ++i) text += (i > 0 ? ", " : "") + ("$[" + std::to_string(i) + "]");
  return called(text + ")", list.text());
}

}  // namespace

TEST_CASE("functions give what AWS gave") {
  struct Case {
    const char* name;
    const char* arguments;
    const char* value;
  };
  const Case cases[] = {
      {"Array", "", "[]"},
      {"Array", "\"a\", 1, null, {}", R"(["a",1,null,{}])"},
      {"ArrayContains", "[], null", "false"},
      {"ArrayContains", "[[1, 2, 3], 2], [1, 2, 3]", "true"},
      {"ArrayContains", "[{\"1\": 2, \"2\": []}], {\"2\": [], \"1\": 2}", "true"},
      {"ArrayContains", "[true, false], false", "true"},
      {"ArrayGetItem", "[1,2,3,4,5,6,7,8,9], 5", "6"},
      {"ArrayLength", "[1,[2,3]]", "2"},
      {"ArrayPartition", "[1,2,3,4,5], 2", "[[1,2],[3,4],[5]]"},
      {"ArrayPartition", "[], 2", "[]"},
      {"ArrayRange", "0, 9, 3", "[0,3,6,9]"},
      {"ArrayRange", "0, 10, 3", "[0,3,6,9]"},
      {"ArrayRange", "1, 9, 9", "[1]"},
      {"ArrayRange", "5, 1, -2", "[5,3,1]"},
      {"ArrayRange", "1, 5, -2", "[]"},
      {"ArrayRange", "1, 1, 3", "[1]"},
      {"ArrayUnique", "[1, 2, 1.0, \"1\", [1], [1]]", R"([1,2,"1",[1]])"},
      {"Base64Encode", "\"\"", "\"\""},
      {"Base64Encode", "\"Data to encode\"", "\"RGF0YSB0byBlbmNvZGU=\""},
      {"Base64Decode", "\"RGF0YSB0byBlbmNvZGU=\"", "\"Data to encode\""},
      {"Hash", "\"input data\", \"MD5\"", "\"812f45842bc6d66ee14572ce20db8e86\""},
      {"Hash", "\"input data\", \"SHA-1\"", "\"aaff4a450a104cd177d28d18d74485e8cae074b7\""},
      {"Hash", "\"input data\", \"SHA-256\"", "\"b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3\""},
      {"Hash", "\"input data\", \"SHA-384\"",
       "\"d28a7d5cf25a74f11a50a18452b75e04bb3d70c9dd0510d6123aa008c756511b87525bdc835ebb27e1fb9e9374a15562\""},
      {"Hash", "\"input data\", \"SHA-512\"",
       "\"6ce4adb348546d4f449c4d25aad9a7c9cb711d9e91982d3f0b29ca2f3f47d4ce2deba23bf2954f0f1d593fc50283731a533d30d425402d4f91316d871303aac4"
       "\""},
      {"JsonMerge", R"({"a": 1, "b": {"x": 1}}, {"b": {"y": 2}, "c": 3}, false)", R"({"a":1,"b":{"y":2},"c":3})"},
      {"JsonToString", "null", "\"null\""},
      {"JsonToString", "1.1", "\"1.1\""},
      {"JsonToString", "\"HelloWorld\"", R"("\"HelloWorld\"")"},
      {"JsonToString", "{\"Arg1\": 1, \"Arg2\": [ ]}", R"("{\"Arg1\":1,\"Arg2\":[]}")"},
      {"StringToJson", "\"\"", "null"},
      {"StringToJson", "\" \"", "null"},
      {"StringToJson", "\"null\"", "null"},
      {"StringToJson", "\"1.1\"", "1.1"},
      {"StringToJson", "\"true\"", "true"},
      {"StringToJson", R"("\"HelloWorld\"")", "\"HelloWorld\""},
      {"StringToJson", R"("{\"Arg1\": 1, \"Arg2\": []}")", R"({"Arg1":1,"Arg2":[]})"},
      {"MathAdd", "1, -1", "0"},
      {"MathAdd", "1.5, 0", "2"},
      {"MathAdd", "-1.5, 0", "-1"},
      {"MathAdd", "2147483646, 1", "2147483647"},
      {"StringSplit", "\" \", \",\"", "[\" \"]"},
      {"StringSplit", "\", , ,\", \",\"", "[\" \",\" \"]"},
      {"StringSplit", "\",,,,\", \",\"", "[]"},
      {"StringSplit", "\"This.is+a,test=string\", \".+,=\"", R"(["This","is","a","test","string"])"},
      {"StringSplit", "\"split on T and \\nnew line\", \"T\\n\"", R"(["split on "," and ","new line"])"},
      {"StringSplit", "\"aébéc\", \"é\"", R"(["a","b","c"])"},
      {"Format", "\"Formatting argument {}.\", null", "\"Formatting argument null.\""},
      {"Format", "\"Formatting argument {}.\", 1.1", "\"Formatting argument 1.1.\""},
      {"Format", R"("{}", {"Id": "arn:x", "Name": "m", "l": [1, "a", null, {}]})", "\"{Id=arn:x, Name=m, l=[1, a, null, {}]}\""},
      {"Format", R"("{}", "{\"Arg1\": 1}")", R"("{\"Arg1\": 1}")"},
  };
  for (const auto& [name, arguments, value] : cases) {
    INFO(name << "(" << arguments << ")");
    CHECK(called_with(name, arguments) == value);
  }
}

TEST_CASE("literals, escapes, nesting") {
  CHECK(called("States.StringSplit('Hello\nWorld', '\n')") == R"(["Hello","World"])");
  CHECK(called("States.Format('unload (\\'{}\\') \\{\\} \\\\', 'q')") == R"("unload ('q') {} \\")");
  CHECK(called("States.Array( 'a' ,-1.5, true,null , $.l[?(@.x == ',)')] )", R"x({"l":[{"x":",)"}]})x") ==
        R"x(["a",-1.5,true,null,[{"x":",)"}]])x");
  CHECK(called("States.StringToJson('{\"b\":1}')") == "{\"b\":1}");
  CHECK(called("States.ArrayGetItem(States.StringSplit($.k, '/'),0)", R"({"k":"a/b"})") == "\"a\"");
  CHECK(called("States.Format('{}', $$.StateMachine)") == "\"{Id=arn:x, Name=m}\"");
  CHECK(called("States.Format($.t, 1)", R"({"t":"<{}>"})") == "\"<1>\"");
  CHECK(called("States.Format('config-{}', $.detail['execution-id'])", R"({"detail":{"execution-id":7}})") == "\"config-7\"");
  CHECK(IntrinsicCall::parse("States.Format( '{}', States.Array($.a['b'], 'it\\'s', 1 ))")->printed() ==
        "States.Format('{}', States.Array($['a']['b'], 'it\\'s', 1))");
  std::string nested = "1";
  for (int i = 0; i < 10; ++i) nested = "States.Array(" + nested + ")";
  CHECK(called(nested) == "[[[[[[[[[[1]]]]]]]]]]");
  CHECK_THAT(called("States.Array(" + nested + ")"), Catch::Contains("nested more than 10 deep"));
}

TEST_CASE("randomness replays, and seeds behave as java.util.Random") {
  const std::string uuid = called("States.UUID()");
  CHECK(uuid.size() == 38);
  CHECK(uuid[15] == '4');
  CHECK(uuid == called("States.UUID()"));
  CHECK(called("States.Array(States.UUID(), States.UUID())").find(uuid.substr(1, 36), 39) == std::string::npos);
  // AWS answers $random(42) with this number; it begins with the bits 1562431130 / 2^31, which nextInt() takes.
  CHECK(expr::JavaRandom(42).next_double() == 0.7275636800328681);
  CHECK(called("States.MathRandom(0, 1000, 42)") == "130");
  CHECK(called("States.MathRandom(5, 1005, 42)") == "135");
  for (int i = 0; i < 50; ++i) {
    Around around("{}");
    around.random = RandomSource("key" + std::to_string(i), "label");
    const auto value = IntrinsicCall::parse("States.MathRandom(-1, 2)")->evaluate(around.context());
    CHECK(*value->as_integer() >= -1);
    CHECK(*value->as_integer() < 2);
  }
}

TEST_CASE("failures are States.IntrinsicFailure and name the call") {
  CHECK(called("States.MathAdd(1,'-1')") ==
        "States.IntrinsicFailure: The function 'States.MathAdd(1,'-1')' had the following error: The argument must be a number within the "
        "range of 32-bit integers, but was: \"-1\"");
  const std::pair<const char*, const char*> cases[] = {
      {"MathAdd", "2147483647, 1"},   {"MathAdd", "2147483648, 0"}, {"MathAdd", "1e300, 0"},       {"ArrayRange", "0, 1000, 1"},
      {"ArrayRange", "0, 9, 0"},      {"ArrayGetItem", "[1], 1"},   {"ArrayGetItem", "[1], -1"},   {"ArrayGetItem", "{}, 0"},
      {"ArrayPartition", "[1], 0"},   {"ArrayLength", "1"},         {"Base64Decode", "\"?\""},     {"Base64Decode", "\"/w==\""},
      {"Base64Encode", "1"},          {"Hash", "\"x\", \"CRC\""},   {"Hash", "\"x\", 1"},          {"JsonMerge", "{}, {}, true"},
      {"JsonMerge", "{}, [], false"}, {"StringToJson", "\"{\""},    {"StringToJson", "1"},         {"MathRandom", "1, 1"},
      {"MathRandom", "1, \"x\""},     {"StringSplit", "1, \",\""},  {"Format", "\"{}{}\", 1"},     {"Format", "1"},
      {"ArrayUnique", "{}"},          {"ArrayContains", "{}, 1"},   {"MathRandom", "0, 1, \"s\""}, {"ArrayPartition", "1, 1"},
      {"MathRandom", "2, 1"},         {"JsonMerge", "{}, {}, 1"},
  };
  for (const auto& [name, arguments] : cases) {
    INFO(name << "(" << arguments << ")");
    CHECK_THAT(called_with(name, arguments), Catch::StartsWith("States.IntrinsicFailure: The function 'States." + std::string(name) + "("));
  }
  CHECK(called_with("ArrayRange", "0, 999, 1").size() > 1000);
  CHECK_THAT(called_with("Base64Encode", "\"" + std::string(10'001, 'x') + "\""), Catch::Contains("more than 10000 characters"));
}

TEST_CASE("faulty calls are refused") {
  const std::pair<const char*, const char*> cases[] = {
      {"States.Nope()", "there is no intrinsic function 'States.Nope';"},
      {"States.Array('a'", "',' or ')' is expected"},
      {"States.Array('a) ", "the quote is not closed"},
      {"States.Array(,)", "an argument is expected"},
      {"States.Array(a)", "an argument is expected"},
      {"States.Array($.)", "a name is expected"},
      {"States.Array() x", "nothing may stand behind the call"},
      {"States.ArrayLength()", "States.ArrayLength takes 1 arguments, not 0;"},
      {"States.MathRandom(1)", "States.MathRandom takes 2 to 3 arguments, not 1;"},
      {"States.Format('{}')", "States.Format has 1 placeholders for 0 arguments;"},
      {"States.StringToJson('{\"text\":\"An \\\"escaped double quote\\\" here\"}')", "a backslash escapes only"},
      {"Array()", "An intrinsic function call must begin with 'States.'"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK_THAT(called(text), Catch::StartsWith("refused: " + std::string(message)));
  }
}
