#include "engine/machines.h"

#include <algorithm>

namespace signalbox {

namespace {

/// Both are read again when needed; the bounds only keep what a daemon with very many machines holds in memory.
constexpr std::size_t records_max = 1'024, programs_max = 256;

bool waits_for_callback(const State& state) {
  const auto* task = std::get_if<TaskState>(&state.type);
  if (!task) return false;
  const auto* service = std::get_if<ServiceResource>(&task->resource.kind);
  return std::holds_alternative<ActivityResource>(task->resource.kind) ||
         (service && service->pattern == IntegrationPattern::WaitForTaskToken);
}

std::vector<std::string> activities_of(const StateMachine& machine) {
  std::vector<std::string> arns;
  for (const State& state : machine.states) {
    const auto* task = std::get_if<TaskState>(&state.type);
    if (task && std::holds_alternative<ActivityResource>(task->resource.kind)) arns.push_back(task->resource.arn);
  }
  return arns;
}

bool is_logged(const std::optional<StateMachineRevision>& revision) {
  if (!revision || !revision->logging_configuration) return false;
  const Json* level = revision->logging_configuration->find("level");
  return level && level->is_string() && level->as_string() != "OFF";
}

}  // namespace

const StateMachineRecord* Machines::find(const Reader& reader, std::string_view name) {
  const std::string key(name);
  if (const auto found = records_.find(key); found != records_.end()) return &found->second;
  auto record = find_state_machine(reader, name);
  if (!record) return nullptr;
  if (records_.size() >= records_max) records_.clear();
  return &records_.emplace(key, std::move(*record)).first->second;
}

std::shared_ptr<const Program> Machines::program(const Reader& reader, DefinitionRow row, const std::string& map_state) {
  if (const auto found = programs_.find({row, map_state}); found != programs_.end()) return found->second;
  const auto text = definition_text(reader, row);
  if (!text) throw StoreFailure("damaged data file: definition " + std::to_string(row.value) + " is missing");
  if (programs_.size() >= programs_max) std::erase_if(programs_, [](const auto& entry) { return entry.second.use_count() == 1; });
  auto program = std::make_shared<Program>();
  program->machine = load_definition(*text);
  if (!map_state.empty()) program->machine = processor_of(*program->machine, map_state);
  if (!program->machine)
    throw StoreFailure("damaged data file: definition " + std::to_string(row.value) + " has no Map state " + map_state);
  program->activities = activities_of(*program->machine);
  program->has_callbacks = std::any_of(program->machine->states.begin(), program->machine->states.end(), waits_for_callback);
  program->is_logged = is_logged(find_revision(reader, row));
  return programs_.emplace(std::pair(row, map_state), std::move(program)).first->second;
}

}  // namespace signalbox
