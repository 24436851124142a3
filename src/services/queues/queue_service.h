#pragma once
/// Queues on the I/O thread: long polling, waiting for messages, and the work in the background.

#include "signalbox/engine.h"
#include "signalbox/queues.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace signalbox {

/// Sleeps until a queue may hold something to receive. Lives on the I/O thread, in one coroutine.
///
/// Register first, then look, then wait: a message that is committed between looking and waiting ends the wait at once.
class QueueWaiter {
 public:
  QueueWaiter(boost::asio::any_io_executor executor, QueueSignals& signals, std::int64_t queue_id);
  ~QueueWaiter();
  QueueWaiter(const QueueWaiter&) = delete;
  QueueWaiter& operator=(const QueueWaiter&) = delete;

  /// What was committed before this call no longer ends a wait; call it before looking.
  void look();
  /// Returns when something is committed to the queue, when `clock` reaches `until` (slept towards in slices of at most a second, so that
  /// clock jumps and suspended machines only make it late by as much), at `deadline`, or after cancel(). With neither: no timer at all.
  boost::asio::awaitable<void> wait(const Clock& clock, std::optional<Timestamp> until,
                                    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
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
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<ReceivedMessage>>> receive(std::string name, ReceiveMessages request, std::optional<std::int64_t> wait_seconds);

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
