#pragma once
/// Filter patterns of CloudWatch Logs: terms, `%regular expressions%`, conditions on JSON, and on space-delimited fields. Source: CloudWatch Logs User Guide,
/// "Filter pattern syntax".

#include "signalbox/result.h"

#include <functional>
#include <string_view>

namespace signalbox::logs {

/// Whether a message fits. Immutable; may be used by several threads.
using FilterPattern = std::function<bool(std::string_view message)>;

/// An empty pattern fits everything. Errors: InvalidArgument (`where` = `InvalidParameterException`), naming what is wrong.
[[nodiscard]] Result<FilterPattern> parse_filter_pattern(std::string_view text);

}  // namespace signalbox::logs
