#pragma once
/// The methods of java.lang.String that templates use.

#include "services/gateway/velocity/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::velocity {

/// Nothing: there is no such method, the arguments do not fit, or the regular expression is not understood (look-around and back references
/// are not: expressions run in linear time).
[[nodiscard]] std::optional<Value> call_text(const std::string& text, std::string_view method, const std::vector<Value>& arguments);

}  // namespace signalbox::velocity
