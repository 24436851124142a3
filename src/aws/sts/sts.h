#pragma once
/// The STS API (Query): who one is, and credentials of a role. Source: STS API Reference.

#include "aws/operation.h"

namespace signalbox::aws::sts {

[[nodiscard]] const Catalogue& catalogue();

}  // namespace signalbox::aws::sts
