#pragma once
/// Whose AWS this pretends to be. Written into the data file when it is created; a later difference is an error at start.

#include <string>
#include <string_view>

namespace signalbox {

struct Site {
  std::string region = "us-east-1";
  std::string account = "000000000000";

  [[nodiscard]] std::string state_machine_arn(std::string_view name) const { return arn("states", "stateMachine:" + std::string(name)); }
  [[nodiscard]] std::string execution_arn(std::string_view machine, std::string_view name) const {
    return arn("states", "execution:" + std::string(machine) + ":" + std::string(name));
  }
  [[nodiscard]] std::string activity_arn(std::string_view name) const { return arn("states", "activity:" + std::string(name)); }
  [[nodiscard]] std::string function_arn(std::string_view name) const { return arn("lambda", "function:" + std::string(name)); }
  [[nodiscard]] std::string queue_arn(std::string_view name) const { return arn("sqs", std::string(name)); }
  [[nodiscard]] std::string topic_arn(std::string_view name) const { return arn("sns", std::string(name)); }
  [[nodiscard]] std::string role_arn(std::string_view name) const { return "arn:aws:iam::" + account + ":role/" + std::string(name); }

  [[nodiscard]] std::string arn(std::string_view service, std::string_view resource) const;
};

/// The parts of an ARN. Requests may name any partition, region and account; only the service and resource are looked at.
struct Arn {
  std::string service;
  std::string resource;  ///< everything after the account: `function:NAME`, `stateMachine:NAME`, a queue's name
};
/// Nothing if `text` does not have the form of an ARN.
[[nodiscard]] bool parse_arn(std::string_view text, Arn& out);

}  // namespace signalbox
