#pragma once
/// The Step Functions API: what its operations share. Source: Step Functions API Reference; error texts as recorded on AWS.

#include "aws/failure.h"
#include "aws/object_text.h"
#include "aws/parameters.h"
#include "aws/request_model.h"
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
  const Reader& reader;          ///< the I/O thread's
  ActivitySignals& activity_signals;
};

/// An answer's JSON text. Reads answer at once, writes after the commit.
using ReadOperation = Answer<std::string> (*)(const Api&, const Json&);
using WriteOperation = asio::awaitable<Answer<std::string>> (*)(Api, Json);
using Operation = std::variant<ReadOperation, WriteOperation>;

/// Null pointer for a name that is none of this API's, or that is not offered here; is_known() tells the two apart.
[[nodiscard]] const Operation* find_operation(std::string_view name);
/// Whether the API has it, offered here or not.
[[nodiscard]] bool is_known(std::string_view name);

inline constexpr Length arn_length{1, 256}, long_arn_length{1, 2000}, name_length{1, 80}, token_length{1, 1024};
inline constexpr Length definition_length{1, 1'048'576, true}, data_length{0, 262'144, true}, error_length{0, 256, true}, cause_length{0, 32'768, true};
inline constexpr Length task_token_length{1, 2048};
inline constexpr Range page_range{0, 1000};

/// What the API's model says of the operation's request (model.cpp). Checked before any operation looks at it.
[[nodiscard]] std::optional<Failure> check_members(std::string_view operation, const Json& request);

/// 0 and absent mean 100.
[[nodiscard]] std::size_t page_size(std::optional<std::int64_t> max_results);
[[nodiscard]] inline Failure invalid_page_token() { return {"InvalidToken", "Invalid Token: 'Invalid token'"}; }

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
Answer<std::string> describe_state_machine(const Api& api, const Json& request);
Answer<std::string> describe_state_machine_for_execution(const Api& api, const Json& request);
Answer<std::string> list_state_machines_page(const Api& api, const Json& request);
Answer<std::string> validate_state_machine_definition(const Api& api, const Json& request);
Answer<std::string> describe_execution(const Api& api, const Json& request);
Answer<std::string> list_executions_page(const Api& api, const Json& request);
Answer<std::string> get_execution_history(const Api& api, const Json& request);
Answer<std::string> describe_state_machine_alias(const Api& api, const Json& request);
Answer<std::string> list_state_machine_aliases_page(const Api& api, const Json& request);
Answer<std::string> list_state_machine_versions_page(const Api& api, const Json& request);
Answer<std::string> describe_map_run(const Api& api, const Json& request);
Answer<std::string> list_map_runs_page(const Api& api, const Json& request);
asio::awaitable<Answer<std::string>> update_map_run_operation(Api api, Json request);
Answer<std::string> describe_activity(const Api& api, const Json& request);
Answer<std::string> list_activities_page(const Api& api, const Json& request);
Answer<std::string> list_tags_for_resource(const Api& api, const Json& request);
asio::awaitable<Answer<std::string>> create_state_machine_operation(Api api, Json request);
asio::awaitable<Answer<std::string>> update_state_machine_operation(Api api, Json request);
asio::awaitable<Answer<std::string>> delete_state_machine_operation(Api api, Json request);
asio::awaitable<Answer<std::string>> publish_state_machine_version(Api api, Json request);
asio::awaitable<Answer<std::string>> delete_state_machine_version(Api api, Json request);
asio::awaitable<Answer<std::string>> create_state_machine_alias(Api api, Json request);
asio::awaitable<Answer<std::string>> update_state_machine_alias(Api api, Json request);
asio::awaitable<Answer<std::string>> delete_state_machine_alias(Api api, Json request);
asio::awaitable<Answer<std::string>> start_execution(Api api, Json request);
asio::awaitable<Answer<std::string>> redrive_execution(Api api, Json request);
asio::awaitable<Answer<std::string>> start_sync_execution(Api api, Json request);
asio::awaitable<Answer<std::string>> stop_execution(Api api, Json request);
asio::awaitable<Answer<std::string>> send_task_success(Api api, Json request);
asio::awaitable<Answer<std::string>> send_task_failure(Api api, Json request);
asio::awaitable<Answer<std::string>> send_task_heartbeat(Api api, Json request);
asio::awaitable<Answer<std::string>> create_activity_operation(Api api, Json request);
asio::awaitable<Answer<std::string>> delete_activity_operation(Api api, Json request);
asio::awaitable<Answer<std::string>> get_activity_task(Api api, Json request);
asio::awaitable<Answer<std::string>> tag_resource(Api api, Json request);
asio::awaitable<Answer<std::string>> untag_resource(Api api, Json request);
asio::awaitable<Answer<std::string>> test_state(Api api, Json request);

}  // namespace signalbox::aws::sfn
