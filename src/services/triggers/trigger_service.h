#pragma once
/// Calls functions with messages: one poller per trigger, which sleeps until its queue holds something.

#include "signalbox/engine.h"
#include "signalbox/functions.h"
#include "signalbox/triggers.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace signalbox {

/// A batch is leased in one transaction, handed to the function, and deleted in another: at least once. The lease is the messages'
/// visibility time-out, renewed while the function runs, so that a slow function is not called a second time; after a restart what was
/// leased is receivable at once and goes to the function again, with the same request id if the batch is the same.
///
/// A function that fails leaves its messages to reappear (see reappears_after), and to their queue's dead-letter queue. One that could not
/// be called at all (unknown, throttled, daemon stopping) gives them back uncounted, and the poller pauses for 1, 2, 4… up to 60 seconds.
/// Everything on the I/O thread.
class TriggerService {
 public:
  /// `permits`, on the I/O thread: whether the function `name` may take messages of the queue; empty: all may.
  TriggerService(Engine& engine, const Queues& queues, Triggers& triggers, FunctionInvoker& functions,
                 std::function<Result<void>(const std::string& function, const std::string& queue_arn)> permits = {});
  ~TriggerService();

  /// After Engine::start(). Follows changes of triggers from then on.
  void start(boost::asio::any_io_executor executor);
  /// Leases nothing more. Functions that run are not waited for.
  void stop();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
