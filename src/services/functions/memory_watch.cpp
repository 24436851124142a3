#include "services/functions/memory_watch.h"

#include "services/functions/process.h"

#include <chrono>
#include <utility>

namespace signalbox::functions {

MemoryWatch::~MemoryWatch() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void MemoryWatch::watch(std::set<pid_t> sessions, bool at_work) {
  std::lock_guard lock(mutex_);
  bool wake = sessions_.empty() != sessions.empty() || (at_work && !at_work_);
  sessions_ = std::move(sessions);
  at_work_ = at_work;
  if (wake) changed_.notify_all();
}

void MemoryWatch::run() {
  using namespace std::chrono_literals;
  auto last = std::chrono::steady_clock::now() - 1h;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (sessions_.empty()) {
      changed_.wait(lock);
      continue;
    }
    auto due = last + (at_work_ ? std::chrono::milliseconds(200ms) : std::chrono::milliseconds(2s));
    if (std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    auto sessions = sessions_;
    lock.unlock();
    std::map<pid_t, std::uint64_t> bytes;
    for (const auto& sample : sample_processes()) {
      if (sessions.contains(sample.session)) bytes[sample.session] += sample.resident_bytes;
    }
    found_(std::move(bytes));
    last = std::chrono::steady_clock::now();
    lock.lock();
  }
}

}  // namespace signalbox::functions
