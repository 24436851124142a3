#include "services/access/condition.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::access;

namespace {

const ContextKeys request{{"aws:principalarn", {"arn:aws:iam::000000000000:role/app/worker"}},
                          {"aws:username", {"Ada"}},
                          {"aws:currenttime", {"2026-11-27T10:00:00Z"}},
                          {"aws:epochtime", {"1795773600"}},
                          {"aws:securetransport", {"false"}},
                          {"aws:sourceip", {"10.1.2.3"}},
                          {"s3:max-keys", {"50"}},
                          {"aws:tagkeys", {"team", "stage"}}};

bool met(const std::string& condition) {
  INFO(condition);
  const auto json = Json::parse(condition);
  REQUIRE(json.has_value());
  const auto conditions = parse_conditions(*json);
  if (!conditions) FAIL(conditions.error().message);
  return std::all_of(conditions->begin(), conditions->end(), [](const Condition& each) { return holds(each, request, true); });
}

}  // namespace

TEST_CASE("operators of conditions") {
  struct Row {
    const char* condition;
    bool met;
  };
  const Row rows[] = {{R"({"StringEquals":{"aws:UserName":"Ada"}})", true},
                      {R"({"StringEquals":{"aws:username":["Bob","Ada"]}})", true},
                      {R"({"StringEquals":{"aws:username":"ada"}})", false},
                      {R"({"StringEquals":{"aws:username":"A*"}})", false},
                      {R"({"StringNotEquals":{"aws:username":["Bob","Ada"]}})", false},
                      {R"({"StringNotEquals":{"aws:username":"Bob"}})", true},
                      {R"({"StringEqualsIgnoreCase":{"aws:username":"aDA"}})", true},
                      {R"({"StringNotEqualsIgnoreCase":{"aws:username":"aDA"}})", false},
                      {R"({"StringLike":{"aws:username":"A?a"}})", true},
                      {R"({"StringLike":{"aws:username":"${aws:username}"}})", true},
                      {R"({"StringNotLike":{"aws:username":["B*","A*"]}})", false},
                      {R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app/*"}})", true},
                      {R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}})", true},
                      {R"({"ArnLike":{"aws:PrincipalArn":"arn:*/worker"}})", false},  // a wildcard does not reach over a colon
                      {R"({"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/other"}})", true},
                      {R"({"NumericEquals":{"s3:max-keys":"50.0"}})", true},
                      {R"({"NumericNotEquals":{"s3:max-keys":50}})", false},
                      {R"({"NumericLessThan":{"s3:max-keys":"50"}})", false},
                      {R"({"NumericLessThanEquals":{"s3:max-keys":"50"}})", true},
                      {R"({"NumericGreaterThan":{"s3:max-keys":"9"}})", true},
                      {R"({"NumericGreaterThanEquals":{"s3:max-keys":"51"}})", false},
                      {R"({"NumericLessThan":{"aws:username":"50"}})", false},
                      {R"({"DateGreaterThan":{"aws:CurrentTime":"2026-11-27"}})", true},
                      {R"({"DateLessThan":{"aws:CurrentTime":"2026-11-27T10:00:00Z"}})", false},
                      {R"({"DateLessThanEquals":{"aws:CurrentTime":"2026-11-27T10:00:00Z"}})", true},
                      {R"({"DateEquals":{"aws:EpochTime":"2026-11-27T10:00:00Z"}})", true},
                      {R"({"DateNotEquals":{"aws:EpochTime":"1795773600"}})", false},
                      {R"({"DateGreaterThanEquals":{"aws:EpochTime":"1795773600"}})", true},
                      {R"({"Bool":{"aws:SecureTransport":"false"}})", true},
                      {R"({"Bool":{"aws:SecureTransport":true}})", false},
                      {R"({"IpAddress":{"aws:SourceIp":["192.168.0.0/16","10.0.0.0/8"]}})", true},
                      {R"({"IpAddress":{"aws:SourceIp":"10.1.2.4/31"}})", false},
                      {R"({"IpAddress":{"aws:SourceIp":"10.1.2.3"}})", true},
                      {R"({"NotIpAddress":{"aws:SourceIp":"2001:db8::/32"}})", true},
                      {R"({"Null":{"aws:TokenIssueTime":"true"}})", true},
                      {R"({"Null":{"aws:username":"true"}})", false},
                      {R"({"Null":{"aws:username":"false"}})", true},
                      // Keys that the request does not have.
                      {R"({"StringEquals":{"aws:SourceAccount":"1"}})", false},
                      {R"({"StringNotEquals":{"aws:SourceAccount":"1"}})", true},
                      {R"({"StringEqualsIfExists":{"aws:SourceAccount":"1"}})", true},
                      {R"({"StringEqualsIfExists":{"aws:username":"Bob"}})", false},
                      {R"({"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}})", true},
                      // Several values.
                      {R"({"ForAllValues:StringEquals":{"aws:TagKeys":["team","stage","cost"]}})", true},
                      {R"({"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}})", false},
                      {R"({"ForAllValues:StringEquals":{"aws:none":["team"]}})", true},
                      {R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["team"]}})", true},
                      {R"({"ForAnyValue:StringLike":{"aws:TagKeys":["x*"]}})", false},
                      {R"({"ForAnyValue:StringEquals":{"aws:none":["team"]}})", false},
                      {R"({"ForAllValues:StringNotEquals":{"aws:TagKeys":["team"]}})", false},
                      {R"({"ForAnyValue:StringNotEquals":{"aws:TagKeys":["team"]}})", true},
                      // All of them together.
                      {R"({"StringEquals":{"aws:username":"Ada","s3:max-keys":"50"},"Bool":{"aws:SecureTransport":"false"}})", true},
                      {R"({"StringEquals":{"aws:username":"Ada"},"Bool":{"aws:SecureTransport":"true"}})", false}};
  for (const auto& row : rows) {
    INFO(row.condition);
    CHECK(met(row.condition) == row.met);
  }
}
