#include "services/topics/filter_policy.h"

#include "support/print_result.h"

#include <catch2/catch.hpp>

#include <string>

using namespace signalbox;

namespace {

TopicMessageAttributes attributes(const std::string& type, const std::string& value) {
  return {{"k", {.data_type = type, .value = value}}};
}

}  // namespace

TEST_CASE("Filter policies on attributes") {
  struct Row {
    std::string policy, type, value;
    bool matches;
  };
  const std::vector<Row> rows{
      {R"({"k":["a","b"]})", "String", "b", true},
      {R"({"k":["a","b"]})", "String", "c", false},
      {R"({"other":["a"]})", "String", "a", false},
      {R"({"k":[1]})", "Number", "1.0", true},
      {R"({"k":["1"]})", "Number", "1", false},
      {R"({"k":[{"prefix":"ab"}]})", "String", "abc", true},
      {R"({"k":[{"suffix":"bc"}]})", "String", "abc", true},
      {R"({"k":[{"suffix":"bc"}]})", "String", "ab", false},
      {R"({"k":[{"equals-ignore-case":"ABC"}]})", "String", "abc", true},
      {R"({"k":[{"wildcard":"a*c*"}]})", "String", "abbcd", true},
      {R"({"k":[{"wildcard":"a*c"}]})", "String", "abcd", false},
      {R"({"k":[{"anything-but":["a","b"]}]})", "String", "c", true},
      {R"({"k":[{"anything-but":"a"}]})", "String", "a", false},
      {R"({"k":[{"anything-but":{"prefix":"x"}}]})", "String", "xy", false},
      {R"({"k":[{"anything-but":{"prefix":"x"}}]})", "String", "y", true},
      {R"({"k":[{"numeric":[">",0,"<=",5]}]})", "Number", "5", true},
      {R"({"k":[{"numeric":[">",0,"<=",5]}]})", "Number", "5.01", false},
      {R"({"k":[{"numeric":["=",5]}]})", "String", "5", false},
      {R"({"k":[{"exists":true}]})", "String", "x", true},
      {R"({"k":[{"exists":false}]})", "String", "x", false},
      {R"({"other":[{"exists":false}]})", "String", "x", true},
      {R"({"k":[{"cidr":"10.0.0.0/8"}]})", "String", "10.1.2.3", true},
      {R"({"k":[{"cidr":"10.0.0.0/8"}]})", "String", "11.1.2.3", false},
      {R"({"k":[{"cidr":"2001:db8::/33"}]})", "String", "2001:db8:7fff::1", true},
      {R"({"k":[{"cidr":"2001:db8::/33"}]})", "String", "2001:db8:8000::1", false},
      {R"({"k":["a"]})", "String.Array", R"(["x","a"])", true},
      {R"({"k":["a"]})", "String.Array", R"(["x"])", false},
      {R"({"k":[2,true,null]})", "String.Array", R"([null])", true},
      {R"({"k":["a"]})", "Binary", "a", false},
      {R"({"$or":[{"k":["z"]},{"k":["a"]}]})", "String", "a", true},
      {R"({"$or":[{"k":["z"]},{"k":["y"]}]})", "String", "a", false},
      {R"({})", "String", "a", true},
  };
  for (const auto& row : rows) {
    INFO(row.policy << " " << row.type << " " << row.value);
    const auto policy = FilterPolicy::parse(row.policy, false);
    REQUIRE(policy);
    CHECK(policy->matches_attributes(attributes(row.type, row.value)) == row.matches);
  }
}

TEST_CASE("Filter policies on the body look inside") {
  const auto policy = FilterPolicy::parse(R"({"order":{"items":{"kind":["book"]},"total":[{"numeric":[">",10]}]},"vip":[true]})", true);
  REQUIRE(policy);
  CHECK(policy->matches_body(R"({"order":{"items":[{"kind":"pen"},{"kind":"book"}],"total":11},"vip":true})"));
  CHECK_FALSE(policy->matches_body(R"({"order":{"items":[{"kind":"pen"}],"total":11},"vip":true})"));
  CHECK_FALSE(policy->matches_body(R"({"order":{"items":{"kind":"book"},"total":9},"vip":true})"));
  CHECK_FALSE(policy->matches_body("not JSON"));
  CHECK_FALSE(policy->matches_body(std::string(100'000, '[')));
}

TEST_CASE("Faulty filter policies are refused by their fault") {
  struct Row {
    std::string policy, fault;
  };
  for (const auto& [text, fault] :
       std::vector<Row>{{"{", "failed to parse JSON."},
                        {"[]", "Filter policy must be an object"},
                        {R"({"k":"a"})", R"("k" must be an object or an array)"},
                        {R"({"k":[]})", "Empty arrays are not allowed"},
                        {R"({"k":{"l":["a"]}})", "Filter policy scope MessageAttributes does not support nested filter policy"},
                        {R"({"k":[{"sounds-like":"a"}]})", "Unrecognized match type sounds-like"},
                        {R"({"k":[{"numeric":["~",1]}]})", R"(Unrecognized numeric range operator: "~")"},
                        {R"({"k":[{"exists":"yes"}]})", "exists match pattern must be either true or false."},
                        {R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]})", "Filter policy can not have more than 5 keys"}}) {
    INFO(text);
    const auto policy = FilterPolicy::parse(text, false);
    REQUIRE_FALSE(policy);
    CHECK(policy.error().message == "Invalid parameter: FilterPolicy: " + fault);
  }
}
