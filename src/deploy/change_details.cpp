#include "deploy/change_details.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace signalbox::deploy {

namespace {

using Deployed = StackRecord::Resource;

std::optional<Json> member_of(const Json& object, const std::string& name) {
  const Json* found = object.find(name);
  return found ? std::optional(*found) : std::nullopt;
}

Json with_member(const Json& object, const std::string& name, const std::optional<Json>& value) {
  Json::Object members;
  for (const auto& member : object.members())
    if (member.name != name) members.push_back(member);
  if (value) members.push_back({name, *value});
  return Json(std::move(members));
}

class Description {
 public:
  Description(const Reader& reader, const Plan& plan, const ResourceTypes& types)
      : reader_(reader), plan_(plan), types_(types), changes_(foresee(reader, plan)) {
    if (auto deployed = find_stack(reader, plan.stack)) deployed_ = std::move(*deployed);
    for (const auto& change : changes_)
      if (change.kind == Change::Kind::Created) made_.insert(change.logical_id);
  }

  std::vector<ResourceChange> run() const {
    std::vector<ResourceChange> described;
    for (const auto& change : changes_) {
      if (change.kind == Change::Kind::Created || change.kind == Change::Kind::Updated) described.push_back(coming(change));
      else if (!change.replaces) described.push_back(going(change));
    }
    return described;
  }

 private:
  const Resource& planned(const std::string& logical_id) const {
    return *std::find_if(plan_.resources.begin(), plan_.resources.end(), [&](const Resource& one) { return one.logical_id == logical_id; });
  }
  /// What is deployed as this change has it: by its physical id, or what it replaces by its logical one.
  const Deployed* deployed(const Change& change) const {
    const auto fits = [&](const Deployed& one) {
      return change.kind == Change::Kind::Created ? one.logical_id == change.logical_id
                                                  : one.type == change.type && one.physical_id == change.physical_id;
    };
    const auto found = std::find_if(deployed_.resources.begin(), deployed_.resources.end(), fits);
    return found == deployed_.resources.end() ? nullptr : &*found;
  }

  ResourceChange coming(const Change& change) const {
    const Resource& resource = planned(change.logical_id);
    ResourceChange described{
        .action = ResourceChange::Action::Add, .logical_id = change.logical_id, .type = change.type, .after = resource.shown_properties};
    const bool is_new = change.kind == Change::Kind::Created && !change.replaces;
    const auto* old = is_new ? nullptr : deployed(change);
    if (!old) return described;
    described.action = ResourceChange::Action::Modify;
    described.ref = old->ref;
    described.replaces = change.replaces;
    described.retain = old->retain;
    described.before = old->properties;
    described.properties = property_changes(*old, resource, change.replaces);
    return described;
  }

  ResourceChange going(const Change& change) const {
    const auto* old = deployed(change);
    return {.action = ResourceChange::Action::Remove,
            .logical_id = change.logical_id,
            .type = change.type,
            .ref = change.ref,
            .retain = change.kind == Change::Kind::Kept,
            .before = old ? std::optional(old->properties) : std::nullopt};
  }

  std::vector<PropertyChange> property_changes(const Deployed& old, const Resource& resource, bool replaced) const {
    std::set<std::string> names;
    for (const auto* properties : {&old.properties, &resource.shown_properties})
      for (const auto& member : properties->members())
        if (member_of(old.properties, member.name) != member_of(resource.shown_properties, member.name)) names.insert(member.name);
    // A hidden value differs, and is not shown.
    if (names.empty())
      for (const auto& member : resource.written.members())
        if (uses_secret(member.value)) names.insert(member.name);
    std::vector<PropertyChange> changes;
    for (const auto& name : names) add_property(old, resource, name, replaced, changes);
    return changes;
  }

  void add_property(const Deployed& old, const Resource& resource, const std::string& name, bool replaced,
                    std::vector<PropertyChange>& changes) const {
    PropertyChange change{.property = name,
                          .source = "DirectModification",
                          .before = member_of(old.properties, name),
                          .after = member_of(resource.shown_properties, name)};
    change.replaces = replaced && gives_another_id(old, resource, name);
    const auto before = changes.size();
    for (const auto& [source, entity] : causes(resource, name)) {
      change.source = source;
      change.causing_entity = entity;
      changes.push_back(change);
    }
    if (changes.size() == before) changes.push_back(std::move(change));
  }

  /// Whether this property alone would have the resource made anew.
  bool gives_another_id(const Deployed& old, Resource resource, const std::string& name) const {
    const auto* type = find_type(types_, resource.type);
    if (!type) return false;
    resource.properties = with_member(old.properties, name, member_of(resource.properties, name));
    resource.unchanged_id.reset();
    Faults other_than_this_question;
    return type->foresee(resource, reader_, other_than_this_question).physical_id != old.physical_id;
  }

  bool uses_secret(const Json& written) const {
    for (const auto& name : references(written, plan_.conditions))
      if (const auto parameter = plan_.parameters.find(name); parameter != plan_.parameters.end() && parameter->second == hidden_value)
        return true;
    return false;
  }

  std::vector<std::pair<std::string, std::string>> causes(const Resource& resource, const std::string& property) const {
    std::vector<std::pair<std::string, std::string>> found;
    const Json* written = resource.written.find(property);
    if (!written) return found;
    for (const auto& [name, attribute] : detailed_references(*written, plan_.conditions)) {
      if (const auto now = plan_.parameters.find(name); now != plan_.parameters.end()) {
        const auto before = deployed_.parameters.find(name);
        if (before == deployed_.parameters.end() || before->second != now->second || now->second == hidden_value)
          found.emplace_back("ParameterReference", name);
      } else if (made_.contains(name)) {
        found.emplace_back(attribute.empty() ? "ResourceReference" : "ResourceAttribute",
                           attribute.empty() ? name : name + "." + attribute);
      }
    }
    return found;
  }

  const Reader& reader_;
  const Plan& plan_;
  const ResourceTypes& types_;
  std::vector<Change> changes_;
  StackRecord deployed_;
  std::set<std::string> made_;  ///< resources that are new, or made anew
};

}  // namespace

std::vector<ResourceChange> describe_changes(const Reader& reader, const Plan& plan, const ResourceTypes& types) {
  return Description(reader, plan, types).run();
}

}  // namespace signalbox::deploy
