#pragma once
/// Parameters of Systems Manager (JSON 1.1). Source: Systems Manager API Reference.

#include "aws/operation.h"

namespace signalbox::aws::ssm {

[[nodiscard]] const Catalogue& catalogue();

struct ParameterValue {
  std::string value;
  bool is_secure = false;  ///< a SecureString
};
/// A parameter by its name, with `:VERSION` perhaps; nothing if there is none. What CDK's bootstrap would have stored, the version of itself, is
/// there always: a stack finds here all that a bootstrapped account has.
[[nodiscard]] std::optional<ParameterValue> find_parameter(const Reader& reader, std::string_view name);

}  // namespace signalbox::aws::ssm
