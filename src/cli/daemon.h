#pragma once
/// All parts of the daemon, made in the order in which they need each other, and ended in the reverse one.

#include "cli/options.h"
#include "signalbox/result.h"

#include <memory>

namespace signalbox::cli {

class Daemon {
 public:
  explicit Daemon(ServeOptions options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Opens the data file, recovers, listens, deploys the stacks. Errors say what is wrong and how to mend it.
  [[nodiscard]] Result<void> start();
  /// Serves until SIGTERM or SIGINT, then stops politely: no new work, what runs commits, workers end.
  void run();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace signalbox::cli
