#include "deploy/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::deploy {

std::string to_record(const StackRecord& stack);

namespace {

using Deployed = StackRecord::Resource;

/// The same thing, whatever its logical id: what a template only renames inside stays as it is.
bool is_same(const Deployed& deployed, const Resource& resource) {
  return deployed.type == resource.type && deployed.physical_id == resource.identity.physical_id;
}

const Deployed* find(const std::vector<Deployed>& deployed, const Resource& resource) {
  const auto found = std::find_if(deployed.begin(), deployed.end(), [&](const Deployed& one) { return is_same(one, resource); });
  return found == deployed.end() ? nullptr : &*found;
}

/// The service's error, with the resource that it is about.
Error placed(const Error& failure, const Resource& resource) {
  return error(failure.code, fmt::format("{}: {}", resource.logical_id, failure.message), resource.place);
}

Result<void> remove(EngineTransaction& transaction, const Deployed& old, const ResourceTypes& types, std::vector<Change>& changes) {
  changes.push_back({old.retain ? Change::Kind::Kept : Change::Kind::Removed, old.logical_id, old.type, old.physical_id});
  const auto* type = find_type(types, old.type);
  if (old.retain || !type) return {};
  return type->remove(transaction, old.physical_id);
}

class Application {
 public:
  Application(EngineTransaction& transaction, const Plan& plan, const ResourceTypes& types) : transaction_(transaction), plan_(plan), types_(types) {
    if (auto deployed = find_stack(transaction, plan.stack)) previous_ = std::move(*deployed);
  }

  Result<std::vector<Change>> run() {
    if (previous_.hash == plan_.hash) return changes_;
    if (auto free = check_exports(); !free) return free.error();
    for (const auto& resource : plan_.resources)
      if (auto done = bring(resource); !done) return placed(done.error(), resource);
    // What was replaced or left out goes last, in reverse: nothing that stays refers to it any more.
    for (auto old = previous_.resources.rbegin(); old != previous_.resources.rend(); ++old)
      if (auto done = remove_if_left_out(*old); !done) return done.error();
    save();
    return std::move(changes_);
  }

 private:
  Result<void> bring(const Resource& resource) {
    const auto* type = find_type(types_, resource.type);   // null: an unsupported one that was allowed; it is recorded
    const auto* old = find(previous_.resources, resource);
    if (!old) {
      note(Change::Kind::Created, resource);
      return type ? type->create(transaction_, resource) : Result<void>();
    }
    if (old->hash == resource.hash) return {};
    note(Change::Kind::Updated, resource);
    return type ? type->update(transaction_, resource) : Result<void>();
  }

  Result<void> remove_if_left_out(const Deployed& old) {
    if (std::any_of(plan_.resources.begin(), plan_.resources.end(), [&](const Resource& resource) { return is_same(old, resource); })) return {};
    return remove(transaction_, old, types_, changes_);
  }

  /// A name is exported by one stack at most.
  Result<void> check_exports() {
    const auto taken = exports_of_others(transaction_, plan_.stack);
    for (const auto& [name, output] : plan_.exports)
      if (taken.contains(name)) return error(ErrorCode::Conflict, fmt::format("Export with name {} is already exported by another stack", name), "/Outputs/" + output);
    return {};
  }

  void note(Change::Kind kind, const Resource& resource) { changes_.push_back({kind, resource.logical_id, resource.type, resource.identity.physical_id}); }

  void save() {
    StackRecord record;
    record.name = plan_.stack;
    record.folder = plan_.folder;
    record.hash = plan_.hash;
    record.parameters = plan_.parameters;
    record.outputs.insert(plan_.outputs.begin(), plan_.outputs.end());
    record.output_descriptions = plan_.output_descriptions;
    record.exports = plan_.exports;
    record.description = plan_.description;
    record.source = plan_.source;
    record.created_at = previous_.name.empty() ? transaction_.now() : previous_.created_at;
    record.deployed_at = transaction_.now();
    for (const auto& resource : plan_.resources)
      record.resources.push_back({resource.logical_id, resource.type, resource.identity.physical_id, resource.hash, resource.retain});
    transaction_.put(Key(stacks_table, plan_.stack), to_record(record));
  }

  EngineTransaction& transaction_;
  const Plan& plan_;
  const ResourceTypes& types_;
  StackRecord previous_;
  std::vector<Change> changes_;
};

}  // namespace

Result<std::vector<Change>> apply(EngineTransaction& transaction, const Plan& plan, const ResourceTypes& types) { return Application(transaction, plan, types).run(); }

Result<std::vector<Change>> destroy(EngineTransaction& transaction, std::string_view stack, const ResourceTypes& types) {
  std::vector<Change> changes;
  const auto deployed = find_stack(transaction, stack);
  if (!deployed) return changes;
  for (auto old = deployed->resources.rbegin(); old != deployed->resources.rend(); ++old)
    if (auto done = remove(transaction, *old, types, changes); !done) return error(done.error().code, fmt::format("{}: {}", old->logical_id, done.error().message));
  transaction.erase(Key(stacks_table, stack));
  return changes;
}

std::vector<Change> foresee(const Reader& reader, const Plan& plan) {
  std::vector<Change> changes;
  const auto deployed = find_stack(reader, plan.stack).value_or(StackRecord{});
  for (const auto& resource : plan.resources) {
    const auto* old = find(deployed.resources, resource);
    if (!old || old->hash != resource.hash)
      changes.push_back({old ? Change::Kind::Updated : Change::Kind::Created, resource.logical_id, resource.type, resource.identity.physical_id});
  }
  for (const auto& old : deployed.resources) {
    const bool stays = std::any_of(plan.resources.begin(), plan.resources.end(), [&](const Resource& resource) { return is_same(old, resource); });
    if (!stays) changes.push_back({old.retain ? Change::Kind::Kept : Change::Kind::Removed, old.logical_id, old.type, old.physical_id});
  }
  return changes;
}

}  // namespace signalbox::deploy
