#pragma once
/// A cloud assembly as `cdk synth` leaves it (cdk.out): its stacks, in the order of their dependencies, and where their assets lie. Source: AWS CDK,
/// cloud-assembly-schema.

#include "deploy/stack_files.h"

#include <filesystem>
#include <vector>

namespace signalbox::deploy {

/// Whether the folder holds one.
[[nodiscard]] bool is_cdk_assembly(const std::filesystem::path& folder);

/// All stacks of the assembly and of those nested in it. Errors: InvalidJson, InvalidArgument, NotFound (a file that the manifest names).
[[nodiscard]] Result<std::vector<StackFiles>> read_cdk_assembly(const std::filesystem::path& folder);

}  // namespace signalbox::deploy
