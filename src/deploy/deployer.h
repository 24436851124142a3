#pragma once
/// Stacks, from a folder to running workflows. For main and REST:
///
///   Deployer deployer({.engine = engine, .queues = queues, …});
///   auto results = co_await deployer.deploy(folder, parameters);
///
/// Each stack is planned first, then brought up in one transaction: all of it or nothing.

#include "deploy/plan.h"
#include "deploy/sam.h"

#include "signalbox/engine.h"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::deploy {

struct DeployOptions {
  Site site;
  /// Copies a folder of code into the data directory.
  std::function<Result<StagedCode>(const std::filesystem::path&)> stage_code;
};

/// Template parameters: `STACK.NAME` or `NAME` → value.
using ParameterOverrides = std::map<std::string, std::string>;

struct StackResult {
  std::string name;
  std::string result;                                  ///< `created`, `updated`, `unchanged`, `failed`
  std::optional<Error> failure;                        ///< for `failed`; its message has a line for each fault
  std::vector<Change> changes;
  std::vector<std::pair<std::string, std::string>> outputs;   ///< may hold placeholders for the daemon's own URLs
};

class Deployer {
 public:
  Deployer(Engine& engine, ResourceTypes types, DeployOptions options);

  /// A stack's folder, or a folder of them. A stack that fails does not keep the others from being deployed. Reads files and copies code on the
  /// calling thread; the rest is one transaction for each stack. Errors: NotFound (no such folder), InvalidArgument (no stack in it).
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<StackResult>>> deploy(std::filesystem::path path, ParameterOverrides parameters);

  /// Deployed stacks whose folder is gone. They are kept; whoever starts the daemon is told.
  [[nodiscard]] static std::vector<std::string> vanished(const Reader& reader);

  /// Without deploying: all faults of a stack, or its plan.
  [[nodiscard]] Result<Plan> plan(const std::filesystem::path& path, const ParameterOverrides& parameters) const;

 private:
  struct Parts;
  std::shared_ptr<const Parts> parts_;
  Engine& engine_;
};

}  // namespace signalbox::deploy
