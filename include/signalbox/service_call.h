#pragma once
/// Calls that services make of themselves: a topic delivers to a queue, a rule starts an execution, a trigger reads a queue.

#include "signalbox/result.h"

#include <functional>
#include <string>

namespace signalbox {

struct ServiceCall {
  std::string service;        ///< who calls: `sns.amazonaws.com`
  std::string source_arn;     ///< what it calls for: the topic's ARN
  std::string role_arn = {};  ///< the role in which it calls; empty: as itself, which the resource's own policy must permit
  std::string session = {};   ///< name of the session in the role
  std::string action = {};    ///< `sqs:SendMessage`
  std::string resource = {};  ///< ARN
};

/// Whether the call is permitted; empty: all are. Errors: Forbidden with AWS's text. On the engine's thread, unless its user says otherwise.
using ServiceCallGuard = std::function<Result<void>(const ServiceCall&)>;

}  // namespace signalbox
