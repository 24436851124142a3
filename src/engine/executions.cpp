#include "signalbox/executions.h"

#include "signalbox/encoding.h"
#include "signalbox/express.h"
#include "signalbox/step.h"

#include "core/history_codec.h"
#include "engine/execution_records.h"

#include <algorithm>
#include <functional>

namespace signalbox {

std::string execution_arn(const Site& site, const ExecutionRecord& record) {
  if (record.express) return site.arn("states", "express:" + record.state_machine + ":" + record.name + ":" + record.id.value);
  return site.execution_arn(record.state_machine, record.name);
}

std::optional<std::string> version_arn(const Site& site, const ExecutionRecord& record) {
  if (!record.version) return std::nullopt;
  return site.state_machine_arn(record.state_machine) + ":" + std::to_string(*record.version);
}

std::optional<std::string> alias_arn(const Site& site, const ExecutionRecord& record) {
  return record.alias ? std::optional(site.state_machine_arn(record.state_machine) + ":" + *record.alias) : std::nullopt;
}

std::optional<ExecutionRecord> find_execution(const Reader& reader, ExecutionRow row) {
  const auto record = reader.get(Key(executions_table, row.value));
  return record ? std::optional(decode_execution(row, *record)) : std::nullopt;
}

std::optional<ExecutionRecord> find_execution(const Reader& reader, const Uuid& id) {
  const auto row = uuid_v7_row(id.value);
  if (!row) return std::nullopt;
  auto record = find_execution(reader, ExecutionRow{*row});
  return record && record->id == id ? std::move(record) : std::nullopt;
}

// A default name is the id, which holds the row; only chosen names have an index.
std::optional<ExecutionRecord> find_execution(const Reader& reader, std::string_view state_machine, std::string_view name) {
  if (auto record = find_execution(reader, Uuid{std::string(name)});
      record && record->state_machine == state_machine && record->name == name)
    return record;
  const auto row = reader.get(Key(execution_names_table, state_machine, name));
  return row ? find_execution(reader, ExecutionRow{decode_row(*row)}) : std::nullopt;
}

std::optional<OpenExecution> find_open_execution(const Reader& reader, ExecutionRow row) {
  const auto record = reader.get(Key(open_executions_table, row.value));
  return record ? std::optional(decode_open_execution(*record)) : std::nullopt;
}

namespace {

bool passes(const ExecutionFilter& filter, const ExecutionRecord& record) {
  if (filter.state_machine && record.state_machine != *filter.state_machine) return false;
  if (filter.version && record.version != filter.version) return false;
  if (filter.alias && record.alias != filter.alias) return false;
  if (filter.redriven && (record.redrives > 0) != *filter.redriven) return false;
  return !filter.status || record.status == *filter.status;
}

KeyRange newest_first(const Key& prefix, std::optional<ExecutionRow> before) {
  KeyRange range{.prefix = prefix, .after = std::nullopt, .reverse = true};
  if (before) range.after = Key(prefix).add(before->value);
  return range;
}

/// Where to look, each newest first: the running ones of all machines, which for a map run's express children is a table of its own; one machine's; or all.
std::vector<KeyRange> listings(const ExecutionFilter& filter, std::optional<ExecutionRow> before) {
  if (filter.status == ExecutionStatus::Running)
    return {newest_first(Key(open_executions_table), before), newest_first(Key(express_executions_table), before)};
  if (filter.state_machine) return {newest_first(Key(machine_executions_table, *filter.state_machine), before)};
  return {newest_first(Key(executions_table), before)};
}

}  // namespace

std::vector<ExecutionRecord> list_executions(const Reader& reader, const ExecutionFilter& filter, std::optional<ExecutionRow> before,
                                             std::size_t limit) {
  std::vector<ExecutionRecord> found;
  if (limit == 0) return found;
  for (const auto& range : listings(filter, before)) {
    const auto wanted = found.size() + limit;
    reader.scan(range, [&](const Key& key, std::string_view) {
      auto record =
          find_execution(reader, ExecutionRow{key.integer(key.parts() - 1)});  // an express execution without a row is never listed
      if (record && passes(filter, *record)) found.push_back(std::move(*record));
      return found.size() < wanted;
    });
  }
  std::ranges::sort(found, std::ranges::greater{}, [](const ExecutionRecord& record) { return record.row.value; });
  if (found.size() > limit) found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
  return found;
}

}  // namespace signalbox
