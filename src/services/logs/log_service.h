#pragma once
/// Removes what outlived its retention, in the background.

#include "signalbox/engine.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace signalbox {

class LogService {
 public:
  explicit LogService(Engine& engine);
  ~LogService();
  /// On the I/O thread, after Engine::start().
  void start(boost::asio::any_io_executor executor);
  void stop();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
