#include "aws/sfn/machine_request.h"

namespace signalbox::aws::sfn {

namespace {

Failure invalid_logging(std::string_view why) {
  return {"InvalidLoggingConfiguration", "Invalid Logging Configuration: " + std::string(why)};
}

/// The one place that a machine logs to. An ARN of a log group ends in `:*`.
std::optional<Failure> check_destination(const Json& destination) {
  const Json* group = destination.find("cloudWatchLogsLogGroup");
  const Json* arn = group ? group->find("logGroupArn") : nullptr;
  if (!arn || !arn->is_string()) return invalid_logging("Must set valid CloudWatch Log Group ARN.");
  const auto text = arn->as_string();
  const bool of_logs =
      text.starts_with("arn:") && text.find(":logs:") != std::string_view::npos && text.find(":log-group:") != std::string_view::npos;
  if (!of_logs) return invalid_logging("Provided ARN is not CloudWatch Logs Log Group ARN.");
  if (!text.ends_with(":*")) return invalid_logging("Log Group ARN must be provided with '*' qualifier.");
  return std::nullopt;
}

Answer<Json> logging_of(Parameters& parameters, const Json& given) {
  Parameters logging(given, "loggingConfiguration.");
  const auto level = logging.one_of("level", {"ALL", "ERROR", "FATAL", "OFF"}).value_or("OFF");
  const bool data = logging.boolean("includeExecutionData").value_or(false);
  const Json* destinations = logging.array("destinations");
  parameters.absorb(logging);
  const std::size_t given_destinations = destinations ? destinations->size() : 0;
  if (given_destinations > 1 || (level != "OFF" && given_destinations == 0))
    return invalid_logging("Must specify exactly one Log Destination.");
  if (level != "OFF") {
    if (auto fault = check_destination(destinations->elements()[0])) return *fault;
  }
  Json out = json_object({{"level", Json(level)}, {"includeExecutionData", Json(data)}});
  return given_destinations > 0 ? out.with("destinations", *destinations) : out;
}

}  // namespace

Answer<Json> encryption_of(Parameters& parameters, const Json& given) {
  Parameters encryption(given, "encryptionConfiguration.");
  const auto type = encryption.one_of("type", {"AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"});
  const auto key = encryption.text("kmsKeyId", {1, 2048});
  const auto period = encryption.integer("kmsDataKeyReusePeriodSeconds", {60, 900});
  parameters.absorb(encryption);
  if (!type || ((type == "AWS_OWNED_KEY") == (key || period))) {
    return Failure{"InvalidEncryptionConfiguration",
                   "Invalid Encryption Configuration: kmsKeyId must be given with type CUSTOMER_MANAGED_KMS_KEY, and only then."};
  }
  Json out = json_object({{"type", Json(*type)}});
  if (key) out = out.with("kmsKeyId", Json(*key));
  if (key) out = out.with("kmsDataKeyReusePeriodSeconds", Json(period.value_or(300)));
  return out;
}

Answer<MachineConfiguration> read_configuration(Parameters& parameters) {
  MachineConfiguration out;
  if (const Json* given = parameters.object("loggingConfiguration")) {
    auto logging = logging_of(parameters, *given);
    if (!logging) return logging.error();
    out.logging = std::move(*logging);
  }
  if (const Json* given = parameters.object("tracingConfiguration")) {
    Parameters tracing(*given, "tracingConfiguration.");
    out.tracing = json_object({{"enabled", Json(tracing.boolean("enabled").value_or(false))}});
    parameters.absorb(tracing);
  }
  if (const Json* given = parameters.object("encryptionConfiguration")) {
    auto encryption = encryption_of(parameters, *given);
    if (!encryption) return encryption.error();
    out.encryption = std::move(*encryption);
  }
  return out;
}

std::optional<Failure> check_publish(std::optional<bool> publish, const std::optional<std::string>& version_description) {
  if (version_description && !publish.value_or(false))
    return Failure{"ValidationException", "Version description can only be set when publish is true"};
  return std::nullopt;
}

Failure machine_failure(const Error& error, std::string_view arn) {
  switch (error.code) {
    case ErrorCode::AlreadyExists: return {"StateMachineAlreadyExists", error.message};
    case ErrorCode::InvalidDefinition: return {"InvalidDefinition", "Invalid State Machine Definition: '" + error.message + "'"};
    case ErrorCode::NotSupported:
      if (error.where == "type") return {"StateMachineTypeNotSupported", error.message};
      return {"InvalidDefinition", "Invalid State Machine Definition: 'NOT_SUPPORTED: " + error.message + "'"};
    case ErrorCode::InvalidArgument: return {error.where == "name" ? "InvalidName" : "ValidationException", error.message};
    case ErrorCode::Conflict: return machine_deleting(arn);
    case ErrorCode::NotFound: return machine_missing(arn);
    default: return general_failure(error);
  }
}

}  // namespace signalbox::aws::sfn
