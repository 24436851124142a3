#include <cstdio>
#include <fstream>
#include <iterator>

#include "asl/yaml.h"
#include "cli/assumed_substitutions.h"
#include "cli/backup_objects.h"
#include "cli/output.h"
#include "cli/version.h"
#include "signalbox/state_machine.h"
#include "store/backup.h"

namespace signalbox::cli {

namespace {

boost::system::result<std::string, Failure> read_definition_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failure{exit_codes::usage, "cannot read the file '" + path + "'"};
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!path.ends_with(".yaml") && !path.ends_with(".yml")) return text;
  auto json = yaml_to_json(text);
  if (!json) return Failure{exit_codes::usage, path + ": " + json.error().message};
  return std::move(*json);
}

bool is_valid(const ParsedDefinition& parsed) {
  for (const auto& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity == Diagnostic::Severity::Error) return false;
  }
  return true;
}

Json verdict(const std::string& path, const ParsedDefinition& parsed, const std::vector<std::string>& assumed) {
  Json::Array diagnostics, unsupported, substitutions;
  for (const auto& name : assumed) substitutions.emplace_back(name);
  for (const auto& d : parsed.diagnostics) {
    diagnostics.push_back(json_object({{"severity", d.severity == Diagnostic::Severity::Error ? "ERROR" : "WARNING"},
                                       {"code", d.code},
                                       {"message", d.message},
                                       {"location", d.where ? Json(*d.where) : Json()}}));
  }
  for (const auto& sentence : parsed.unsupported) unsupported.emplace_back(sentence);
  return json_object({{"file", path},
                      {"valid", is_valid(parsed)},
                      {"supported", parsed.unsupported.empty()},
                      {"diagnostics", Json(std::move(diagnostics))},
                      {"unsupported", Json(std::move(unsupported))},
                      {"assumedSubstitutions", Json(std::move(substitutions))}});
}

void print_for_people(const std::string& path, const ParsedDefinition& parsed, const std::vector<std::string>& assumed) {
  const bool valid = is_valid(parsed);
  print(path + ": " +
        (!valid                       ? "not valid"
         : parsed.unsupported.empty() ? "valid"
                                      : "valid on AWS, but uses what is not offered here") +
        "\n");
  for (const auto& name : assumed) print("  assumed: something that fits for ${" + name + "}\n");
  for (const auto& d : parsed.diagnostics) {
    print("  " + std::string(d.severity == Diagnostic::Severity::Error ? "error" : "warning") + " " + d.code + ": " + d.message +
          (d.where ? " at " + *d.where : "") + "\n");
  }
  for (const auto& sentence : parsed.unsupported) print("  not offered: " + sentence + "\n");
}

}  // namespace

int validate(bool json, const std::vector<std::string>& files) {
  bool all_good = true;
  Json::Array verdicts;
  for (const auto& path : files) {
    const auto text = read_definition_file(path);
    if (!text) return complain(text.error());
    const auto assumed = with_assumed_substitutions(*text);
    const auto parsed = parse_definition(assumed.text);
    all_good = all_good && is_valid(parsed) && parsed.unsupported.empty();
    if (json) {
      verdicts.push_back(verdict(path, parsed, assumed.names));
    } else {
      print_for_people(path, parsed, assumed.names);
    }
  }
  if (json) print(Json(std::move(verdicts)).pretty() + "\n");
  return all_good ? exit_codes::ok : exit_codes::failed;
}

int backup(bool json, const std::string& data_directory, const std::string& file) {
  const std::string data_file = data_directory + "/signalbox.db", objects = data_directory + "/objects", objects_copy = file + ".objects";
  if (!std::ifstream(data_file))
    return complain({exit_codes::failed,
                     "there is no data file '" + data_file + "', or it may not be read; name the daemon's data directory with --data"});
  // Before it, for the objects that are replaced meanwhile; after it, for those that came.
  auto done = back_up_objects(objects, objects_copy);
  if (done) done = backup_file(data_file, file);
  if (done) done = back_up_objects(objects, objects_copy);
  if (!done) return complain({exit_codes::failed, done.error().message});
  print(json ? json_object({{"file", file}}).pretty() + "\n" : "backed up to " + file + "\n");
  return exit_codes::ok;
}

int version(bool json) {
  print(json ? json_object({{"version", program_version}}).pretty() + "\n" : std::string("signalbox ") + program_version + "\n");
  return exit_codes::ok;
}

}  // namespace signalbox::cli
