#include "services/events/event_pattern.h"

#include <catch2/catch.hpp>

#include <string>

#include "services/events/target_input.h"

namespace signalbox::events {

namespace {

struct Case {
  const char* pattern;
  const char* event;
  bool fits;
};

Json json(const char* text) { return *Json::parse(text); }

}  // namespace

TEST_CASE("event patterns match as EventBridge says") {
  const Case cases[] = {
      {R"({"source":["a"]})", R"({"source":"a"})", true},
      {R"({"source":["a","b"]})", R"({"source":"b"})", true},
      {R"({"source":["a"]})", R"({"source":"A"})", false},
      {R"({"source":["a"]})", R"({})", false},
      {R"({"detail":{"n":[1]}})", R"({"detail":{"n":1.0}})", true},
      {R"({"detail":{"n":["1"]}})", R"({"detail":{"n":1}})", false},
      {R"({"detail":{"list":["x"]}})", R"({"detail":{"list":["w","x"]}})", true},
      {R"({"detail":{"list":{"k":["x"]}}})", R"({"detail":{"list":[{"k":"w"},{"k":"x"}]}})", true},
      {R"({"a":[{"prefix":"ab"}]})", R"({"a":"abc"})", true},
      {R"({"a":[{"prefix":{"equals-ignore-case":"AB"}}]})", R"({"a":"abc"})", true},
      {R"({"a":[{"suffix":".png"}]})", R"({"a":"x.png"})", true},
      {R"({"a":[{"wildcard":"a*c\\*"}]})", R"({"a":"abbc*"})", true},
      {R"({"a":[{"wildcard":"a*c"}]})", R"({"a":"abcd"})", false},
      {R"({"a":[{"equals-ignore-case":"Ab"}]})", R"({"a":"aB"})", true},
      {R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"z"})", true},
      {R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"y"})", false},
      {R"({"a":[{"anything-but":"x"}]})", R"({})", false},
      {R"({"a":[{"anything-but":{"prefix":"x"}}]})", R"({"a":"xy"})", false},
      {R"({"a":[{"numeric":[">",1,"<=",5]}]})", R"({"a":5})", true},
      {R"({"a":[{"numeric":[">",1,"<=",5]}]})", R"({"a":1})", false},
      {R"({"a":[{"numeric":["=",5]}]})", R"({"a":"5"})", false},
      {R"({"a":[{"exists":true}]})", R"({"a":null})", true},
      {R"({"a":[{"exists":false}]})", R"({"b":1})", true},
      {R"({"a":{"b":[{"exists":false}]}})", R"({})", true},
      {R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"10.0.0.255"})", true},
      {R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"10.0.1.0"})", false},
      {R"({"$or":[{"a":["1"]},{"b":["2"]}]})", R"({"b":"2"})", true},
      {R"({"$or":[{"a":["1"]},{"b":["2"]}]})", R"({"b":"1"})", false},
  };
  for (const auto& [pattern, event, fits] : cases) {
    INFO(pattern << " on " << event);
    const auto parsed = EventPattern::parse(pattern);
    REQUIRE(parsed.has_value());
    CHECK(parsed->matches(json(event)) == fits);
  }
}

TEST_CASE("faulty event patterns are refused with the reason") {
  const std::pair<const char*, const char*> cases[] = {
      {"no json", "Event pattern is not valid. Reason: "},
      {"[]", "Event pattern is not valid. Reason: Filter is not an object"},
      {R"({"source":"a"})", R"(Event pattern is not valid. Reason: "source" must be an object or an array)"},
      {R"({"source":[]})", "Event pattern is not valid. Reason: Empty arrays are not allowed"},
      {R"({"detail":{}})", "Event pattern is not valid. Reason: Empty objects are not allowed"},
      {R"({"a":[{"like":"x"}]})", "Event pattern is not valid. Reason: Unrecognized match type like"},
      {R"({"a":[{"numeric":["~",1]}]})", R"(Event pattern is not valid. Reason: Unrecognized numeric range operator: "~")"},
      {R"({"a":[{"exists":1}]})", "Event pattern is not valid. Reason: exists match pattern must be either true or false."},
  };
  for (const auto& [pattern, message] : cases) {
    INFO(pattern);
    const auto parsed = EventPattern::parse(pattern);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().message.starts_with(message));
  }
}

TEST_CASE("a target gets the event, a part of it, a constant, or what its template makes of it") {
  const Json event = json(R"({"id":"1","detail":{"who":"Ada \"A\"","n":7,"o":{"k":"v"},"list":["x","y"]}})");
  const RuleNames rule{.arn = "arn:rule", .name = "r", .ingestion_time = "2026-01-01T00:00:00Z"};
  const auto input = [&](const char* target) { return target_input(json(target), event, rule); };
  CHECK(input("{}") == event.text());
  CHECK(input(R"({"Input":"{\"a\":1}"})") == R"({"a":1})");
  CHECK(input(R"({"InputPath":"$.detail.list[1]"})") == R"("y")");
  CHECK(input(R"({"InputPath":"$.detail.none"})").empty());
  const char* maps = R"("InputPathsMap":{"who":"$.detail.who","n":"$.detail.n","o":"$.detail.o","none":"$.none"})";
  const auto transformed = [&](const std::string& text) {
    return target_input(json((std::string(R"({"InputTransformer":{)") + maps + R"(,"InputTemplate":)" + Json(text).text() + "}}").c_str()),
                        event, rule);
  };
  CHECK(transformed(R"({"n": <n>, "who": <who>, "o": <o>})") == R"({"n": 7, "who": "Ada \"A\"", "o": {"k":"v"}})");
  CHECK(transformed(R"("<who> has <n> of <o><none>")") == R"("Ada \"A\" has 7 of {k:v}")");
  CHECK(transformed("<aws.events.rule-name> <aws.events.rule-arn>") == R"("r" "arn:rule")");
}

TEST_CASE("a target has one way to its input, and templates know their placeholders") {
  CHECK(check_target_input(json(R"({"Id":"x","Input":"{}","InputPath":"$"})")).error().message ==
        "Only one of Input, InputPath, or InputTransformer must be provided for target x.");
  CHECK(check_target_input(json(R"({"Id":"x","InputTransformer":{"InputTemplate":"<y>"}})")).error().message ==
        "InputTemplate for target x contains invalid placeholder y.");
  CHECK(check_target_input(
            json(R"({"Id":"x","InputTransformer":{"InputPathsMap":{"y":"$.a"},"InputTemplate":"<y> <aws.events.event.json>"}})"))
            .has_value());
}

}  // namespace signalbox::events
