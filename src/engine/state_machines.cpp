#include "signalbox/state_machines.h"
#include "signalbox/state_machine.h"

#include "signalbox/encoding.h"
#include "signalbox/engine.h"
#include "signalbox/executions.h"
#include "signalbox/state_machine_versions.h"

#include "engine/json_record.h"
#include "engine/names.h"

#include <algorithm>

namespace signalbox {

namespace {

constexpr std::size_t definition_bytes_max = 1'048'576;  // [aws quota]

std::string_view type_text(StateMachineType type) { return type == StateMachineType::Standard ? "STANDARD" : "EXPRESS"; }

void add(Json::Object& members, const char* name, const std::optional<Json>& value) {
  if (value) members.push_back({name, *value});
}

std::string encode(const StateMachineRecord& record) {
  Json::Object members;
  members.push_back({"version", Json(1)});
  members.push_back({"arn", Json(record.arn)});
  members.push_back({"type", Json(type_text(record.type))});
  members.push_back({"status", Json(record.status == StateMachineStatus::Active ? "ACTIVE" : "DELETING")});
  members.push_back({"definition", Json(record.definition.value)});
  members.push_back({"roleArn", Json(record.role_arn)});
  members.push_back({"createdAt", time_json(record.created_at)});
  if (record.updated_at) members.push_back({"updatedAt", time_json(*record.updated_at)});
  if (record.revision_id) members.push_back({"revisionId", Json(*record.revision_id)});
  members.push_back({"tags", record.tags});
  add(members, "loggingConfiguration", record.logging_configuration);
  add(members, "tracingConfiguration", record.tracing_configuration);
  add(members, "encryptionConfiguration", record.encryption_configuration);
  if (record.stack) members.push_back({"stack", Json(*record.stack)});
  if (record.status == StateMachineStatus::Deleting) members.push_back({"running", Json(record.running)});
  if (record.last_version > 0) members.push_back({"lastVersion", Json(record.last_version)});
  return Json(std::move(members)).text();
}

std::string encode(const StateMachineRevision& revision) {
  Json::Object members;
  members.push_back({"version", Json(1)});
  members.push_back({"roleArn", Json(revision.role_arn)});
  add(members, "loggingConfiguration", revision.logging_configuration);
  add(members, "tracingConfiguration", revision.tracing_configuration);
  add(members, "encryptionConfiguration", revision.encryption_configuration);
  if (revision.revision_id) members.push_back({"revisionId", Json(*revision.revision_id)});
  members.push_back({"createdAt", time_json(revision.created_at)});
  return Json(std::move(members)).text();
}

StateMachineRecord decode(std::string_view name, std::string_view text) {
  const Json json = Json::from_stored(std::string(text));
  StateMachineRecord record;
  record.name = name;
  record.arn = member_text(json, "arn");
  record.type = member_text(json, "type") == "EXPRESS" ? StateMachineType::Express : StateMachineType::Standard;
  record.status = member_text(json, "status") == "DELETING" ? StateMachineStatus::Deleting : StateMachineStatus::Active;
  record.definition.value = number_of(json, "definition").value_or(0);
  record.role_arn = member_text(json, "roleArn");
  record.created_at = time_of(number_of(json, "createdAt").value_or(0));
  if (const auto updated = number_of(json, "updatedAt")) record.updated_at = time_of(*updated);
  record.revision_id = find_text(json, "revisionId");
  if (auto tags = optional_json_of(json, "tags")) record.tags = std::move(*tags);
  record.logging_configuration = optional_json_of(json, "loggingConfiguration");
  record.tracing_configuration = optional_json_of(json, "tracingConfiguration");
  record.encryption_configuration = optional_json_of(json, "encryptionConfiguration");
  record.stack = find_text(json, "stack");
  record.running = number_of(json, "running").value_or(0);
  record.last_version = number_of(json, "lastVersion").value_or(0);
  return record;
}

std::string summary(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) {
    if (diagnostic.severity != Diagnostic::Severity::Error) continue;
    text += (text.empty() ? "" : ", ") + diagnostic.code + ": " + diagnostic.message;
    if (diagnostic.where) text += " at " + *diagnostic.where;
  }
  return text;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const auto& sentence : sentences) text += (text.empty() ? "" : ", ") + sentence;
  return text;
}

/// One sentence for each state that nothing here can carry out, unless the mock configuration answers for it. Only an engine's transaction knows
/// what it offers.
std::vector<std::string> not_offered(const EngineTransaction* engine, std::string_view name, const ParsedDefinition& parsed) {
  std::vector<std::string> sentences = parsed.unsupported;
  if (!engine) return sentences;
  for (const auto& state : parsed.machine->states) {
    const auto* task = std::get_if<TaskState>(&state.type);
    if (!task) continue;
    const std::string place = state.place + "/Resource";
    const auto of_place = [&](const std::string& sentence) { return sentence.starts_with(place + ":"); };
    if (engine->mocks(name, state.name)) {
      std::erase_if(sentences, of_place);
    } else if (!engine->offers(task->resource) && std::none_of(sentences.begin(), sentences.end(), of_place)) {
      sentences.push_back(place + ": the service of '" + task->resource.arn + "' is not offered here");
    }
  }
  return sentences;
}

/// Whether a definition may be stored.
Result<void> check_definition(const Transaction& transaction, std::string_view name, const std::string& text, StateMachineType type,
                              bool allow_unsupported) {
  if (text.size() > definition_bytes_max) {
    return error(
        ErrorCode::TooLarge,
        "the definition has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(definition_bytes_max) + " are allowed",
        "definition");
  }
  const ParsedDefinition parsed = parse_definition(text, {.type = type});
  // No machine without a fault: it uses a part of the language that is not offered, which no option allows.
  const auto faults = summary(parsed.diagnostics);
  if (!parsed.machine && faults.empty()) return error(ErrorCode::NotSupported, joined(parsed.unsupported), "definition");
  if (!parsed.machine) return error(ErrorCode::InvalidDefinition, faults, "definition");
  const auto* engine = dynamic_cast<const EngineTransaction*>(&transaction);
  if (allow_unsupported || (engine && engine->allows_unsupported())) return {};
  if (const auto missing = not_offered(engine, name, parsed); !missing.empty())
    return error(ErrorCode::NotSupported, joined(missing), "definition");
  return {};
}

/// Stores the record's current revision under a new row.
void put_revision(Transaction& transaction, StateMachineRecord& record, const std::string& definition) {
  record.definition = DefinitionRow{transaction.next_row(definitions_table)};
  transaction.put(Key(definitions_table, record.definition.value), definition);
  const StateMachineRevision revision{.definition = record.definition,
                                      .role_arn = record.role_arn,
                                      .logging_configuration = record.logging_configuration,
                                      .tracing_configuration = record.tracing_configuration,
                                      .encryption_configuration = record.encryption_configuration,
                                      .revision_id = record.revision_id,
                                      .created_at = transaction.now()};
  transaction.put(Key(revisions_table, record.definition.value), encode(revision));
}

/// Takes a new value over; whether it differs from the old one.
template <class T, class U>
bool change(T& value, std::optional<U>& wanted) {
  if (!wanted || value == *wanted) return false;
  value = std::move(*wanted);
  return true;
}

Error deleting(const StateMachineRecord& record) {
  return error(ErrorCode::Conflict, "State Machine is being deleted: '" + record.arn + "'");
}

/// The rules by which a repeated creation is the same one: role and tags do not count. [CreateStateMachine]
bool is_same(const Reader& reader, const StateMachineRecord& existing, const CreateStateMachine& request) {
  return existing.type == request.type && definition_text(reader, existing.definition) == request.definition &&
         existing.logging_configuration == request.logging_configuration &&
         existing.tracing_configuration == request.tracing_configuration &&
         existing.encryption_configuration == request.encryption_configuration;
}

std::int64_t running_executions(const Reader& reader, std::string_view machine) {
  std::int64_t count = 0;
  reader.scan({.prefix = Key(open_executions_table)}, [&](const Key& key, std::string_view) {
    const auto record = find_execution(reader, ExecutionRow{key.integer(0)});
    count += record && record->state_machine == machine;
    return true;
  });
  return count;
}

}  // namespace

Result<StateMachineRecord> create_state_machine(Transaction& transaction, const Site& site, CreateStateMachine request) {
  if (auto checked = check_name(request.name); !checked) return checked.error();
  if (const auto existing = find_state_machine(transaction, request.name)) {
    if (existing->status == StateMachineStatus::Deleting) return deleting(*existing);
    if (is_same(transaction, *existing, request)) return *existing;
    return error(ErrorCode::AlreadyExists, "State Machine Already Exists: '" + existing->arn + "'");
  }
  if (auto checked = check_definition(transaction, request.name, request.definition, request.type, request.allow_unsupported); !checked)
    return checked.error();
  StateMachineRecord record;
  record.name = request.name;
  record.arn = site.state_machine_arn(request.name);
  record.type = request.type;
  record.role_arn = std::move(request.role_arn);
  record.created_at = transaction.now();
  record.tags = std::move(request.tags);
  record.logging_configuration = std::move(request.logging_configuration);
  record.tracing_configuration = std::move(request.tracing_configuration);
  record.encryption_configuration = std::move(request.encryption_configuration);
  record.stack = std::move(request.stack);
  put_revision(transaction, record, request.definition);
  put_state_machine(transaction, record);
  return record;
}

Result<StateMachineRecord> update_state_machine(Transaction& transaction, UpdateStateMachine request) {
  auto record = find_state_machine(transaction, request.name);
  if (!record) return error(ErrorCode::NotFound, "State Machine Does Not Exist: '" + request.name + "'");
  if (record->status == StateMachineStatus::Deleting) return deleting(*record);
  std::string definition = definition_text(transaction, record->definition).value_or("");
  bool revised = false;
  if (request.definition && *request.definition != definition) {
    if (auto checked = check_definition(transaction, request.name, *request.definition, record->type, request.allow_unsupported); !checked)
      return checked.error();
    definition = std::move(*request.definition);
    revised = true;
  }
  revised |= change(record->role_arn, request.role_arn);
  revised |= change(record->logging_configuration, request.logging_configuration);
  revised |= change(record->tracing_configuration, request.tracing_configuration);
  revised |= change(record->encryption_configuration, request.encryption_configuration);
  if (request.tags) record->tags = std::move(*request.tags);
  if (revised) {
    record->updated_at = transaction.now();
    record->revision_id = request.revision_id.value_or(transaction.new_uuid().value);
    put_revision(transaction, *record, definition);
  }
  put_state_machine(transaction, *record);
  return *record;
}

bool makes_revision(const Reader& reader, const StateMachineRecord& record, const UpdateStateMachine& request) {
  const auto differs = [](const auto& value, const auto& wanted) { return wanted && !(value == *wanted); };
  return differs(definition_text(reader, record.definition).value_or(""), request.definition) ||
         differs(record.role_arn, request.role_arn) || differs(record.logging_configuration, request.logging_configuration) ||
         differs(record.tracing_configuration, request.tracing_configuration) ||
         differs(record.encryption_configuration, request.encryption_configuration);
}

void delete_state_machine(Transaction& transaction, std::string_view name) {
  auto record = find_state_machine(transaction, name);
  if (!record || record->status == StateMachineStatus::Deleting) return;
  record->running = running_executions(transaction, name);
  record->status = StateMachineStatus::Deleting;
  erase_versions_and_aliases(transaction, name);
  if (record->running > 0) {
    put_state_machine(transaction, *record);
  } else {
    transaction.erase(Key(state_machines_table, name));
  }
}

void put_state_machine(Transaction& transaction, const StateMachineRecord& record) {
  transaction.put(Key(state_machines_table, record.name), encode(record));
}

std::optional<StateMachineRecord> find_state_machine(const Reader& reader, std::string_view name) {
  const auto text = reader.get(Key(state_machines_table, name));
  return text ? std::optional(decode(name, *text)) : std::nullopt;
}

std::vector<StateMachineRecord> list_state_machines(const Reader& reader, std::string_view after, std::size_t limit) {
  std::vector<StateMachineRecord> found;
  if (limit == 0) return found;
  KeyRange range{.prefix = Key(state_machines_table)};
  if (!after.empty()) range.after = Key(state_machines_table, after);
  reader.scan(range, [&](const Key& key, std::string_view text) {
    found.push_back(decode(key.text(0), text));
    return found.size() < limit;
  });
  return found;
}

std::optional<StateMachineRevision> find_revision(const Reader& reader, DefinitionRow row) {
  const auto text = reader.get(Key(revisions_table, row.value));
  if (!text) return std::nullopt;
  const Json json = Json::from_stored(*text);
  return StateMachineRevision{.definition = row,
                              .role_arn = member_text(json, "roleArn"),
                              .logging_configuration = optional_json_of(json, "loggingConfiguration"),
                              .tracing_configuration = optional_json_of(json, "tracingConfiguration"),
                              .encryption_configuration = optional_json_of(json, "encryptionConfiguration"),
                              .revision_id = find_text(json, "revisionId"),
                              .created_at = time_of(number_of(json, "createdAt").value_or(0))};
}

StateMachineRecord at_revision(StateMachineRecord record, const StateMachineRevision& revision) {
  record.definition = revision.definition;
  record.role_arn = revision.role_arn;
  record.logging_configuration = revision.logging_configuration;
  record.tracing_configuration = revision.tracing_configuration;
  record.encryption_configuration = revision.encryption_configuration;
  record.revision_id = revision.revision_id;
  record.updated_at = revision.created_at;
  return record;
}

std::optional<std::string> definition_text(const Reader& reader, DefinitionRow row) {
  return reader.get(Key(definitions_table, row.value));
}

}  // namespace signalbox
