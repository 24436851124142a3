#pragma once
/// How what is written for Engine::transact() runs inside of a transaction that is open already: services' operations called by a workflow's task.

#include "signalbox/engine.h"

namespace signalbox {

/// On the engine's thread: until its end, whatever this thread submits to the engine runs at once in `transaction`, as a part of the operation that
/// is being run, and is answered at once. There is no savepoint: an operation that fails must not have written anything.
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
