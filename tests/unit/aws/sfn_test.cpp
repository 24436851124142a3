#include "api_fixture.h"

using namespace signalbox;
using namespace signalbox::aws::testing;
using Catch::Contains;

namespace {

const std::string role = R"("roleArn":"arn:aws:iam::123456789012:role/r")";
const std::string machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const std::string arn_member = R"("stateMachineArn":")" + machine_arn + "\"";

std::string quoted(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string create_body(const std::string& definition, const std::string& name = "m") {
  return R"({"name":")" + name + R"(","definition":)" + quoted(definition) + "," + role + "}";
}

const std::string pass = R"({"StartAt":"S","States":{"S":{"Type":"Pass","Result":{"a":1},"End":true}}})";
const std::string wait = R"({"StartAt":"S","States":{"S":{"Type":"Wait","Seconds":600,"End":true}}})";

}  // namespace

TEST_CASE("a state machine from creation to deletion") {
  ApiFixture f;
  const auto created = f.sfn("CreateStateMachine", create_body(pass));
  CHECK(member(created, "stateMachineArn") == machine_arn);
  CHECK(f.sfn("CreateStateMachine", create_body(pass)) == created);
  CHECK(f.sfn("CreateStateMachine", create_body(wait)) == "StateMachineAlreadyExists: State Machine Already Exists: '" + machine_arn + "'");

  const auto described = f.sfn("DescribeStateMachine", "{" + arn_member + "}");
  CHECK(member(described, "definition") == pass);
  CHECK(member(described, "loggingConfiguration") == R"({"level":"OFF","includeExecutionData":false})");
  CHECK_THAT(described, !Contains("revisionId"));

  const auto updated = f.sfn("UpdateStateMachine", "{" + arn_member + R"(,"definition":)" + quoted(wait) + "}");
  CHECK(member(f.sfn("DescribeStateMachine", "{" + arn_member + "}"), "revisionId") == member(updated, "revisionId"));
  CHECK(f.sfn("UpdateStateMachine", "{" + arn_member + "}") ==
        "MissingRequiredParameter: Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be "
        "specified");

  CHECK(f.sfn("DeleteStateMachine", "{" + arn_member + "}") == "{}");
  CHECK(f.sfn("DeleteStateMachine", "{" + arn_member + "}") == "{}");
  CHECK(f.sfn("DescribeStateMachine", "{" + arn_member + "}") ==
        "StateMachineDoesNotExist: State Machine Does Not Exist: '" + machine_arn + "'");
}

TEST_CASE("requests may name any region and account") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create_body(pass));
  CHECK(member(f.sfn("DescribeStateMachine", R"({"stateMachineArn":"arn:aws-cn:states:cn-north-1:999999999999:stateMachine:m"})"),
               "stateMachineArn") == machine_arn);
}

TEST_CASE("bad requests are answered in AWS's words") {
  ApiFixture f;
  struct Case {
    const char *operation, *body, *answer;
  };
  for (
      const auto& [operation, body, answer] :
      {Case{
           "CreateStateMachine",
           R"({"name":"a b","definition":"{\"StartAt\":\"S\",\"States\":{\"S\":{\"Type\":\"Succeed\"}}}","roleArn":"arn:aws:iam::1:role/r"})",
           "InvalidName: Invalid Name: 'a b'"},
       {"CreateStateMachine", R"({"name":"m","definition":"{\"StartAt\":\"S\"}","roleArn":"arn:aws:iam::1:role/r"})",
        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'"},
       {"CreateStateMachine", R"({"name":"m","definition":"{}","roleArn":"r"})", "InvalidArn: Invalid Arn: 'Invalid ARN prefix: r'"},
       {"DescribeStateMachine", R"({"stateMachineArn":"not_a_valid_arn"})",
        "InvalidArn: Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'"},
       {"DescribeExecution", R"({"executionArn":"arn:aws:states:us-east-1:000000000000:express:m:n:id"})",
        "InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'"},
       {"DescribeExecution", R"({"executionArn":"arn:aws:states:us-east-1:000000000000:execution:m:n"})",
        "ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:us-east-1:000000000000:execution:m:n'"},
       {"ListStateMachines", R"({"maxResults":1001})",
        "ValidationException: 1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have "
        "value less than or equal to 1000"},
       {"ListStateMachines", R"({"nextToken":"InvalidToken"})", "InvalidToken: Invalid Token: 'Invalid token'"},
       {"SendTaskSuccess", R"({"taskToken":"rubbish","output":"{}"})", "InvalidToken: Invalid Token: 'Invalid token'"},
       {"SendTaskFailure", R"({"taskToken":"rubbish"})", "InvalidToken: Invalid Token: 'Invalid token'"},
       {"SendTaskHeartbeat", R"({"taskToken":"rubbish"})", "InvalidToken: Invalid Token: 'Invalid token'"},
       {"SendTaskSuccess", R"({"taskToken":"rubbish"})",
        "ValidationException: 1 validation error detected: Value null at 'output' failed to satisfy constraint: Member must not be null"},
       {"GetActivityTask", R"({"activityArn":"no_an_activity_arn"})", "InvalidArn: Invalid Arn: 'Invalid ARN prefix: no_an_activity_arn'"},
       {"RedriveExecution", "{}",
        "ValidationException: 1 validation error detected: Value null at 'executionArn' failed to satisfy constraint: Member must not be "
        "null"},
       {"MakeCoffee", "{}", "UnknownOperationException: Unknown operation: AWSStepFunctions.MakeCoffee"}}) {
    CAPTURE(operation, body);
    CHECK(f.sfn(operation, body) == answer);
  }
  CHECK_THAT(f.sfn("ListStateMachines", "{"), Contains("SerializationException"));
  CHECK(f.json("AWSEvents.PutRule", "{}") == "UnknownOperationException: Unknown operation: AWSEvents.PutRule");
}

TEST_CASE("an execution from start to history") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create_body(pass));
  const auto started = f.sfn("StartExecution", "{" + arn_member + R"(,"name":"run","input":"{ \"x\": 0.0 }"})");
  const auto arn = member(started, "executionArn");
  CHECK(arn == "arn:aws:states:us-east-1:000000000000:execution:m:run");
  const auto described = f.sfn("DescribeExecution", R"({"executionArn":")" + arn + "\"}");
  CHECK(member(described, "status") == "SUCCEEDED");
  CHECK(member(described, "input") == R"({ "x": 0.0 })");
  CHECK(member(described, "output") == R"({"a":1})");
  CHECK(member(described, "redriveStatusReason") == "Execution is SUCCEEDED and cannot be redriven");
  CHECK(f.sfn("StartExecution", "{" + arn_member + R"(,"name":"run","input":"{}"})") ==
        "ExecutionAlreadyExists: Execution Already Exists: '" + arn + "'");
  CHECK_THAT(f.sfn("StartExecution", "{" + arn_member + R"(,"input":"{"})"),
             Contains("InvalidExecutionInput: Invalid State Machine Execution Input: '"));

  // Two pages forwards, and the whole of it backwards.
  const auto first = f.sfn("GetExecutionHistory", R"({"executionArn":")" + arn + R"(","maxResults":3})");
  const auto second =
      f.sfn("GetExecutionHistory", R"({"executionArn":")" + arn + R"(","maxResults":3,"nextToken":")" + member(first, "nextToken") + "\"}");
  CHECK_THAT(second, Contains(R"("type":"ExecutionSucceeded","id":4,"previousEventId":3)") && !Contains("nextToken"));
  const auto backwards = f.sfn("GetExecutionHistory", R"({"executionArn":")" + arn + R"(","reverseOrder":true})");
  CHECK(backwards.find("ExecutionSucceeded") < backwards.find("PassStateEntered"));
  CHECK(f.sfn("GetExecutionHistory", R"({"executionArn":")" + arn + R"(","reverseOrder":true,"nextToken":")" + member(first, "nextToken") +
                                         "\"}") == "InvalidToken: Invalid Token: 'Invalid token'");
}

TEST_CASE("executions are listed newest first, filtered, in pages") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create_body(pass));
  for (const char* name : {"a", "b", "c"}) f.sfn("StartExecution", "{" + arn_member + R"(,"name":")" + name + "\"}");
  const auto first = f.sfn("ListExecutions", "{" + arn_member + R"(,"maxResults":2})");
  CHECK(first.find("\"name\":\"c\"") < first.find("\"name\":\"b\""));
  const auto second = f.sfn("ListExecutions", "{" + arn_member + R"(,"maxResults":2,"nextToken":")" + member(first, "nextToken") + "\"}");
  CHECK_THAT(second, Contains("\"name\":\"a\"") && !Contains("nextToken"));
  CHECK(f.sfn("ListExecutions", "{" + arn_member + R"(,"statusFilter":"RUNNING"})") == R"({"executions":[]})");
  CHECK(f.sfn("ListExecutions", "{" + arn_member + R"(,"statusFilter":"succeeded"})") ==
        "ValidationException: 1 validation error detected: Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must "
        "satisfy enum value set: "
        "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]");
  CHECK_THAT(f.sfn("ListStateMachines", "{}"), Contains(machine_arn));
}

TEST_CASE("an execution is stopped") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create_body(wait));
  const auto arn = member(f.sfn("StartExecution", "{" + arn_member + "}"), "executionArn");
  CHECK_THAT(f.sfn("StopExecution", R"({"executionArn":")" + arn + R"(","error":"E","cause":"C"})"), Contains("stopDate"));
  const auto described = f.sfn("DescribeExecution", R"({"executionArn":")" + arn + "\"}");
  CHECK(member(described, "status") == "ABORTED");
  CHECK(member(described, "error") == "E");
  CHECK(member(described, "cause") == "C");
  CHECK(member(f.sfn("DescribeStateMachineForExecution", R"({"executionArn":")" + arn + "\"}"), "definition") == wait);
}

TEST_CASE("a worker polls an activity, and an execution waits for it") {
  ApiFixture f;
  const auto activity = member(f.sfn("CreateActivity", R"({"name":"work"})"), "activityArn");
  f.sfn("CreateStateMachine", create_body(R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":")" + activity + R"(","End":true}}})"));

  // The poll begins before there is a task, and is woken by it.
  auto polled = boost::asio::co_spawn(f.context,
                                      f.api->handler()(ApiFixture::json_request(
                                          "AWSStepFunctions.GetActivityTask", R"({"activityArn":")" + activity + R"(","workerName":"w"})")),
                                      boost::asio::use_future);
  const auto arn = member(f.sfn("StartExecution", "{" + arn_member + R"(,"input":"[1]"})"), "executionArn");
  while (polled.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    f.context.restart();
    f.context.run_one();
  }
  const auto task = polled.get().body;
  CHECK(member(task, "input") == "[1]");
  const auto token = member(task, "taskToken");
  CHECK(f.sfn("SendTaskHeartbeat", R"({"taskToken":")" + token + "\"}") == "{}");
  CHECK_THAT(f.sfn("SendTaskSuccess", R"({"taskToken":")" + token + R"(","output":"{"})"), Contains("InvalidOutput"));
  CHECK(f.sfn("SendTaskSuccess", R"({"taskToken":")" + token + R"(","output":"{\"done\":true}"})") == "{}");
  CHECK(f.sfn("SendTaskSuccess", R"({"taskToken":")" + token + R"(","output":"{}"})") ==
        "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'");
  CHECK(member(f.sfn("DescribeExecution", R"({"executionArn":")" + arn + "\"}"), "output") == R"({"done":true})");
  CHECK_THAT(f.sfn("ListActivities", "{}"), Contains(activity));
  CHECK(f.sfn("DeleteActivity", R"({"activityArn":")" + activity + "\"}") == "{}");
  CHECK(f.sfn("DescribeActivity", R"({"activityArn":")" + activity + "\"}") ==
        "ActivityDoesNotExist: Activity Does Not Exist: '" + activity + "'");
}

TEST_CASE("tags") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create_body(pass));
  const std::string resource = R"("resourceArn":")" + machine_arn + "\"";
  CHECK(f.sfn("TagResource", "{" + resource + R"(,"tags":[{"key":"a","value":"1"},{"key":"b","value":""}]})") == "{}");
  CHECK(f.sfn("TagResource", "{" + resource + R"(,"tags":[{"key":"a","value":"2"}]})") == "{}");
  CHECK(f.sfn("UntagResource", "{" + resource + R"(,"tagKeys":["b","b"]})") == "{}");
  CHECK(f.sfn("ListTagsForResource", "{" + resource + "}") == R"({"tags":[{"key":"a","value":"2"}]})");
  CHECK(f.sfn("ListTagsForResource", R"({"resourceArn":")" + machine_arn + ":1\"}") ==
        "ResourceNotFound: Resource not found: '" + machine_arn + ":1'");
}

// The API's model gives a status of their own to two errors; all others are 400.
TEST_CASE("statuses of errors") {
  ApiFixture f;
  f.sfn("CreateStateMachine", create_body(pass));
  const auto status = [&](const char* operation, const std::string& body) {
    return f.send(ApiFixture::json_request(std::string("AWSStepFunctions.") + operation, body)).status;
  };
  CHECK(status("ListTagsForResource", R"({"resourceArn":")" + machine_arn + "x\"}") == 404);
  CHECK(status("DescribeStateMachineAlias", R"({"stateMachineAliasArn":")" + machine_arn + ":a\"}") == 404);
  CHECK(status("DescribeMapRun",
               R"({"mapRunArn":"arn:aws:states:us-east-1:000000000000:mapRun:m/l:00000000-0000-0000-0000-000000000000"})") == 404);
  CHECK(status("PublishStateMachineVersion", R"({"stateMachineArn":")" + machine_arn + R"(","revisionId":"other"})") == 409);
  CHECK(status("DescribeStateMachine", R"({"stateMachineArn":")" + machine_arn + "x\"}") == 400);
}

TEST_CASE("definitions are validated without being stored") {
  ApiFixture f;
  CHECK(f.sfn("ValidateStateMachineDefinition", R"({"definition":)" + quoted(pass) + "}") ==
        R"({"result":"OK","diagnostics":[],"truncated":false})");
  const auto faulty = f.sfn("ValidateStateMachineDefinition", R"({"definition":"{\"StartAt\":\"S\"}"})");
  CHECK(member(faulty, "result") == "FAIL");
  CHECK_THAT(faulty, Contains(R"("severity":"ERROR","code":"SCHEMA_VALIDATION_FAILED")"));

  // A warning is shown to those who ask, and keeps no definition from being taken.
  const std::string doubtful =
      R"("definition":)" + quoted(R"({"StartAt":"P","States":{"P":{"Type":"Pass","Parameters":{"a":"$.b"},"End":true}}})");
  CHECK(member(f.sfn("ValidateStateMachineDefinition", "{" + doubtful + "}"), "diagnostics") == "[]");
  const auto warned = f.sfn("ValidateStateMachineDefinition", "{" + doubtful + R"(,"severity":"WARNING"})");
  CHECK(member(warned, "result") == "OK");
  CHECK_THAT(warned, Contains(R"("severity":"WARNING","code":"NO_DOLLAR")"));
  CHECK_THAT(warned, Contains(R"("location":"/States/P/Parameters/a")"));
  CHECK_THAT(f.sfn("CreateStateMachine", R"({"name":"doubtful","roleArn":"arn:aws:iam::000000000000:role/r",)" + doubtful + "}"),
             Contains("stateMachineArn"));
}

TEST_CASE("no more diagnostics are shown than were asked for") {
  ApiFixture f;
  const std::string faulty =
      R"({"definition":)" + quoted(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"X"},"B":{"Type":"Pass","Next":"A"}}})");
  CHECK(member(f.sfn("ValidateStateMachineDefinition", faulty + "}"), "truncated") == "false");
  const auto one = f.sfn("ValidateStateMachineDefinition", faulty + R"(,"maxResults":1})");
  CHECK(
      one ==
      R"({"result":"FAIL","diagnostics":[{"severity":"ERROR","code":"MISSING_TRANSITION_TARGET","message":"Missing 'Next' target: X","location":"/States/A/Next"}],"truncated":true})");
  CHECK(member(f.sfn("ValidateStateMachineDefinition", faulty + R"(,"maxResults":0})"), "truncated") == "false");
  CHECK_THAT(f.sfn("ValidateStateMachineDefinition", faulty + R"(,"maxResults":101})"), Contains("Value '101' at 'maxResults'"));
}

TEST_CASE("encryption and tracing configurations are kept and shown") {
  ApiFixture f;
  const std::string customer = R"({"type":"CUSTOMER_MANAGED_KMS_KEY","kmsKeyId":"alias/k","kmsDataKeyReusePeriodSeconds":60})";
  const std::string body = create_body(pass);
  const auto configured =
      body.substr(0, body.size() - 1) + R"(,"tracingConfiguration":{"enabled":true},"encryptionConfiguration":)" + customer + "}";
  CHECK_THAT(f.sfn("CreateStateMachine", configured), Contains("stateMachineArn"));
  const auto described = f.sfn("DescribeStateMachine", R"({"stateMachineArn":")" + machine_arn + "\"}");
  CHECK(member(described, "encryptionConfiguration") == customer);
  CHECK(member(described, "tracingConfiguration") == R"({"enabled":true})");
  CHECK_THAT(
      f.sfn("UpdateStateMachine", R"({"stateMachineArn":")" + machine_arn + R"(","encryptionConfiguration":{"type":"AWS_OWNED_KEY"}})"),
      Contains("updateDate"));
  CHECK(member(f.sfn("DescribeStateMachine", R"({"stateMachineArn":")" + machine_arn + "\"}"), "encryptionConfiguration") ==
        R"({"type":"AWS_OWNED_KEY"})");
  CHECK_THAT(f.sfn("CreateActivity", R"({"name":"b","encryptionConfiguration":{"type":"CUSTOMER_MANAGED_KMS_KEY"}})"),
             Contains("InvalidEncryptionConfiguration"));

  const auto arn = member(f.sfn("CreateActivity", R"({"name":"a","encryptionConfiguration":)" + customer + "}"), "activityArn");
  CHECK(member(f.sfn("DescribeActivity", R"({"activityArn":")" + arn + "\"}"), "encryptionConfiguration") == customer);
  CHECK(member(f.sfn("CreateActivity", R"({"name":"a","encryptionConfiguration":)" + customer + "}"), "activityArn") == arn);
  CHECK(f.sfn("CreateActivity", R"({"name":"a"})") == "ActivityAlreadyExists: Activity Already Exists: '" + arn + "'");
}

TEST_CASE("with a key made, requests must be signed") {
  ApiFixture f;
  std::optional<Result<services::ApiKey>> made;
  std::promise<void> done;
  f.engine.transact<services::ApiKey>(
      [](EngineTransaction& transaction) -> Result<services::ApiKey> { return services::create_key(transaction, "test"); },
      [&](Result<services::ApiKey> key) {
        made = std::move(key);
        done.set_value();
      });
  done.get_future().wait();
  CHECK(f.sfn("ListStateMachines", "{}") == "MissingAuthenticationTokenException: Missing Authentication Token");
  auto request = ApiFixture::json_request("AWSStepFunctions.ListStateMachines", "{}");
  request.headers.add("Authorization", "Bearer " + (*made)->id + ":" + (*made)->secret);
  CHECK(f.send(std::move(request)).status == 200);
}

TEST_CASE("Smithy RPC is refused clearly") {
  ApiFixture f;
  http::Request request;
  request.method = "POST";
  request.target = request.path = "/service/AWSStepFunctions/operation/StartExecution";
  const auto response = f.send(std::move(request));
  CHECK(response.status == 404);
  CHECK_THAT(response.body, Contains("CBOR"));
}

TEST_CASE("a machine that logs names one log group") {
  ApiFixture f;
  const auto created = [&](const std::string& logging) {
    return f.sfn(
        "CreateStateMachine",
        R"({"name":"l","roleArn":"arn:aws:iam::000000000000:role/r","definition":"{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Succeed\"}}}","loggingConfiguration":)" +
            logging + "}");
  };
  const auto to = [&](const std::string& arn) {
    return created(R"({"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":")" + arn + R"("}}]})");
  };
  const std::string error = "InvalidLoggingConfiguration: Invalid Logging Configuration: ";
  CHECK(created(R"({"level":"ERROR"})") == error + "Must specify exactly one Log Destination.");
  CHECK(created(R"({"level":"ERROR","destinations":[{},{}]})") == error + "Must specify exactly one Log Destination.");
  CHECK(created(R"({"level":"OFF","destinations":[{},{}]})") == error + "Must specify exactly one Log Destination.");
  CHECK(created(R"({"level":"ERROR","destinations":[{}]})") == error + "Must set valid CloudWatch Log Group ARN.");
  CHECK(to("arn:aws:s3:::bucket") == error + "Provided ARN is not CloudWatch Logs Log Group ARN.");
  CHECK(to("arn:aws:logs:us-east-1:000000000000:log-group:g") == error + "Log Group ARN must be provided with '*' qualifier.");
  CHECK(member(to("arn:aws:logs:us-east-1:000000000000:log-group:g:*"), "stateMachineArn") ==
        "arn:aws:states:us-east-1:000000000000:stateMachine:l");
}
