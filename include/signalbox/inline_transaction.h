#pragma once
/// How what is written for Engine::transact() runs inside of a transaction that is open already: services' operations called by a workflow's task.

#include "signalbox/engine.h"

#include <functional>

namespace signalbox {

/// A savepoint: runs `work` and gives what it returns. If that is false, all that it wrote, delivered and started is dropped, and what the operation did
/// before stays. On the engine's thread; may be nested.
bool attempt(EngineTransaction& transaction, const std::function<bool()>& work);

/// On the engine's thread: until its end, whatever this thread submits to the engine runs at once in `transaction`, as a part of the operation that
/// is being run, and is answered at once. One that fails leaves nothing of what it wrote (attempt()).
class InlineTransaction {
 public:
  explicit InlineTransaction(EngineTransaction& transaction);
  ~InlineTransaction();
  InlineTransaction(const InlineTransaction&) = delete;
  InlineTransaction& operator=(const InlineTransaction&) = delete;

 private:
  EngineTransaction* outer_;
};

}  // namespace signalbox
