#pragma once
/// How a coroutine of a service sleeps until there is something to do, without polling.

#include "signalbox/clock.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace signalbox {

/// Belongs to one coroutine on the I/O thread. Look, act on what is there, then wait: what is announced between looking and waiting ends
/// the wait at once.
class Wake {
 public:
  explicit Wake(boost::asio::any_io_executor executor);

  /// What was announced before this call no longer ends a wait; call it before looking for work.
  void look();
  /// Returns when something is announced, when `clock` reaches `until` (slept towards in slices of at most a second, so that clock jumps
  /// and suspended machines only make it late by as much), at `deadline`, or after cancel(). With neither: no timer at all.
  boost::asio::awaitable<void> wait(const Clock& clock, std::optional<Timestamp> until,
                                    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());
  /// On the I/O thread.
  void announce();
  void cancel();
  /// A function for other threads; it may outlive this object and then does nothing.
  [[nodiscard]] std::function<void()> announcer() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace signalbox
