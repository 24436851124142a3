#include "engine/commit_thread.h"

#include <utility>

namespace signalbox {

CommitThread::CommitThread(std::function<void()> ended) : ended_(std::move(ended)), thread_([this] { loop(); }) {}

CommitThread::~CommitThread() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::future<Result<void>> CommitThread::run(std::function<Result<void>()> work) {
  std::packaged_task<Result<void>()> task(std::move(work));
  auto result = task.get_future();
  {
    std::lock_guard lock(mutex_);
    work_ = std::move(task);
  }
  wake_.notify_one();
  return result;
}

// What was given before the stop is still done.
void CommitThread::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || work_.has_value(); });
    if (!work_) return;
    auto work = std::exchange(work_, std::nullopt);
    lock.unlock();
    (*work)();
    ended_();
    lock.lock();
  }
}

}  // namespace signalbox
