#include <spdlog/spdlog.h>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "signalbox/async.h"

namespace signalbox {

std::function<void(std::exception_ptr)> log_failure(const char* name) {
  return [name](std::exception_ptr failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      // Cancelled on purpose: the way in which coroutines are stopped.
      if (error.code() == boost::asio::error::operation_aborted) return;
      spdlog::error("{} ended with an error: {}", name, error.what());
    } catch (const std::exception& error) {
      spdlog::error("{} ended with an error: {}", name, error.what());
    }
  };
}

}  // namespace signalbox
