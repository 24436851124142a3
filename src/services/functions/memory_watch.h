#pragma once
/// Looks from time to time at how much memory sessions of processes hold, on a thread of its own, since reading /proc takes milliseconds.

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace signalbox::functions {

class MemoryWatch {
 public:
  /// `found` is called on the watch's thread: resident bytes by session.
  explicit MemoryWatch(std::function<void(std::map<pid_t, std::uint64_t>)> found) : found_(std::move(found)), thread_([this] { run(); }) {}
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  /// Which to look at, and whether any of them is at work: then five times a second, otherwise every two seconds.
  void watch(std::set<pid_t> sessions, bool at_work);

 private:
  void run();

  std::function<void(std::map<pid_t, std::uint64_t>)> found_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<pid_t> sessions_;
  bool at_work_ = false, stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace signalbox::functions
