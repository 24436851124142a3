#pragma once
/// Fires schedules when they are due, and makes the function calls that come of it.

#include "signalbox/engine.h"
#include "signalbox/functions.h"
#include "signalbox/schedules.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace signalbox {

/// One coroutine on the I/O thread, which sleeps until the earliest stored moment (in slices of at most a second, compared with the wall
/// clock), and without a timer while nothing is scheduled.
class ScheduleService {
 public:
  ScheduleService(Engine& engine, Schedules& schedules, FunctionInvoker& functions);
  ~ScheduleService();

  /// After Engine::start(). What fell due while the daemon was down is dealt with at once.
  void start(boost::asio::any_io_executor executor);
  void stop();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
