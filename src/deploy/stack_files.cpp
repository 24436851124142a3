#include "deploy/stack_files.h"

#include "deploy/cdk_assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace signalbox::deploy {

namespace fs = std::filesystem;

namespace {

constexpr std::array template_names{"template.yaml", "template.yml", "template.json"};
constexpr std::array definition_endings{".asl.json", ".asl.yaml", ".asl.yml"};

/// `order-approval` of `order-approval.asl.json`; nothing if it is no definition.
std::optional<std::string> definition_name(const fs::path& file) {
  const auto name = file.filename().string();
  for (const std::string_view ending : definition_endings)
    if (name.ends_with(ending) && name.size() > ending.size()) return name.substr(0, name.size() - ending.size());
  return std::nullopt;
}

/// CloudFormation: letters, digits and hyphens, a letter first, at most 128. A folder's name may begin with a digit and hold `_` here.
bool is_stack_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (!entry.path().filename().string().starts_with('.')) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// Nothing if the folder is no stack.
Result<std::optional<StackFiles>> stack_in(const fs::path& folder) {
  StackFiles files;
  files.folder = folder;
  files.name = folder.filename().string();
  for (const auto* name : template_names) {
    if (!fs::is_regular_file(folder / name)) continue;
    if (!files.template_file.empty())
      return error(ErrorCode::InvalidArgument,
                   fmt::format("there are two templates: {} and {}", files.template_file.filename().string(), name), folder.string());
    files.template_file = folder / name;
  }
  if (files.template_file.empty())
    for (const auto& entry : sorted_entries(folder))
      if (definition_name(entry)) files.definitions.push_back(entry);
  if (files.template_file.empty() && files.definitions.empty()) return std::optional<StackFiles>();
  if (!is_stack_name(files.name))
    return error(ErrorCode::InvalidArgument, fmt::format("'{}' is no name of a stack: letters, digits, - and _", files.name),
                 folder.string());
  return std::optional(std::move(files));
}

/// A template that was named itself. `template.yaml` says nothing, so its folder gives the stack's name.
Result<std::vector<StackFiles>> template_at(const fs::path& file) {
  const auto ending = file.extension();
  if (ending != ".yaml" && ending != ".yml" && ending != ".json" && ending != ".template")
    return error(ErrorCode::InvalidArgument, "a template ends in .yaml, .yml, .json or .template", file.string());
  StackFiles files;
  files.folder = file.parent_path();
  if (const auto definition = definition_name(file)) {
    files.name = *definition;
    files.definitions = {file};
  } else {
    files.name = file.stem() == "template" ? files.folder.filename().string() : file.stem().string();
    if (files.name.ends_with(".template")) files.name.erase(files.name.rfind('.'));  // CDK's STACK.template.json
    files.template_file = file;
  }
  if (!is_stack_name(files.name))
    return error(ErrorCode::InvalidArgument, fmt::format("'{}' is no name of a stack: letters, digits, - and _", files.name),
                 file.string());
  return std::vector<StackFiles>{std::move(files)};
}

/// A template that says what a folder of bare definitions means.
Template definitions_template(const StackFiles& files, Faults& faults) {
  Template source;
  for (const auto& file : files.definitions) {
    auto definition = read_document(file);
    if (!definition) {
      faults.add(file.filename().string(), definition.error().message);
      continue;
    }
    ResourceSource machine;
    machine.logical_id = *definition_name(file);
    machine.type = "AWS::StepFunctions::StateMachine";
    machine.properties = json_object({{"StateMachineName", machine.logical_id}, {"Definition", std::move(*definition)}});
    machine.place = file.filename().string() + ":";
    machine.written_as = {{"Definition", ""}};
    source.resources.push_back(std::move(machine));
  }
  return source;
}

}  // namespace

Result<std::vector<StackFiles>> find_stack_files(const fs::path& given) {
  std::error_code fault;
  const auto path = fs::canonical(given, fault);
  if (!fault && fs::is_regular_file(path)) return template_at(path);
  if (fault || !fs::is_directory(path)) return error(ErrorCode::NotFound, fmt::format("there is no file or folder '{}'", given.string()));
  if (is_cdk_assembly(path)) return read_cdk_assembly(path);
  std::vector<StackFiles> found;
  const bool has_template =
      std::any_of(template_names.begin(), template_names.end(), [&](const char* name) { return fs::is_regular_file(path / name); });
  for (const auto& entry : sorted_entries(path)) {
    if (has_template) break;
    if (!fs::is_directory(entry)) continue;
    auto stack = stack_in(entry);
    if (!stack) return stack.error();
    if (*stack) found.push_back(std::move(**stack));
  }
  if (!found.empty()) {
    // Bare definitions among the folders are stacks of their own.
    for (const auto& entry : sorted_entries(path)) {
      const auto name = definition_name(entry);
      if (!name || !fs::is_regular_file(entry)) continue;
      if (!is_stack_name(*name))
        return error(ErrorCode::InvalidArgument, fmt::format("'{}' is no name of a stack: letters, digits, - and _", *name),
                     entry.string());
      found.push_back({.name = *name, .folder = path, .template_file = {}, .definitions = {entry}});
    }
    return found;
  }
  auto stack = stack_in(path);
  if (!stack) return stack.error();
  if (*stack) found.push_back(std::move(**stack));
  return found;
}

Template read_whole_template(const Json& document, const fs::path& folder, const TemplateReading& reading, Faults& faults) {
  const auto whole = expand_includes(document, reading.include, faults);
  return expand_sam(read_template(expand_loops(whole, reading.parameters, faults), faults),
                    {.folder = folder, .stage_code = reading.stage_code}, faults);
}

Template read_stack(const StackFiles& files, const TemplateReading& reading, Faults& faults) {
  if (files.template_file.empty()) return definitions_template(files, faults);
  const auto document = read_document(files.template_file);
  if (document) return read_whole_template(*document, files.folder, reading, faults);
  faults.add(document.error());
  return {};
}

}  // namespace signalbox::deploy
