#pragma once
/// The CloudWatch Logs API (JSON 1.1): what its operations share. Source: CloudWatch Logs API Reference.

#include "aws/aws_api.h"
#include "aws/operation.h"
#include "aws/parameters.h"
#include "signalbox/logs.h"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::aws::logs_api {

[[nodiscard]] const Catalogue& catalogue();

[[nodiscard]] Failure failure_of(const Error& error);
[[nodiscard]] Failure invalid_parameter(std::string message);
/// As Parameters::fault(), with the name that this API gives it.
[[nodiscard]] std::optional<Failure> fault_of(const Parameters& parameters);

/// A group: stored, or `/aws/lambda/NAME` of a function, whose lines lie in its own log and are shown in a stream a day.
struct Group {
  logs::GroupRecord record;
  std::string function = {};  ///< empty: none
};
/// logGroupName, or logGroupIdentifier, which may be an ARN. Errors: InvalidParameterException, ResourceNotFoundException.
[[nodiscard]] Answer<Group> group_of(const Reader& reader, const Json& request);
[[nodiscard]] Answer<std::string> group_name_of(const Json& request);
/// Those of stored groups and functions, in order of name, after `after`.
[[nodiscard]] std::vector<Group> list_groups(const Reader& reader, std::string_view prefix, std::string_view after, std::size_t limit);
[[nodiscard]] std::string group_arn(const OperationContext& context, std::string_view name);

/// A group's streams and events, wherever they lie.
class GroupReader {
 public:
  GroupReader(const OperationContext& context, const Reader& reader, Group group);
  [[nodiscard]] std::vector<logs::StreamRecord> streams(std::string_view prefix) const;
  /// Errors: ResourceNotFoundException.
  [[nodiscard]] Answer<logs::StreamRecord> stream(std::string_view name) const;
  [[nodiscard]] std::vector<logs::StoredEvent> events(const logs::StreamRecord& stream, const logs::EventRange& range) const;

 private:
  struct FunctionStream {
    logs::StreamRecord record;
    std::vector<logs::StoredEvent> events;
  };
  void read_function_log(const OperationContext& context);

  const Reader& reader_;
  Group group_;
  Timestamp now_;
  std::vector<FunctionStream> function_streams_;  ///< in order of name
};

WriteOperation create_log_group, delete_log_group, put_retention_policy, delete_retention_policy, tag_resource, untag_resource,
    put_resource_policy, delete_resource_policy;
ReadOperation describe_log_groups, list_tags_for_resource, describe_metric_filters, describe_subscription_filters,
    describe_resource_policies;

WriteOperation create_log_stream, delete_log_stream;
ReadOperation describe_log_streams;

WriteOperation put_log_events;
ReadOperation get_log_events, filter_log_events;

}  // namespace signalbox::aws::logs_api
