#include "services/logs/filter_pattern.h"

#include <catch2/catch.hpp>

#include <string>

namespace signalbox::logs {

namespace {

struct Case {
  const char* pattern;
  const char* message;
  bool fits;
};

}  // namespace

TEST_CASE("patterns fit messages as CloudWatch Logs says") {
  const Case cases[] = {
      {"", "anything", true},
      {"ERROR", "an ERROR here", true},
      {"ERROR", "an error here", false},
      {"ERROR db", "db: ERROR", true},
      {"ERROR db", "ERROR", false},
      {"\"in quotes\"", "words in quotes", true},
      {"\"in quotes\"", "quotes in", false},
      {"ERROR -timeout", "ERROR: timeout", false},
      {"ERROR -timeout", "ERROR: disk", true},
      {"?ERROR ?WARN", "WARN", true},
      {"?ERROR ?WARN", "INFO", false},
      {"%E[0-9]+%", "code E42", true},
      {"%E[0-9]+%", "code EX", false},
      {R"({ $.level = "ERROR" })", R"({"level":"ERROR"})", true},
      {R"({ $.level = "ERROR" })", R"({"level":"INFO"})", false},
      {R"({ $.level = "ERROR" })", "ERROR", false},
      {R"({ $.level = "E*" && $.count > 3 })", R"({"level":"ERROR","count":4})", true},
      {R"({ $.level = "E*" && $.count > 3 })", R"({"level":"ERROR","count":3})", false},
      {R"({ $.a.b[1] = 2 || $.c NOT EXISTS })", R"({"a":{"b":[1,2]},"c":0})", true},
      {R"({ $.a.b[1] = 2 || $.c NOT EXISTS })", R"({"c":0})", false},
      {R"({ ($.a = 1 || $.a = 2) && $.b IS TRUE })", R"({"a":2,"b":true})", true},
      {R"({ $.x IS NULL })", R"({"x":null})", true},
      {R"({ $.x IS NULL })", R"({})", false},
      {R"({ $.name != admin })", R"({"name":"user"})", true},
      {"[ip, user, status=4*, bytes]", "127.0.0.1 me 404 12", true},
      {"[ip, user, status=4*, bytes]", "127.0.0.1 me 200 12", false},
      {"[ip, user, status=4*, bytes]", "127.0.0.1 me 404", false},
      {"[..., bytes > 10]", "a b c \"d e\" 12", true},
      {"[level=ERROR || level=WARN, ...]", "WARN it is late", true},
  };
  for (const auto& [pattern, message, fits] : cases) {
    INFO(pattern << " on " << message);
    const auto parsed = parse_filter_pattern(pattern);
    REQUIRE(parsed.has_value());
    CHECK((*parsed)(message) == fits);
  }
}

TEST_CASE("a faulty pattern is refused with its place") {
  for (const char* pattern : {"{ $.a }", "{ $.a = }", "{ $.a = 1", "[a, b", "%(%", "\"open", "{ a = 1 }"}) {
    INFO(pattern);
    const auto parsed = parse_filter_pattern(pattern);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().where == "InvalidParameterException");
    CHECK(parsed.error().message.find("Invalid filter pattern: ") == 0);
  }
}

}  // namespace signalbox::logs
