#pragma once
/// The files that the service keeps in the data directory beside code and logs: runtime bootstraps, the way to the SDK, the list of processes.

#include "services/functions/sandbox.h"
#include "signalbox/result.h"

#include <string>
#include <utility>
#include <vector>

namespace signalbox::functions {

/// Makes the folders and writes the bootstraps, where they differ. Errors: Unavailable.
[[nodiscard]] Result<void> install(const Layout& layout, const std::string& node_layer);

/// `configured`, or what lies beside this program or in /usr/lib/signalbox; empty if there is none.
[[nodiscard]] std::string find_node_layer(const std::string& configured);

/// A process as noted for the next start.
struct NotedProcess {
  pid_t session = 0;
  std::string runtime_api;  ///< its environment tells it apart from a stranger with the same number
};
void note_processes(const Layout& layout, const std::vector<NotedProcess>& processes);
/// Kills what is left of the sessions noted by a daemon that did not end well, and removes their temporary folders. Returns how many were killed.
std::size_t end_leftovers(const Layout& layout);

}  // namespace signalbox::functions
