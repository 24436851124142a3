#pragma once
/// Functions at work: the pool of processes, calls to them, their logs. For main's wiring:
///
///   FunctionService functions;
///   offer_function_tasks(engine, functions);              // tasks.h, before engine.start()
///   functions.start(io.get_executor(), engine.reader(), clock, options);   // after it
///   …
///   functions.stop();                                     // on the I/O thread, before its loop ends

#include "services/functions/code_store.h"
#include "services/functions/function.h"
#include "services/functions/log_files.h"
#include "signalbox/clock.h"
#include "signalbox/functions.h"
#include "signalbox/site.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace signalbox::functions {

struct FunctionOptions {
  std::string data_directory = {};
  Site site = {};
  std::string node_layer = {};  ///< a folder `node_modules` with the AWS SDK; empty: beside the program or in /usr/lib/signalbox, if there
  std::string node = {}, python = {};                         ///< programs; empty: found in PATH
  std::string endpoint_url = {}, public_url = {};             ///< of the daemon
  std::function<std::string(std::string_view)> resolve = {};  ///< placeholders in stored environment values
  std::size_t workers_max = 32;                               ///< processes in all
  std::size_t workers_per_function_max = 32;
  std::size_t starting_max = 2;                     ///< processes that start at the same time: their start is mostly CPU time
  std::size_t waiting_max = 10'000;                 ///< calls of one function that wait for a process; more are throttled
  std::chrono::milliseconds idle_timeout{600'000};  ///< after which an unused process is ended
  std::chrono::milliseconds init_timeout{10'000};
  LogLimits log = {};
};

/// Numbers for /metrics. Read on the I/O thread.
struct FunctionCounters {
  std::uint64_t invocations = 0, errors = 0, throttled = 0, cold_starts = 0;
  std::size_t workers = 0, busy = 0, waiting = 0;
};

class FunctionService final : public FunctionInvoker {
 public:
  FunctionService();
  ~FunctionService() override;
  FunctionService(const FunctionService&) = delete;
  FunctionService& operator=(const FunctionService&) = delete;

  /// On the I/O thread, which must live as long as the daemon: processes die with the thread that started them. Ends what a killed daemon
  /// left running, removes code that no function names. Calls made before are carried out now. Errors: Unavailable (the data directory).
  [[nodiscard]] Result<void> start(boost::asio::any_io_executor executor, std::unique_ptr<Reader> reader, const Clock& clock,
                                   FunctionOptions options);
  /// Kills all processes; calls under way are answered Unavailable, `message` being stopping_message. On the I/O thread.
  void stop();
  static constexpr const char* stopping_message = "The daemon is stopping.";

  void invoke(FunctionCall call, std::function<void(FunctionOutcome)> done) override;

  /// After start(). From any thread.
  [[nodiscard]] const CodeStore& code() const;
  [[nodiscard]] const LogFiles& logs() const;
  /// On the I/O thread: a function was deleted; its processes end when they are idle, its log is removed.
  void forget(std::string_view function);
  /// From any thread, at any time: the lines logged so far. Before start(): as soon as it has started.
  void remove_log(std::string_view function);
  [[nodiscard]] FunctionCounters counters() const;

 private:
  class Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox::functions
