#pragma once
/// One process of a function, and the Lambda Runtime API that it alone is served on a loopback port of its own. Used on the I/O thread.

#include "services/functions/process.h"
#include "services/functions/runtime_request.h"
#include "services/functions/sandbox.h"
#include "signalbox/functions.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::functions {

struct WorkerLimits {
  std::chrono::milliseconds init_timeout{10'000};  ///< or the function's own, if that is longer
  std::chrono::milliseconds idle_timeout{600'000};
};

/// A call as a worker takes it.
struct Invocation {
  FunctionCall call;
  std::string function_arn;
  std::function<void(FunctionOutcome)> done;
};

class Worker;

/// Whoever owns workers. Called on the I/O thread; may call the worker back.
class WorkerOwner {
 public:
  virtual ~WorkerOwner() = default;
  /// It waits for a call: after its start, and after each call.
  virtual void worker_ready(Worker& worker) = 0;
  /// Its process is gone, and with it the whole group. `start_failure`: the error payload, if it never became ready (with an empty
  /// request id); the call it was started for shall get it.
  virtual void worker_ended(Worker& worker, std::optional<std::string> start_failure) = 0;
  /// Log lines, each without its line feed.
  virtual void worker_logged(Worker& worker, std::string_view request_id, std::string_view text) = 0;
  /// Lines so far are complete: write them.
  virtual void worker_log_flush(Worker& worker) = 0;
};

class Worker : public std::enable_shared_from_this<Worker> {
 public:
  enum class State : std::uint8_t { Starting, Idle, Busy, Answered, Ended };

  Worker(boost::asio::any_io_executor executor, WorkerOwner& owner, std::shared_ptr<const FunctionConfig> config, WorkerLimits limits);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Opens the port and starts the process. Errors: NotFound (no interpreter, no bootstrap), Unavailable.
  [[nodiscard]] Result<void> start(const Surroundings& surroundings, Interpreter interpreter);
  /// Precondition: idle.
  void invoke(Invocation invocation);
  /// Kills the group at once. A call under way ends with `payload` as its error; without one it is not answered.
  void end(std::optional<std::string> payload);
  /// Kills the group and waits until it is gone: for the daemon's end. A call under way gets `outcome`.
  void stop(FunctionOutcome outcome);
  /// For the memory limit: what the whole group holds. Over the limit it is killed.
  void sampled(std::uint64_t resident_bytes);

  [[nodiscard]] State state() const { return state_; }
  /// Whether it has answered a call yet.
  [[nodiscard]] bool has_served() const { return reported_init_; }
  [[nodiscard]] const FunctionConfig& config() const { return *config_; }
  [[nodiscard]] pid_t process() const { return process_.id; }
  [[nodiscard]] const std::string& runtime_api() const { return runtime_api_; }
  [[nodiscard]] std::chrono::steady_clock::time_point idle_since() const { return idle_since_; }

 private:
  struct Connection;
  using Payload = std::optional<std::string>;

  void accept();
  void read(std::shared_ptr<Connection> connection);
  void handle(const std::shared_ptr<Connection>& connection);
  void dispatch(const std::shared_ptr<Connection>& connection, RuntimeRequest request);
  void next(const std::shared_ptr<Connection>& connection);
  void answered(RuntimeRequest request, bool failed);
  void init_failed(RuntimeRequest request);
  void respond(const std::shared_ptr<Connection>& connection, int status, std::string_view body);
  void flush(const std::shared_ptr<Connection>& connection);
  void close(const std::shared_ptr<Connection>& connection);
  void send_event();

  void watch_process();
  void process_ended();
  void read_output();
  void drain_output();
  void end_line();
  void take_output(std::string_view bytes);
  void arm_timer(std::chrono::milliseconds after);
  void timer_fired();
  void finish(FunctionOutcome outcome, bool still_there);
  void log(std::string_view text);
  void ended(Payload start_failure);

  boost::asio::any_io_executor executor_;
  WorkerOwner& owner_;
  std::shared_ptr<const FunctionConfig> config_;
  WorkerLimits limits_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::posix::stream_descriptor output_, handle_;
  boost::asio::steady_timer timer_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::shared_ptr<Connection> waiting_;  ///< the one that asked for the next call
  Process process_;
  std::string runtime_api_, temporary_, stream_;
  State state_ = State::Starting;
  std::string output_rest_;  ///< a line without its end yet
  std::optional<Invocation> invocation_;
  std::string last_request_id_;
  std::string log_tail_;
  Payload start_failure_;  ///< what the runtime told at init/error
  Payload ending_;         ///< error of the call under way, decided before the process is gone
  bool ended_by_us_ = false;
  bool reported_init_ = false;
  std::uint64_t peak_bytes_ = 0;
  std::chrono::steady_clock::time_point started_at_, ready_at_, invoked_at_, answered_at_, idle_since_;
};

}  // namespace signalbox::functions
