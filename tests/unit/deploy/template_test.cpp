/// Templates: what is read, what is resolved, what is refused and where.

#include "deploy/intrinsics.h"
#include "deploy/sam.h"
#include "deploy/template.h"
#include "deploy/types/substitutions.h"

#include "asl/yaml.h"

#include <catch2/catch.hpp>

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
  const TemplateFiles files{.folder = "/stack", .stage_code = [](const std::filesystem::path& folder) -> Result<StagedCode> { return StagedCode{"hash of " + folder.string(), 7}; }};
  const auto result = expand_sam(read_template(yaml(text), faults), files, faults);
  std::string printed = listed(faults);
  for (const auto& resource : result.resources) printed += resource.logical_id + " " + resource.type + " " + resource.properties.text() + "\n";
  return printed;
}

}  // namespace

TEST_CASE("sections, attributes and parameters that are not known are named with their place") {
  Faults faults;
  const auto read = read_template(yaml(R"(
Globals: {}
Conditions: {}
Transform: AWS::LanguageExtensions
Parameters:
  A: {Type: List<String>, MinLength: 1}
Resources:
  X: {Type: T, Condition: C}
  Y: {Properties: {}}
Outputs:
  O: {}
)"),
                                  faults);
  CHECK(listed(faults) ==
        "/Globals: the template section 'Globals' is not offered here\n"
        "/Conditions: the template section 'Conditions' is not offered here\n"
        "/Transform: the transform \"AWS::LanguageExtensions\" is not offered here\n"
        "/Parameters/A/MinLength: the parameter attribute 'MinLength' is not offered here\n"
        "/Parameters/A/Type: the parameter type 'List<String>' is not offered here; String and Number are\n"
        "/Resources/X/Condition: the resource attribute 'Condition' is not offered here\n"
        "/Resources/Y/Type: a resource needs a Type\n"
        "/Outputs/O: an output needs a Value\n");
  CHECK(read.resources.size() == 1);
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
  const auto values = parameter_values(source, {{"Needed", "n"}, {"Choice", "b"}}, faults);
  CHECK(faults.empty());
  CHECK(values.at("Number") == Json(5));
  CHECK(values.at("Choice") == Json("b"));
  CHECK(values.at("Needed") == Json("n"));

  (void)parameter_values(source, {{"Number", "x"}, {"Choice", "c"}, {"Other", "o"}}, faults);
  CHECK(listed(faults) ==
        "/Parameters/Other: the value 'o' was given for a parameter that the template does not have\n"
        "/Parameters/Choice: \"c\" is not one of [\"a\",\"b\"]\n"
        "/Parameters/Needed: the parameter has no default, and no value was given\n"
        "/Parameters/Number: \"x\" is not a number\n");
}

TEST_CASE("intrinsic functions") {
  CHECK(resolved("!Ref Size") == "3");
  CHECK(resolved("{a: !Ref Q, b: [!GetAtt Q.Arn, !Ref AWS::Region], c: !Ref AWS::NoValue}") == R"({"a":"http://x/s-Q","b":["arn:q","us-east-1"]})");
  CHECK(resolved("!Sub '${AWS::StackName}/${Word}${Size}/${Q}/${Q.Arn}/${!Kept}'") == R"("s/w3/http://x/s-Q/arn:q/${Kept}")");
  CHECK(resolved("!Sub ['${Own}-${Word}', {Own: !Ref Size}]") == R"("3-w")");
  CHECK(resolved("!Ref Nope") == "/P/Ref: there is no parameter or resource 'Nope'\n");
  CHECK(resolved("a: !GetAtt Q.Nope") == "/P/a/Fn::GetAtt: the resource 'Q' has no attribute 'Nope'\n");
  CHECK(resolved("a: !Ref N") == "/P/a/Ref: what Ref gives for 'N' is not known before it is made\n");
  CHECK(resolved("[!Join [',', [a]]]") == "/P/0/Fn::Join: the function Fn::Join is not offered here; Ref, Fn::GetAtt and Fn::Sub are\n");
}

TEST_CASE("references of a value") {
  CHECK(references(yaml("{a: !Ref A, b: {c: [!GetAtt B.Arn, !Sub '${C}-${D.Arn}-${!E}']}}")) == std::set<std::string>{"A", "B", "C", "D"});
}

TEST_CASE("a SAM function becomes itself and its events") {
  CHECK(expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: index.handler
      Runtime: nodejs22.x
      Policies: [SQSPollerPolicy]
      Events:
        Q: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 1}}
        A: {Type: Api, Properties: {Path: /x, Method: get}}
        S: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: "{}", Enabled: false}}
)Y") == R"Y(F AWS::Lambda::Function {"Handler":"index.handler","Runtime":"nodejs22.x","Code":{"Hash":"hash of /stack/code/","Bytes":7}}
FQ AWS::Lambda::EventSourceMapping {"EventSourceArn":{"Fn::GetAtt":["Queue","Arn"]},"BatchSize":1,"FunctionName":{"Ref":"F"}}
FA Signalbox::Route {"Path":"/x","Method":"get","FunctionName":{"Ref":"F"}}
FS AWS::Scheduler::Schedule {"ScheduleExpression":"rate(1 day)","Input":"{}","Enabled":false,"Rule":true,"TargetArn":{"Fn::GetAtt":["F","Arn"]}}
)Y");
}

TEST_CASE("what is not offered of a SAM resource is named with its place") {
  CHECK(expanded(R"Y(
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Layers: []
      Events:
        B: {Type: S3, Properties: {}}
        A: {Type: Api, Properties: {Path: /x, Method: get, Auth: {}}}
)Y") == R"Y(/Resources/F/Properties/Layers: the property 'Layers' of AWS::Serverless::Function is not offered here
/Resources/F/Properties/CodeUri: this property is required
/Resources/F/Properties/Events/B/Type: the event type S3 is not offered here for AWS::Serverless::Function
/Resources/F/Properties/Events/A/Properties/Auth: the property 'Auth' of an Api event is not offered here
F AWS::Lambda::Function {"Handler":"index.handler"}
FA Signalbox::Route {"Path":"/x","Method":"get","Auth":{},"FunctionName":{"Ref":"F"}}
)Y");
}

TEST_CASE("what SAM resources become cannot be named by a template") {
  CHECK(expanded("Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}}") ==
        "/Resources/F/Type: the resource type AWS::Lambda::Function is not offered here\n");
}

TEST_CASE("definition substitutions") {
  const Substitutions values{{"Arn", "arn:x"}, {"Seconds", 5}};
  const auto substituted = [&](std::string_view text) { return substitute(yaml(text), values).text(); };
  CHECK(substituted("a: ${Arn}/${Seconds}/${Other}") == R"({"a":"arn:x/5/${Other}"})");
  CHECK(substituted("a: '${Seconds}'") == R"({"a":5})");
  CHECK(substituted("${Arn}: ['$${Arn}']") == R"({"arn:x":["$arn:x"]})");
}
