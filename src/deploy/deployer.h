#pragma once
/// Stacks, from a template to running workflows, by whatever door it comes: a folder, a CDK assembly, the CloudFormation API. For main, REST and AWS:
///
///   Deployer deployer(engine, types, {.site = site, …});
///   auto results = co_await deployer.deploy(folder, parameters);
///
/// Each stack is planned first, then brought up in one transaction: all of it or nothing.

#include "deploy/change_details.h"
#include "deploy/code_source.h"
#include "deploy/plan.h"
#include "deploy/sam.h"

#include "signalbox/engine.h"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace signalbox::deploy {

struct DeployOptions {
  Site site;
  /// Copies a folder of code into the data directory.
  std::function<Result<StagedCode>(const std::filesystem::path&)> stage_code;
  /// The same for a zip archive.
  std::function<Result<StagedCode>(std::string_view archive)> stage_archive = {};
  /// An object of the object store. Errors: `where` is S3's code.
  std::function<Result<std::string>(const std::string& bucket, const std::string& key)> read_object = {};
  std::function<std::optional<StoredParameter>(const Reader&, const std::string& name)> systems_manager = {};
  /// Of a resource that was made or changed just now (passed_roles.h); empty: nothing is asked.
  ResourceCheck check = {};
};

/// Template parameters: `STACK.NAME` or `NAME` → value.
using ParameterOverrides = std::map<std::string, std::string>;
/// Resource types that are recorded without effect instead of being refused.
using UnsupportedTypes = std::set<std::string>;

struct StackResult {
  std::string name;
  std::string result;                                        ///< `created`, `updated`, `unchanged`, `failed`, `removed`
  std::optional<Error> failure;                              ///< for `failed`; its message has a line for each fault
  std::vector<Change> changes;                               ///< of one that failed: what was tried, and taken back
  std::vector<std::pair<std::string, std::string>> outputs;  ///< may hold placeholders for the daemon's own URLs
};

class Deployer {
 public:
  Deployer(Engine& engine, ResourceTypes types, DeployOptions options);

  /// A template's file, a stack's folder, a folder of them, or a CDK assembly. A stack that fails does not keep the others from being deployed. Reads
  /// files and copies code on the calling thread; the rest is one transaction for each stack. Errors: NotFound (no such path), InvalidArgument (no
  /// stack in it).
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<StackResult>>> deploy(std::filesystem::path path, ParameterOverrides parameters,
                                                                                UnsupportedTypes allowed = {});

  /// What deploy() would do, without doing it: results `create`, `update`, `unchanged`, `failed`.
  [[nodiscard]] Result<std::vector<StackResult>> foresee(const std::filesystem::path& path, const ParameterOverrides& parameters,
                                                         const UnsupportedTypes& allowed = {}) const;

  /// Those of `parameters` that no stack below `path` has. None where a path or template cannot be read, for deploy() says so.
  [[nodiscard]] std::vector<std::string> unknown_parameters(const std::filesystem::path& path, const ParameterOverrides& parameters) const;

  /// A template that came as a text, JSON or YAML. Errors: InvalidArgument, its message with a line for each fault.
  [[nodiscard]] Result<Plan> plan_text(const std::string& stack, const std::string& text,
                                       const std::map<std::string, std::string>& parameters) const;
  /// An object of the object store. Errors: NotFound, with S3's text.
  [[nodiscard]] Result<std::string> read_object(const std::string& bucket, const std::string& key) const;
  /// What else is written with a stack, in its transaction: so no crash can part the stack from what is said about it. Not called for one that fails.
  using Note = std::function<void(EngineTransaction&, const std::vector<Change>&)>;
  [[nodiscard]] boost::asio::awaitable<StackResult> apply(Plan plan, Note note = {});
  /// Errors: NotFound, Conflict (it is protected, or what it exports is in use).
  [[nodiscard]] boost::asio::awaitable<StackResult> destroy(std::string stack, Removal removal = {}, Note note = {});
  [[nodiscard]] std::vector<ResourceChange> describe_changes(const Plan& plan) const;

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
