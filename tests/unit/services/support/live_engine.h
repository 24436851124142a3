#pragma once
/// An engine on its own thread over a store in memory, an I/O thread that the test drives, and a function runner that the test answers.

#include "signalbox/engine.h"
#include "signalbox/functions.h"
#include "signalbox/queues.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <deque>
#include <future>
#include <mutex>

#include "store/memory_store.h"

namespace signalbox::testing {

class FakeFunctions final : public FunctionInvoker {
 public:
  struct Waiting {
    FunctionCall call;
    std::function<void(FunctionOutcome)> done;
  };
  std::deque<Waiting> waiting;  // all on the test's thread: services call from the I/O thread

  void invoke(FunctionCall call, std::function<void(FunctionOutcome)> done) override {
    waiting.push_back({std::move(call), std::move(done)});
  }
  void answer(FunctionOutcome::Kind kind, std::string payload = "null") {
    REQUIRE_FALSE(waiting.empty());
    auto first = std::move(waiting.front());
    waiting.pop_front();
    FunctionOutcome outcome;
    outcome.kind = kind;
    outcome.payload = std::move(payload);
    outcome.message = "because";
    first.done(std::move(outcome));
  }
};

struct LiveEngine {
  SystemClock clock;
  MemoryStore store;
  Engine engine{store, clock, EngineOptions{}};
  QueueSignals signals;
  Queues queues{Site{}, signals};
  FakeFunctions functions;
  boost::asio::io_context io;  // goes first, with the coroutines that use the others

  LiveEngine() { REQUIRE(engine.start().has_value()); }
  ~LiveEngine() {
    engine.stop();
    functions.waiting.clear();
  }

  /// Serves the I/O thread until `done`; says whether it came to that within ten seconds.
  template <class Condition>
  bool run_until(Condition done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{20});
    }
    return done();
  }
  /// Serves whatever is ready, and the engine's answers to it.
  void run_ready() {
    for (int i = 0; i < 5; ++i) {
      transact<int>([](EngineTransaction&) { return Result<int>(0); });
      io.restart();
      io.poll();
    }
  }
  template <class T>
  Result<T> transact(std::function<Result<T>(EngineTransaction&)> work) {
    std::promise<Result<T>> promise;
    engine.transact<T>(std::move(work), [&](Result<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  void create(const std::string& name, QueueTextMap attributes = {}) {
    if (name.ends_with(".fifo")) attributes["FifoQueue"] = "true";
    REQUIRE(transact<QueueRecord>([&](EngineTransaction& transaction) {
              return queues.create(transaction, {.name = name, .attributes = attributes});
            }).has_value());
  }
  void send(const std::string& queue, const std::string& body) {
    REQUIRE(
        transact<SentMessage>([&](EngineTransaction& transaction) { return queues.send(transaction, queue, {.body = body}); }).has_value());
  }
  std::string counts(const std::string& queue) {
    const auto map = queues.attributes(store, queue, {"All"}, clock.now()).value();
    return map.at("ApproximateNumberOfMessages") + "/" + map.at("ApproximateNumberOfMessagesNotVisible") + "/" +
           map.at("ApproximateNumberOfMessagesDelayed");
  }
};

}  // namespace signalbox::testing
