#include "services/functions/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace signalbox::functions {

namespace {

// The same numbers on every architecture that has them.
constexpr long create_ruleset_call = 444, add_rule_call = 445, restrict_self_call = 446;

struct RulesetAttributes {
  std::uint64_t handled_files = 0;
  std::uint64_t handled_network = 0;  // from version 4
  std::uint64_t scoped = 0;           // from version 6
};
struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed = 0;
  std::int32_t parent = -1;
};

constexpr std::uint64_t execute = 1u << 0, write_file = 1u << 1, read_file = 1u << 2, read_directory = 1u << 3;
constexpr std::uint64_t all_of_version_1 = (1u << 13) - 1, refer = 1u << 13, truncate = 1u << 14, device_ioctl = 1u << 15;
constexpr std::uint64_t scope_abstract_sockets = 1u << 0, scope_signals = 1u << 1;

void allow(int ruleset, const std::string& path, std::uint64_t rights) {
  int parent = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (parent < 0) return;
  struct stat status {};
  // Rights to a single file must be rights that a file can have.
  if (::fstat(parent, &status) == 0 && !S_ISDIR(status.st_mode)) rights &= execute | write_file | read_file | truncate;
  PathBeneath rule{.allowed = rights, .parent = parent};
  ::syscall(add_rule_call, ruleset, 1, &rule, 0);
  ::close(parent);
}

}  // namespace

int landlock_version() {
  auto version = ::syscall(create_ruleset_call, nullptr, 0, 1);
  return version < 0 ? 0 : static_cast<int>(version);
}

int make_ruleset(const FileAccess& access) {
  int version = landlock_version();
  if (version < 1) return -1;
  RulesetAttributes attributes{.handled_files = all_of_version_1};
  if (version >= 2) attributes.handled_files |= refer;
  if (version >= 3) attributes.handled_files |= truncate;
  if (version >= 5) attributes.handled_files |= device_ioctl;
  if (version >= 6) attributes.scoped = scope_abstract_sockets | scope_signals;
  std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  auto ruleset = static_cast<int>(::syscall(create_ruleset_call, &attributes, size, 0));
  if (ruleset < 0) return -1;
  ::fcntl(ruleset, F_SETFD, FD_CLOEXEC);
  for (const auto& path : access.read) allow(ruleset, path, execute | read_file | read_directory);
  for (const auto& path : access.write) allow(ruleset, path, attributes.handled_files);
  return ruleset;
}

bool restrict_process(int ruleset) { return ::syscall(restrict_self_call, ruleset, 0) == 0; }

}  // namespace signalbox::functions
