#pragma once
/// Folders of stacks on disk.

#include "deploy/sam.h"
#include "deploy/template.h"

#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::deploy {

/// Where a stack's template stands: `template.yaml`, `.yml` or `.json` in its folder, or bare definitions.
struct StackFiles {
  std::string name;                                    ///< of the folder, or of a bare file that stands among the folders
  std::filesystem::path folder;
  std::filesystem::path template_file;                 ///< empty: bare definitions
  std::vector<std::filesystem::path> definitions;      ///< NAME.asl.json, NAME.asl.yaml: a state machine NAME each
};

/// What `path` is: a stack's folder gives that one, a folder of such folders (and of bare definitions) gives all of them, in order of name.
/// Hidden folders are passed over, and so are those that hold neither. Errors: NotFound (no such folder), InvalidArgument (a name
/// that no stack may have, two templates in one folder).
[[nodiscard]] Result<std::vector<StackFiles>> find_stack_files(const std::filesystem::path& path);

/// Reads the template and the definitions beside it, copies code, expands SAM resources.
[[nodiscard]] Template read_stack(const StackFiles& files, const std::function<Result<StagedCode>(const std::filesystem::path&)>& stage_code, Faults& faults);

}  // namespace signalbox::deploy
