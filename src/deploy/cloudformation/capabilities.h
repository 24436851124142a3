#pragma once
/// What a template wants acknowledged before it is deployed. Source: CloudFormation API Reference, CreateStack, Capabilities.

#include "aws/failure.h"
#include "deploy/template.h"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::deploy::cloudformation {

struct WantedCapabilities {
  std::vector<std::string> names;  ///< `CAPABILITY_IAM` or `CAPABILITY_NAMED_IAM`, `CAPABILITY_AUTO_EXPAND`
  std::string reason;              ///< as GetTemplateSummary gives it; empty: none is wanted
  std::vector<std::string> transforms;
};
[[nodiscard]] WantedCapabilities wanted_capabilities(const Json& document);

/// A change set shows what macros expanded to, so that AUTO_EXPAND need not be said.
enum class Expansion : std::uint8_t { AtOnce, Reviewed };
/// InsufficientCapabilitiesException, if what the template wants is not among those given. A text that is no template wants nothing.
[[nodiscard]] std::optional<aws::Failure> missing_capabilities(const std::string& source, const std::vector<std::string>& given,
                                                               Expansion expansion);

}  // namespace signalbox::deploy::cloudformation
