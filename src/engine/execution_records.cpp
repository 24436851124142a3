#include "engine/execution_records.h"

#include "signalbox/encoding.h"
#include "signalbox/record.h"

#include "core/history_codec.h"

namespace signalbox {

namespace {

/// Stored as the first byte of each record; an encoding that changes gets a new number and keeps reading the old ones.
constexpr std::uint8_t execution_version = 2, open_version = 1, chunk_version = 1, row_version = 1;

/// A UUID as its 16 bytes.
std::string packed(const Uuid& id) {
  std::string bytes;
  int high = -1;
  for (char c : id.value) {
    if (c == '-') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<char>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

Uuid unpacked(std::string_view bytes) {
  const std::string digits = hex_encode(bytes);
  std::string text;
  text.reserve(digits.size() + 4);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text.push_back('-');
    text.push_back(digits[i]);
  }
  return Uuid{std::move(text)};
}

}  // namespace

// The name is left out where it is the id, as it is unless the caller chose one.
std::string encode_execution(const ExecutionRecord& record) {
  RecordWriter writer(execution_version);
  writer.text(packed(record.id))
      .text(record.state_machine)
      .text(record.name == record.id.value ? std::string_view() : std::string_view(record.name));
  writer.integer(record.definition.value)
      .integer(static_cast<std::int64_t>(record.status))
      .timestamp(record.started_at)
      .optional_timestamp(record.stopped_at);
  writer.integer(record.first_chunk).integer(record.last_chunk).integer(record.events);
  writer.boolean(record.parent.has_value());
  if (record.parent) writer.integer(record.parent->execution.value).integer(record.parent->attempt.value);
  writer.boolean(record.set_aside);
  writer.optional_integer(record.version)
      .optional_text(record.alias)
      .integer(record.redrives)
      .optional_timestamp(record.redriven_at)
      .optional_text(record.redrive_token)
      .optional_text(record.test_case);
  writer.boolean(record.map_run.has_value());
  if (record.map_run)
    writer.integer(record.map_run->run.value).integer(record.map_run->child).text(record.map_state).boolean(record.express);
  return writer.take();
}

ExecutionRecord decode_execution(ExecutionRow row, std::string_view bytes) {
  RecordReader reader(bytes);
  ExecutionRecord record;
  record.row = row;
  record.id = unpacked(reader.text());
  record.state_machine = reader.text();
  record.name = reader.text();
  if (record.name.empty()) record.name = record.id.value;
  record.definition.value = reader.integer();
  record.status = static_cast<ExecutionStatus>(reader.integer());
  record.started_at = reader.timestamp();
  record.stopped_at = reader.optional_timestamp();
  record.first_chunk = reader.integer();
  record.last_chunk = reader.integer();
  record.events = reader.integer();
  if (reader.boolean()) {
    const ExecutionRow execution{reader.integer()};
    record.parent = ParentTask{execution, TaskAttempt{reader.integer()}};
  }
  record.set_aside = reader.boolean();
  if (reader.version() == 1) return record;
  record.version = reader.optional_integer();
  record.alias = reader.optional_text();
  record.redrives = reader.integer();
  record.redriven_at = reader.optional_timestamp();
  record.redrive_token = reader.optional_text();
  record.test_case = reader.optional_text();
  if (!reader.at_end() && reader.boolean()) {  // data files of the first days end before
    const MapRunRow run{reader.integer()};
    record.map_run = MapRunChildLink{run, reader.integer()};
    record.map_state = reader.text();
    record.express = !reader.at_end() && reader.boolean();
  }
  return record;
}

std::string encode_open_execution(const OpenExecution& open) {
  RecordWriter writer(open_version);
  writer.optional_timestamp(open.due).boolean(open.pending).boolean(open.waits_for_callback).boolean(open.set_aside);
  writer.integer(static_cast<std::int64_t>(open.heartbeats.size()));
  for (const auto& [attempt, at] : open.heartbeats) writer.integer(attempt.value).timestamp(at);
  return writer.take();
}

OpenExecution decode_open_execution(std::string_view bytes) {
  RecordReader reader(bytes);
  OpenExecution open;
  open.due = reader.optional_timestamp();
  open.pending = reader.boolean();
  open.waits_for_callback = reader.boolean();
  open.set_aside = reader.boolean();
  for (auto left = reader.integer(); left > 0; --left) {
    const TaskAttempt attempt{reader.integer()};
    open.heartbeats.emplace(attempt, reader.timestamp());
  }
  return open;
}

std::string encode_chunk(std::int64_t previous, std::int64_t events_before, std::span<const HistoryEvent> facts) {
  RecordWriter writer(chunk_version);
  writer.integer(previous).integer(events_before);
  writer.bytes() += encode_events(facts);
  return writer.take();
}

HistoryChunk decode_chunk(std::string_view record) {
  RecordReader reader(record);
  HistoryChunk chunk;
  chunk.previous = reader.integer();
  chunk.events_before = reader.integer();
  chunk.facts = reader.rest();
  return chunk;
}

std::string encode_row(std::int64_t row) { return RecordWriter(row_version).integer(row).take(); }
std::int64_t decode_row(std::string_view bytes) { return RecordReader(bytes).integer(); }

}  // namespace signalbox
