#pragma once
/// The programs that run functions, as they are installed here.

#include "services/functions/function.h"

#include <optional>
#include <string>

namespace signalbox::functions {

struct Interpreter {
  std::string program;  ///< absolute
  std::string prefix;   ///< the installation it belongs to: `/usr`, `/opt/node-22`
};

/// The first program of these names in `search_path` (as in PATH) that is no script: version managers put scripts before the real one, and
/// what those need is not within a function's reach.
[[nodiscard]] std::optional<Interpreter> find_interpreter(std::initializer_list<const char*> names, std::string_view search_path);
/// For a program that an option names. Nothing if it cannot be executed.
[[nodiscard]] std::optional<Interpreter> interpreter_at(const std::string& program);

}  // namespace signalbox::functions
