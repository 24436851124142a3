#include "deploy/cloudformation/capabilities.h"

#include "deploy/sam.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace signalbox::deploy::cloudformation {

namespace {

constexpr const char* plain = "CAPABILITY_IAM";
constexpr const char* named = "CAPABILITY_NAMED_IAM";
constexpr const char* expand = "CAPABILITY_AUTO_EXPAND";

/// Types that grant permissions, and the property by which one is named; empty: it has none.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> granting{{{"AWS::IAM::AccessKey", ""},
                                                                                 {"AWS::IAM::Group", "GroupName"},
                                                                                 {"AWS::IAM::InstanceProfile", "InstanceProfileName"},
                                                                                 {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
                                                                                 {"AWS::IAM::Policy", ""},
                                                                                 {"AWS::IAM::Role", "RoleName"},
                                                                                 {"AWS::IAM::RolePolicy", ""},
                                                                                 {"AWS::IAM::User", "UserName"},
                                                                                 {"AWS::IAM::UserToGroupAddition", ""}}};

std::vector<std::string> transforms_of(const Json& document) {
  std::vector<std::string> names;
  const Json* transform = document.find("Transform");
  if (!transform) return names;
  if (transform->is_string()) names.emplace_back(transform->as_string());
  if (transform->is_array())
    for (const auto& one : transform->elements())
      if (one.is_string()) names.emplace_back(one.as_string());
  return names;
}

}  // namespace

WantedCapabilities wanted_capabilities(const Json& document) {
  WantedCapabilities wanted;
  std::set<std::string> types;
  bool has_name = false;
  if (const Json* resources = document.find("Resources"); resources && resources->is_object()) {
    for (const auto& [logical_id, resource] : resources->members()) {
      const Json* type = resource.find("Type");
      const auto found = std::find_if(granting.begin(), granting.end(), [&](const auto& one) { return type && *type == Json(one.first); });
      if (found == granting.end()) continue;
      types.emplace(found->first);
      const Json* properties = resource.find("Properties");
      has_name = has_name || (properties && !found->second.empty() && properties->find(found->second));
    }
  }
  if (!types.empty()) {
    wanted.names.emplace_back(has_name ? named : plain);
    wanted.reason = fmt::format("The following resource(s) require capabilities: [{}]", fmt::join(types, ", "));
  }
  wanted.transforms = transforms_of(document);
  if (!wanted.transforms.empty()) wanted.names.emplace_back(expand);
  return wanted;
}

std::optional<aws::Failure> missing_capabilities(const std::string& source, const std::vector<std::string>& given, Expansion expansion) {
  const auto document = parse_document(source);
  if (!document) return std::nullopt;
  const auto has = [&](std::string_view name) { return std::find(given.begin(), given.end(), name) != given.end(); };
  std::vector<std::string> missing;
  for (const auto& name : wanted_capabilities(*document).names) {
    if (has(name) || (name == plain && has(named)) || (name == expand && expansion == Expansion::Reviewed)) continue;
    missing.push_back(name);
  }
  if (missing.empty()) return std::nullopt;
  return aws::Failure{"InsufficientCapabilitiesException", fmt::format("Requires capabilities : [{}]", fmt::join(missing, ", "))};
}

}  // namespace signalbox::deploy::cloudformation
