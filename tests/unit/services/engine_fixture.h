#pragma once
/// A running engine over a store in memory, and an I/O loop that is run until something is so.

#include "signalbox/clock.h"
#include "signalbox/engine.h"

#include "store/memory_store.h"
#include "support/print_result.h"

#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>

namespace signalbox::testing {

struct EngineFixture {
  MemoryStore store;
  SystemClock clock;
  Engine engine{store, clock, {}};
  boost::asio::io_context context;

  void start() { REQUIRE(engine.start().has_value()); }
  ~EngineFixture() { engine.stop(); }

  /// An operation, waited for.
  template <class T>
  Result<T> run(std::function<Result<T>(EngineTransaction&)> work) {
    std::promise<Result<T>> promise;
    engine.transact<T>(std::move(work), [&](Result<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }

  /// Runs the I/O loop until `is_so`, ten seconds at most.
  bool until(const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      context.restart();
      context.run_for(std::chrono::milliseconds{5});
    }
    return true;
  }
};

}  // namespace signalbox::testing
