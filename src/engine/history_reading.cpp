/// Reading histories: chunks chained backwards from an execution's record.

#include "signalbox/executions.h"
#include "signalbox/step.h"

#include <algorithm>

#include "core/history_codec.h"
#include "engine/execution_records.h"
#include "signalbox/express.h"

namespace signalbox {

namespace {

std::string chunk_record(const Reader& reader, std::int64_t number) {
  auto record = reader.get(Key(history_table, number));
  if (!record) throw StoreFailure("damaged history: chunk " + std::to_string(number) + " is missing");
  return std::move(*record);
}

/// Numbers of the chunks that hold event `from_id` and those after it, the last first.
std::vector<std::int64_t> chunks_from(const Reader& reader, const ExecutionRecord& record, std::int64_t from_id) {
  std::vector<std::int64_t> chunks;
  for (std::int64_t number = record.last_chunk; number != 0;) {
    chunks.push_back(number);
    if (number == record.first_chunk) break;  // it need not be read to know that nothing comes before it
    const std::string stored = chunk_record(reader, number);
    const HistoryChunk chunk = decode_chunk(stored);
    if (chunk.events_before < from_id) break;
    number = chunk.previous;
  }
  return chunks;
}

bool is_shown(const HistoryEvent& event) { return event.id > 0; }

void read_forward(const Reader& reader, const ExecutionRecord& record, std::int64_t from_id, std::size_t limit,
                  std::vector<HistoryEvent>& events) {
  const auto read = [&](std::int64_t number) {
    const std::string stored = chunk_record(reader, number);
    decode_events(decode_chunk(stored).facts, [&](HistoryEvent&& event) {
      if (is_shown(event) && event.id >= from_id && events.size() < limit) events.push_back(std::move(event));
    });
  };
  if (from_id <= 1) {  // the first chunk is known, and often enough
    read(record.first_chunk);
    if (events.size() == limit || record.first_chunk == record.last_chunk) return;
    from_id = events.empty() ? from_id : events.back().id + 1;
  }
  const auto chunks = chunks_from(reader, record, from_id);
  for (auto number = chunks.rbegin(); number != chunks.rend() && events.size() < limit; ++number) read(*number);
}

void read_backward(const Reader& reader, const ExecutionRecord& record, std::int64_t from_id, std::size_t limit,
                   std::vector<HistoryEvent>& events) {
  for (std::int64_t number = record.last_chunk; number != 0 && events.size() < limit;) {
    const std::string stored = chunk_record(reader, number);
    const HistoryChunk chunk = decode_chunk(stored);
    number = chunk.previous;
    if (from_id > 0 && chunk.events_before >= from_id) continue;
    std::vector<HistoryEvent> ascending;
    decode_events(chunk.facts, [&](HistoryEvent&& event) {
      if (is_shown(event) && (from_id == 0 || event.id <= from_id)) ascending.push_back(std::move(event));
    });
    for (auto event = ascending.rbegin(); event != ascending.rend() && events.size() < limit; ++event) events.push_back(std::move(*event));
  }
}

}  // namespace

std::vector<HistoryEvent> read_history(const Reader& reader, const ExecutionRecord& record, std::int64_t from_id, bool reverse,
                                       std::size_t limit) {
  std::vector<HistoryEvent> events;
  if (limit == 0 || record.last_chunk == 0) return events;
  if (reverse) {
    read_backward(reader, record, from_id, limit, events);
  } else {
    read_forward(reader, record, from_id, limit, events);
  }
  return events;
}

void for_each_fact(const Reader& reader, const ExecutionRecord& record, const std::function<void(const HistoryEvent&)>& visit) {
  if (record.last_chunk == 0) return;
  const auto chunks = chunks_from(reader, record, 0);
  for (auto number = chunks.rbegin(); number != chunks.rend(); ++number) {
    const std::string stored = chunk_record(reader, *number);
    decode_events(decode_chunk(stored).facts, [&](HistoryEvent&& event) { visit(event); });
  }
}

Execution load_execution(const Reader& reader, const ExecutionRecord& record) {
  Execution execution = blank_execution(record.row);
  for_each_fact(reader, record, [&](const HistoryEvent& event) { apply(execution, event); });
  return execution;
}

ExecutionPayloads read_payloads(const Reader& reader, const ExecutionRecord& record) {
  if (record.express) return read_express_payloads(reader, record.row);
  ExecutionPayloads payloads;
  for (const auto& event : read_history(reader, record, 1, false, 1)) {
    if (const auto* started = std::get_if<ExecutionStarted>(&event.fact)) payloads.input = started->input;
  }
  if (record.status == ExecutionStatus::Running) return payloads;
  for (const auto& event : read_history(reader, record, 0, true, 1)) {
    if (const auto* succeeded = std::get_if<ExecutionSucceeded>(&event.fact)) payloads.output = succeeded->output;
    if (const auto* failed = std::get_if<ExecutionFailed>(&event.fact)) payloads.error = failed->error;
    if (const auto* timed_out = std::get_if<ExecutionTimedOut>(&event.fact)) payloads.error = timed_out->error;
    if (const auto* aborted = std::get_if<ExecutionAborted>(&event.fact)) payloads.error = aborted->error;
  }
  return payloads;
}

}  // namespace signalbox
