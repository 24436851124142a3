#pragma once
/// What a plan changes, in the words of CloudFormation's change sets. Source: CloudFormation API Reference, ResourceChange, ResourceChangeDetail.

#include "deploy/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::deploy {

/// One property that changes, and why: once for each cause.
struct PropertyChange {
  std::string property;
  bool replaces = false;                        ///< the resource gets another physical id because of it
  std::string source = {};                      ///< `DirectModification`, `ParameterReference`, `ResourceReference`, `ResourceAttribute`
  std::string causing_entity = {};              ///< the parameter, the resource, or `Resource.Attribute`; empty for DirectModification
  std::optional<Json> before = {}, after = {};  ///< nothing: it was not there, is not there
};

/// A replacement is one change, not a creation and a removal.
struct ResourceChange {
  enum class Action : std::uint8_t { Add, Modify, Remove };
  Action action;
  std::string logical_id, type;
  std::string ref = {};  ///< of what is deployed; empty for Add
  bool replaces = false;
  bool retain = false;                          ///< what is removed or replaced stays
  std::vector<PropertyChange> properties = {};  ///< for Modify
  std::optional<Json> before = {}, after = {};  ///< all properties
};

[[nodiscard]] std::vector<ResourceChange> describe_changes(const Reader& reader, const Plan& plan, const ResourceTypes& types);

}  // namespace signalbox::deploy
