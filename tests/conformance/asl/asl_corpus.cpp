/// Every definition of the published corpus is parsed; what becomes of it is compared with the services that it uses and with what
/// public validators say. The corpus lies beside the project (shared/conformance/asl-corpus, or SIGNALBOX_CONFORMANCE); without it
/// the tests say so and pass.

#include "signalbox/state_machine.h"
#include "support/skip.h"
#include "support/source_directory.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

using namespace signalbox;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<fs::path> conformance_folder() {
  std::vector<fs::path> candidates{test::source_directory() / "../shared/conformance",
                                   test::source_directory() / "../../shared/conformance"};
  if (const char* given = std::getenv("SIGNALBOX_CONFORMANCE")) candidates.insert(candidates.begin(), given);
  for (const auto& candidate : candidates)
    if (fs::exists(candidate)) return candidate;
  test::skip("there is no conformance data beside the project");
  return std::nullopt;
}

struct Definition {
  std::string id;
  std::string text;
};

std::vector<Definition> load(const fs::path& folder) {
  std::vector<Definition> definitions;
  for (const auto& entry : fs::directory_iterator(folder)) {
    auto json = Json::parse(read(entry.path()));
    REQUIRE(json.has_value());
    const auto* definition = json->find("resolved") ? json->find("resolved") : json->find("definition");
    definitions.push_back({std::string(json->find("id")->as_string()), definition->text()});
  }
  std::sort(definitions.begin(), definitions.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return definitions;
}

bool is_faulty(const ParsedDefinition& parsed) {
  return std::ranges::any_of(parsed.diagnostics, [](const Diagnostic& found) { return found.severity == Diagnostic::Severity::Error; });
}

std::string faults(const ParsedDefinition& parsed) {
  std::string text;
  for (const auto& diagnostic : parsed.diagnostics)
    text += "    " + diagnostic.code + ": " + diagnostic.message + " at " + diagnostic.where.value_or("null") + "\n";
  return text;
}

/// Recorded definitions name resources that a case makes by placeholders; any ARN will do here.
std::string with_resources(std::string text) {
  const std::string_view start = "\"Resource\":\"${";
  for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at)) {
    const auto value = at + start.size() - 2;
    text.replace(value, text.find('"', value) - value, "arn:aws:lambda:us-east-1:000000000000:function:f");
  }
  return text;
}

/// How many of the public validators take it, and how many refuse it.
struct Votes {
  int accept = 0, refuse = 0;
};
Votes votes(const Json& verdicts, const std::string& id) {
  Votes count;
  const auto* tools = verdicts.find("verdicts")->find(id);
  if (!tools) return count;
  for (const auto& [tool, verdict] : tools->members()) {
    const auto* ok = verdict.find("ok");
    if (ok && ok->is_boolean()) ++(ok->as_boolean() ? count.accept : count.refuse);
  }
  return count;
}

/// Task resources anywhere in a definition that are services not offered here, as the corpus's README names them.
void collect_services(const Json& value, std::set<std::string>& services) {
  static const std::set<std::string> offered{"apigateway",
                                             "http",
                                             "lambda",
                                             "sqs",
                                             "sns",
                                             "states",
                                             "events",
                                             "aws-sdk:cloudwatchlogs",
                                             "aws-sdk:eventbridge",
                                             "aws-sdk:iam",
                                             "aws-sdk:lambda",
                                             "aws-sdk:scheduler",
                                             "aws-sdk:s3",
                                             "aws-sdk:sfn",
                                             "aws-sdk:sns",
                                             "aws-sdk:sqs",
                                             "aws-sdk:ssm",
                                             "aws-sdk:sts"};
  if (value.is_object()) {
    const auto* type = value.find("Type");
    const auto* resource = value.find("Resource");
    if (type && type->is_string() && type->as_string() == "Task" && resource && resource->is_string())
      if (const auto parsed = parse_task_resource(std::string(resource->as_string())))
        if (const auto* service = std::get_if<ServiceResource>(&parsed->kind))
          if (!offered.contains(service->resource_type)) services.insert(service->resource_type);
    for (const auto& member : value.members()) collect_services(member.value, services);
  } else if (value.is_array()) {
    for (const auto& element : value.elements()) collect_services(element, services);
  }
}

}  // namespace

TEST_CASE("published samples are accepted, or refused for a service or a part of the language that is named") {
  const auto folder = conformance_folder();
  if (!folder) return;
  const auto verdicts = Json::parse(read(*folder / "asl-corpus/verdicts.json"));
  REQUIRE(verdicts.has_value());
  // Refused as AWS refuses them, although somebody published them; looked at one by one.
  const std::map<std::string, std::string> known_faulty{
      {"e18435236e1d", "has QueryLanguage among its States, where it is a state without a type; all else is JSONata then"},
  };
  int accepted = 0, other_service = 0, language = 0, faulty = 0;
  for (const auto& definition : load(*folder / "asl-corpus/samples")) {
    const auto parsed = parse_definition(definition.text);
    INFO(definition.id << "\n" << faults(parsed));
    if (is_faulty(parsed)) {
      ++faulty;
      const auto [accept, refuse] = votes(*verdicts, definition.id);
      std::cout << "sample " << definition.id << " has faults (validators: " << accept << " accept, " << refuse << " refuse)\n"
                << faults(parsed);
      CHECK(known_faulty.contains(definition.id));
      continue;
    }
    std::set<std::string> services;
    collect_services(*Json::parse(definition.text), services);
    for (const auto& service : services) {
      INFO("service " << service);
      CHECK(std::any_of(parsed.unsupported.begin(), parsed.unsupported.end(),
                        [&](const std::string& sentence) { return sentence.find("the service " + service + " ") != std::string::npos; }));
    }
    if (parsed.unsupported.empty()) ++accepted;
    else if (!parsed.machine) ++language;
    else ++other_service;
    CHECK((services.empty() || !parsed.unsupported.empty()));
  }
  std::cout << "samples: " << accepted << " accepted, " << other_service << " refused for a service, " << language
            << " refused for JSONata, variables or a distributed Map, " << faulty << " faulty\n";
}

TEST_CASE("fixtures: refused where two validators refuse, accepted where two accept") {
  const auto folder = conformance_folder();
  if (!folder) return;
  const auto verdicts = Json::parse(read(*folder / "asl-corpus/verdicts.json"));
  REQUIRE(verdicts.has_value());
  // Where we differ from the validators, and why.
  const std::map<std::string, std::string> known_differences{
      {"171cc5b98dd9", "Credentials without RoleArn: AWS refuses it (recorded)"},
      {"663207efdc5d", "Credentials without RoleArn: AWS refuses it (recorded)"},
      {"98952d910222", "a state name over 80 characters; two of the validators do not count"},
      {"9c2a6dbf081b", "a Map without ItemProcessor; two of the validators do not ask for it"},
      {"98f077938384", "a variable called top-level; AWS takes Unicode identifiers, which have no hyphens"},
      {"dede7ee530fb", "lambda:invoke without FunctionName; no validator knows the services' parameters"},
  };
  int agreed_accept = 0, agreed_refuse = 0, undecided = 0, differ = 0;
  for (const auto& definition : load(*folder / "asl-corpus/fixtures")) {
    const auto parsed = parse_definition(definition.text);
    const bool valid = !is_faulty(parsed);
    const auto [accept, refuse] = votes(*verdicts, definition.id);
    if (accept < 2 && refuse < 2) {
      ++undecided;
    } else if (valid == (accept >= 2)) {
      ++(valid ? agreed_accept : agreed_refuse);
    } else {
      ++differ;
      std::cout << "fixture " << definition.id << ": " << accept << " accept, " << refuse << " refuse, we " << (valid ? "accept" : "refuse")
                << "\n"
                << faults(parsed);
      INFO(definition.id);
      CHECK(known_differences.contains(definition.id));
    }
  }
  std::cout << "fixtures: " << agreed_accept << " accepted like two validators, " << agreed_refuse << " refused like two validators, "
            << differ << " differ, " << undecided << " undecided\n";
}

TEST_CASE("every definition that AWS ran is accepted") {
  const auto folder = conformance_folder();
  if (!folder) return;
  int accepted = 0, not_offered = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*folder / "sfn/cases")) {
    if (entry.path().extension() != ".json") continue;
    const auto json = Json::parse(read(entry.path()));
    REQUIRE(json.has_value());
    const auto* kind = json->find("kind");
    const auto* definition = json->find("definition");
    if (!kind || kind->as_string() != "execution" || !definition || !definition->is_object()) continue;
    const auto parsed = parse_definition(with_resources(Json(definition->members()).text()));
    INFO(entry.path().filename().string() << "\n" << faults(parsed));
    CHECK_FALSE(is_faulty(parsed));
    ++(parsed.unsupported.empty() ? accepted : not_offered);
  }
  std::cout << "recorded executions: " << accepted << " definitions accepted, " << not_offered << " use what is not offered yet\n";
}
