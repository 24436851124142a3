#pragma once
/// The data file's tables and how older files get them: numbered steps per module, src/store/schema/NNN_module.sql.

#include "signalbox/result.h"

#include <span>
#include <string_view>

#include "store/sqlite.h"

namespace signalbox {

struct SchemaStep {
  int version;  ///< from 1, without gaps within a module
  std::string_view module;
  std::string_view sql;
};

/// The program's own, in order.
[[nodiscard]] std::span<const SchemaStep> schema_steps();

/// Brings the file to the newest of `steps`, all in one transaction, and notes in the table `schema` what was done. Errors: Conflict (the file has a
/// step that this program does not know: it was written by a newer one), Internal.
[[nodiscard]] Result<void> migrate(sqlite3* database, std::span<const SchemaStep> steps);

/// Stored in the file's header (PRAGMA application_id): `SgBx`.
inline constexpr int application_id = 0x53674278;

}  // namespace signalbox
