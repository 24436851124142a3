#pragma once
/// Parameters of Systems Manager (JSON 1.1). Source: Systems Manager API Reference.

#include "aws/operation.h"

namespace signalbox::aws::ssm {

[[nodiscard]] const Catalogue& catalogue();

}  // namespace signalbox::aws::ssm
