#include "aws/execution_log.h"

#include "aws/history_json.h"
#include "signalbox/encoding.h"
#include "signalbox/logs.h"
#include "signalbox/state_machines.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws {

namespace {

struct Destination {
  std::string group, level;
  bool data = false;
};

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`
std::string group_of(std::string_view arn) {
  Arn parts;
  constexpr std::string_view prefix = "log-group:";
  if (!parse_arn(arn, parts) || !parts.resource.starts_with(prefix)) return {};
  std::string name = parts.resource.substr(prefix.size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return name;
}

std::optional<Destination> destination_of(const Reader& reader, const ExecutionRecord& record) {
  const auto revision = find_revision(reader, record.definition);
  if (!revision || !revision->logging_configuration) return std::nullopt;
  const Json& configuration = *revision->logging_configuration;
  const Json* destinations = configuration.find("destinations");
  const Json* first = destinations ? destinations->at(0) : nullptr;
  const Json* group = first ? first->find("cloudWatchLogsLogGroup") : nullptr;
  const Json* arn = group ? group->find("logGroupArn") : nullptr;
  if (!arn || !arn->is_string()) return std::nullopt;
  const Json* data = configuration.find("includeExecutionData");
  return Destination{group_of(arn->as_string()), std::string(configuration.find("level")->as_string()),
                     data && data->is_boolean() && data->as_boolean()};
}

/// `states/MACHINE/2026-11-24-01-02/0000002a`: one stream for the executions of a revision that begin in a minute.
std::string stream_of(const ExecutionRecord& record) {
  std::string minute = format_rfc3339(record.started_at).substr(0, std::string_view("2026-11-24T01:02").size());
  for (char& c : minute) {
    if (c == 'T' || c == ':') c = '-';
  }
  const auto row = static_cast<std::uint32_t>(record.definition.value);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(row >> shift));
  return "states/" + record.state_machine + "/" + minute + "/" + hex_encode(bytes);
}

}  // namespace

bool is_logged_at(std::string_view level, const HistoryEvent& event) {
  if (level == "ALL") return true;
  const std::string type = event_type_name(event);
  const bool unsuccessful = type.ends_with("Failed") || type.ends_with("TimedOut") || type.ends_with("Aborted");
  if (level == "ERROR") return unsuccessful || type == "FailStateEntered";
  return level == "FATAL" && unsuccessful && type.starts_with("Execution");
}

void write_execution_log(Transaction& transaction, const Site& site, const ExecutionRecord& record, std::span<const HistoryEvent> facts) {
  const auto destination = destination_of(transaction, record);
  if (!destination) return;
  const auto arn = execution_arn(site, record);
  std::vector<logs::LogEvent> events;
  for (const auto& fact : facts) {
    if (is_internal(fact) || !is_logged_at(destination->level, fact)) continue;
    events.push_back({fact.timestamp, log_event(fact, destination->data, arn, record.redrives)});
  }
  if (!events.empty()) (void)logs::append(transaction, destination->group, stream_of(record), events);
}

}  // namespace signalbox::aws
