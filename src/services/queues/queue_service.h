#pragma once
/// Queues on the I/O thread: long polling, waiting for messages, and the work in the background.

#include "signalbox/engine.h"
#include "signalbox/queues.h"

#include "services/wake.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace signalbox {

/// Sleeps until a queue may hold something to receive.
class QueueWaiter : public Wake {
 public:
  QueueWaiter(boost::asio::any_io_executor executor, QueueSignals& signals, std::int64_t queue_id)
      : Wake(std::move(executor)), signals_(signals), subscription_(signals.subscribe(queue_id, announcer())) {}
  ~QueueWaiter() { signals_.unsubscribe(subscription_); }
  QueueWaiter(const QueueWaiter&) = delete;
  QueueWaiter& operator=(const QueueWaiter&) = delete;

 private:
  QueueSignals& signals_;
  std::uint64_t subscription_;
};

/// Owns no rules: those are in Queues. start() and everything else on the I/O thread.
class QueueService {
 public:
  QueueService(Engine& engine, const Queues& queues);
  ~QueueService();

  /// Begins to sweep: looks once a minute, through a reader of its own, and asks for a transaction only if there is work.
  void start(boost::asio::any_io_executor executor);
  /// Ends the sweeping and every long poll (which answer with nothing).
  void stop();

  /// ReceiveMessage with its wait: `wait` at most 20 s; default: the queue's. Errors: those of Queues::receive, and an invalid wait.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<ReceivedMessage>>> receive(std::string name, ReceiveMessages request,
                                                                                     std::optional<std::int64_t> wait_seconds);

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
