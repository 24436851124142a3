/// Stacks on disk, deployed by the real engine over a store in memory: what is made, changed, removed and kept.

#include "deploy/deployer.h"
#include "deploy/types/types.h"

#include "signalbox/encoding.h"
#include "signalbox/state_machines.h"
#include "store/memory_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace signalbox;
using namespace signalbox::deploy;
namespace fs = std::filesystem;

namespace {

/// Made by a type below, under its physical id.
inline constexpr Table things_table{"things", {KeyPart::Text, KeyPart::Text}};

/// A type that is simple enough to see what the resource engine does with it: `Name`, `Value`, `Fails`.
class ThingType final : public ResourceType {
 public:
  std::string_view name() const override { return "Test::Thing"; }
  Identity identify(const Resource& resource, Faults&) const override {
    const auto* name = resource.properties.find("Name");
    const auto id = name ? std::string(name->as_string()) : resource.default_name();
    return {.physical_id = id, .ref = Json(id), .attributes = {{"Arn", "arn:" + id}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const Key key(things_table, resource.identity.physical_id, "");
    if (transaction.get(key)) return error(ErrorCode::AlreadyExists, "there is one already");
    if (resource.properties.find("Fails")) return error(ErrorCode::Conflict, "it does not want to");
    transaction.put(key, resource.properties.text());
    return {};
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    transaction.put(Key(things_table, resource.identity.physical_id, ""), resource.properties.text());
    return {};
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    transaction.erase(Key(things_table, physical_id, ""));
    return {};
  }
};

ResourceTypes types() {
  ResourceTypes made;
  made.push_back(std::make_unique<ThingType>());
  made.push_back(make_state_machine_type(Site{}, false));
  return made;
}

struct Fixture {
  fs::path folder = fs::temp_directory_path() / ("signalbox-deploy-" + random_uuid());
  MemoryStore store;
  SystemClock clock;
  Engine engine{store, clock, EngineOptions{}};
  Deployer deployer{engine,
                    types(),
                    {.site = {},
                     .stage_code = [](const fs::path&) -> Result<StagedCode> {
                       return StagedCode{"h", 1};
                     },
                     .systems_manager =
                         [](const Reader&, const std::string& name) {
                           return name == "/secret" ? std::optional(StoredParameter{"s3cret", true}) : std::nullopt;
                         }}};

  boost::asio::io_context io;  // until the engine has stopped: its thread may not be through with telling it of an answer that was acted on

  Fixture() {
    fs::create_directories(folder);
    const auto started = engine.start();
    REQUIRE(started.has_value());
  }
  ~Fixture() {
    engine.stop();
    fs::remove_all(folder);
  }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder / path).parent_path());
    std::ofstream(folder / path) << text;
  }

  /// What deploying says: `STACK: RESULT`, then a line for each change or fault.
  std::string deploy(const ParameterOverrides& parameters = {}) {
    io.restart();
    const auto work = boost::asio::make_work_guard(io);  // while the engine's thread has the operation, nothing here waits for it
    std::optional<Result<std::vector<StackResult>>> answer;
    boost::asio::co_spawn(io, deployer.deploy(folder, parameters),
                          [&](std::exception_ptr failure, Result<std::vector<StackResult>> result) {
                            if (!failure) answer.emplace(std::move(result));
                            io.stop();
                          });
    io.run();
    REQUIRE(answer);
    const auto& results = *answer;
    if (!results) return "error: " + results.error().message;
    std::string text;
    for (const auto& result : *results) {
      text += result.name + ": " + result.result + "\n";
      for (const auto& change : result.changes) {
        constexpr const char* words[] = {"created", "updated", "removed", "kept"};
        text += "  " + std::string(words[static_cast<int>(change.kind)]) + " " + change.logical_id + " " + change.physical_id + "\n";
      }
      if (result.failure) text += result.failure->message + "\n";
      for (const auto& [name, value] : result.outputs) text += "  " + name + " = " + value + "\n";
    }
    return text;
  }

  std::string things() {
    std::string text;
    engine.reader()->scan({Key(things_table)}, [&](const Key& key, std::string_view record) {
      text += key.text(0) + " " + std::string(record) + "\n";
      return true;
    });
    return text;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "what another service keeps is used, and shown by its reference") {
  write("s/template.yaml", "Resources: {A: {Type: Test::Thing, Properties: {Value: '{{resolve:ssm-secure:/secret}}'}}}");
  CHECK(deploy() == "s: created\n  created A s-A\n");
  CHECK(things() == "s-A {\"Value\":\"s3cret\"}\n");
  CHECK(find_stack(*engine.reader(), "s")->resources.at(0).properties.text() == R"({"Value":"{{resolve:ssm-secure:/secret}}"})");
}

TEST_CASE_METHOD(Fixture, "a stack is made in the order of its references, changed where it differs, and left alone otherwise") {
  write("s/template.yaml", R"(
Parameters: {Size: {Type: Number, Default: 1}}
Resources:
  B: {Type: Test::Thing, Properties: {Of: !Ref A, Size: !Ref Size}}
  A: {Type: Test::Thing}
  C: {Type: Test::Thing, DeletionPolicy: Retain}
Outputs: {BArn: {Value: !GetAtt B.Arn}}
)");
  CHECK(deploy() == "s: created\n  created A s-A\n  created B s-B\n  created C s-C\n  BArn = arn:s-B\n");
  CHECK(things() == "s-A {}\ns-B {\"Of\":\"s-A\",\"Size\":1}\ns-C {}\n");
  CHECK(deploy() == "s: unchanged\n  BArn = arn:s-B\n");
  CHECK(deploy({{"s.Size", "2"}, {"Other", "x"}}) == "s: updated\n  updated B s-B\n  BArn = arn:s-B\n");
  CHECK(things() == "s-A {}\ns-B {\"Of\":\"s-A\",\"Size\":2}\ns-C {}\n");

  write("s/template.yaml", "Resources: {A: {Type: Test::Thing, Properties: {Name: new}}, X: {Type: Test::Thing, Properties: {Name: s-B}}}");
  CHECK(deploy() == "s: updated\n  created A new\n  updated X s-B\n  kept C s-C\n  removed A s-A\n");
  CHECK(things() == "new {\"Name\":\"new\"}\ns-B {\"Name\":\"s-B\"}\ns-C {}\n");
}

TEST_CASE_METHOD(Fixture, "what a plan changes is told property by property, with what causes it") {
  const auto described = [&](const std::string& text, const std::map<std::string, std::string>& parameters) {
    const auto plan = deployer.plan_text("s", text, parameters);
    if (!plan) return plan.error().message;
    std::string lines;
    for (const auto& change : deployer.describe_changes(*plan)) {
      constexpr const char* words[] = {"add", "modify", "remove"};
      lines += std::string(words[static_cast<int>(change.action)]) + " " + change.logical_id + (change.replaces ? " anew" : "") +
               (change.retain ? " kept" : "") + "\n";
      for (const auto& property : change.properties)
        lines += "  " + property.property + (property.replaces ? " replaces" : "") + " " + property.source + " " + property.causing_entity +
                 " " + (property.before ? property.before->text() : "-") + " > " + (property.after ? property.after->text() : "-") + "\n";
    }
    return lines;
  };
  write("s/template.yaml", R"(
Parameters: {Size: {Type: Number, Default: 1}, Secret: {Type: String, Default: hush, NoEcho: true}}
Resources:
  A: {Type: Test::Thing, Properties: {Name: one, Other: x}}
  B: {Type: Test::Thing, Properties: {Of: !Ref A, Arn: !Sub '${A.Arn}!', Size: !Ref Size}}
  C: {Type: Test::Thing, Properties: {Key: !Ref Secret}, DeletionPolicy: Retain}
)");
  CHECK(deploy() == "s: created\n  created A one\n  created B s-B\n  created C s-C\n");
  CHECK(described(R"(
Parameters: {Size: {Type: Number, Default: 1}, Secret: {Type: String, Default: hush, NoEcho: true}}
Resources:
  A: {Type: Test::Thing, Properties: {Name: two, Other: y}}
  B: {Type: Test::Thing, Properties: {Of: !Ref A, Arn: !Sub '${A.Arn}!', Size: !Ref Size, Tags: {a: b}}}
  D: {Type: Test::Thing}
)",
                  {{"Size", "2"}}) ==
        "modify A anew\n"
        "  Name replaces DirectModification  \"one\" > \"two\"\n"
        "  Other DirectModification  \"x\" > \"y\"\n"
        "modify B\n"
        "  Arn ResourceAttribute A.Arn \"arn:one!\" > \"arn:two!\"\n"
        "  Of ResourceReference A \"one\" > \"two\"\n"
        "  Size ParameterReference Size 1 > 2\n"
        "  Tags DirectModification  - > {\"a\":\"b\"}\n"
        "add D\n"
        "remove C kept\n");
  CHECK(described(R"(
Parameters: {Size: {Type: Number, Default: 1}, Secret: {Type: String, Default: hush, NoEcho: true}}
Resources:
  A: {Type: Test::Thing, Properties: {Name: one, Other: x}}
  B: {Type: Test::Thing, Properties: {Of: !Ref A, Arn: !Sub '${A.Arn}!', Size: !Ref Size}}
  C: {Type: Test::Thing, Properties: {Key: !Ref Secret}, DeletionPolicy: Retain}
)",
                  {{"Secret", "louder"}}) == "modify C kept\n  Key ParameterReference Secret \"****\" > \"****\"\n");
}

TEST_CASE_METHOD(Fixture, "what another stack imports is neither changed nor removed") {
  write("a/template.yaml",
        "Resources: {A: {Type: Test::Thing, Properties: {Name: one}}}\nOutputs: {O: {Value: !Ref A, Export: {Name: shared}}}");
  CHECK(deploy() == "a: created\n  created A one\n  O = one\n");
  write("b/template.yaml", "Resources: {B: {Type: Test::Thing, Properties: {Of: !ImportValue shared}}}");
  CHECK(deploy() == "a: unchanged\n  O = one\nb: created\n  created B b-B\n");
  CHECK(importers_of(*engine.reader(), "shared") == std::vector<std::string>{"b"});
  write("a/template.yaml",
        "Resources: {A: {Type: Test::Thing, Properties: {Name: two}}}\nOutputs: {O: {Value: !Ref A, Export: {Name: shared}}}");
  CHECK(deploy().find("a: failed\nExport shared cannot be updated as it is in use by b\n") == 0);
  write("a/template.yaml", "Resources: {A: {Type: Test::Thing, Properties: {Name: one}}}");
  CHECK(deploy().find("a: failed\nExport shared cannot be deleted as it is in use by b\n") == 0);
  CHECK(things() == "b-B {\"Of\":\"one\"}\none {\"Name\":\"one\"}\n");
}

TEST_CASE_METHOD(Fixture, "all of a stack or nothing; other stacks go on") {
  write("bad/template.yaml", "Resources: {A: {Type: Test::Thing}, B: {Type: Test::Thing, Properties: {Fails: true}}}");
  write("good/template.json", R"({"Resources": {"A": {"Type": "Test::Thing"}}})");
  CHECK(deploy() == "bad: failed\n  created A bad-A\n  created B bad-B\nB: it does not want to\ngood: created\n  created A good-A\n");
  CHECK(things() == "good-A {}\n");
  CHECK(list_stacks(*engine.reader()).size() == 1);
}

TEST_CASE_METHOD(Fixture, "every fault of a template is said at once, and nothing is done") {
  write("s/template.yaml", R"(
Resources:
  A: {Type: AWS::Foo::Bar, Properties: {X: !Ref Nope}}
  B: {Type: Test::Thing, Properties: {X: !Ref C}}
  C: {Type: Test::Thing, DependsOn: [B, D]}
)");
  CHECK(deploy() ==
        "s: failed\n"
        "/Resources/B: resources refer to each other in a circle: B → C → B\n"
        "/Resources/C/DependsOn: there is no resource 'D'\n"
        "/Resources/A/Properties/X/Ref: there is no parameter or resource 'Nope'\n"
        "/Resources/A/Type: the resource type AWS::Foo::Bar is not offered here\n");
  CHECK(list_stacks(*engine.reader()).empty());
}

TEST_CASE_METHOD(Fixture, "what follows from a fault is not said again") {
  write("s/template.yaml", R"(
Resources:
  Table: {Type: AWS::Foo::Table}
  A: {Type: Test::Thing, Properties: {X: !Sub "${Table.Arn}/*"}}
  B: {Type: Test::Thing, Properties: {X: !GetAtt A.Arn}}
Outputs:
  Table: {Value: !Ref Table}
)");
  CHECK(deploy() == "s: failed\n/Resources/Table/Type: the resource type AWS::Foo::Table is not offered here\n");
  write("s/template.yaml", R"(
Parameters:
  Email: {Type: String}
Conditions:
  IsAda: !Equals [!Ref Email, ada]
Resources:
  A: {Type: Test::Thing, Properties: {X: !Sub "${Email}"}}
  Table: {Type: AWS::Foo::Table}
)");
  CHECK(deploy() ==
        "s: failed\n"
        "/Parameters/Email: the parameter has no default, and no value was given\n"
        "/Resources/Table/Type: the resource type AWS::Foo::Table is not offered here\n");
}

TEST_CASE_METHOD(Fixture, "state machines, from a template and bare") {
  write("t/template.yaml", R"(
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: m.asl.yaml
      Role: arn:aws:iam::000000000000:role/machine
      DefinitionSubstitutions: {Seconds: 5, Word: hello}
      Tags: {"signalbox:verification": confirm}
)");
  write("t/m.asl.yaml", "StartAt: W\nStates:\n  W: {Type: Wait, Seconds: '${Seconds}', Comment: '${Word} ${Kept}', End: true}\n");
  write("bare/one.asl.json", R"({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})");
  write("two.asl.yaml", "StartAt: A\nStates: {A: {Type: Succeed}}\n");
  CHECK(deploy() == "bare: created\n  created one one\nt: created\n  created Machine t-Machine\ntwo: created\n  created two two\n");
  const auto reader = engine.reader();
  const auto machine = find_state_machine(*reader, "t-Machine");
  REQUIRE(machine);
  CHECK(machine->stack == "t");
  CHECK(machine->tags.text() == R"({"signalbox:verification":"confirm"})");
  CHECK(definition_text(*reader, machine->definition) ==
        R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":5,"Comment":"hello ${Kept}","End":true}}})");

  write("t/m.asl.yaml", "StartAt: W\nStates:\n  W: {Type: Wait, Seconds: -1, Next: X}\n");
  CHECK(deploy() ==
        "bare: unchanged\n"
        "t: failed\n"
        "/Resources/Machine/Properties/DefinitionUri/States/W/Seconds: SCHEMA_VALIDATION_FAILED: Minimum value is 0\n"
        "/Resources/Machine/Properties/DefinitionUri/States/W/Next: MISSING_TRANSITION_TARGET: Missing 'Next' target: X\n"
        "/Resources/Machine/Properties/DefinitionUri: MISSING_END_STATE: Workflow has no terminal state\n"
        "two: unchanged\n");
  write("t/m.asl.yaml", "StartAt: W\nStates:\n  W: {Type: Succeed}\n");
  CHECK(deploy() == "bare: unchanged\nt: updated\n  updated Machine t-Machine\ntwo: unchanged\n");
}

TEST_CASE_METHOD(Fixture, "a stack whose folder vanished is kept and named") {
  write("s/template.yaml", "Resources: {A: {Type: Test::Thing}}");
  write("r/template.yaml", "Resources: {A: {Type: Test::Thing}}");
  (void)deploy();
  fs::remove_all(folder / "s");
  CHECK(Deployer::vanished(*engine.reader()) == std::vector<std::string>{"s"});
  CHECK(deploy() == "r: unchanged\n");
  CHECK(things() == "r-A {}\ns-A {}\n");
}

TEST_CASE_METHOD(Fixture, "folders that are no stacks") {
  CHECK(deploy() == "error: there is no template and no definition in '" + folder.string() + "'");
  write("a b/template.yaml", "");
  CHECK(deploy() == "error: 'a b' is no name of a stack: letters, digits, - and _");
  fs::remove_all(folder / "a b");
  write("s/template.yaml", "a: [");
  CHECK(deploy().find("s: failed\n") == 0);
}
