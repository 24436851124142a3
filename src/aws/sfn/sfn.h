#pragma once
/// The Step Functions API: what its operations share. Source: Step Functions API Reference; error texts as recorded on AWS.

#include "aws/failure.h"
#include "aws/parameters.h"
#include "aws/request_model.h"
#include "json/object_text.h"
#include "signalbox/activities.h"
#include "signalbox/engine.h"
#include "signalbox/map_runs.h"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace signalbox::aws::sfn {

namespace asio = boost::asio;

struct Api {
  Engine& engine;
  const Reader& reader;  ///< the I/O thread's
  ActivitySignals& activity_signals;
};

/// An answer's JSON text. Reads answer at once, writes after the commit.
using ReadOperation = Answer<std::string>(const Api& api, const Json& request);
using WriteOperation = asio::awaitable<Answer<std::string>>(Api api, Json request);
using Operation = std::variant<ReadOperation*, WriteOperation*>;

/// Null pointer for a name that is none of this API's, or that is not offered here; is_known() tells the two apart.
[[nodiscard]] const Operation* find_operation(std::string_view name);
/// Whether the API has it, offered here or not.
[[nodiscard]] bool is_known(std::string_view name);

inline constexpr Length arn_length{1, 256}, long_arn_length{1, 2000}, name_length{1, 80}, token_length{1, 1024};
inline constexpr Length definition_length{1, 1'048'576, true}, data_length{0, 262'144, true}, error_length{0, 256, true},
    cause_length{0, 32'768, true};
inline constexpr Length task_token_length{1, 2048};
inline constexpr Range page_range{0, 1000};

/// What the API's model says of the operation's request (model.cpp). Checked before any operation looks at it.
[[nodiscard]] std::optional<Failure> check_members(std::string_view operation, const Json& request);

/// 0 and absent mean 100.
[[nodiscard]] std::size_t page_size(std::optional<std::int64_t> max_results);

/// What a state machine ARN names. A version or alias comes behind the name.
struct MachineName {
  std::string name;
  std::string qualifier;
};
/// Errors: InvalidArn in AWS's words.
[[nodiscard]] Answer<MachineName> machine_name(std::string_view arn);
/// ValidationException with one of its reasons. [aws: ValidationExceptionReason]
[[nodiscard]] Failure validation_failure(std::string reason, std::string message);
/// The execution's record. Errors: InvalidArn, ExecutionDoesNotExist.
[[nodiscard]] Answer<ExecutionRecord> find_execution_by_arn(const Reader& reader, std::string_view arn);
/// Those that DescribeExecution knows: besides them a map run's express children.
[[nodiscard]] Answer<ExecutionRecord> find_described_execution(const Reader& reader, std::string_view arn);
/// Errors: InvalidArn, ResourceNotFound.
[[nodiscard]] Answer<MapRunRecord> find_map_run_by_arn(const Reader& reader, std::string_view arn);
[[nodiscard]] Answer<std::string> activity_name(std::string_view arn);
/// `NAME` or `NAME:QUALIFIER`, as the engine takes it.
[[nodiscard]] std::string qualified(const MachineName& name);
/// Errors: InvalidArn, StateMachineDoesNotExist. A version or alias has no record of its own: it does not exist here.
[[nodiscard]] Answer<StateMachineRecord> find_machine_by_arn(const Reader& reader, std::string_view arn);
[[nodiscard]] Answer<void> check_role_arn(std::string_view arn);

[[nodiscard]] Failure machine_missing(std::string_view arn);
[[nodiscard]] Failure machine_deleting(std::string_view arn);
[[nodiscard]] Failure execution_missing(std::string_view arn);
/// What StartExecution answers for the engine's error.
[[nodiscard]] Failure start_failure(const Error& error, std::string_view arn);
[[nodiscard]] Failure activity_missing(std::string_view arn);

/// The members that Describe… operations share: loggingConfiguration and so on, with AWS's defaults.
void append_configuration(ObjectText& out, const StateMachineRecord& record);

/// `[{"key", "value"}]` as a JSON object name → value. Errors: TooManyTags, ValidationException.
[[nodiscard]] Answer<Json> tags_of(Parameters& parameters, const Json* list);

// One file per operation.
ReadOperation describe_state_machine, describe_state_machine_for_execution, list_state_machines_page, validate_state_machine_definition,
    describe_execution, list_executions_page, get_execution_history, describe_state_machine_alias, list_state_machine_aliases_page,
    list_state_machine_versions_page, describe_map_run, list_map_runs_page, describe_activity, list_activities_page, list_tags_for_resource;
WriteOperation update_map_run_operation, create_state_machine_operation, update_state_machine_operation, delete_state_machine_operation,
    publish_state_machine_version, delete_state_machine_version, create_state_machine_alias, update_state_machine_alias,
    delete_state_machine_alias, start_execution, redrive_execution, start_sync_execution, stop_execution, send_task_success,
    send_task_failure, send_task_heartbeat, create_activity_operation, delete_activity_operation, get_activity_task, tag_resource,
    untag_resource, test_state;

}  // namespace signalbox::aws::sfn
