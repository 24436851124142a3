#pragma once
/// The object store's files beside a backup of the data file.

#include "signalbox/result.h"

#include <string>

namespace signalbox::cli {

/// Gives each file of `from`, a store's `objects/`, its name in `to` as well: a hard link where that is possible, since the files never change; a copy
/// elsewhere. What is there already stays, and what vanishes meanwhile is left out. Makes nothing if `from` is missing. Errors: Unavailable.
[[nodiscard]] Result<void> back_up_objects(const std::string& from, const std::string& to);

}  // namespace signalbox::cli
