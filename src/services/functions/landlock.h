#pragma once
/// What of the file system a function's process may touch, by the kernel's Landlock. The kernel's header of older systems lacks the newer
/// parts, so its structures are declared here. [kernel documentation: userspace-api/landlock]

#include <string>
#include <vector>

namespace signalbox::functions {

struct FileAccess {
  std::vector<std::string> read;   ///< read and execute; what does not exist is passed over
  std::vector<std::string> write;  ///< everything
};

/// 0 where the kernel has no Landlock, or it is switched off.
[[nodiscard]] int landlock_version();

/// A rule set to be passed to restrict_process(), or -1 where there is no Landlock. Also keeps signals inside, where the kernel can.
[[nodiscard]] int make_ruleset(const FileAccess& access);

/// For the child between fork and exec: only system calls. Irrevocable. False if the kernel refuses.
[[nodiscard]] bool restrict_process(int ruleset);

}  // namespace signalbox::functions
