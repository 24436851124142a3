#pragma once
/// Child processes: how they are started, watched and ended. The only file that forks.

#include "services/functions/failures.h"
#include "signalbox/result.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::functions {

struct ProcessPlan {
  std::vector<std::string> arguments;    ///< the first is the program's path
  std::vector<std::string> environment;  ///< `NAME=value`; nothing else is inherited
  std::string directory;                 ///< to start in
  int output = -1;                       ///< becomes its standard output and error
  int ruleset = -1;                      ///< Landlock; -1: none
};

struct Process {
  pid_t id = -1;    ///< of the process, its group and its session
  int handle = -1;  ///< a pidfd: readable when it has ended; the caller closes it
};

/// Starts it in a session of its own; it is killed when the calling thread ends, so that must be the I/O thread. Every descriptor but
/// 0 to 2 is closed. Errors: NotFound (the program), Unavailable (no more processes).
[[nodiscard]] Result<Process> start_process(const ProcessPlan& plan);

/// SIGKILL to everything in its group.
void kill_group(pid_t group);

/// Takes the ended process off the kernel's hands. Precondition: its pidfd is readable, or it was killed.
[[nodiscard]] ProcessEnd reap(const Process& process);

/// What /proc says of the processes of this machine that are in sessions of ours.
struct ProcessSample {
  pid_t id = 0, session = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t started = 0;  ///< clock ticks since boot
};
[[nodiscard]] std::vector<ProcessSample> sample_processes();
/// Resident bytes of one process; 0 if it is gone.
[[nodiscard]] std::uint64_t resident_bytes(pid_t process);
/// Whether the environment that process was started with holds `NAME=value`.
[[nodiscard]] bool environment_has(pid_t process, const std::string& variable);

}  // namespace signalbox::functions
