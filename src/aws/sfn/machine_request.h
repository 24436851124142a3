#pragma once
/// What CreateStateMachine and UpdateStateMachine share.

#include "aws/sfn/sfn.h"

#include <optional>

namespace signalbox::aws::sfn {

struct MachineConfiguration {
  std::optional<Json> logging, tracing, encryption;
};
/// Members in AWS's order and with its defaults, so that equal configurations are equal texts. Errors: InvalidLoggingConfiguration,
/// InvalidEncryptionConfiguration; violations go to `parameters`.
[[nodiscard]] Answer<MachineConfiguration> read_configuration(Parameters& parameters);
/// An EncryptionConfiguration with its defaults. Errors: InvalidEncryptionConfiguration; violations go to `parameters`.
[[nodiscard]] Answer<Json> encryption_of(Parameters& parameters, const Json& given);
/// A description is a version's.
[[nodiscard]] std::optional<Failure> check_publish(std::optional<bool> publish, const std::optional<std::string>& version_description);
/// Errors of create_state_machine() and update_state_machine() by AWS's names.
[[nodiscard]] Failure machine_failure(const Error& error, std::string_view arn);

}  // namespace signalbox::aws::sfn
