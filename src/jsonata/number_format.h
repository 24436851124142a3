#pragma once
/// Numbers by a picture. Spec: XPath and XQuery Functions and Operators 3.1, fn:format-number.

#include "jsonata/value.h"

#include <string>
#include <string_view>

namespace signalbox::jsonata::engine {

/// `options`: an object of properties that override those of the decimal format, or undefined. Errors: D3080 to D3093.
[[nodiscard]] std::string format_number(double number, std::string_view picture, const Value& options);

}  // namespace signalbox::jsonata::engine
