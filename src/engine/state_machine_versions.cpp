#include "signalbox/state_machine_versions.h"

#include "engine/json_record.h"

#include <charconv>

namespace signalbox {

namespace {

std::string encode(const StateMachineVersion& version) {
  Json::Object members{{"version", Json(1)}, {"definition", Json(version.definition.value)}, {"createdAt", time_json(version.created_at)}};
  if (version.description) members.push_back({"description", Json(*version.description)});
  return Json(std::move(members)).text();
}

StateMachineVersion decode(const Key& key, std::string_view text) {
  const Json json = Json::from_stored(std::string(text));
  return {.state_machine = key.text(0),
          .number = key.integer(1),
          .definition = DefinitionRow{number_of(json, "definition").value_or(0)},
          .description = find_text(json, "description"),
          .created_at = time_of(number_of(json, "createdAt").value_or(0))};
}

/// Publishing is asked for with the newest revision as a rule, so its version, if there is one, is the newest too.
std::optional<StateMachineVersion> version_of(const Reader& reader, const StateMachineRecord& machine) {
  std::optional<StateMachineVersion> found;
  reader.scan({.prefix = Key(state_machine_versions_table, machine.name), .reverse = true}, [&](const Key& key, std::string_view text) {
    auto version = decode(key, text);
    if (version.definition == machine.definition) found = std::move(version);
    return !found;
  });
  return found;
}

}  // namespace

Result<StateMachineVersion> publish_version(Transaction& transaction, std::string_view state_machine,
                                            const std::optional<std::string>& revision_id, const std::optional<std::string>& description) {
  auto machine = find_state_machine(transaction, state_machine);
  if (!machine) return error(ErrorCode::NotFound, "State Machine Does Not Exist: '" + std::string(state_machine) + "'");
  if (machine->status == StateMachineStatus::Deleting)
    return error(ErrorCode::Conflict, "State Machine is being deleted: '" + machine->arn + "'");
  const std::string current = machine->revision_id.value_or("INITIAL");
  if (revision_id && *revision_id != current) {
    return error(ErrorCode::Conflict,
                 "Failed to publish the State Machine version for revision " + *revision_id + ". The current State Machine revision is " +
                     current + ".",
                 "revisionId");
  }
  if (auto published = version_of(transaction, *machine)) return std::move(*published);
  const StateMachineVersion version{.state_machine = machine->name,
                                    .number = ++machine->last_version,
                                    .definition = machine->definition,
                                    .description = description,
                                    .created_at = transaction.now()};
  transaction.put(Key(state_machine_versions_table, machine->name, version.number), encode(version));
  put_state_machine(transaction, *machine);
  return version;
}

Result<void> delete_version(Transaction& transaction, std::string_view state_machine, std::int64_t number) {
  std::string referring;
  for (const auto& alias : list_aliases(transaction, state_machine, number, {}, SIZE_MAX))
    referring += (referring.empty() ? "" : ", ") + alias.name;
  if (!referring.empty()) {
    return error(
        ErrorCode::Conflict,
        "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [" + referring + "]");
  }
  transaction.erase(Key(state_machine_versions_table, state_machine, number));
  return {};
}

std::optional<StateMachineVersion> find_version(const Reader& reader, std::string_view state_machine, std::int64_t number) {
  const Key key(state_machine_versions_table, state_machine, number);
  const auto text = reader.get(key);
  return text ? std::optional(decode(key, *text)) : std::nullopt;
}

std::vector<StateMachineVersion> list_versions(const Reader& reader, std::string_view state_machine, std::optional<std::int64_t> before,
                                               std::size_t limit) {
  std::vector<StateMachineVersion> found;
  if (limit == 0) return found;
  KeyRange range{.prefix = Key(state_machine_versions_table, state_machine), .reverse = true};
  if (before) range.after = Key(state_machine_versions_table, state_machine, *before);
  reader.scan(range, [&](const Key& key, std::string_view text) {
    found.push_back(decode(key, text));
    return found.size() < limit;
  });
  return found;
}

void erase_versions_and_aliases(Transaction& transaction, std::string_view state_machine) {
  for (const auto& version : list_versions(transaction, state_machine, std::nullopt, SIZE_MAX))
    transaction.erase(Key(state_machine_versions_table, state_machine, version.number));
  for (const auto& alias : list_aliases(transaction, state_machine, std::nullopt, {}, SIZE_MAX))
    delete_alias(transaction, state_machine, alias.name);
}

std::optional<std::int64_t> version_number(std::string_view qualifier) {
  std::int64_t number = 0;
  const auto end = qualifier.data() + qualifier.size();
  const auto parsed = std::from_chars(qualifier.data(), end, number);
  if (qualifier.empty() || parsed.ec != std::errc() || parsed.ptr != end || number < 1) return std::nullopt;
  return number;
}

}  // namespace signalbox
