// Groups as the API sees them: stored ones, and the functions' own logs.
#include <algorithm>

#include "aws/logs/logs.h"
#include "services/functions/functions.h"
#include "services/functions/service.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::logs_api {

namespace {

constexpr std::string_view function_prefix = "/aws/lambda/";

Failure group_missing() { return {"ResourceNotFoundException", "The specified log group does not exist."}; }

/// The function whose log a group is; empty if it is none's.
std::string function_of(const Reader& reader, std::string_view group) {
  if (!group.starts_with(function_prefix)) return {};
  const auto name = group.substr(function_prefix.size());
  return functions::find_function(reader, name) ? std::string(name) : std::string();
}

Group group_of_function(const Reader& reader, const functions::FunctionConfig& function) {
  const auto name = std::string(function_prefix) + function.name;
  auto stored = logs::find_group(reader, name);
  return {stored ? std::move(*stored) : logs::GroupRecord{.name = name, .created_at = function.created_at}, function.name};
}

/// `2026/11/27/[$LATEST]…`: the digits are the function's, so that the name of a day's stream never changes.
std::string stream_name(const std::string& function, Timestamp time) {
  const auto day = format_rfc3339(time);
  return day.substr(0, 4) + "/" + day.substr(5, 2) + "/" + day.substr(8, 2) + "/[$LATEST]" +
         hex_encode(digest(DigestAlgorithm::Md5, function));
}

}  // namespace

Answer<std::string> group_name_of(const Json& request) {
  Parameters parameters(request);
  auto name = parameters.text("logGroupName", {1, 512});
  auto identifier = parameters.text("logGroupIdentifier", {1, 2048});
  const auto arn = parameters.text("resourceArn", {1, 1011});
  if (auto fault = fault_of(parameters)) return *fault;
  if (name) return std::move(*name);
  if (!identifier) identifier = arn;
  if (!identifier)
    return invalid_parameter(
        "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null");
  Arn parts;
  if (!parse_arn(*identifier, parts)) return std::move(*identifier);
  constexpr std::string_view kind = "log-group:";
  if (parts.service != "logs" || !parts.resource.starts_with(kind)) return invalid_parameter("Invalid ARN: " + *identifier);
  auto group = parts.resource.substr(kind.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  return group;
}

Answer<Group> group_of(const Reader& reader, const Json& request) {
  const auto name = group_name_of(request);
  if (!name) return name.error();
  if (const auto function = function_of(reader, *name); !function.empty())
    return group_of_function(reader, *functions::find_function(reader, function));
  auto stored = logs::find_group(reader, *name);
  if (!stored) return group_missing();
  return Group{std::move(*stored)};
}

std::vector<Group> list_groups(const Reader& reader, std::string_view prefix, std::string_view after, std::size_t limit) {
  std::vector<Group> groups;
  for (const auto& function : functions::list_functions(reader, {}, SIZE_MAX)) groups.push_back(group_of_function(reader, function));
  std::erase_if(groups, [&](const Group& group) { return !group.record.name.starts_with(prefix) || group.record.name <= after; });
  for (auto& stored : logs::list_groups(reader, prefix, after, limit + groups.size())) {
    if (function_of(reader, stored.name).empty()) groups.push_back({std::move(stored)});
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.record.name < b.record.name; });
  if (groups.size() > limit) groups.resize(limit);
  return groups;
}

GroupReader::GroupReader(const OperationContext& context, const Reader& reader, Group group)
    : reader_(reader), group_(std::move(group)), now_(context.services.engine.clock().now()) {
  if (!group_.function.empty() && context.services.functions) read_function_log(context);
}

void GroupReader::read_function_log(const OperationContext& context) {
  const auto kept = group_.record.retention_days ? now_ - std::chrono::days{*group_.record.retention_days} : Timestamp{};
  const auto& files = context.services.functions->logs();
  constexpr std::size_t lines_at_once = 10'000;
  for (std::uint64_t cursor = 0;;) {
    const auto page = files.read(group_.function, cursor, lines_at_once);
    for (const auto& line : page.lines) {
      if (line.time < kept) continue;
      const auto name = stream_name(group_.function, line.time);
      if (function_streams_.empty() || function_streams_.back().record.name != name)
        function_streams_.push_back({{.name = name, .created_at = line.time, .first_event_at = line.time}, {}});
      auto& stream = function_streams_.back();
      const bool same_moment = !stream.events.empty() && stream.events.back().time == line.time;
      stream.events.push_back({.time = line.time,
                               .ingested_at = line.time,
                               .number = same_moment ? stream.events.back().number + 1 : 1,
                               .message = line.text + "\n"});
      stream.record.last_event_at = stream.record.last_ingested_at = line.time;
    }
    if (page.lines.size() < lines_at_once) return;
    cursor = page.cursor;
  }
}

std::vector<logs::StreamRecord> GroupReader::streams(std::string_view prefix) const {
  std::vector<logs::StreamRecord> found;
  if (group_.record.row != 0) found = logs::list_streams(reader_, group_.record, prefix, {}, SIZE_MAX);
  for (const auto& stream : function_streams_) {
    if (stream.record.name.starts_with(prefix)) found.push_back(stream.record);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

Answer<logs::StreamRecord> GroupReader::stream(std::string_view name) const {
  for (const auto& stream : function_streams_) {
    if (stream.record.name == name) return stream.record;
  }
  auto stored = group_.record.row != 0 ? logs::find_stream(reader_, group_.record, name) : std::nullopt;
  if (!stored) return Failure{"ResourceNotFoundException", "The specified log stream does not exist."};
  return std::move(*stored);
}

std::vector<logs::StoredEvent> GroupReader::events(const logs::StreamRecord& stream, const logs::EventRange& range) const {
  if (stream.row != 0) return logs::read_events(reader_, group_.record, stream, range, now_);
  std::vector<logs::StoredEvent> found;
  for (const auto& each : function_streams_) {
    if (each.record.name == stream.name) found = each.events;
  }
  if (range.newest_first) std::reverse(found.begin(), found.end());
  std::erase_if(found, [&](const logs::StoredEvent& event) {
    const logs::Position position{event.time.time_since_epoch().count(), event.number};
    return (range.from && event.time < *range.from) || (range.until && event.time >= *range.until) ||
           (range.after && position <= *range.after) || (range.before && position >= *range.before);
  });
  if (found.size() > range.limit) found.resize(range.limit);
  return found;
}

}  // namespace signalbox::aws::logs_api
