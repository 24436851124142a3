#pragma once
/// From a template to what has to be done: resources resolved in the order of their dependencies, compared with what is deployed.

#include "deploy/resource_type.h"
#include "deploy/template.h"

#include "signalbox/store.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::deploy {

inline constexpr Table stacks_table{"stacks", {KeyPart::Text}};   // name → StackRecord, JSON

/// What is deployed of a stack.
struct StackRecord {
  std::string name;
  std::string folder;                                  ///< where it was read from last
  std::string hash;                                    ///< of everything that went into it
  struct Resource {
    std::string logical_id, type, physical_id, hash;
    bool retain = false;
  };
  std::vector<Resource> resources;                     ///< in the order they were made
  std::map<std::string, std::string> parameters, outputs;
  std::map<std::string, std::string> output_descriptions;
  std::map<std::string, std::string> exports;          ///< name → output
  std::string description;
  std::string source;                                  ///< the template's text, if it came as one
  Timestamp created_at, deployed_at;
};
[[nodiscard]] std::optional<StackRecord> find_stack(const Reader& reader, std::string_view name);
/// In order of name.
[[nodiscard]] std::vector<StackRecord> list_stacks(const Reader& reader);

/// A stack ready to be deployed. Pure data: nothing has been done for it yet, but that its code was copied.
struct Plan {
  std::string stack;
  std::string folder;
  std::string hash;
  std::map<std::string, std::string> parameters;
  std::vector<Resource> resources;                     ///< each after those that it refers to
  std::vector<std::pair<std::string, std::string>> outputs;
  std::map<std::string, std::string> output_descriptions, exports;   ///< exports: name → output
  std::string description;
  std::string source;
};

struct PlanRequest {
  std::string stack;
  std::string folder;
  Template source;                                     ///< expanded
  std::map<std::string, std::string> parameters;       ///< as given
  Site site;
  std::map<std::string, std::string> exports = {};     ///< of other stacks
  SystemsManagerLookup systems_manager = {};
  std::string text = {};                               ///< the template, if it came as a text
  std::set<std::string> allow_unsupported = {};        ///< resource types that are recorded without effect, since whoever deploys said so
  /// What is deployed, and what the services have. Outlives the planning.
  const Reader* now = nullptr;
  /// Copies a function's or layer's code; for its `Code` with functions resolved, and its runtime. Gives `{"Hash": …, "Bytes": …}`.
  std::function<Result<Json>(const Json& code, std::string_view runtime)> stage_code = {};
  /// A document that lies in a bucket: for a `DefinitionS3Location` or `BodyS3Location` with functions resolved.
  std::function<Result<Json>(const Json& location)> read_document = {};
};
/// What stacks other than `except` export: name → value.
[[nodiscard]] std::map<std::string, std::string> exports_of_others(const Reader& reader, std::string_view except);

[[nodiscard]] Plan make_plan(const PlanRequest& request, const ResourceTypes& types, Faults& faults);

/// What was done, in the order it was done.
struct Change {
  enum class Kind : std::uint8_t { Created, Updated, Removed, Kept };
  Kind kind;
  std::string logical_id, type, physical_id;
};

/// Brings what is deployed to the plan, all in this transaction. An unchanged stack (equal hash) gives no changes and writes nothing.
/// Errors: those of the services, with the resource's place in `where`; nothing is kept then.
[[nodiscard]] Result<std::vector<Change>> apply(EngineTransaction& transaction, const Plan& plan, const ResourceTypes& types);

/// Removes a stack with all that it made, but what its DeletionPolicy retains. One that is not there gives no changes. Errors: those of the services.
[[nodiscard]] Result<std::vector<Change>> destroy(EngineTransaction& transaction, std::string_view stack, const ResourceTypes& types);

/// What apply() would do, as far as the stack's record tells.
[[nodiscard]] std::vector<Change> foresee(const Reader& reader, const Plan& plan);

}  // namespace signalbox::deploy
