#pragma once
/// One open transaction, spanning the engine and all services.

#include "signalbox/ids.h"
#include "signalbox/store.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

struct Event;

/// Writes are kept in memory, laid over the store, until the engine commits them together with those of other operations
/// (group commit). Reads see them. If an operation fails, what it wrote is dropped and the others go on.
/// Used on the engine's thread only.
class Transaction : public Reader {
 public:
  /// The moment of this transaction: one value throughout.
  [[nodiscard]] virtual Timestamp now() const = 0;
  virtual void put(Key key, std::string record) = 0;
  virtual void erase(Key key) = 0;
  /// The next free number of a table whose first key part is a row number: never given twice, not even after a deletion or restart.
  [[nodiscard]] virtual std::int64_t next_row(const Table& table) = 0;
  /// Runs after the commit, on the engine's thread; must return at once (post to another thread for more). Not run if the
  /// commit fails.
  virtual void on_commit(std::function<void()> action) = 0;
  /// An event for an execution, stepped before this transaction is committed. Unknown and closed executions take no notice.
  virtual void deliver(ExecutionRow execution, Event event) = 0;
  /// 16 unguessable bytes as a UUID of version 4, for what is outside of executions (message ids, subscription ids).
  [[nodiscard]] virtual Uuid new_uuid() = 0;
};

}  // namespace signalbox
