#pragma once
/// Copies of a data file that is in use.

#include "signalbox/result.h"

#include <string>

namespace signalbox {

/// Copies what is committed in the data file `from` into the new file `to`, with SQLite's online backup, and syncs it. Errors: AlreadyExists,
/// Internal. The file appears under its name only when it is whole.
[[nodiscard]] Result<void> backup_file(const std::string& from, const std::string& to);

}  // namespace signalbox
