// TestState: one state by itself, its calls mocked. Texts and the values shown are as recorded on AWS.

#include "api_fixture.h"

using namespace signalbox;
using namespace signalbox::aws::testing;
using Catch::Contains;

namespace {

std::string quoted(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// A request; `more` holds further members.
std::string request(const std::string& state, const std::string& input, const std::string& more = "") {
  return R"({"definition":)" + quoted(state) + R"(,"input":)" + quoted(input) + (more.empty() ? "" : "," + more) + "}";
}

const std::string trace = R"("inspectionLevel":"TRACE")";
std::string mocked(const std::string& result, const std::string& more = "") { return R"("mock":{"result":)" + quoted(result) + more + "}"; }

const std::string call =
    R"({"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$.p"},)"
    R"("ResultSelector":{"s.$":"$.Payload"},"ResultPath":"$.r","OutputPath":"$.r",)"
    R"("Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":2,"MaxAttempts":2}],"Catch":[{"ErrorEquals":["Bad"],"Next":"N"},{"ErrorEquals":["States.ALL"],"Next":"M"}],"Next":"O"})";
const std::string map =
    R"({"Type":"Map","ItemsPath":"$.v","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"ToleratedFailureCount":1,"End":true})";

}  // namespace

TEST_CASE("states that call nothing are run") {
  ApiFixture f;
  CHECK(f.sfn("TestState", request(R"({"Type":"Pass","Result":{"a":1},"ResultPath":"$.x","Next":"Somewhere"})", R"({"in":0.0})")) ==
        R"({"output":"{\"in\":0.0,\"x\":{\"a\":1}}","nextState":"Somewhere","status":"SUCCEEDED"})");
  CHECK(f.sfn("TestState", request(R"({"Type":"Fail","Error":"E","Cause":"why"})", "{}")) ==
        R"({"error":"E","cause":"why","status":"FAILED"})");
  CHECK(f.sfn("TestState", request(R"({"Type":"Wait","Seconds":1000,"Next":"N"})", "{}")) ==
        R"({"output":"{}","nextState":"N","status":"SUCCEEDED"})");
  CHECK(
      f.sfn("TestState", request(R"({"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":1,"Next":"One"}],"Default":"Other"})",
                                 R"({"a":1})", trace)) ==
      R"({"output":"{\"a\":1}","inspectionData":{"input":"{\"a\":1}","afterInputPath":"{\"a\":1}"},"nextState":"One","status":"SUCCEEDED"})");
}

TEST_CASE("a mocked call, and what stands between its fields") {
  ApiFixture f;
  const auto shown = f.sfn("TestState", request(call, R"({"p":1})", trace + "," + mocked(R"({"Payload":{"x":2},"StatusCode":200})")));
  CHECK(member(shown, "output") == R"({"s":{"x":2}})");
  CHECK(member(shown, "nextState") == "O");
  const auto inspection = member(shown, "inspectionData");
  CHECK(member(inspection, "afterInputPath") == R"({"p":1})");
  CHECK(member(inspection, "afterParameters") == R"({"FunctionName":"f","Payload":1})");
  CHECK(member(inspection, "result") == R"({"Payload":{"x":2},"StatusCode":200})");
  CHECK(member(inspection, "afterResultSelector") == R"({"s":{"x":2}})");
  CHECK(member(inspection, "afterResultPath") == R"({"p":1,"r":{"s":{"x":2}}})");
}

TEST_CASE("mocked errors are retried and caught") {
  ApiFixture f;
  const auto failing = [&](const std::string& error, int retries) {
    return f.sfn("TestState", request(call, R"({"p":1})",
                                      R"("inspectionLevel":"DEBUG","stateConfiguration":{"retrierRetryCount":)" + std::to_string(retries) +
                                          R"(},"mock":{"errorOutput":{"error":")" + error + R"(","cause":"c"}})"));
  };
  CHECK_THAT(failing("Again", 1), Contains(R"("error":"Again","cause":"c")") &&
                                      Contains(R"("errorDetails":{"retryIndex":0,"retryBackoffIntervalSeconds":4})") &&
                                      Contains(R"("status":"RETRIABLE")"));
  CHECK_THAT(failing("Again", 2), Contains(R"("errorDetails":{"catchIndex":1})") && Contains(R"("nextState":"M","status":"CAUGHT_ERROR")"));
  CHECK_THAT(failing("Bad", 0),
             Contains(R"("errorDetails":{"catchIndex":0})") && Contains(R"("output":"{\"Error\":\"Bad\",\"Cause\":\"c\"}")"));
}

TEST_CASE("the iterations of a Map are said to have run") {
  ApiFixture f;
  const auto tried = [&](int failed) {
    return f.sfn("TestState", request(map, R"({"v":[1,2,3]})",
                                      trace + R"(,"stateConfiguration":{"mapIterationFailureCount":)" + std::to_string(failed) + "}," +
                                          mocked("[1,1,0]")));
  };
  CHECK(member(tried(1), "output") == "[1,1,0]");
  CHECK_THAT(member(tried(1), "inspectionData"),
             Contains(R"("afterItemsPath":"[1,2,3]")") && Contains(R"("maxConcurrency":0,"toleratedFailureCount":1)"));
  CHECK_THAT(tried(2), Contains(R"("error":"States.ExceedToleratedFailureThreshold")") && Contains(R"("status":"FAILED")"));
  CHECK(tried(4) == "ValidationException: Map iteration failure count must be less than or equal to the number of Map iterations");
}

TEST_CASE("one state of a whole definition, with variables and a context object") {
  ApiFixture f;
  const std::string machine =
      R"({"StartAt":"A","States":{"A":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Pass","Parameters":{"v.$":"$x","c.$":"$$.Execution.Name"},"End":true}}}}}})";
  const std::string given = R"("stateName":"B","variables":"{\"x\":7}","context":"{\"Execution\":{\"Name\":\"e\"}}")";
  CHECK(f.sfn("TestState", request(machine, "{}", given)) == R"({"output":"{\"v\":7,\"c\":\"e\"}","status":"SUCCEEDED"})");
  CHECK(f.sfn("TestState", request(machine, "{}", R"("stateName":"Z")")) == "ValidationException: State not found in definition");
}

TEST_CASE("a Map shows what its iterations would be given") {
  ApiFixture f;
  const auto distributed = [](const std::string& more) {
    return R"({"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},)" +
           more + R"("End":true})";
  };
  const auto inspected = [&](const std::string& state, const std::string& input, const std::string& result, const std::string& more = "") {
    return member(f.sfn("TestState", request(state, input, trace + "," + mocked(result) + more)), "inspectionData");
  };
  const std::string selector = R"("ItemSelector":{"v.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index"},)";
  const auto selected = inspected(distributed(R"("ItemsPath":"$.v",)" + selector), R"({"v":["a","b"]})", "[1,2]");
  CHECK(member(selected, "afterItemsPath") == R"(["a","b"])");
  CHECK(member(selected, "afterItemSelector") == R"([{"v":"a","i":0},{"v":"b","i":1}])");
  const auto batched = inspected(distributed(R"("ItemsPath":"$.v","ItemBatcher":{"MaxItemsPerBatch":2,"BatchInput":{"b":1}},)"),
                                 R"({"v":[1,2,3]})", "[1,2]");
  CHECK(member(batched, "afterItemBatcher") == R"([{"BatchInput":{"b":1},"Items":["1","2"]},{"BatchInput":{"b":1},"Items":["3"]}])");
  const auto reader = [&](const std::string& config) {
    return distributed(R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":)" + config + "},");
  };
  const auto read = [](const std::string& data) { return R"(,"stateConfiguration":{"mapItemReaderData":)" + quoted(data) + "}"; };
  CHECK(member(inspected(reader(R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","MaxItems":2})"), "{}", "[1,2]",
                         read("x,y\n1,2\n3,4\n5,6\n")),
               "afterItemsPath") == R"([{"x":"1","y":"2"},{"x":"3","y":"4"}])");
  CHECK(member(inspected(reader(R"({"InputType":"JSONL"})"), "{}", "[1,2]", read("1\n[2]\n")), "afterItemsPath") == "[1,[2]]");
  CHECK(member(inspected(reader(R"({"InputType":"JSON","ItemsPointer":"/a"})"), "{}", "[1]", read(R"({"a":[7]})")), "afterItemsPointer") ==
        "[7]");
  CHECK(f.sfn("TestState", request(reader(R"({"InputType":"JSON"})"), "{}", mocked("[]"))) ==
        "ValidationException: ItemReader data must be specified when testing a Map state with ItemReader specified.");
  CHECK_THAT(f.sfn("TestState", request(reader(R"({"InputType":"JSON"})"), "{}", mocked("[]") + read("{}"))),
             Contains(R"("error":"States.ItemReaderFailed","cause":"Attempting to map over non-iterable node.","status":"FAILED")"));
}

TEST_CASE("a state within a Map is in its first iteration, and its errors are the Map's") {
  ApiFixture f;
  const std::string machine =
      R"({"StartAt":"M","States":{"M":{"Type":"Map","Retry":[{"ErrorEquals":["Again"]}],"Catch":[{"ErrorEquals":["Bad"],"ResultPath":"$.e","Next":"H"}],"Next":"H",)"
      R"("ItemProcessor":{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$$.Map.Item"},"End":true}}}},)"
      R"("H":{"Type":"Pass","End":true}}})";
  const auto tried = [&](const std::string& mock) {
    return f.sfn("TestState", request(machine, R"({"a":1})", R"("stateName":"T",)" + trace + R"(,"mock":)" + mock));
  };
  CHECK(member(member(tried(R"({"result":"{}"})"), "inspectionData"), "afterParameters") ==
        R"({"FunctionName":"f","Payload":{"Index":0,"Value":{"a":1}}})");
  const auto caught = tried(R"({"errorOutput":{"error":"Bad","cause":"c"}})");
  CHECK(member(caught, "output") == R"({"a":1,"e":{"Error":"Bad","Cause":"c"}})");
  CHECK_THAT(caught, Contains(R"("errorDetails":{"catchIndex":0})") && Contains(R"("nextState":"H","status":"CAUGHT_ERROR")"));
  CHECK_THAT(tried(R"({"errorOutput":{"error":"Again"}})"),
             Contains(R"("errorDetails":{"retryIndex":0,"retryBackoffIntervalSeconds":1})") && Contains(R"("status":"RETRIABLE")"));
  CHECK_THAT(tried(R"({"errorOutput":{"error":"Other"}})"), Contains(R"("error":"Other")") && Contains(R"("status":"FAILED")"));
}

TEST_CASE("mocked results are checked against the services' models") {
  ApiFixture f;
  const auto tried = [&](const std::string& resource, const std::string& result, const std::string& mode) {
    const std::string parameters = resource.starts_with("sqs") ? R"({"QueueUrl":"q","MessageBody":"b"})" : R"({"StateMachineArn":"a"})";
    return f.sfn("TestState", request(R"({"Type":"Task","Resource":"arn:aws:states:::)" + resource + R"(","Parameters":)" + parameters +
                                          R"(,"End":true})",
                                      "{}", mocked(result, R"(,"fieldValidationMode":")" + mode + "\"")));
  };
  const std::string error = "ValidationException: Mock result schema validation error: ";
  CHECK(tried("aws-sdk:sfn:startExecution", "{}", "STRICT") == error + "Required field 'ExecutionArn' is missing");
  CHECK(member(tried("aws-sdk:sfn:startExecution", "{}", "PRESENT"), "status") == "SUCCEEDED");
  CHECK(tried("aws-sdk:sfn:startExecution", R"({"ExecutionArn":1})", "PRESENT") == error + "Field 'ExecutionArn' must be a string");
  CHECK(member(tried("aws-sdk:sfn:startExecution", R"({"ExecutionArn":1})", "NONE"), "status") == "SUCCEEDED");
  CHECK(tried("aws-sdk:s3:getObject", R"({"StorageClass":"Papyrus"})", "PRESENT") ==
        error + "Field 'StorageClass' is not an expected value");
  CHECK(tried("aws-sdk:lambda:getFunction", R"({"Configuration":{"MemorySize":10241}})", "STRICT") ==
        error + "Field 'MemorySize' exceeds the maximum value");
  CHECK(tried("aws-sdk:events:putEvents", R"({"Entries":[{"EventId":"a"},{"EventId":["b"]}]})", "STRICT") ==
        error + "Field 'EventId' must be a string");
  // A job that is waited for is polled.
  CHECK(tried("states:startExecution.sync:2", R"({"ExecutionArn":"e"})", "STRICT") ==
        error + "Required field 'StateMachineArn' is missing");
  CHECK(tried("states:startExecution.sync", R"({"Status":"DONE"})", "PRESENT") == error + "Field 'Status' is not an expected value");
  CHECK(member(tried("states:startExecution.sync:2", R"({"Output":{"parsed":true}})", "PRESENT"), "status") == "SUCCEEDED");
  CHECK(member(tried("sqs:sendMessage.waitForTaskToken", R"({"MessageId":1})", "STRICT"), "status") == "SUCCEEDED");
  CHECK(member(tried("aws-sdk:glue:startJobRun", R"({"anything":1})", "STRICT"), "status") == "SUCCEEDED");
}

TEST_CASE("what does not fit the state is refused") {
  ApiFixture f;
  const auto refused = [&](const std::string& state, const std::string& more) { return f.sfn("TestState", request(state, "{}", more)); };
  CHECK(refused(R"({"Type":"Pass","End":true})", mocked("1")) ==
        "ValidationException: State type 'Pass' is not supported when a mock is specified");
  CHECK(refused(call, trace) == "ValidationException: RoleArn must be specified when testing a Task state");
  CHECK(refused(map, trace) ==
        "InvalidDefinition: TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, "
        "Succeed, Fail, Choice]");
  CHECK(
      refused(
          R"({"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"},"End":true})",
          trace) == "InvalidDefinition: TestState API does not support '.sync' or '.waitForTaskToken' integration patterns.");
  CHECK(refused(call, mocked("{")) == "ValidationException: Mocked result must be valid JSON");
  CHECK(refused(map, mocked("{}")) == "ValidationException: Mocked result must be an array.");
  CHECK(refused(call, R"("mock":{"errorOutput":{"cause":"c"}})") ==
        "ValidationException: An error was not specified in the mocked error output.");
  CHECK(f.sfn("TestState", request(map, R"({"v":[1,2,3]})", mocked("[1,2]"))) ==
        "ValidationException: Input array does not equal the mocked result array's size.");
  CHECK(f.sfn("TestState", request(map, R"({"v":[1,2,3]})",
                                   R"("stateConfiguration":{"mapIterationFailureCount":4},"mock":{"errorOutput":{"error":"E"}})")) ==
        "ValidationException: Map iteration failure count must be less than or equal to the number of Map iterations");
  CHECK(refused(call, R"("mock":{"result":"{}","errorOutput":{"error":"E"}})") ==
        "ValidationException: A test mock should have only one of the following fields: [result, errorOutput].");
  CHECK(refused(call, R"("revealSecrets":true,)" + mocked("{}")) ==
        "ValidationException: TestState does not support RevealSecrets when a mock is specified.");
  CHECK(refused(call, mocked("{}") + R"(,"context":"{\"Execution\":{\"Id\":1}}")") ==
        "ValidationException: Invalid Context object provided: Execution.Id must be a string");
  CHECK(refused(R"({"Type":"Parallel","Branches":[],"End":true})", mocked("[]")) ==
        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value cannot be empty at "
        "/States/StateName/Branches'");
}
