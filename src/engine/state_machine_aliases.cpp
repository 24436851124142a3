#include "signalbox/state_machine_versions.h"

#include "engine/json_record.h"

#include <algorithm>

namespace signalbox {

namespace {

std::string encode(const StateMachineAlias& alias) {
  Json::Array routing;
  for (const auto& route : alias.routing)
    routing.push_back(json_object({{"version", Json(route.version)}, {"weight", Json(route.weight)}}));
  Json::Object members{{"version", Json(1)},
                       {"routing", Json(std::move(routing))},
                       {"createdAt", time_json(alias.created_at)},
                       {"updatedAt", time_json(alias.updated_at)}};
  if (alias.description) members.push_back({"description", Json(*alias.description)});
  return Json(std::move(members)).text();
}

StateMachineAlias decode(const Key& key, std::string_view text) {
  const Json json = Json::from_stored(std::string(text));
  StateMachineAlias alias{.state_machine = key.text(0),
                          .name = key.text(1),
                          .description = find_text(json, "description"),
                          .routing = {},
                          .created_at = time_of(number_of(json, "createdAt").value_or(0)),
                          .updated_at = time_of(number_of(json, "updatedAt").value_or(0))};
  for (const Json& route : json.find("routing")->elements()) {
    alias.routing.push_back({number_of(route, "version").value_or(0), number_of(route, "weight").value_or(0)});
  }
  return alias;
}

Error missing() { return error(ErrorCode::NotFound, "Request references a resource that does not exist."); }

bool all_exist(const Reader& reader, const StateMachineAlias& alias) {
  return std::all_of(alias.routing.begin(), alias.routing.end(),
                     [&](const Route& route) { return find_version(reader, alias.state_machine, route.version).has_value(); });
}

void put_alias(Transaction& transaction, const StateMachineAlias& alias) {
  transaction.put(Key(state_machine_aliases_table, alias.state_machine, alias.name), encode(alias));
}

}  // namespace

Result<StateMachineAlias> create_alias(Transaction& transaction, StateMachineAlias alias) {
  const auto machine = find_state_machine(transaction, alias.state_machine);
  if (!machine) return missing();
  if (machine->status == StateMachineStatus::Deleting)
    return error(ErrorCode::Conflict, "State Machine is being deleted: '" + machine->arn + "'", "stateMachine");
  if (!all_exist(transaction, alias)) return missing();
  if (const auto existing = find_alias(transaction, alias.state_machine, alias.name)) {
    if (existing->routing == alias.routing && existing->description == alias.description) return *existing;
    return error(ErrorCode::Conflict,
                 "Failed to create alias because an alias with the same name and a different routing configuration already exists.");
  }
  alias.created_at = alias.updated_at = transaction.now();
  put_alias(transaction, alias);
  return alias;
}

Result<StateMachineAlias> update_alias(Transaction& transaction, std::string_view state_machine, std::string_view name,
                                       std::optional<std::string> description, std::optional<std::vector<Route>> routing) {
  auto alias = find_alias(transaction, state_machine, name);
  if (!alias) return missing();
  if (description) alias->description = std::move(description);
  if (routing) alias->routing = std::move(*routing);
  if (!all_exist(transaction, *alias)) return missing();
  alias->updated_at = transaction.now();
  put_alias(transaction, *alias);
  return *alias;
}

void delete_alias(Transaction& transaction, std::string_view state_machine, std::string_view name) {
  transaction.erase(Key(state_machine_aliases_table, state_machine, name));
}

std::optional<StateMachineAlias> find_alias(const Reader& reader, std::string_view state_machine, std::string_view name) {
  const Key key(state_machine_aliases_table, state_machine, name);
  const auto text = reader.get(key);
  return text ? std::optional(decode(key, *text)) : std::nullopt;
}

std::vector<StateMachineAlias> list_aliases(const Reader& reader, std::string_view state_machine, std::optional<std::int64_t> version,
                                            std::string_view after, std::size_t limit) {
  std::vector<StateMachineAlias> found;
  if (limit == 0) return found;
  KeyRange range{.prefix = Key(state_machine_aliases_table, state_machine)};
  if (!after.empty()) range.after = Key(state_machine_aliases_table, state_machine, after);
  reader.scan(range, [&](const Key& key, std::string_view text) {
    auto alias = decode(key, text);
    const bool routes =
        !version || std::any_of(alias.routing.begin(), alias.routing.end(), [&](const Route& route) { return route.version == *version; });
    if (routes) found.push_back(std::move(alias));
    return found.size() < limit;
  });
  return found;
}

std::int64_t chosen_version(const StateMachineAlias& alias, int draw) {
  SIGNALBOX_ASSERT(!alias.routing.empty());
  std::int64_t bound = 0;
  for (const auto& route : alias.routing) {
    bound += route.weight;
    if (draw < bound) return route.version;
  }
  return alias.routing.back().version;
}

}  // namespace signalbox
