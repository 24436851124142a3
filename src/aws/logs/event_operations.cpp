// Events: put, read page by page, searched.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/logs/logs.h"
#include "services/logs/filter_pattern.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::logs_api {

namespace {

constexpr std::size_t batch_events_max = 10'000, batch_bytes_max = 1'048'576, event_overhead = 26, page_events_max = 10'000,
                      page_bytes_max = 1'048'576;
constexpr std::chrono::hours ahead_max{2}, behind_max{14 * 24};

Timestamp at(std::int64_t ms) { return Timestamp{std::chrono::milliseconds{ms}}; }
std::int64_t ms_of(Timestamp time) { return time.time_since_epoch().count(); }
logs::Position position_of(const logs::StoredEvent& event) { return {ms_of(event.time), event.number}; }

Answer<std::vector<logs::LogEvent>> read_events(const Json& list) {
  std::vector<logs::LogEvent> events;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Parameters entry(*list.at(i), "logEvents." + std::to_string(i + 1) + ".member.");
    const auto time = entry.integer("timestamp", {0, INT64_MAX});
    auto message = entry.required("message", {1});
    if (!time) entry.violation("null", "timestamp", "Member must not be null");
    if (auto fault = fault_of(entry)) return *fault;
    if (!events.empty() && at(*time) < events.back().time)
      return invalid_parameter("Log events in a single PutLogEvents request must be in chronological order.");
    bytes += message.size() + event_overhead;
    events.push_back({at(*time), std::move(message)});
  }
  if (events.size() > batch_events_max || bytes > batch_bytes_max) {
    return invalid_parameter("Upload too large: " + std::to_string(bytes) + " bytes exceeds limit of " + std::to_string(batch_bytes_max));
  }
  return events;
}

/// Takes out what lies too far ahead or behind, or has outlived the retention already, and says so as the API does; null if nothing was taken out.
Json reject(std::vector<logs::LogEvent>& events, const logs::GroupRecord& group, Timestamp now) {
  Json info = Json::empty_object();
  const auto first_new = std::find_if(events.begin(), events.end(), [&](const auto& event) { return event.time > now + ahead_max; });
  const auto past = [&](Timestamp limit) {
    return std::find_if(events.begin(), events.end(), [&](const auto& event) { return event.time >= limit; });
  };
  const auto place = [&](auto iterator) { return Json(static_cast<std::int64_t>(iterator - events.begin())); };
  const auto first_kept_by_age = past(now - behind_max);
  const auto first_kept =
      group.retention_days ? std::max(first_kept_by_age, past(now - std::chrono::days{*group.retention_days})) : first_kept_by_age;
  if (first_new != events.end()) info = info.with("tooNewLogEventStartIndex", place(first_new));
  if (first_kept_by_age != events.begin()) info = info.with("tooOldLogEventEndIndex", place(first_kept_by_age));
  if (first_kept != first_kept_by_age) info = info.with("expiredLogEventEndIndex", place(first_kept));
  std::vector<logs::LogEvent> kept;
  if (first_kept < first_new) kept.assign(first_kept, first_new);
  events = std::move(kept);
  return info.size() == 0 ? Json() : info;
}

// ---- GetLogEvents' tokens: a direction and a place between events ----------------------------------------------------------------------
std::string page_token(char direction, logs::Position position) {
  return fmt::format("{}/{:020}{:020}/s", direction, position.ms, position.number);
}

std::optional<logs::Position> read_token(std::string_view token, char direction) {
  logs::Position position;
  if (token.size() != 44 || token[0] != direction || token[1] != '/' || !token.ends_with("/s")) return std::nullopt;
  const auto number = [&](std::size_t start, std::int64_t& out) {
    return std::from_chars(token.data() + start, token.data() + start + 20, out).ptr == token.data() + start + 20;
  };
  if (!number(2, position.ms) || !number(22, position.number)) return std::nullopt;
  return position;
}

void cut_to_bytes(std::vector<logs::StoredEvent>& events) {
  std::size_t bytes = 0, count = 0;
  while (count < events.size() && (count == 0 || bytes + events[count].message.size() + event_overhead <= page_bytes_max))
    bytes += events[count++].message.size() + event_overhead;
  events.resize(count);
}

Json page_json(std::vector<logs::StoredEvent> events, logs::Position start) {
  const auto first = events.empty() ? start : position_of(events.front()), last = events.empty() ? start : position_of(events.back());
  Json::Array shown;
  for (auto& event : events)
    shown.push_back(json_object({{"timestamp", Json(ms_of(event.time))},
                                 {"message", Json(std::move(event.message))},
                                 {"ingestionTime", Json(ms_of(event.ingested_at))}}));
  return json_object({{"events", Json(std::move(shown))},
                      {"nextForwardToken", Json(page_token('f', last))},
                      {"nextBackwardToken", Json(page_token('b', first))}});
}

// ---- FilterLogEvents -------------------------------------------------------------------------------------------------------------------
struct Found {
  std::string stream;
  logs::StoredEvent event;
  friend bool operator<(const Found& a, const Found& b) {
    return std::tuple(a.event.time, std::string_view(a.stream), a.event.number) <
           std::tuple(b.event.time, std::string_view(b.stream), b.event.number);
  }
};

struct Search {
  logs::FilterPattern pattern;
  logs::EventRange range;
  std::optional<Found> after;  ///< the last one of the page before
  std::size_t limit = page_events_max;
};

/// Where the search of a stream begins, `after` being in the order of time, stream and number.
std::optional<logs::Position> start_in(const std::string& stream, const std::optional<Found>& after) {
  if (!after) return std::nullopt;
  const auto ms = ms_of(after->event.time);
  if (stream == after->stream) return logs::Position{ms, after->event.number};
  return stream < after->stream ? logs::Position{ms, INT64_MAX} : logs::Position{ms, 0};
}

void search_stream(const GroupReader& group, const logs::StreamRecord& stream, const Search& search, std::vector<Found>& found) {
  constexpr std::size_t events_at_once = 1'000;
  auto range = search.range;
  range.limit = events_at_once;
  range.after = start_in(stream.name, search.after);
  std::size_t matches = 0;
  while (true) {
    auto events = group.events(stream, range);
    for (auto& event : events) {
      range.after = position_of(event);
      if (!search.pattern(event.message)) continue;
      found.push_back({stream.name, std::move(event)});
      if (++matches > search.limit) return;
    }
    if (events.size() < events_at_once) return;
  }
}

Json found_json(const Found& found) {
  return json_object({{"logStreamName", Json(found.stream)},
                      {"timestamp", Json(ms_of(found.event.time))},
                      {"message", Json(found.event.message)},
                      {"ingestionTime", Json(ms_of(found.event.ingested_at))},
                      {"eventId", Json(fmt::format("{:020}{:020}{}", ms_of(found.event.time), found.event.number,
                                                   hex_encode(digest(DigestAlgorithm::Md5, found.stream)).substr(0, 16)))}});
}

std::string search_token(const Found& last) {
  return base64url_encode(json_array({Json(ms_of(last.event.time)), Json(last.event.number), Json(last.stream)}).text());
}

std::optional<Found> read_search_token(const std::string& token) {
  const auto text = base64url_decode(token);
  const auto parsed = text ? Json::parse(*text) : Result<Json>(Json());
  if (!parsed || parsed->size() != 3 || !parsed->at(0)->as_integer() || !parsed->at(1)->as_integer() || !parsed->at(2)->is_string())
    return std::nullopt;
  return Found{std::string(parsed->at(2)->as_string()), {.time = at(*parsed->at(0)->as_integer()), .number = *parsed->at(1)->as_integer()}};
}

Answer<std::vector<logs::StreamRecord>> streams_of(const GroupReader& group, const std::vector<std::string>& names,
                                                   const std::optional<std::string>& prefix) {
  if (names.empty()) return group.streams(prefix.value_or(""));
  std::vector<logs::StreamRecord> streams;
  for (const auto& name : names) {
    auto stream = group.stream(name);
    if (!stream) return stream.error();
    streams.push_back(std::move(*stream));
  }
  return streams;
}

}  // namespace

Answer<Json> put_log_events(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("logStreamName", {1, 512});
  const Json* list = parameters.required_array("logEvents");
  if (auto fault = fault_of(parameters)) return *fault;
  const auto group = group_of(transaction, request);
  if (!group) return group.error();
  if (group->record.row == 0 || !logs::find_stream(transaction, group->record, name))
    return Failure{"ResourceNotFoundException", "The specified log stream does not exist."};
  if (list->size() == 0)
    return invalid_parameter(
        "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or "
        "equal to 1");
  auto events = read_events(*list);
  if (!events) return events.error();
  const Json rejected = reject(*events, group->record, transaction.now());
  if (const auto appended = logs::append(transaction, group->record.name, name, *events); !appended) return failure_of(appended.error());
  Json out = json_object({{"nextSequenceToken", Json(fmt::format("{:056}", transaction.now().time_since_epoch().count()))}});
  return rejected.is_null() ? out : out.with("rejectedLogEventsInfo", rejected);
}

Answer<Json> get_log_events(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("logStreamName", {1, 512});
  const auto from = parameters.integer("startTime", {0, INT64_MAX}), until = parameters.integer("endTime", {0, INT64_MAX});
  const auto limit = parameters.integer("limit", {1, 10'000}).value_or(static_cast<std::int64_t>(page_events_max));
  const auto token = parameters.text("nextToken", {1});
  const bool from_head = parameters.boolean("startFromHead").value_or(false);
  if (auto fault = fault_of(parameters)) return *fault;
  auto group = group_of(reader, request);
  if (!group) return group.error();
  const GroupReader source(context, reader, std::move(*group));
  const auto stream = source.stream(name);
  if (!stream) return stream.error();
  logs::EventRange range{.limit = static_cast<std::size_t>(limit), .newest_first = !from_head};
  if (from) range.from = at(*from);
  if (until) range.until = at(*until);
  logs::Position start{from.value_or(0), 0};
  if (token) {
    const auto forward = read_token(*token, 'f'), backward = read_token(*token, 'b');
    if (!forward && !backward) return invalid_parameter("The specified nextToken is invalid.");
    range.after = forward;
    range.before = backward;
    range.newest_first = backward.has_value();
    start = forward ? *forward : *backward;
  }
  auto events = source.events(*stream, range);
  cut_to_bytes(events);
  if (range.newest_first) std::reverse(events.begin(), events.end());
  return page_json(std::move(events), start);
}

Answer<Json> filter_log_events(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto names = parameters.texts("logStreamNames");
  const auto prefix = parameters.text("logStreamNamePrefix", {1, 512});
  const auto from = parameters.integer("startTime", {0, INT64_MAX}), until = parameters.integer("endTime", {0, INT64_MAX});
  const auto pattern_text = parameters.text("filterPattern", {0, 1024});
  const auto token = parameters.text("nextToken", {1});
  Search search;
  search.limit = static_cast<std::size_t>(parameters.integer("limit", {1, 10'000}).value_or(static_cast<std::int64_t>(page_events_max)));
  if (auto fault = fault_of(parameters)) return *fault;
  if (!names.empty() && prefix) return invalid_parameter("logStreamNamePrefix and logStreamNames cannot both be given.");
  auto pattern = logs::parse_filter_pattern(pattern_text.value_or(""));
  if (!pattern) return failure_of(pattern.error());
  search.pattern = std::move(*pattern);
  if (from) search.range.from = at(*from);
  if (until && *until < INT64_MAX) search.range.until = at(*until + 1);  // unlike GetLogEvents, the end belongs to it
  if (token && !(search.after = read_search_token(*token))) return invalid_parameter("The specified nextToken is invalid.");
  auto group = group_of(reader, request);
  if (!group) return group.error();
  const GroupReader source(context, reader, std::move(*group));
  const auto streams = streams_of(source, names, prefix);
  if (!streams) return streams.error();
  std::vector<Found> found;
  for (const auto& stream : *streams) search_stream(source, stream, search, found);
  std::sort(found.begin(), found.end());
  const bool more = found.size() > search.limit;
  if (more) found.resize(search.limit);
  Json::Array shown;
  for (const auto& each : found) shown.push_back(found_json(each));
  Json out = json_object({{"events", Json(std::move(shown))}, {"searchedLogStreams", Json::empty_array()}});
  return more ? out.with("nextToken", Json(search_token(found.back()))) : out;
}

}  // namespace signalbox::aws::logs_api
