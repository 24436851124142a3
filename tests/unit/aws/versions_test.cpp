#include "api_fixture.h"

#include <map>

using namespace signalbox;
using namespace signalbox::aws::testing;
using Catch::Contains;

namespace {

const std::string machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

std::string definition(const std::string& comment) {
  return R"({\"Comment\":\")" + comment + R"(\",\"StartAt\":\"S\",\"States\":{\"S\":{\"Type\":\"Wait\",\"Seconds\":600,\"End\":true}}})";
}
std::string create(const std::string& more = "") {
  return R"({"name":"m","roleArn":"arn:aws:iam::1:role/r","definition":")" + definition("1") + "\"" + more + "}";
}
std::string update(const std::string& comment, const std::string& more = "") {
  return R"({"stateMachineArn":")" + machine_arn + R"(","definition":")" + definition(comment) + "\"" + more + "}";
}
std::string arn(const std::string& qualifier) { return machine_arn + ":" + qualifier; }
std::string of(const std::string& name, const std::string& qualifier) { return "{\"" + name + "\":\"" + arn(qualifier) + "\"}"; }
std::string route(int version, int weight) {
  return R"({"stateMachineVersionArn":")" + arn(std::to_string(version)) + R"(","weight":)" + std::to_string(weight) + "}";
}
std::string alias(const std::string& name, const std::string& routes, const std::string& more = "") {
  return R"({"name":")" + name + R"(","routingConfiguration":[)" + routes + "]" + more + "}";
}

struct Published : ApiFixture {
  Published() {
    sfn("CreateStateMachine", create(R"(,"publish":true,"versionDescription":"the first")"));
    sfn("UpdateStateMachine", update("2", R"(,"publish":true)"));
  }
};

}  // namespace

TEST_CASE("publishing a revision again gives its version; numbers are not used again") {
  ApiFixture f;
  CHECK(member(f.sfn("CreateStateMachine", create(R"(,"publish":true)")), "stateMachineVersionArn") == arn("1"));
  CHECK(member(f.sfn("CreateStateMachine", create(R"(,"publish":true)")), "stateMachineVersionArn") == arn("1"));
  CHECK_THAT(f.sfn("CreateStateMachine", create()), Contains("StateMachineAlreadyExists"));
  CHECK(member(f.sfn("PublishStateMachineVersion", R"({"stateMachineArn":")" + machine_arn + "\"}"), "stateMachineVersionArn") == arn("1"));
  const auto same = f.sfn("UpdateStateMachine", update("1", R"(,"publish":true)"));
  CHECK(member(same, "stateMachineVersionArn") == arn("1"));
  CHECK_THAT(same, !Contains("revisionId"));
  CHECK(member(f.sfn("UpdateStateMachine", update("2", R"(,"publish":true)")), "stateMachineVersionArn") == arn("2"));
  CHECK(f.sfn("DeleteStateMachineVersion", of("stateMachineVersionArn", "2")) == "{}");
  CHECK(f.sfn("DeleteStateMachineVersion", of("stateMachineVersionArn", "2")) == "{}");
  CHECK(member(f.sfn("PublishStateMachineVersion", R"({"stateMachineArn":")" + machine_arn + "\"}"), "stateMachineVersionArn") == arn("3"));
}

TEST_CASE("only the current revision can be published") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create());
  const auto publish = [&](const std::string& revision) {
    return f.sfn("PublishStateMachineVersion", R"({"stateMachineArn":")" + machine_arn + R"(","revisionId":")" + revision + "\"}");
  };
  CHECK(publish("x") ==
        "ConflictException: Failed to publish the State Machine version for revision x. The current State Machine revision is INITIAL.");
  CHECK(member(publish("INITIAL"), "stateMachineVersionArn") == arn("1"));
}

TEST_CASE("a version shows its own revision") {
  Published f;
  const auto first = f.sfn("DescribeStateMachine", of("stateMachineArn", "1"));
  CHECK(member(first, "description") == "the first");
  CHECK_THAT(member(first, "definition"), Contains(R"("Comment":"1")"));
  CHECK(member(first, "stateMachineArn") == arn("1"));
  CHECK_THAT(member(f.sfn("DescribeStateMachine", of("stateMachineArn", "2")), "definition"), Contains(R"("Comment":"2")"));
  CHECK(f.sfn("DescribeStateMachine", of("stateMachineArn", "3")) ==
        "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn("3") + "'");
}

TEST_CASE("an execution started by a version or alias is pinned to it") {
  Published f;
  f.sfn("CreateStateMachineAlias", alias("prod", route(1, 100)));
  const auto started = member(f.sfn("StartExecution", of("stateMachineArn", "prod")), "executionArn");
  const auto described = f.sfn("DescribeExecution", R"({"executionArn":")" + started + "\"}");
  CHECK(member(described, "stateMachineVersionArn") == arn("1"));
  CHECK(member(described, "stateMachineAliasArn") == arn("prod"));
  CHECK_THAT(member(f.sfn("DescribeStateMachineForExecution", R"({"executionArn":")" + started + "\"}"), "definition"),
             Contains(R"("Comment":"1")"));
  CHECK_THAT(f.sfn("ListExecutions", of("stateMachineArn", "prod")), Contains(started));
  CHECK_THAT(f.sfn("ListExecutions", of("stateMachineArn", "1")), Contains(started));
  CHECK(f.sfn("ListExecutions", of("stateMachineArn", "2")) == R"({"executions":[]})");
  CHECK_THAT(f.sfn("StartExecution", of("stateMachineArn", "other")), Contains("StateMachineDoesNotExist"));
}

TEST_CASE("weights route about as many executions as they say") {
  Published f;
  f.sfn("CreateStateMachineAlias", alias("prod", route(1, 70) + "," + route(2, 30)));
  constexpr int starts = 400;
  std::map<std::string, int> versions;
  for (int i = 0; i < starts; ++i) {
    const auto started = member(f.sfn("StartExecution", of("stateMachineArn", "prod")), "executionArn");
    ++versions[member(f.sfn("DescribeExecution", R"({"executionArn":")" + started + "\"}"), "stateMachineVersionArn")];
  }
  // The share of 400 fair draws strays from 70 % by more than 12 points once in ten million times.
  CHECK(versions[arn("1")] > starts * 58 / 100);
  CHECK(versions[arn("1")] < starts * 82 / 100);
  CHECK(versions[arn("1")] + versions[arn("2")] == starts);
}

TEST_CASE("what aliases refuse") {
  Published f;
  struct Case {
    std::string body, answer;
  };
  for (
      const auto& [body, answer] :
      {Case{alias("a", route(1, 70) + "," + route(2, 29)),
            "ValidationException: Sum of routing configuration weights must equal 100. Received: [70, 29]"},
       Case{alias("a", R"({"stateMachineVersionArn":")" + machine_arn + R"(","weight":100})"),
            "ValidationException: Routing configuration must contain state machine version ARNs. Received: [" + machine_arn + "]"},
       Case{alias("a", route(9, 100)), "ResourceNotFound: Request references a resource that does not exist."},
       Case{alias("12", route(1, 100)),
            "ValidationException: 1 validation error detected: Value '12' at 'name' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"},
       Case{alias("a", ""),
            "ValidationException: 1 validation error detected: Value '[]' at 'routingConfiguration' failed to satisfy constraint: Member "
            "must have "
            "length greater than or equal to 1"},
       Case{
           R"({"name":"a","routingConfiguration":[{"stateMachineVersionArn":"a","weight":1},{"stateMachineVersionArn":"b","weight":2},{"stateMachineVersionArn":"c","weight":3}]})",
           "ValidationException: 1 validation error detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=a, weight=1), "
           "RoutingConfigurationListItem(stateMachineVersionArn=b, weight=2), RoutingConfigurationListItem(stateMachineVersionArn=c, "
           "weight=3)]' at "
           "'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2"},
       Case{alias("a", route(1, 101)),
            "ValidationException: 1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy "
            "constraint: Member must have value less than or equal to 100"}}) {
    CHECK(f.sfn("CreateStateMachineAlias", body) == answer);
  }
}

TEST_CASE("an alias from creation to deletion") {
  Published f;
  const auto created = f.sfn("CreateStateMachineAlias", alias("prod", route(1, 100), R"(,"description":"d")"));
  CHECK(member(created, "stateMachineAliasArn") == arn("prod"));
  CHECK(f.sfn("CreateStateMachineAlias", alias("prod", route(1, 100), R"(,"description":"d")")) == created);
  CHECK_THAT(f.sfn("CreateStateMachineAlias", alias("prod", route(2, 100), R"(,"description":"d")")), Contains("ConflictException"));
  CHECK(f.sfn("DeleteStateMachineVersion", of("stateMachineVersionArn", "1")) ==
        "ConflictException: Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: "
        "[prod]");
  CHECK_THAT(f.sfn("UpdateStateMachineAlias",
                   R"({"stateMachineAliasArn":")" + arn("prod") + R"(","routingConfiguration":[)" + route(2, 100) + "]}"),
             Contains("updateDate"));
  CHECK(member(f.sfn("DescribeStateMachineAlias", of("stateMachineAliasArn", "prod")), "routingConfiguration") ==
        "[" + route(2, 100) + "]");
  CHECK_THAT(f.sfn("ListStateMachineAliases", of("stateMachineArn", "2")), Contains(arn("prod")));
  CHECK(f.sfn("ListStateMachineAliases", of("stateMachineArn", "1")) == R"({"stateMachineAliases":[]})");
  CHECK(f.sfn("DeleteStateMachineVersion", of("stateMachineVersionArn", "1")) == "{}");
  CHECK(f.sfn("DeleteStateMachineAlias", of("stateMachineAliasArn", "prod")) == "{}");
  CHECK(f.sfn("DeleteStateMachineAlias", of("stateMachineAliasArn", "prod")) == "{}");
  CHECK(f.sfn("DescribeStateMachineAlias", of("stateMachineAliasArn", "prod")) ==
        "ResourceNotFound: Request references a resource that does not exist.");
}

TEST_CASE("a version's ARN does not delete the machine") {
  Published f;
  CHECK_THAT(f.sfn("DeleteStateMachine", of("stateMachineArn", "1")), Contains("ValidationException"));
  CHECK_THAT(f.sfn("ListStateMachines", "{}"), Contains(machine_arn));
}

TEST_CASE("with the machine its versions and aliases go") {
  Published f;
  f.sfn("CreateStateMachineAlias", alias("prod", route(1, 100)));
  CHECK(f.sfn("DeleteStateMachine", R"({"stateMachineArn":")" + machine_arn + "\"}") == "{}");
  f.sfn("CreateStateMachine", create());
  CHECK(f.sfn("ListStateMachineVersions", R"({"stateMachineArn":")" + machine_arn + "\"}") == R"({"stateMachineVersions":[]})");
  CHECK(f.sfn("ListStateMachineAliases", R"({"stateMachineArn":")" + machine_arn + "\"}") == R"({"stateMachineAliases":[]})");
}

TEST_CASE("a ValidationException has its reason; a Map state's label names no state machine that one could run or change") {
  Published f;
  const auto reason = [&](const std::string& operation, const std::string& body) {
    return member(f.send(ApiFixture::json_request("AWSStepFunctions." + operation, body)).body, "reason");
  };
  CHECK(reason("CreateStateMachineAlias", alias("a", route(1, 70))) == "INVALID_ROUTING_CONFIGURATION");
  CHECK(reason("ListExecutions", "{}") == "MISSING_REQUIRED_PARAMETER");
  const std::string labelled = R"({"roleArn":"arn:aws:iam::000000000000:role/r","stateMachineArn":")" + machine_arn + "/Label\"}";
  for (const auto* operation : {"DescribeStateMachine", "DeleteStateMachine", "UpdateStateMachine", "StartExecution", "StartSyncExecution",
                                "PublishStateMachineVersion", "ListExecutions"}) {
    INFO(operation);
    CHECK(reason(operation, labelled) == "API_DOES_NOT_SUPPORT_LABELED_ARNS");
  }
}

TEST_CASE("numbers with fractions are shown as such in constraint violations") {
  ApiFixture f;
  const auto update = [&](const std::string& percentage) {
    return f.sfn("UpdateMapRun",
                 R"({"mapRunArn":"arn:aws:states:us-east-1:000000000000:mapRun:m/L:x","toleratedFailurePercentage":)" + percentage + "}");
  };
  CHECK(update("101") ==
        "ValidationException: 1 validation error detected: Value '101.0' at 'toleratedFailurePercentage' failed to satisfy constraint: "
        "Member must have value less than or equal to 100");
  CHECK(update("-0.5") ==
        "ValidationException: 1 validation error detected: Value '-0.5' at 'toleratedFailurePercentage' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0");
}
