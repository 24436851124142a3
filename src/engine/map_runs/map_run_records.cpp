#include "engine/map_runs/map_run_records.h"

#include <array>
#include <bit>

#include "engine/execution_records.h"
#include "signalbox/record.h"

namespace signalbox {

namespace {

/// Stored as the first byte of each record; an encoding that changes gets a new number and keeps reading the old ones.
constexpr std::uint8_t run_version = 2, item_version = 1;

/// Those of the first version.
void write_counts(RecordWriter& writer, const MapRunCounts& counts) {
  writer.integer(counts.pending)
      .integer(counts.running)
      .integer(counts.succeeded)
      .integer(counts.failed)
      .integer(counts.timed_out)
      .integer(counts.aborted);
}

MapRunCounts read_counts(RecordReader& reader) {
  MapRunCounts counts;
  for (auto* count : {&counts.pending, &counts.running, &counts.succeeded, &counts.failed, &counts.timed_out, &counts.aborted})
    *count = reader.integer();
  return counts;
}

}  // namespace

std::string_view to_string(MapRunStatus status) {
  constexpr std::array<std::string_view, 4> names{"RUNNING", "SUCCEEDED", "FAILED", "ABORTED"};
  return names.at(static_cast<std::size_t>(status));
}

std::int64_t& MapRunCounts::of(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::Running: return running;
    case ExecutionStatus::Succeeded: return succeeded;
    case ExecutionStatus::Failed: return failed;
    case ExecutionStatus::TimedOut: return timed_out;
    case ExecutionStatus::Aborted: return aborted;
  }
  return aborted;
}

std::string encode_map_run(const MapRunRecord& record) {
  RecordWriter writer(run_version);
  writer.text(record.id)
      .text(record.machine)
      .text(record.label)
      .text(record.state_name)
      .integer(record.definition.value)
      .text(record.role_arn);
  writer.integer(record.execution.value).integer(record.attempt.value).boolean(record.express).boolean(record.exports);
  writer.integer(static_cast<std::int64_t>(record.status)).integer(static_cast<std::int64_t>(record.phase));
  writer.timestamp(record.started_at).optional_timestamp(record.stopped_at);
  writer.integer(record.max_concurrency)
      .integer(record.tolerated_failure_count)
      .integer(std::bit_cast<std::int64_t>(record.tolerated_failure_percentage));
  writer.integer(record.read).boolean(record.all_read).integer(record.next_child);
  write_counts(writer, record.items);
  write_counts(writer, record.executions);
  writer.integer(record.results_written).optional_text(record.error.error).optional_text(record.error.cause);
  writer.integer(record.redrives).optional_timestamp(record.redriven_at).integer(record.next_redrive).boolean(record.redrive_requested);
  for (const auto* counts : {&record.items, &record.executions})
    writer.integer(counts->pending_redrive).integer(counts->failures_not_redrivable);
  return writer.take();
}

MapRunRecord decode_map_run(MapRunRow row, std::string_view bytes) {
  RecordReader reader(bytes);
  MapRunRecord record;
  record.row = row;
  record.id = reader.text();
  record.machine = reader.text();
  record.label = reader.text();
  record.state_name = reader.text();
  record.definition.value = reader.integer();
  record.role_arn = reader.text();
  record.execution.value = reader.integer();
  record.attempt.value = reader.integer();
  record.express = reader.boolean();
  record.exports = reader.boolean();
  record.status = static_cast<MapRunStatus>(reader.integer());
  record.phase = static_cast<MapRunPhase>(reader.integer());
  record.started_at = reader.timestamp();
  record.stopped_at = reader.optional_timestamp();
  record.max_concurrency = reader.integer();
  record.tolerated_failure_count = reader.integer();
  record.tolerated_failure_percentage = std::bit_cast<double>(reader.integer());
  record.read = reader.integer();
  record.all_read = reader.boolean();
  record.next_child = reader.integer();
  record.items = read_counts(reader);
  record.executions = read_counts(reader);
  record.results_written = reader.integer();
  record.error.error = reader.optional_text();
  record.error.cause = reader.optional_text();
  if (reader.version() == 1) return record;
  record.redrives = reader.integer();
  record.redriven_at = reader.optional_timestamp();
  record.next_redrive = reader.integer();
  record.redrive_requested = reader.boolean();
  for (auto* counts : {&record.items, &record.executions}) {
    counts->pending_redrive = reader.integer();
    counts->failures_not_redrivable = reader.integer();
  }
  return record;
}

std::string encode_map_run_item(const MapRunItem& item) {
  RecordWriter writer(item_version);
  writer.integer(item.items).integer(item.execution.value);
  writer.optional_text(item.input ? std::optional(item.input->text()) : std::nullopt);
  return writer.take();
}

MapRunItem decode_map_run_item(std::string_view bytes) {
  RecordReader reader(bytes);
  MapRunItem item;
  item.items = reader.integer();
  item.execution.value = reader.integer();
  if (auto input = reader.optional_text()) item.input = Json::from_stored(std::move(*input));
  return item;
}

std::optional<MapRunRecord> find_map_run(const Reader& reader, MapRunRow row) {
  const auto stored = reader.get(Key(map_runs_table, row.value));
  return stored ? std::optional(decode_map_run(row, *stored)) : std::nullopt;
}

std::optional<MapRunRecord> find_map_run(const Reader& reader, std::string_view id) {
  const auto row = reader.get(Key(map_run_ids_table, id));
  return row ? find_map_run(reader, MapRunRow{decode_row(*row)}) : std::nullopt;
}

MapRunPlan find_map_run_plan(const Reader& reader, MapRunRow row) {
  auto stored = reader.get(Key(map_run_plans_table, row.value));
  if (!stored) throw StoreFailure("damaged data file: the plan of map run " + std::to_string(row.value) + " is missing");
  return map_run_plan_of(Json::from_stored(std::move(*stored)));
}

std::vector<MapRunRecord> list_map_runs(const Reader& reader, ExecutionRow execution, std::optional<MapRunRow> before, std::size_t limit) {
  std::vector<MapRunRecord> found;
  KeyRange range{.prefix = Key(execution_map_runs_table, execution.value), .after = std::nullopt, .reverse = true};
  if (before) range.after = Key(execution_map_runs_table, execution.value, before->value);
  reader.scan(range, [&](const Key& key, std::string_view) {
    if (found.size() == limit) return false;
    if (auto record = find_map_run(reader, MapRunRow{key.integer(1)})) found.push_back(std::move(*record));
    return true;
  });
  return found;
}

void for_each_child(const Reader& reader, MapRunRow row, std::int64_t from,
                    const std::function<bool(std::int64_t, const MapRunItem&)>& visit) {
  const KeyRange range{.prefix = Key(map_run_items_table, row.value), .after = Key(map_run_items_table, row.value, from - 1)};
  reader.scan(range, [&](const Key& key, std::string_view bytes) { return visit(key.integer(1), decode_map_run_item(bytes)); });
}

namespace {

bool passes(const MapRunChildFilter& filter, const MapRunChild& child) {
  if (filter.redriven && (child.record.redrives > 0) != *filter.redriven) return false;
  if (filter.pending_redrive || filter.status)
    return child.pending_redrive == filter.pending_redrive && (!filter.status || child.record.status == *filter.status);
  return true;
}

}  // namespace

std::vector<MapRunChild> list_map_run_children(const Reader& reader, const MapRunRecord& run, const MapRunChildFilter& filter,
                                               std::optional<ExecutionRow> before, std::size_t limit) {
  std::vector<MapRunChild> found;
  const KeyRange range{.prefix = Key(map_run_items_table, run.row.value), .after = std::nullopt, .reverse = true};
  reader.scan(range, [&](const Key& key, std::string_view bytes) {
    if (key.integer(1) == unbatched_items || found.size() == limit) return false;
    const auto item = decode_map_run_item(bytes);
    if (item.execution.value == 0 || (before && item.execution >= *before)) return true;
    auto record = find_execution(reader, item.execution);
    if (!record) return true;
    const bool pending_redrive = run.is_pending_redrive(key.integer(1), record->status);
    MapRunChild child{std::move(*record), item.items, pending_redrive};
    if (passes(filter, child)) found.push_back(std::move(child));
    return true;
  });
  return found;
}

}  // namespace signalbox
