#pragma once
/// `signalbox serve`: the daemon, wired together.

#include "cli/options.h"

namespace signalbox::cli {

/// Runs until SIGTERM or SIGINT; gives the exit code. Says what is wrong, and how to mend it, on standard error if it cannot start.
int serve(ServeOptions options);

}  // namespace signalbox::cli
