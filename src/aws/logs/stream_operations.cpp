// Streams: made, shown, deleted.
#include <algorithm>

#include "aws/logs/logs.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::logs_api {

namespace {

struct StreamPath {
  std::string group, stream;
};
Answer<StreamPath> path_of(const Json& request) {
  Parameters parameters(request);
  auto stream = parameters.required("logStreamName", {1, 512});
  if (auto fault = fault_of(parameters)) return *fault;
  auto group = group_name_of(request);
  if (!group) return group.error();
  return StreamPath{std::move(*group), std::move(stream)};
}

std::int64_t ms_of(Timestamp time) { return time.time_since_epoch().count(); }

Json stream_json(const OperationContext& context, const std::string& group, const logs::StreamRecord& stream) {
  Json out = json_object({{"logStreamName", Json(stream.name)}, {"creationTime", Json(ms_of(stream.created_at))}});
  if (stream.first_event_at) out = out.with("firstEventTimestamp", Json(ms_of(*stream.first_event_at)));
  if (stream.last_event_at) out = out.with("lastEventTimestamp", Json(ms_of(*stream.last_event_at)));
  if (stream.last_ingested_at) out = out.with("lastIngestionTime", Json(ms_of(*stream.last_ingested_at)));
  return out.with("arn", Json(group_arn(context, group) + ":log-stream:" + stream.name)).with("storedBytes", 0);
}

/// What the order goes by: of equal times, the name decides.
std::pair<std::int64_t, std::string> rank(const logs::StreamRecord& stream, bool by_time) {
  return {by_time ? ms_of(stream.last_event_at.value_or(stream.created_at)) : 0, stream.name};
}

}  // namespace

Answer<Json> create_log_stream(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto path = path_of(request);
  if (!path) return path.error();
  const auto group = group_of(transaction, request);
  if (!group) return group.error();
  if (group->record.row == 0) {
    if (const auto created = logs::create_group(transaction, {.name = path->group}); !created) return failure_of(created.error());
  }
  if (const auto created = logs::create_stream(transaction, path->group, path->stream); !created) return failure_of(created.error());
  return Json::empty_object();
}

Answer<Json> delete_log_stream(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto path = path_of(request);
  if (!path) return path.error();
  if (const auto deleted = logs::delete_stream(transaction, path->group, path->stream); !deleted) return failure_of(deleted.error());
  return Json::empty_object();
}

Answer<Json> describe_log_streams(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("logStreamNamePrefix", {1, 512});
  const bool by_time = parameters.one_of("orderBy", {"LogStreamName", "LastEventTime"}) == "LastEventTime";
  const bool descending = parameters.boolean("descending").value_or(false);
  const auto limit = static_cast<std::size_t>(parameters.integer("limit", {1, 50}).value_or(50));
  const auto token = parameters.text("nextToken", {1, 2048});
  if (auto fault = fault_of(parameters)) return *fault;
  if (prefix && by_time) return invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  auto group = group_of(reader, request);
  if (!group) return group.error();
  const auto name = group->record.name;
  auto streams = GroupReader(context, reader, std::move(*group)).streams(prefix.value_or(""));
  std::sort(streams.begin(), streams.end(), [&](const auto& a, const auto& b) {
    return descending ? rank(b, by_time) < rank(a, by_time) : rank(a, by_time) < rank(b, by_time);
  });
  std::size_t start = 0;
  if (token) {
    const auto last = base64url_decode(*token);
    const auto found = std::find_if(streams.begin(), streams.end(), [&](const auto& stream) { return last && stream.name == *last; });
    if (found == streams.end()) return invalid_parameter("The specified nextToken is invalid.");
    start = static_cast<std::size_t>(found - streams.begin()) + 1;
  }
  const auto end = std::min(streams.size(), start + limit);
  Json::Array shown;
  for (auto i = start; i < end; ++i) shown.push_back(stream_json(context, name, streams[i]));
  Json out = json_object({{"logStreams", Json(std::move(shown))}});
  return end < streams.size() ? out.with("nextToken", Json(base64url_encode(streams[end - 1].name))) : out;
}

}  // namespace signalbox::aws::logs_api
