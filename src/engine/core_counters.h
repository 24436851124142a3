#pragma once

#include <atomic>
#include <cstdint>

#include "engine/engine_core.h"

namespace signalbox {

/// Written on the engine's thread, read on any.
struct EngineCore::Counters {
  std::atomic<std::uint64_t> started{0}, succeeded{0}, failed{0}, timed_out{0}, aborted{0};
  std::atomic<std::uint64_t> transitions{0}, events{0}, commits{0}, operations{0};
  std::atomic<std::int64_t> open{0}, set_aside{0};
  std::atomic<std::uint64_t> timers{0}, cached{0};
  std::atomic<bool> store_failed{false};
};

}  // namespace signalbox
