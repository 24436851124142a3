#include "signalbox/json.h"

#include <catch2/catch.hpp>

#include <thread>

using signalbox::ErrorCode;
using signalbox::Json;
using signalbox::json_array;
using signalbox::json_object;

namespace {

Json parsed(std::string text) {
  auto result = Json::parse(std::move(text));
  if (!result) FAIL(result.error().message);
  return *result;
}

}  // namespace

TEST_CASE("a parsed value keeps its source text; what is taken out prints compactly") {
  const Json value = parsed(" { \"a\" : [1.50, 2e3] , \"b\":\"\\u0041\\/\" }\n");
  CHECK(value.text() == " { \"a\" : [1.50, 2e3] , \"b\":\"\\u0041\\/\" }\n");
  CHECK(value.text_bytes() == value.text().size());
  CHECK(value.find("a")->text() == "[1.50,2e3]");
  CHECK(value.find("b")->text() == "\"A/\"");
  CHECK(json_array({value.find("b")->text() == "" ? Json() : value}).text() == "[" + value.text() + "]");
  CHECK(value.with("c", nullptr).text() == R"({"a":[1.50,2e3],"b":"A/","c":null})");
}

TEST_CASE("built values print compactly, in order") {
  const Json value = json_object({{"z", 1},
                                  {"a", json_array({true, nullptr, "x\n\x01\x1f\"", 0.1, 3.0, std::int64_t{-9007199254740993}})},
                                  {"e", Json::empty_object()}});
  CHECK(value.text() == R"({"z":1,"a":[true,null,"x\n\u0001\u001F\"",0.1,3,-9007199254740993],"e":{}})");
  CHECK(value.text_bytes() == value.text().size());
  CHECK(value.pretty() ==
        "{\n  \"z\": 1,\n  \"a\": [\n    true,\n    null,\n    \"x\\n\\u0001\\u001F\\\"\",\n    0.1,\n    3,\n    -9007199254740993\n  "
        "],\n  \"e\": {}\n}");
}

TEST_CASE("of a repeated name the last value wins at the place of the first") {
  CHECK(parsed(R"({"a":1,"b":2,"a":3})").with("c", 4).text() == R"({"a":3,"b":2,"c":4})");
  std::string big = "{";
  for (int i = 0; i < 100; ++i) big += "\"k" + std::to_string(i % 50) + "\":" + std::to_string(i) + ",";
  const Json value = parsed(big + "\"end\":0}");
  CHECK(value.size() == 51);
  for (int i = 0; i < 50; ++i) {
    CHECK(value.members()[static_cast<std::size_t>(i)].name == "k" + std::to_string(i));
    CHECK(value.find("k" + std::to_string(i))->as_integer() == i + 50);
  }
  CHECK(value.find("k50") == nullptr);
}

TEST_CASE("members of a big built object are found") {
  Json::Object members;
  for (int i = 0; i < 1000; ++i) members.push_back({"name" + std::to_string(i), i});
  const Json value(std::move(members));
  CHECK(value.find("name0")->as_integer() == 0);
  CHECK(value.find("name999")->as_integer() == 999);
  CHECK(value.find("name1000") == nullptr);
  CHECK(value.without("name999").find("name999") == nullptr);
  CHECK(value.with("name500", "x").find("name500")->as_string() == "x");
}

TEST_CASE("strings: escapes, surrogates, bytes") {
  CHECK(parsed(R"("\"\\\/\b\f\n\r\tA\u00e9\u20AC\ud83d\ude00")").as_string() == "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001F600");
  CHECK(parsed(R"("\ud800x")").as_string() == "\uFFFDx");
  CHECK(parsed(R"("\ud800x")").text() == R"("\ud800x")");
  CHECK(parsed(R"("\ud800\ud800\udc00")").as_string() == "\uFFFD\U00010000");
  CHECK(parsed(R"("\udc00")").as_string() == "\uFFFD");
  CHECK(parsed("\"\\u0000\"").as_string() == std::string_view("\0", 1));
  CHECK(Json(std::string_view("\0\x7f", 2)).text() == "\"\\u0000\x7f\"");
  CHECK(parsed("{\"\\u0061\":1}").find("a")->as_integer() == 1);
  CHECK(Json("").as_string().empty());
}

TEST_CASE("numbers keep their digits and compare by value") {
  CHECK(parsed("1.50").number_text() == "1.50");
  CHECK(parsed("[12345678901234567890.123]").elements()[0].number_text() == "12345678901234567890.123");
  CHECK(parsed("1") == parsed("1.0"));
  CHECK(parsed("1e2") == Json(100));
  CHECK(parsed("-0") == Json(0));
  CHECK(parsed("0.1") == parsed("1e-1"));
  CHECK_FALSE(parsed("9007199254740993") == parsed("9007199254740992"));
  CHECK_FALSE(parsed("1") == parsed("\"1\""));
  CHECK(parsed("3.0").as_integer() == 3);
  CHECK(parsed("30e-1").as_integer() == 3);
  CHECK(parsed("-9223372036854775808").as_integer() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(parsed("9223372036854775808").as_integer());
  CHECK_FALSE(parsed("3.5").as_integer());
  CHECK_FALSE(parsed("1e99999999999999999999").as_integer());
  CHECK_FALSE(parsed("\"3\"").as_integer());
  CHECK(parsed("0e99999999999999999999").as_integer() == 0);
  CHECK(parsed("1e400").as_double() == std::numeric_limits<double>::infinity());
  CHECK(parsed("1e-400").as_double() == 0);
  CHECK(parsed("1.5").as_double() == 1.5);
}

TEST_CASE("doubles print shortest") {
  const std::pair<double, const char*> cases[] = {{3.0, "3"},
                                                  {-0.0, "0"},
                                                  {0.1, "0.1"},
                                                  {1e21, "1e+21"},
                                                  {1e20, "100000000000000000000"},
                                                  {1.5e300, "1.5e+300"},
                                                  {1e-6, "0.000001"},
                                                  {1.25e-7, "1.25e-7"},
                                                  {123456.789, "123456.789"},
                                                  {-2.5, "-2.5"},
                                                  {9007199254740992.0, "9007199254740992"}};
  for (const auto& [value, text] : cases) CHECK(Json(value).text() == text);
}

TEST_CASE("equality is deep and ignores the order of members") {
  CHECK(parsed(R"({"a":[1,{"b":null}],"c":"x"})") == json_object({{"c", "x"}, {"a", json_array({1.0, json_object({{"b", nullptr}})})}}));
  CHECK_FALSE(parsed(R"({"a":1})") == parsed(R"({"b":1})"));
  CHECK_FALSE(parsed("[1,2]") == parsed("[2,1]"));
  CHECK_FALSE(parsed("true") == parsed("false"));
}

TEST_CASE("faults are named in the words of AWS's parser, with their place") {
  const std::string value_words = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  const std::pair<std::string, std::string> cases[] = {
      {"", "No content to map due to end-of-input"},
      {"hello", "Unrecognized token 'hello': was expecting " + value_words},
      {"truex", "Unrecognized token 'truex': was expecting " + value_words},
      {"[nul]", "Unrecognized token 'nul': was expecting " + value_words},
      {"[1,]", "Unexpected character (']' (code 93)): expected a valid value " + value_words},
      {"{} x", "Unrecognized token 'x': was expecting " + value_words},
      {"{\"a\":1,}", "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"},
      {"{a:1}", "Unexpected character ('a' (code 97)): was expecting double-quote to start field name"},
      {"{\"a\" 1}", "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"},
      {"{\"a\":1 \"b\"}", "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries"},
      {"[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"},
      {"[1}", "Unexpected character ('}' (code 125)): was expecting comma to separate Array entries"},
      {"{\"a\":", "Unexpected end-of-input: expected close marker for Object"},
      {"[[1]", "Unexpected end-of-input: expected close marker for Array"},
      {"\"abc", "Unexpected end-of-input in VALUE_STRING"},
      {"\"\\x\"", "Unrecognized character escape 'x' (code 120)"},
      {"\"\\u12g4\"", "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence"},
      {"\"a\nb\"", "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value"},
      {"01", "Invalid numeric value: Leading zeroes not allowed"},
      {"1.", "Unexpected end-of-input in numeric value: Decimal point not followed by a digit"},
      {"[1.x]", "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit"},
      {"-", "Unexpected end-of-input in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value"},
      {"[1ex]", "Unexpected character ('x' (code 120)) in numeric value: Exponent indicator not followed by a digit"},
      {"\xff", "Invalid UTF-8 byte 0xff"},
      {"\"\xc0\x80\"", "Invalid UTF-8 byte 0xc0"},
      {"\"\xed\xa0\x80\"", "Invalid UTF-8 byte 0xed"},
      {"\"\xe2\x82\"", "Invalid UTF-8 byte 0xe2"},
      {"{\xc3\xa4:1}", "Unexpected character ('\xc3\xa4' (code 228)): was expecting double-quote to start field name"},
  };
  for (const auto& [text, message] : cases) {
    const auto result = Json::parse(text);
    INFO(text);
    REQUIRE(result.has_error());
    CHECK(result.error().code == ErrorCode::InvalidJson);
    CHECK(result.error().message == message);
  }
  CHECK(Json::parse("{\n  \"a\": x}").error().where == "line 2, column 8 (offset 9)");
}

TEST_CASE("nesting is bounded when parsed, and survives when built") {
  CHECK(Json::parse(std::string(512, '[') + std::string(512, ']')).has_value());
  CHECK(Json::parse(std::string(513, '[') + std::string(513, ']')).has_error());
  CHECK(Json::parse(std::string(100'000, '[')).has_error());
  CHECK(parsed("[{\"a\":[]}]").depth() == 3);
  CHECK(Json::from_stored("[{\"a[[[\\\"[\":[]}]").depth() == 3);
  Json value = parsed("[1]");
  for (int i = 0; i < 200'000; ++i) value = json_array({std::move(value)});
  CHECK(value.depth() == 200'001);
}

TEST_CASE("copies share; assignments keep values alive") {
  Json value = parsed(R"({"a":{"b":["long enough to be a node", 12345678901234567890]}})");
  value = *value.find("a");
  value = *value.find("b");
  CHECK(value.text() == R"(["long enough to be a node",12345678901234567890])");
  Json moved = std::move(value);
  CHECK(value.is_null());  // NOLINT(bugprone-use-after-move): the header promises null
  value = moved;
  CHECK(value == moved);
}

TEST_CASE("several threads may look into one text") {
  const Json value = parsed(R"({"a":[1,2,3],"b":{"c":"deep"}})");
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([value, &right] { right += value.find("b")->find("c")->as_string() == "deep" ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 4);
}

TEST_CASE("every byte and every prefix of a text is checked") {
  // A plain scan cannot skip what needs looking at, wherever it stands in a word of eight bytes.
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t place = 0; place < 17; ++place) {
      std::string inside(17, 'x');
      inside[place] = static_cast<char>(byte);
      const bool good = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
      INFO("byte " << byte << " at " << place);
      CHECK(Json::parse("\"" + inside + "\"").has_value() == good);
    }
  }
  const std::string text = R"({"a":[1.5e3,-0,true,false,null],"b":{"c":"x\u00e9\n"},"":[]})";
  for (std::size_t length = 0; length < text.size(); ++length) CHECK(Json::parse(text.substr(0, length)).has_error());
  CHECK(Json::parse(text).has_value());
}
