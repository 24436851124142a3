#pragma once
/// What one process of a function is given: arguments, environment, folders. Pure.

#include "services/functions/function.h"
#include "services/functions/interpreters.h"
#include "services/functions/landlock.h"
#include "signalbox/site.h"

#include <functional>
#include <string>
#include <vector>

namespace signalbox::functions {

/// `functions/` in the data directory. Code lies below the folder that holds `node_modules`, so that Node finds the SDK there after the
/// function's own modules, for `require` and `import` alike.
struct Layout {
  std::string root;  ///< `DIR/functions`
  [[nodiscard]] std::string code() const { return root + "/code"; }
  [[nodiscard]] std::string runtime() const { return root + "/runtime"; }
  [[nodiscard]] std::string node_modules() const { return root + "/node_modules"; }
  [[nodiscard]] std::string logs() const { return root + "/logs"; }
  [[nodiscard]] std::string temporary() const { return root + "/tmp"; }
};

/// The part of the surroundings that is the same for all functions.
struct Surroundings {
  Site site;
  Layout layout;
  std::string node_layer;    ///< where node_modules leads; empty: no SDK
  std::string endpoint_url;  ///< of the daemon's AWS API
  std::string public_url;
  std::function<std::string(std::string_view)> resolve;  ///< placeholders in environment values; may be empty
};

/// One process.
struct Sandbox {
  const FunctionConfig& config;
  std::string id;           ///< 32 hex digits: name of its temporary folder and log stream
  std::string runtime_api;  ///< host:port
  std::string temporary;
  std::string log_stream;
  Interpreter interpreter;  ///< for `provided`: program empty
};

[[nodiscard]] std::vector<std::string> process_arguments(const Surroundings& surroundings, const Sandbox& sandbox);
/// `NAME=value`, as on AWS. Built from nothing: what the daemon's own environment holds is no function's business.
[[nodiscard]] std::vector<std::string> process_environment(const Surroundings& surroundings, const Sandbox& sandbox);
[[nodiscard]] FileAccess process_files(const Surroundings& surroundings, const Sandbox& sandbox);

}  // namespace signalbox::functions
