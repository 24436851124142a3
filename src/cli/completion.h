#pragma once
/// Shell completion, made from the parser itself so that it is never out of date.

#include <string>

namespace CLI {
class App;
}

namespace signalbox::cli {

/// Prints a script for bash, zsh or fish that completes commands and options.
int print_completion(const CLI::App& app, const std::string& shell);

}  // namespace signalbox::cli
