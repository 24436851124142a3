#pragma once
/// From a template's text to its tree.

#include "services/gateway/velocity/nodes.h"

#include "signalbox/result.h"

#include <string_view>

namespace signalbox::velocity {

/// Errors: those of Template::parse().
[[nodiscard]] Result<Block> parse_template(std::string_view text);

}  // namespace signalbox::velocity
