#include "deploy/plan.h"

#include "aws/kept.h"
#include "signalbox/inline_transaction.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

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

const Deployed* find(const std::vector<Deployed>& deployed, std::string_view logical_id) {
  const auto found = std::find_if(deployed.begin(), deployed.end(), [&](const Deployed& one) { return one.logical_id == logical_id; });
  return found == deployed.end() ? nullptr : &*found;
}

bool stays(const Plan& plan, const Deployed& old) {
  return std::any_of(plan.resources.begin(), plan.resources.end(), [&](const Resource& resource) { return is_same(old, resource); });
}

bool goes_on(const Plan& plan, std::string_view logical_id) {
  return std::any_of(plan.resources.begin(), plan.resources.end(),
                     [&](const Resource& resource) { return resource.logical_id == logical_id; });
}

/// What becomes of a resource of the plan; nothing: it stays as it is.
std::optional<Change> change_of(const std::vector<Deployed>& deployed, const Resource& resource) {
  const auto* old = find(deployed, resource);
  if (old && old->hash == resource.hash) return std::nullopt;
  const auto* before = old ? nullptr : find(deployed, resource.logical_id);
  return Change{.kind = old ? Change::Kind::Updated : Change::Kind::Created,
                .logical_id = resource.logical_id,
                .type = resource.type,
                .physical_id = resource.identity.physical_id,
                .ref = ref_of(resource),
                .replaces = before != nullptr && before->type == resource.type};
}

Change removal_of(const Deployed& old, bool retain, bool replaced = false) {
  return {.kind = retain ? Change::Kind::Kept : Change::Kind::Removed,
          .logical_id = old.logical_id,
          .type = old.type,
          .physical_id = old.physical_id,
          .ref = old.ref,
          .replaces = replaced};
}

/// What a stack left behind, as its template wanted, and may take over again: (kind, stack, type and physical id). Its names are the same each time, so that they
/// would be in its own way.
constexpr const char* left_kind = "stack-left-behind";

std::string left_name(std::string_view type, std::string_view physical_id) { return fmt::format("{} {}", type, physical_id); }

void leave_behind(Transaction& transaction, std::string_view stack, const Deployed& old) {
  aws::keep(transaction, left_kind, stack, left_name(old.type, old.physical_id), Json(true));
}

/// The service's error, with the resource that it is about.
Error placed(const Error& failure, const std::string& logical_id, std::string place = {}) {
  return error(failure.code, fmt::format("{}: {}", logical_id, failure.message), std::move(place));
}

Error in_use(std::string_view name, std::string_view what_happens, const std::vector<std::string>& users) {
  return error(ErrorCode::Conflict,
               fmt::format("Export {} cannot be {} as it is in use by {}", name, what_happens, fmt::join(users, ", ")));
}

class Application {
 public:
  Application(EngineTransaction& transaction, const Plan& plan, const ResourceTypes& types, std::vector<Change>& changes,
              const ResourceCheck& check)
      : transaction_(transaction), plan_(plan), types_(types), changes_(changes), check_(check) {
    if (auto deployed = find_stack(transaction, plan.stack)) previous_ = std::move(*deployed);
  }

  Result<void> run() {
    if (previous_.hash == plan_.hash) return {};
    if (auto free = check_exports(); !free) return free;
    for (const auto& resource : plan_.resources)
      if (auto done = bring(resource); !done) return placed(done.error(), resource.logical_id, resource.place);
    // What was replaced or left out goes last, in reverse: nothing that stays refers to it any more.
    for (auto old = previous_.resources.rbegin(); old != previous_.resources.rend(); ++old)
      if (auto done = remove_if_left_out(*old); !done) return placed(done.error(), old->logical_id);
    if (auto checked = check_changed(); !checked) return checked;
    save();
    return {};
  }

 private:
  Result<void> bring(const Resource& resource) {
    const auto change = change_of(previous_.resources, resource);
    if (!change) return {};
    changes_.push_back(*change);
    const auto* type = find_type(types_, resource.type);
    if (!type) return {};  // an unsupported one that was allowed; it is recorded
    if (change->kind == Change::Kind::Updated) return type->update(transaction_, resource);
    const bool was_left = aws::drop_kept(transaction_, left_kind, plan_.stack, left_name(resource.type, resource.identity.physical_id));
    return was_left ? make_or_take_over(*type, resource) : type->create(transaction_, resource);
  }

  /// What was left behind may be gone since, by hand or with what it belonged to.
  Result<void> make_or_take_over(const ResourceType& type, const Resource& resource) {
    Result<void> made;
    attempt(transaction_, [&] {
      made = type.create(transaction_, resource);
      return made.has_value();
    });
    const bool is_done = made || attempt(transaction_, [&] { return type.update(transaction_, resource).has_value(); });
    return is_done ? Result<void>() : made;
  }

  /// At the end, when roles have all their policies: on AWS a policy may be made beside what needs it, and the order of things is no fault of a template.
  Result<void> check_changed() {
    if (!check_) return {};
    for (const auto& resource : plan_.resources) {
      if (!change_of(previous_.resources, resource)) continue;
      if (auto checked = check_(transaction_, resource); !checked) return placed(checked.error(), resource.logical_id, resource.place);
    }
    return {};
  }

  Result<void> remove_if_left_out(const Deployed& old) {
    if (stays(plan_, old)) return {};
    changes_.push_back(removal_of(old, old.retain, goes_on(plan_, old.logical_id)));
    const auto* type = find_type(types_, old.type);
    if (old.retain) leave_behind(transaction_, plan_.stack, old);
    return old.retain || !type ? Result<void>() : type->remove(transaction_, old.physical_id);
  }

  /// A name is exported by one stack at most; what others use stays as it is.
  Result<void> check_exports() {
    const auto taken = exports_of_others(transaction_, plan_.stack);
    for (const auto& [name, output] : plan_.exports)
      if (taken.contains(name))
        return error(ErrorCode::Conflict, fmt::format("Export with name {} is already exported by another stack", name),
                     "/Outputs/" + output);
    for (const auto& [name, output] : previous_.exports) {
      const auto now = plan_.exports.find(name);
      const auto value = now == plan_.exports.end() ? plan_.outputs.end()
                                                    : std::find_if(plan_.outputs.begin(), plan_.outputs.end(),
                                                                   [&](const auto& one) { return one.first == now->second; });
      const bool is_gone = value == plan_.outputs.end();
      if (!is_gone && value->second == previous_.outputs[output]) continue;
      if (const auto users = importers_of(transaction_, name); !users.empty()) return in_use(name, is_gone ? "deleted" : "updated", users);
    }
    return {};
  }

  void save() {
    StackRecord record;
    record.name = plan_.stack;
    record.folder = plan_.folder;
    record.hash = plan_.hash;
    record.parameters = plan_.parameters;
    record.outputs.insert(plan_.outputs.begin(), plan_.outputs.end());
    record.output_descriptions = plan_.output_descriptions;
    record.exports = plan_.exports;
    record.imports = plan_.imports;
    record.description = plan_.description;
    record.source = plan_.source;
    record.created_at = previous_.name.empty() ? transaction_.now() : previous_.created_at;
    record.deployed_at = transaction_.now();
    for (const auto& resource : plan_.resources) record.resources.push_back(record_of(resource));
    transaction_.put(Key(stacks_table, plan_.stack), to_record(record));
  }

  Deployed record_of(const Resource& resource) const {
    const auto* old = find(previous_.resources, resource);
    return {.logical_id = resource.logical_id,
            .type = resource.type,
            .physical_id = resource.identity.physical_id,
            .hash = resource.hash,
            .retain = resource.retain,
            .ref = ref_of(resource),
            .properties = resource.shown_properties,
            .created_at = old ? old->created_at : transaction_.now(),
            .updated_at = old && old->hash == resource.hash ? old->updated_at : transaction_.now()};
  }

  EngineTransaction& transaction_;
  const Plan& plan_;
  const ResourceTypes& types_;
  std::vector<Change>& changes_;
  const ResourceCheck& check_;
  StackRecord previous_;
};

/// Of one that stays by force the removal is taken back.
Result<void> remove(EngineTransaction& transaction, std::string_view stack, const Deployed& old, const Removal& removal,
                    const ResourceTypes& types, std::vector<Change>& changes) {
  const bool retain = old.retain || removal.retain.contains(old.logical_id);
  changes.push_back(removal_of(old, retain));
  const auto* type = find_type(types, old.type);
  if (retain) leave_behind(transaction, stack, old);
  if (retain || !type) return {};
  Result<void> done;
  attempt(transaction, [&] {
    done = type->remove(transaction, old.physical_id);
    return done.has_value();
  });
  if (done || !removal.force) return done;
  changes.back().kind = Change::Kind::Kept;
  return {};
}

constexpr const char* protection_kind = "stack-protection";  // ("", stack) → true

}  // namespace

Result<void> apply(EngineTransaction& transaction, const Plan& plan, const ResourceTypes& types, std::vector<Change>& changes,
                   const ResourceCheck& check) {
  return Application(transaction, plan, types, changes, check).run();
}

Result<void> destroy(EngineTransaction& transaction, std::string_view stack, const Removal& removal, const ResourceTypes& types,
                     std::vector<Change>& changes) {
  const auto deployed = find_stack(transaction, stack);
  if (!deployed) return {};
  if (is_protected(transaction, stack))
    return error(ErrorCode::Conflict, fmt::format("Stack [{}] cannot be deleted while TerminationProtection is enabled", stack));
  for (const auto& [name, output] : deployed->exports)
    if (const auto users = importers_of(transaction, name); !users.empty()) return in_use(name, "deleted", users);
  for (auto old = deployed->resources.rbegin(); old != deployed->resources.rend(); ++old)
    if (auto done = remove(transaction, stack, *old, removal, types, changes); !done) return placed(done.error(), old->logical_id);
  transaction.erase(Key(stacks_table, stack));
  return {};
}

bool is_protected(const Reader& reader, std::string_view stack) { return aws::find_kept(reader, protection_kind, "", stack).has_value(); }

void set_protected(Transaction& transaction, std::string_view stack, bool on) {
  if (on) aws::keep(transaction, protection_kind, "", stack, Json(true));
  else (void)aws::drop_kept(transaction, protection_kind, "", stack);
}

std::vector<Change> foresee(const Reader& reader, const Plan& plan) {
  std::vector<Change> changes;
  const auto deployed = find_stack(reader, plan.stack).value_or(StackRecord{});
  for (const auto& resource : plan.resources)
    if (auto change = change_of(deployed.resources, resource)) changes.push_back(std::move(*change));
  for (const auto& old : deployed.resources)
    if (!stays(plan, old)) changes.push_back(removal_of(old, old.retain, goes_on(plan, old.logical_id)));
  return changes;
}

}  // namespace signalbox::deploy
