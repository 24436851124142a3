#pragma once
/// Folders of stacks on disk.

#include "deploy/sam.h"
#include "deploy/template.h"
#include "deploy/template_includes.h"
#include "deploy/template_loops.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::deploy {

/// Where a stack's template stands: `template.yaml`, `.yml` or `.json` in its folder, a file of any name, or bare definitions.
struct StackFiles {
  std::string name;  ///< of the folder, or of a bare file that stands among the folders
  std::filesystem::path folder;
  std::filesystem::path template_file;                       ///< empty: bare definitions
  std::vector<std::filesystem::path> definitions;            ///< NAME.asl.json, NAME.asl.yaml: a state machine NAME each
  std::map<std::string, std::filesystem::path> assets = {};  ///< of a CDK assembly, by object key
  std::map<std::string, std::string> parameters = {};        ///< that an assembly gives
  std::optional<bool> is_protected = {};                     ///< termination protection, where the files say anything of it
};

/// What `path` is: a template's file, or a stack's folder, gives that one; a CDK assembly its stacks; a folder of stacks' folders (and of bare definitions)
/// gives all of them, in order of name. Hidden folders are passed over, and so are those that hold none. Errors: NotFound (no such file or folder),
/// InvalidArgument (a name that no stack may have, two templates in one folder, a broken assembly).
[[nodiscard]] Result<std::vector<StackFiles>> find_stack_files(const std::filesystem::path& path);

/// What a template needs around it while it is read.
struct TemplateReading {
  ParameterValues parameters;
  ReadInclude include;
  std::function<Result<StagedCode>(const std::filesystem::path&)> stage_code;
};

/// A template's document: what it includes, its loops and its SAM resources are expanded. `folder`: what paths in it start from; empty: it came over the network.
[[nodiscard]] Template read_whole_template(const Json& document, const std::filesystem::path& folder, const TemplateReading& reading,
                                           Faults& faults);
/// The same of the template, or the definitions, on disk.
[[nodiscard]] Template read_stack(const StackFiles& files, const TemplateReading& reading, Faults& faults);

}  // namespace signalbox::deploy
