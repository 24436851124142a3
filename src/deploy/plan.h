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

inline constexpr std::string_view hidden_value = "****";         // what is shown of NoEcho parameters
inline constexpr Table stacks_table{"stacks", {KeyPart::Text}};  // name → StackRecord, JSON

/// What is deployed of a stack.
struct StackRecord {
  std::string name;
  std::string folder;  ///< where it was read from last
  std::string hash;    ///< of everything that went into it
  struct Resource {
    std::string logical_id, type, physical_id, hash;
    bool retain = false;
    std::string ref = {};                    ///< what the template's Ref gives, which is AWS's physical id
    Json properties = Json::empty_object();  ///< as Resource::shown_properties
    Timestamp created_at, updated_at;
  };
  std::vector<Resource> resources;  ///< in the order they were made
  std::map<std::string, std::string> parameters, outputs;
  std::map<std::string, std::string> output_descriptions;
  std::map<std::string, std::string> exports;  ///< name → output
  std::set<std::string> imports;               ///< exports of other stacks that it uses
  std::string description;
  std::string source;  ///< the template's text, if it came as one
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
  std::vector<Resource> resources;  ///< each after those that it refers to
  std::vector<std::pair<std::string, std::string>> outputs;
  std::map<std::string, std::string> output_descriptions, exports;  ///< exports: name → output
  std::set<std::string> imports;
  std::map<std::string, bool> conditions;
  std::string description;
  std::string source;
};

struct PlanRequest {
  std::string stack;
  std::string folder;
  Template source;                                ///< expanded
  std::map<std::string, std::string> parameters;  ///< as given
  Site site;
  std::map<std::string, std::string> exports = {};  ///< of other stacks
  SystemsManagerLookup systems_manager = {};
  std::string text = {};                         ///< the template, if it came as a text
  std::set<std::string> allow_unsupported = {};  ///< resource types that are recorded without effect, since whoever deploys said so
  /// What is deployed, and what the services have. Outlives the planning.
  const Reader* now = nullptr;
  /// Copies a function's or layer's code; for its `Code` with functions resolved, and its runtime. Gives `{"Hash": …, "Bytes": …}`.
  std::function<Result<Json>(const Json& code, std::string_view runtime)> stage_code = {};
  /// A document that lies in a bucket: for a `DefinitionS3Location` or `BodyS3Location` with functions resolved.
  std::function<Result<Json>(const Json& location)> read_document = {};
};
/// What stacks other than `except` export: name → value.
[[nodiscard]] std::map<std::string, std::string> exports_of_others(const Reader& reader, std::string_view except);
/// Names of the stacks that use an export.
[[nodiscard]] std::vector<std::string> importers_of(const Reader& reader, std::string_view export_name);

[[nodiscard]] Plan make_plan(const PlanRequest& request, const ResourceTypes& types, Faults& faults);

/// What was done, in the order it was done.
struct Change {
  enum class Kind : std::uint8_t { Created, Updated, Removed, Kept };
  Kind kind;
  std::string logical_id, type, physical_id;
  std::string ref = {};   ///< as StackRecord::Resource::ref
  bool replaces = false;  ///< a creation in place of what had the same logical id; or that one's removal
};

/// What Ref gives for it; the physical id, if that is not known in advance.
[[nodiscard]] inline std::string ref_of(const Resource& resource) {
  return resource.identity.ref ? plain_text(*resource.identity.ref) : resource.identity.physical_id;
}

/// Brings what is deployed to the plan, all in this transaction. An unchanged stack (equal hash) gives no changes and writes nothing. `changes` gets what
/// was done. Errors: those of the services, with the resource's place in `where`; nothing is kept then, and the last change is the one that failed.
[[nodiscard]] Result<void> apply(EngineTransaction& transaction, const Plan& plan, const ResourceTypes& types, std::vector<Change>& changes,
                                 const ResourceCheck& check = {});

/// How a stack goes.
struct Removal {
  std::set<std::string> retain = {};  ///< resources, by logical id, that stay although the template does not say so
  bool force = false;                 ///< those that cannot be removed stay
};
/// Removes a stack with all that it made, but what is retained. One that is not there gives no changes. Errors: those of the services, as for apply();
/// Conflict (it is protected, or what it exports is in use).
[[nodiscard]] Result<void> destroy(EngineTransaction& transaction, std::string_view stack, const Removal& removal,
                                   const ResourceTypes& types, std::vector<Change>& changes);

/// Termination protection: while it is on, destroy() refuses. A stack that is not made yet can have it.
[[nodiscard]] bool is_protected(const Reader& reader, std::string_view stack);
void set_protected(Transaction& transaction, std::string_view stack, bool on);

/// What apply() would do, as far as the stack's record tells.
[[nodiscard]] std::vector<Change> foresee(const Reader& reader, const Plan& plan);

}  // namespace signalbox::deploy
