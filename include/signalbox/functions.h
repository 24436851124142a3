#pragma once
/// What other services may ask of functions (queue triggers, topics, routes, the engine's tasks). Asynchronous, since it leaves the daemon.

#include "signalbox/store.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

struct FunctionCall {
  std::string function;    ///< a name, a partial or full ARN, perhaps with `:version` or `:alias`
  std::string payload;     ///< JSON text, the event
  std::string request_id;  ///< UUID; the same for a repetition of the same call
  bool log_tail = false;
  std::string client_context = {};  ///< JSON text, which the handler's context shows; may be empty
};

struct FunctionOutcome {
  /// Answered: the handler returned `payload`. FunctionError: it raised, timed out or crashed, `payload` being the error object in
  /// AWS's shape (`errorType`, `errorMessage`, `trace`). NotFound, Throttled, Unavailable: it never ran.
  enum class Kind { Answered, FunctionError, NotFound, Throttled, Unavailable };
  Kind kind = Kind::Answered;
  std::string payload = {};  ///< JSON text
  std::string message = {};  ///< for those that never ran: why, in AWS's words
  std::string executed_version = "$LATEST";
  std::string log_tail = {};  ///< last 4 KiB of its log, if asked for
};

class FunctionInvoker {
 public:
  virtual ~FunctionInvoker() = default;
  /// May be called from any thread; `done` is called once, on the I/O thread.
  virtual void invoke(FunctionCall call, std::function<void(FunctionOutcome)> done) = 0;
};

}  // namespace signalbox
