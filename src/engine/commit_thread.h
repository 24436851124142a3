#pragma once
/// The thread that commits while the engine's own goes on.

#include "signalbox/result.h"

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

namespace signalbox {

/// One piece of work at a time.
class CommitThread {
 public:
  /// `ended` is called on the thread after each piece of work.
  explicit CommitThread(std::function<void()> ended);
  ~CommitThread();
  CommitThread(const CommitThread&) = delete;
  CommitThread& operator=(const CommitThread&) = delete;

  /// Precondition: what was given before has ended.
  [[nodiscard]] std::future<Result<void>> run(std::function<Result<void>()> work);

 private:
  void loop();

  std::function<void()> ended_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<std::packaged_task<Result<void>()>> work_;
  bool stopping_ = false;
  std::thread thread_;  ///< last, since it uses the others
};

}  // namespace signalbox
