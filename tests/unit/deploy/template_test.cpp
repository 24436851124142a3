/// Templates: what is read, what is resolved, what is refused and where.

#include "deploy/template.h"
#include "deploy/dynamic_references.h"
#include "deploy/intrinsics.h"
#include "deploy/resource_type.h"
#include "deploy/sam.h"
#include "deploy/template_includes.h"
#include "deploy/template_loops.h"
#include "deploy/types/substitutions.h"

#include "asl/yaml.h"

#include <catch2/catch.hpp>

#include <array>

using namespace signalbox;
using namespace signalbox::deploy;

namespace {

Json yaml(std::string_view text) {
  const auto json = yaml_to_json(text);
  if (!json) FAIL(json.error().message);
  return *Json::parse(*json);
}

std::string listed(const Faults& faults) {
  std::string text;
  for (const auto& fault : faults.list()) text += fault.where + ": " + fault.message + "\n";
  return text;
}

Scope scope() {
  Scope made;
  made.stack = "s";
  made.parameters = {{"Size", 3}, {"Word", "w"}};
  made.resources["Q"] = {.physical_id = "s-Q", .ref = Json("http://x/s-Q"), .attributes = {{"Arn", "arn:q"}}};
  made.mappings = yaml("{Sizes: {w: {small: 1}}}");
  made.conditions = {{"Wide", true}, {"Narrow", false}};
  made.exports = {{"other-queue", "http://other"}};
  made.left_out = {"Absent"};
  made.resources["N"] = {.physical_id = "n", .ref = std::nullopt, .attributes = {}};
  return made;
}

std::string resolved(std::string_view text) {
  Faults faults;
  const auto value = resolve(yaml(text), scope(), "/P", faults);
  return faults.empty() ? value.text() : listed(faults);
}

std::string expanded(std::string_view text) {
  Faults faults;
  const TemplateFiles files{.folder = "/stack", .stage_code = [](const std::filesystem::path& folder) -> Result<StagedCode> {
                              return StagedCode{"hash of " + folder.string(), 7};
                            }};
  const auto result = expand_sam(read_template(yaml(text), faults), files, faults);
  std::string printed = listed(faults);
  for (const auto& resource : result.resources)
    printed += resource.logical_id + " " + resource.type + " " + resource.properties.text() + "\n";
  return printed;
}

/// The line of a role that SAM makes: what follows its trust in the service.
std::string role_line(const std::string& id, const std::string& service, const std::string& rest) {
  return id +
         R"( AWS::IAM::Role {"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":[")" +
         service + R"("]},"Action":["sts:AssumeRole"]}]})" + rest + "}\n";
}
/// A role with inline policies, each of one statement: (suffix of its name, action, resource).
std::string caller_role_line(const std::string& id, const std::string& service, const std::vector<std::array<std::string, 3>>& policies) {
  std::string shown;
  for (const auto& [suffix, action, resource] : policies)
    shown += (shown.empty() ? "" : ",") + (R"({"PolicyName":")" + id + suffix +
                                           R"(","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":")" +
                                           action + R"(","Resource":)" + resource + "}]}}");
  return role_line(id, service, ",\"Policies\":[" + shown + "]");
}
const std::string basic = "\"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole\"";

}  // namespace

TEST_CASE("sections, attributes and parameters that are not known are named with their place") {
  Faults faults;
  const auto read = read_template(yaml(R"(
Globals: {SimpleTable: {}}
Hooks: {}
Transform: [AWS::LanguageExtensions, AWS::Include]
Parameters:
  A: {Type: Thing, Shape: round}
Resources:
  X: {Type: T, CreationPolicy: C, DeletionPolicy: Snapshot}
  Y: {Properties: {}}
Outputs:
  O: {}
)"),
                                  faults);
  CHECK(listed(faults) ==
        "/Hooks: the template section 'Hooks' is not offered here\n"
        "/Transform: the transform \"AWS::Include\" is not offered here\n"
        "/Parameters/A/Shape: the parameter attribute 'Shape' is not offered here\n"
        "/Parameters/A/Type: the parameter type 'Thing' is not offered here\n"
        "/Globals/SimpleTable: the section of Globals 'SimpleTable' is not offered here\n"
        "/Resources/X/CreationPolicy: the resource attribute 'CreationPolicy' is not offered here\n"
        "/Resources/X/DeletionPolicy: 'Snapshot' is not offered here; Delete, Retain and RetainExceptOnCreate are\n"
        "/Resources/Y/Type: a resource needs a Type\n"
        "/Outputs/O: an output needs a Value\n");
  CHECK(read.resources.size() == 1);
}

TEST_CASE("parameters of other kinds") {
  Faults faults;
  const auto source = read_template(yaml(R"(
Parameters:
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Numbers: {Type: List<Number>, Default: "1,2"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /name}
  Checked: {Type: String, AllowedPattern: "[a-z]+", ConstraintDescription: small letters, Default: A1}
  Ranged: {Type: Number, MinValue: 1, MaxValue: "5", Default: 6}
Resources: {X: {Type: T}}
)"),
                                    faults);
  REQUIRE(faults.empty());
  const auto values = parameter_values(
      source, {}, [](const std::string& name) { return name == "/name" ? std::optional(StoredParameter{"value"}) : std::nullopt; }, faults);
  CHECK(values.at("List").text() == R"(["a","b","c"])");
  CHECK(values.at("Numbers").text() == "[1,2]");
  CHECK(values.at("Stored") == Json("value"));
  CHECK(listed(faults) ==
        "/Parameters/Checked: \"A1\" is not allowed: small letters\n"
        "/Parameters/Ranged: 6 is not allowed by the parameter's pattern, length or range\n");
  Faults missing;
  (void)parameter_values(source, {{"Stored", "/other"}, {"Checked", "a"}, {"Ranged", "5"}}, {}, missing);
  CHECK(listed(missing) == "/Parameters/Stored: Systems Manager has no parameter '/other'\n");
  Faults secure;
  (void)parameter_values(
      source, {{"Checked", "a"}, {"Ranged", "5"}},
      [](const std::string&) {
        return std::optional(StoredParameter{"value", true});
      },
      secure);
  CHECK(listed(secure) == "/Parameters/Stored: Parameters [/name] referenced by template have types not supported by CloudFormation.\n");
}

TEST_CASE("parameters have what was given, or their default") {
  Faults faults;
  const auto source = read_template(yaml(R"(
Parameters:
  Number: {Type: Number, Default: "5"}
  Choice: {Type: String, Default: a, AllowedValues: [a, b]}
  Needed: {Type: String}
Resources: {X: {Type: T}}
)"),
                                    faults);
  REQUIRE(faults.empty());
  const auto values = parameter_values(source, {{"Needed", "n"}, {"Choice", "b"}}, {}, faults);
  CHECK(faults.empty());
  CHECK(values.at("Number") == Json(5));
  CHECK(values.at("Choice") == Json("b"));
  CHECK(values.at("Needed") == Json("n"));

  (void)parameter_values(source, {{"Number", "x"}, {"Choice", "c"}, {"Other", "o"}}, {}, faults);
  CHECK(listed(faults) ==
        "/Parameters/Other: the value 'o' was given for a parameter that the template does not have\n"
        "/Parameters/Choice: \"c\" is not one of [\"a\",\"b\"]\n"
        "/Parameters/Needed: the parameter has no default, and no value was given\n"
        "/Parameters/Number: \"x\" is not a number\n");
}

TEST_CASE("intrinsic functions") {
  CHECK(resolved("!Ref Size") == "3");
  CHECK(resolved("{a: !Ref Q, b: [!GetAtt Q.Arn, !Ref AWS::Region], c: !Ref AWS::NoValue}") ==
        R"({"a":"http://x/s-Q","b":["arn:q","us-east-1"]})");
  CHECK(resolved("!Sub '${AWS::StackName}/${Word}${Size}/${Q}/${Q.Arn}/${!Kept}'") == R"("s/w3/http://x/s-Q/arn:q/${Kept}")");
  CHECK(resolved("!Sub ['${Own}-${Word}', {Own: !Ref Size}]") == R"("3-w")");
  CHECK(resolved("!Ref Nope") == "/P/Ref: there is no parameter or resource 'Nope'\n");
  CHECK(resolved("a: !GetAtt Q.Nope") == "/P/a/Fn::GetAtt: the resource 'Q' has no attribute 'Nope'\n");
  CHECK(resolved("a: !Ref N") == "/P/a/Ref: what Ref gives for 'N' is not known before it is made\n");
  CHECK(resolved("[{Fn::Transform: {Name: AWS::Include}}]") == "/P/0/Fn::Transform: the function Fn::Transform is not offered here\n");
  CHECK(resolved("!GetAtt Q.Arn") == R"("arn:q")");
  CHECK(resolved("!Ref AWS::NotificationARNs") == "[]");
}

TEST_CASE("functions over texts and lists") {
  CHECK(resolved("!Join ['-', [a, !Ref Size, true]]") == R"("a-3-true")");
  CHECK(resolved("!Join ['', [a, [b]]]") == "/P/Fn::Join: Fn::Join takes a list of texts, not [\"b\"]\n");
  CHECK(resolved("!Select [1, [a, b]]") == R"("b")");
  CHECK(resolved("!Select ['0', !Split ['|', 'x|y|']]") == R"("x")");
  CHECK(resolved("!Select [2, [a, b]]") == "/P/Fn::Select: Fn::Select cannot select the nonexistent value at index 2 of [\"a\",\"b\"]\n");
  CHECK(resolved("!Split ['|', 'x|y|']") == R"(["x","y",""])");
  CHECK(resolved("!Base64 'key=é'") == R"("a2V5PcOp")");
  CHECK(resolved("!Cidr [10.0.0.0/24, 3, 5]") == R"(["10.0.0.0/27","10.0.0.32/27","10.0.0.64/27"])");
  CHECK(resolved("!Cidr [10.0.0.0/30, 3, 1]") == "/P/Fn::Cidr: Fn::Cidr cannot make 3 blocks of 1 bits from 10.0.0.0/30\n");
  CHECK(resolved("{Fn::Length: [1, 2, 3]}") == "3");
  CHECK(resolved("{Fn::ToJsonString: {a: !Ref Size}}") == R"("{\"a\":3}")");
  CHECK(resolved("!GetAZs ''") == R"(["us-east-1a","us-east-1b","us-east-1c"])");
  CHECK(resolved("!FindInMap [Sizes, !Ref Word, small]") == "1");
  CHECK(resolved("!FindInMap [Sizes, w, large]") == "/P/Fn::FindInMap: the mappings have no /Sizes/w/large\n");
  CHECK(resolved("!ImportValue other-queue") == R"("http://other")");
  CHECK(resolved("!ImportValue nothing") == "/P/Fn::ImportValue: No export named nothing found\n");
  CHECK(resolved("[!If [Wide, a, b], !If [Narrow, a, !Ref AWS::NoValue]]") == R"(["a"])");
  CHECK(resolved("!If [Unknown, a, b]") == "/P/Fn::If: there is no condition 'Unknown'\n");
  CHECK(resolved("!Ref Absent") == "/P/Ref: the resource 'Absent' is not made, since its condition is false\n");
}

TEST_CASE("conditions may name each other, but not in a circle") {
  Faults faults;
  const auto values = evaluate_conditions(yaml(R"(
A: !Equals [!Ref Word, w]
B: !Not [{Condition: A}]
C: !Or [{Condition: B}, !Equals [3, !Ref Size]]
D: !And [{Condition: A}, {Condition: B}]
)"),
                                          scope(), faults);
  CHECK(faults.empty());
  CHECK(values == std::map<std::string, bool>{{"A", true}, {"B", false}, {"C", true}, {"D", false}});
  (void)evaluate_conditions(yaml("{A: {Condition: B}, B: {Condition: A}, C: {Condition: D}, D: {Fn::Contains: [[a], a]}}"), scope(),
                            faults);
  CHECK(listed(faults) ==
        "/Conditions/B/Condition: the condition 'A' depends on itself\n"
        "/Conditions/D/Fn::Contains: the condition Fn::Contains cannot take [[\"a\"],\"a\"]\n");
}

TEST_CASE("references of a value") {
  CHECK(references(yaml("{x: !If [Wide, !Ref G, !Ref H]}"), {{"Wide", false}}) == std::set<std::string>{"H"});
  CHECK(references(
            yaml("{a: !Ref A, b: {c: [!GetAtt B.Arn, !Sub '${C}-${D.Arn}-${!E}', !Join ['', [!Ref F]], !Sub ['${Own}', {Own: !Ref I}]]}}"),
            {}) == std::set<std::string>{"A", "B", "C", "D", "F", "I"});
}

TEST_CASE("a SAM function becomes itself and its events") {
  CHECK(
      expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: index.handler
      Runtime: nodejs22.x
      Policies: [AmazonSQSReadOnlyAccess, AWSLambdaBasicExecutionRole]
      Events:
        Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 1}}
        S: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: "{}", Enabled: false}}
)Y") ==
      role_line(
          "FRole", "lambda.amazonaws.com",
          ",\"ManagedPolicyArns\":[" + basic +
              R"(,"arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole","arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"])") +
          R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":{"Fn::GetAtt":["FRole","Arn"]},"Code":{"Hash":"hash of /stack/code/","Bytes":7}}
FQ AWS::Lambda::EventSourceMapping {"EventSourceArn":{"Fn::GetAtt":["Queue","Arn"]},"BatchSize":1,"FunctionName":{"Ref":"F"}}
FSPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"events.amazonaws.com","SourceArn":{"Fn::GetAtt":["FS","Arn"]}}
FS AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","Input":"{}","Enabled":false,"Rule":true,"TargetArn":{"Fn::GetAtt":["F","Arn"]}}
)Y");
}

TEST_CASE("Policies of SAM become a role's: names, documents, policy templates") {
  CHECK(
      expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: Wide
    Properties:
      InlineCode: x
      Tracing: Active
      Policies:
        - !Ref Managed
        - SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}
        - DynamoDBReadPolicy: {TableName: t}
        - Statement: [{Effect: Allow, Action: "states:*", Resource: "*"}]
)Y") ==
      role_line(
          "FRole", "lambda.amazonaws.com",
          ",\"ManagedPolicyArns\":[" + basic +
              R"(,"arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",{"Ref":"Managed"}])"
              R"(,"Policies":[{"PolicyName":"FRolePolicy1","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage*"],)"
              R"("Resource":[{"Fn::Sub":["arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${value}",{"value":{"Fn::GetAtt":["Q","QueueName"]}}]}]}]}},)"
              R"({"PolicyName":"FRolePolicy3","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"states:*","Resource":"*"}],"Version":"2012-10-17"}}])") +
          R"Y(F AWS::Lambda::Function {"Role":{"Fn::GetAtt":["FRole","Arn"]},"TracingConfig":{"Mode":"Active"},"Code":{"ZipFile":"x"}})Y"
          "\n");
  CHECK(expanded("Resources: {M: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {}}}}") ==
        role_line("MRole", "states.amazonaws.com", "") +
            R"(M AWS::StepFunctions::StateMachine {"Definition":{},"RoleArn":{"Fn::GetAtt":["MRole","Arn"]}})"
            "\n");
  const auto faults = expanded(
      "Resources: {M: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {}, Policies: [{SQSSendMessagePolicy: {Queue: q}}, "
      "{SendPolicy: {}}, 3]}}}");
  CHECK(
      faults.starts_with("/Resources/M/Properties/Policies: the policy template SQSSendMessagePolicy needs the parameter QueueName\n"
                         "/Resources/M/Properties/Policies: there is no policy template 'SendPolicy'\n"
                         "/Resources/M/Properties/Policies: a policy is a name, an ARN, a document, or one policy template\n"));
  CHECK(expanded("Resources: {M: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {}, Role: r, Policies: [p]}}}")
            .starts_with("/Resources/M/Properties/Policies: Role and Policies exclude each other\n"));
}

TEST_CASE("what is not offered of a SAM resource is named with its place") {
  CHECK(
      expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Role: r
      CodeSigningConfigArn: c
      Events:
        B: {Type: S3, Properties: {}}
        A: {Type: Api, Properties: {Path: /x, Method: get, RestApiId: !Ref Own, Auth: {Authorizer: Mine}}}
        C: {Type: Api, Properties: {Path: /x, Method: get, RestApiId: !Ref Other}}
  Own: {Type: AWS::Serverless::Api, Properties: {StageName: v1, DefinitionBody: {paths: {}}}}
)Y") ==
      R"Y(/Resources/F/Properties/CodeSigningConfigArn: the property 'CodeSigningConfigArn' of AWS::Serverless::Function is not offered here
/Resources/F/Properties/CodeUri: this property is required
/Resources/F/Properties/Events/B/Type: the event type S3 is not offered here for AWS::Serverless::Function
/Resources/F/Properties/Events/A/Properties/Auth: the API's own document says that
/Resources/F/Properties/Events/A/Properties/Path: the API's document has no path '/x'
/Resources/F/Properties/Events/C/Properties/RestApiId: there is no AWS::Serverless::Api 'Other'
F AWS::Lambda::Function {"Handler":"index.handler","Role":"r"}
FAPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"apigateway.amazonaws.com","SourceArn":{"Fn::Sub":["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/GET/x",{"api":{"Ref":"Own"}}]}}
Own AWS::ApiGateway::RestApi {"Body":{"paths":{}}}
OwnDeployment5e0df887cb AWS::ApiGateway::Deployment {"RestApiId":{"Ref":"Own"}}
Ownv1Stage AWS::ApiGateway::Stage {"RestApiId":{"Ref":"Own"},"StageName":"v1","DeploymentId":{"Ref":"OwnDeployment5e0df887cb"}}
)Y");
}

TEST_CASE("a route cannot be named by a template, what else SAM makes can") {
  CHECK(expanded("Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}}") ==
        "F AWS::Lambda::Function {\"Code\":{\"ZipFile\":\"x\"}}\n");
  CHECK(expanded("Resources: {R: {Type: 'Signalbox::Route'}}") ==
        "/Resources/R/Type: the resource type Signalbox::Route is not offered here\n");
}

TEST_CASE("globals are what resources have unless they say otherwise") {
  CHECK(
      expanded(R"(
Globals: {Function: {Runtime: nodejs20.x, Timeout: 9, Environment: {Variables: {A: a, B: b}}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Handler: index.handler, Timeout: 3, Role: r, Environment: {Variables: {B: c}}}}
)") ==
      R"(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs20.x","Timeout":3,"Environment":{"Variables":{"A":"a","B":"c"}},"Role":"r","Code":{"ZipFile":"x"}})"
      "\n");
}

TEST_CASE("what SAM publishes has logical ids that templates may name by a shorter name") {
  CHECK(
      expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code/, Handler: index.handler, Runtime: nodejs22.x, Role: r, AutoPublishAlias: live, Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}}}
  M:
    Type: AWS::Serverless::StateMachine
    Properties: {Definition: {}, Role: r, AutoPublishAlias: live, UseAliasAsEventTarget: true, DefinitionSubstitutions: {F: !Ref F.Alias, V: !Sub '${F.Version}-${F.Arn}'},
                 Events: {S: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}}
  L:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer/}
)Y") ==
      R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":"r","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
FVersiond0d4a0d75a AWS::Lambda::Version {"FunctionName":{"Ref":"F"}}
FAliaslive AWS::Lambda::Alias {"Name":"live","FunctionName":{"Ref":"F"},"FunctionVersion":{"Fn::GetAtt":["FVersiond0d4a0d75a","Version"]}}
FQ AWS::Lambda::EventSourceMapping {"EventSourceArn":{"Fn::GetAtt":["Queue","Arn"]},"FunctionName":{"Ref":"FAliaslive"}}
M AWS::StepFunctions::StateMachine {"Definition":{},"DefinitionSubstitutions":{"F":{"Ref":"FAliaslive"},"V":{"Fn::Sub":"${FVersiond0d4a0d75a}-${F.Arn}"}},"RoleArn":"r"}
MVersion AWS::StepFunctions::StateMachineVersion {"StateMachineArn":{"Ref":"M"},"StateMachineRevisionId":{"Fn::GetAtt":["M","StateMachineRevisionId"]}}
MAliaslive AWS::StepFunctions::StateMachineAlias {"Name":"live","DeploymentPreference":{"StateMachineVersionArn":{"Ref":"MVersion"},"Type":"ALL_AT_ONCE"}}
)Y" + caller_role_line("MSRole", "events.amazonaws.com", {{"StartExecutionPolicy", "states:StartExecution", R"({"Ref":"MAliaslive"})"}}) +
          R"Y(MS AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","Rule":true,"TargetArn":{"Ref":"MAliaslive"},"RoleArn":{"Fn::GetAtt":["MSRole","Arn"]}}
L AWS::Lambda::LayerVersion {"LayerName":"L","Content":{"Hash":"hash of /stack/layer/","Bytes":7}}
)Y");
}

TEST_CASE("a schedule calls in a role of its own, a rule calls a function as itself") {
  auto role_with_boundary = caller_role_line(
      "FARole", "scheduler.amazonaws.com",
      {{"LambdaPolicy", "lambda:InvokeFunction", R"({"Fn::GetAtt":["F","Arn"]})"}, {"SQSPolicy", "sqs:SendMessage", R"("q")"}});
  role_with_boundary.insert(role_with_boundary.size() - 2, R"(,"PermissionsBoundary":"b")");
  CHECK(
      expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: index.handler
      Runtime: nodejs22.x
      Role: r
      Events:
        A: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), DeadLetterConfig: {Arn: q}, PermissionsBoundary: b}}
        B: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), RoleArn: s}}
  M:
    Type: AWS::Serverless::StateMachine
    Properties: {Definition: {}, Role: r, Events: {C: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}, D: {Type: Schedule, Properties: {Schedule: rate(1 day), RoleArn: s}}}}
)Y") ==
      R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":"r","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
)Y" + role_with_boundary +
          R"Y(FA AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","DeadLetterConfig":{"Arn":"q"},"TargetArn":{"Fn::GetAtt":["F","Arn"]},"RoleArn":{"Fn::GetAtt":["FARole","Arn"]}}
FB AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","RoleArn":"s","TargetArn":{"Fn::GetAtt":["F","Arn"]}}
M AWS::StepFunctions::StateMachine {"Definition":{},"RoleArn":"r"}
)Y" + caller_role_line("MCRole", "scheduler.amazonaws.com", {{"StartExecutionPolicy", "states:StartExecution", R"({"Ref":"M"})"}}) +
          R"Y(MC AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","TargetArn":{"Fn::GetAtt":["M","Arn"]},"RoleArn":{"Fn::GetAtt":["MCRole","Arn"]}}
MD AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","RoleArn":"s","Rule":true,"TargetArn":{"Fn::GetAtt":["M","Arn"]}}
)Y");
}

TEST_CASE("FunctionUrlConfig is a URL, of the alias if there is one, and what lets anybody call it") {
  CHECK(
      expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code/, Handler: index.handler, Runtime: nodejs22.x, Role: r, FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["*"]}}}
  G:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code/, Handler: index.handler, Runtime: nodejs22.x, Role: r, AutoPublishAlias: live, FunctionUrlConfig: {AuthType: AWS_IAM, InvokeMode: BUFFERED}}
)Y") ==
      R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":"r","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
FUrl AWS::Lambda::Url {"TargetFunctionArn":{"Ref":"F"},"AuthType":"NONE","Cors":{"AllowOrigins":["*"]}}
FUrlPublicPermissions AWS::Lambda::Permission {"FunctionName":{"Ref":"F"},"Action":"lambda:InvokeFunctionUrl","Principal":"*","FunctionUrlAuthType":"NONE"}
FURLInvokeAllowPublicAccess AWS::Lambda::Permission {"FunctionName":{"Ref":"F"},"Action":"lambda:InvokeFunction","Principal":"*","InvokedViaFunctionUrl":true}
G AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":"r","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
GVersiond0d4a0d75a AWS::Lambda::Version {"FunctionName":{"Ref":"G"}}
GAliaslive AWS::Lambda::Alias {"Name":"live","FunctionName":{"Ref":"G"},"FunctionVersion":{"Fn::GetAtt":["GVersiond0d4a0d75a","Version"]}}
GUrl AWS::Lambda::Url {"TargetFunctionArn":{"Ref":"G"},"AuthType":"AWS_IAM","InvokeMode":"BUFFERED","Qualifier":"live"}
)Y");
}

TEST_CASE("an HttpApi event is a route of the implicit HTTP API, which deploys itself") {
  CHECK(
      expanded(R"Y(
Globals: {HttpApi: {CorsConfiguration: true, AccessLogSettings: {DestinationArn: a, Format: f}}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: index.handler
      Runtime: nodejs22.x
      Role: r
      Events:
        Get: {Type: HttpApi, Properties: {Path: '/a/{b}', Method: GET, TimeoutInMillis: 100, RouteSettings: {ThrottlingRateLimit: 1}}}
        All: {Type: HttpApi}
)Y") ==
      R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":"r","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
FGetPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"apigateway.amazonaws.com","SourceArn":{"Fn::Sub":["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/GET/a/*",{"api":{"Ref":"ServerlessHttpApi"}}]}}
FAllPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"apigateway.amazonaws.com","SourceArn":{"Fn::Sub":["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/$default",{"api":{"Ref":"ServerlessHttpApi"}}]}}
ServerlessHttpApi AWS::ApiGatewayV2::Api {"CorsConfiguration":{"AllowOrigins":["*"]},"Body":{"openapi":"3.0.1","info":{"title":{"Ref":"AWS::StackName"},"version":"1.0"},"paths":{"/a/{b}":{"get":{"responses":{},"x-amazon-apigateway-integration":{"httpMethod":"POST","type":"aws_proxy","uri":{"Fn::Sub":"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"},"payloadFormatVersion":"2.0","timeoutInMillis":100}}},"$default":{"x-amazon-apigateway-any-method":{"responses":{},"x-amazon-apigateway-integration":{"httpMethod":"POST","type":"aws_proxy","uri":{"Fn::Sub":"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"},"payloadFormatVersion":"2.0"},"isDefaultRoute":true}}}}}
ServerlessHttpApiApiGatewayDefaultStage AWS::ApiGatewayV2::Stage {"ApiId":{"Ref":"ServerlessHttpApi"},"StageName":"$default","AutoDeploy":true,"AccessLogSettings":{"DestinationArn":"a","Format":"f"},"RouteSettings":{"GET /a/{b}":{"ThrottlingRateLimit":1}}}
)Y");
}

TEST_CASE("an AWS::Serverless::HttpApi keeps what its author wrote, and gives operations their integration") {
  CHECK(
      expanded(R"Y(
Resources:
  Mine:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: v1
      Name: mine
      DefinitionBody: {openapi: 3.0.1, paths: {/a: {get: {operationId: A}}, /b: {get: {x-amazon-apigateway-integration: {type: http_proxy}}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      {CodeUri: code/, Handler: index.handler, Runtime: nodejs22.x, Role: r, Events: {A: {Type: HttpApi, Properties: {ApiId: !Ref Mine, Path: /a, Method: get, PayloadFormatVersion: "1.0"}},
       B: {Type: HttpApi, Properties: {ApiId: !Ref Mine, Path: /b, Method: get}}}}
  P: {Type: AWS::SSM::Parameter, Properties: {Value: !Ref Mine.Stage}}
)Y") ==
      R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Role":"r","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
FAPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"apigateway.amazonaws.com","SourceArn":{"Fn::Sub":["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/GET/a",{"api":{"Ref":"Mine"}}]}}
FBPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"apigateway.amazonaws.com","SourceArn":{"Fn::Sub":["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/GET/b",{"api":{"Ref":"Mine"}}]}}
P AWS::SSM::Parameter {"Value":{"Ref":"Minev1Stage"}}
Mine AWS::ApiGatewayV2::Api {"Name":"mine","Body":{"openapi":"3.0.1","paths":{"/a":{"get":{"operationId":"A","x-amazon-apigateway-integration":{"httpMethod":"POST","type":"aws_proxy","uri":{"Fn::Sub":"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"},"payloadFormatVersion":"1.0"}}},"/b":{"get":{"x-amazon-apigateway-integration":{"type":"http_proxy"}}}}}}
Minev1Stage AWS::ApiGatewayV2::Stage {"ApiId":{"Ref":"Mine"},"StageName":"v1","AutoDeploy":true}
)Y");
}

TEST_CASE("an Api event is a method of the implicit API, whose document, deployment and stage are made") {
  const auto text = expanded(R"Y(
Globals: {Api: {Cors: "'*'"}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Events: {Get: {Type: Api, Properties: {Path: "/a/{id}", Method: GET}}}}}
  M: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {}, Events: {Post: {Type: Api, Properties: {Path: "/a/{id}", Method: post}}}}}
)Y");
  CHECK(text.find("FGet Signalbox::Route {\"Path\":\"/a/{id}\",\"Method\":\"GET\",\"FunctionName\":{\"Ref\":\"F\"}}\n") !=
        std::string::npos);
  CHECK(text.find("MPost ") == std::string::npos);
  CHECK(
      text.find(
          R"(FGetPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"apigateway.amazonaws.com","SourceArn":{"Fn::Sub":["arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*/GET/a/*",{"api":{"Ref":"ServerlessRestApi"}}]}})") !=
      std::string::npos);
  CHECK(
      text.find(role_line(
          "MPostRole", "apigateway.amazonaws.com",
          R"(,"Policies":[{"PolicyName":"MPostRoleStartExecutionPolicy","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"states:StartExecution","Resource":{"Ref":"M"}}]}}])")) !=
      std::string::npos);
  CHECK(text.find(R"("credentials":{"Fn::GetAtt":["MPostRole","Arn"]})") != std::string::npos);
  CHECK(text.find("ServerlessRestApi AWS::ApiGateway::RestApi {\"Body\":{\"swagger\":\"2.0\",") != std::string::npos);
  CHECK(
      text.find(
          R"("uri":{"Fn::Sub":"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"})") !=
      std::string::npos);
  CHECK(
      text.find(
          R"("application/json":{"Fn::Sub":"{\"input\": \"$util.escapeJavaScript($input.json('$'))\", \"stateMachineArn\": \"${M}\"}"})") !=
      std::string::npos);
  CHECK(text.find(R"("method.response.header.Access-Control-Allow-Methods":"'GET,OPTIONS,POST'")") != std::string::npos);
  const auto stage = text.find(
      R"(ServerlessRestApiProdStage AWS::ApiGateway::Stage {"RestApiId":{"Ref":"ServerlessRestApi"},"StageName":"Prod","DeploymentId":{"Ref":"ServerlessRestApiDeployment)");
  CHECK(stage != std::string::npos);
}

TEST_CASE("events of topics and rules") {
  CHECK(expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Role: r
      Events:
        T: {Type: SNS, Properties: {Topic: !Ref Topic, FilterPolicy: {kind: [a]}}}
        Q: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
        R: {Type: EventBridgeRule, Properties: {Pattern: {source: [s]}, InputPath: $.detail, DeadLetterConfig: {Type: SQS}}}
        L: {Type: CloudWatchLogs, Properties: {LogGroupName: g}}
)Y") == R"Y(/Resources/F/Properties/Events/L/Type: the event type CloudWatchLogs is not offered here for AWS::Serverless::Function
F AWS::Lambda::Function {"Role":"r","Code":{"ZipFile":"x"}}
FTPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"sns.amazonaws.com","SourceArn":{"Ref":"Topic"}}
FT AWS::SNS::Subscription {"TopicArn":{"Ref":"Topic"},"FilterPolicy":{"kind":["a"]},"Protocol":"lambda","Endpoint":{"Fn::GetAtt":["F","Arn"]}}
FQQueue AWS::SQS::Queue {}
FQQueuePolicy AWS::SQS::QueuePolicy {"PolicyDocument":{"Version":"2012-10-17","Statement":[{"Action":"sqs:SendMessage","Effect":"Allow","Principal":"*","Resource":{"Fn::GetAtt":["FQQueue","Arn"]},"Condition":{"ArnEquals":{"aws:SourceArn":{"Ref":"Topic"}}}}]},"Queues":[{"Ref":"FQQueue"}]}
FQEventSourceMapping AWS::Lambda::EventSourceMapping {"EventSourceArn":{"Fn::GetAtt":["FQQueue","Arn"]},"FunctionName":{"Ref":"F"}}
FQ AWS::SNS::Subscription {"TopicArn":{"Ref":"Topic"},"Protocol":"sqs","Endpoint":{"Fn::GetAtt":["FQQueue","Arn"]}}
FRQueuePolicy AWS::SQS::QueuePolicy {"PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":{"Fn::GetAtt":["FRQueue","Arn"]},"Condition":{"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["FR","Arn"]}}}}]},"Queues":[{"Ref":"FRQueue"}]}
FRQueue AWS::SQS::Queue {}
FRPermission AWS::Lambda::Permission {"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"F"},"Principal":"events.amazonaws.com","SourceArn":{"Fn::GetAtt":["FR","Arn"]}}
FR AWS::Events::Rule {"EventPattern":{"source":["s"]},"Targets":[{"Id":"FRLambdaTarget","Arn":{"Fn::GetAtt":["F","Arn"]},"InputPath":"$.detail","DeadLetterConfig":{"Arn":{"Fn::GetAtt":["FRQueue","Arn"]}}}]}
)Y");
}

namespace {

std::string looped(std::string_view text) {
  Faults faults;
  const ParameterValues values = [](const Template& declared) {
    Faults ignored;
    return parameter_values(declared, {}, {}, ignored);
  };
  const auto document = expand_loops(yaml(text), values, faults);
  return faults.empty() ? document.find("Resources")->text() : listed(faults);
}

}  // namespace

TEST_CASE("loops give what they hold for each element") {
  CHECK(
      looped(R"Y(
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "a, b.c"}}
Resources:
  Fn::ForEach::Outer: [Name, !Ref Names, {'Queue&{Name}': {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${AWS::StackName}-${Name}', Tag: !Ref Name}}}]
  Last: {Type: AWS::SNS::Topic}
)Y") ==
      R"({"Queuea":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":{"Fn::Sub":"${AWS::StackName}-a"},"Tag":"a"}},)"
      R"("Queuebc":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":{"Fn::Sub":"${AWS::StackName}-b.c"},"Tag":"b.c"}},"Last":{"Type":"AWS::SNS::Topic"}})");
  CHECK(looped("{Transform: AWS::LanguageExtensions, Resources: {'Fn::ForEach::A': [X, [a, b], {'Fn::ForEach::B': [Y, [c], {'${X}${Y}': "
               "{}}]}]}}") == R"({"ac":{},"bc":{}})");
  CHECK(looped("{Resources: {'Fn::ForEach::A': [X, [a], {'${X}': {}}]}}") ==
        "/Resources/Fn::ForEach::A: Fn::ForEach needs the transform AWS::LanguageExtensions\n");
  CHECK(looped("{Transform: AWS::LanguageExtensions, Resources: {'Fn::ForEach::A': [X, [a, a], {'${X}': {}}], 'Fn::ForEach::B': [X, !Ref "
               "Unknown, {}], 'Fn::ForEach::C': [X]}}") ==
        "/Resources/Fn::ForEach::A: 'a' is there already\n"
        "/Resources/Fn::ForEach::B/1: {\"Ref\":\"Unknown\"} is no list of texts, and no parameter that is one\n"
        "/Resources/Fn::ForEach::C: Fn::ForEach takes an identifier, a collection and an object\n");
}

TEST_CASE("includes are the members of the documents that they name") {
  const ReadInclude include = [](const std::string& location) -> Result<Json> {
    if (location == "api.yaml") return yaml("{swagger: '2.0', paths: {}}");
    return error(ErrorCode::NotFound, "cannot read '" + location + "'");
  };
  Faults faults;
  CHECK(expand_includes(yaml("{Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}, host: h}}"), include, faults)
            .text() == R"({"Body":{"swagger":"2.0","paths":{},"host":"h"}})");
  CHECK(faults.empty());
  (void)expand_includes(yaml("{A: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: b.yaml}}}, B: [{Fn::Transform: {Name: "
                             "Mine}}], C: {Fn::Transform: {Name: AWS::Include}}}"),
                        include, faults);
  CHECK(listed(faults) ==
        "/A/Fn::Transform/Parameters/Location: cannot read 'b.yaml'\n"
        "/B/0/Fn::Transform/Name: the transform \"Mine\" is not offered here; AWS::Include is\n"
        "/C/Fn::Transform/Parameters/Location: a path beside the template, or s3://BUCKET/KEY, is expected as a text\n");
}

TEST_CASE("dynamic references take what Systems Manager has") {
  const SystemsManagerLookup lookup = [](const std::string& name) {
    return name == "/a:2" ? std::optional(StoredParameter{"x"}) : name == "/s" ? std::optional(StoredParameter{"y", true}) : std::nullopt;
  };
  Faults faults;
  CHECK(with_dynamic_references(yaml("{a: ['<{{resolve:ssm:/a:2}}|{{resolve:ssm-secure:/s}}>', 1]}"), lookup, "/P", faults).text() ==
        R"({"a":["<x|y>",1]})");
  CHECK(faults.empty());
  (void)with_dynamic_references(
      yaml("{a: '{{resolve:ssm:/b}}', b: ['{{resolve:secretsmanager:s}}'], c: '{{resolve:ssm:/s}}', d: '{{resolve:ssm-secure:/a:2}}'}"),
      lookup, "/P", faults);
  CHECK(listed(faults) ==
        "/P/a: Systems Manager has no parameter '/b'\n"
        "/P/b/0: dynamic references to secretsmanager are not offered here; those to ssm and ssm-secure are\n"
        "/P/c: Non-secure ssm prefix was used for secure parameter: /s\n"
        "/P/d: Secure ssm prefix was used for non-secure parameter: /a:2\n");
}

TEST_CASE("definition substitutions") {
  const Substitutions values{{"Arn", "arn:x"}, {"Seconds", 5}};
  const auto substituted = [&](std::string_view text) { return substitute(yaml(text), values).text(); };
  CHECK(substituted("a: ${Arn}/${Seconds}/${Other}") == R"({"a":"arn:x/5/${Other}"})");
  CHECK(substituted("a: '${Seconds}'") == R"({"a":5})");
  CHECK(substituted("${Arn}: ['$${Arn}']") == R"({"arn:x":["$arn:x"]})");
}

TEST_CASE("a name that is given by default is cut where its service demands it, and stays another than that of a resource like it") {
  Resource one, other;
  one.stack = other.stack = "Stack";
  one.logical_id = std::string(80, 'L') + "A";
  other.logical_id = std::string(80, 'L') + "B";
  CHECK(one.default_name() == "Stack-" + one.logical_id);
  CHECK(one.default_name(64).size() == 64);
  CHECK(one.default_name(64).starts_with("Stack-LLLL"));
  CHECK(one.default_name(64) != other.default_name(64));
  CHECK(one.default_name(200) == one.default_name());
}
