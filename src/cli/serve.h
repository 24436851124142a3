#pragma once
/// `signalbox serve`: the daemon, wired together.

#include "cli/options.h"

namespace signalbox::cli {

/// Runs until SIGTERM or SIGINT; gives the exit code. Says what is wrong, and how to mend it, on standard error if it cannot start.
/// `command` is the one whose options `given` holds: a file may complete them.
int serve(CLI::App& command, ServeOptions& given);

}  // namespace signalbox::cli
