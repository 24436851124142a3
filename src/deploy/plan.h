#pragma once
/// From a template to what has to be done: resources resolved in the order of their dependencies, compared with what is deployed.

#include "deploy/resource_type.h"
#include "deploy/template.h"

#include "signalbox/store.h"

#include <map>
#include <optional>
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
  Timestamp deployed_at;
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
};

struct PlanRequest {
  std::string stack;
  std::string folder;
  Template source;                                     ///< expanded
  std::map<std::string, std::string> parameters;       ///< as given
  Site site;
};
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

}  // namespace signalbox::deploy
