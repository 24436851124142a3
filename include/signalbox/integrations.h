#pragma once
/// The optimized service integrations that are offered, and what AWS checks of their parameters.

#include "signalbox/json.h"
#include "signalbox/task_resource.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

/// Source: the developer guide's page of each integration, "supported parameters".
struct Integration {
  std::string_view resource_type, action;
  std::vector<IntegrationPattern> patterns;
  std::vector<std::string_view> required, optional;
  std::vector<std::string_view> texts = {};  ///< parameters that must be strings: no other value is written as one
};

[[nodiscard]] const std::vector<Integration>& offered_integrations();

/// What is wrong with a task's parameters as they were evaluated, in AWS's words: `The field 'QueueUrl' is required but was missing`.
[[nodiscard]] std::vector<std::string> parameter_faults(const ServiceResource& service, const Json& parameters);
/// The same of parameters as a definition writes them: `QueueUrl.$` is `QueueUrl`, and values are not looked at.
[[nodiscard]] std::vector<std::string> parameter_name_faults(const Integration& integration, const Json& parameters);

}  // namespace signalbox
