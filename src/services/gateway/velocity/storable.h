#pragma once
/// Lists and maps that hold themselves would never be given back.

#include "services/gateway/velocity/value.h"

namespace signalbox::velocity {

/// The value, to be put into the list or map `holder`; what holds `holder` itself, as a copy of what it is now.
[[nodiscard]] Value storable(Value value, const Value& holder);

}  // namespace signalbox::velocity
