#include "services/functions/worker.h"

#include "base/text.h"
#include "signalbox/clock.h"
#include "signalbox/encoding.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

namespace signalbox::functions {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::string_view api_prefix = "/2018-06-01/runtime/";
constexpr std::size_t log_tail_bytes = 4096;
constexpr std::size_t line_bytes_max = 256 * 1024;  // as a CloudWatch event
constexpr std::size_t drain_bytes_max = 1024 * 1024;
constexpr std::uint64_t mebibyte = 1024 * 1024;

double ms_between(steady_clock::time_point from, steady_clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

/// `Root=1-SECONDS-24 HEX DIGITS`: X-Ray's form, the digits taken from the request id.
std::string trace_id(const std::string& request_id, Timestamp now) {
  std::string digits;
  for (char c : request_id) {
    if (std::isxdigit(static_cast<unsigned char>(c))) digits += ascii_lower(c);
  }
  digits.resize(24, '0');
  return fmt::format("Root=1-{:08x}-{};Sampled=0", now.time_since_epoch().count() / 1000, digits);
}

std::string error_body(std::string_view type, std::string_view message) {
  return fmt::format(R"({{"errorType":"{}","errorMessage":"{}"}})", type, message);
}

}  // namespace

/// A connection of the runtime. There is usually one; some runtimes open one for each call.
struct Worker::Connection {
  explicit Connection(tcp::socket accepted) : socket(std::move(accepted)) {}
  tcp::socket socket;
  RuntimeRequestParser parser{response_bytes_max};
  std::array<char, 64 * 1024> buffer{};
  std::string out, writing;  ///< to be written next; being written
  bool keep_alive = true;
};

Worker::Worker(asio::any_io_executor executor, WorkerOwner& owner, std::shared_ptr<const FunctionConfig> config, WorkerLimits limits)
    : executor_(executor),
      owner_(owner),
      config_(std::move(config)),
      limits_(limits),
      acceptor_(executor),
      output_(executor),
      handle_(executor),
      timer_(executor) {}

Worker::~Worker() {
  if (process_.id > 0) {
    kill_group(process_.id);
    (void)reap(process_);
  }
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
}

// ---- start ---------------------------------------------------------------------------------------------------------
Result<void> Worker::start(const Surroundings& surroundings, Interpreter interpreter) {
  boost::system::error_code failure;
  tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
  acceptor_.open(loopback.protocol(), failure);
  if (!failure) acceptor_.bind(loopback, failure);
  if (!failure) acceptor_.listen(8, failure);
  if (failure)
    return error(ErrorCode::Unavailable, fmt::format("no port for the runtime of function {}: {}", config_->name, failure.message()));
  runtime_api_ = fmt::format("127.0.0.1:{}", acceptor_.local_endpoint().port());

  Sandbox sandbox{.config = *config_,
                  .id = hex_encode(random_bytes(16)),
                  .runtime_api = runtime_api_,
                  .temporary = {},
                  .log_stream = {},
                  .interpreter = std::move(interpreter)};
  auto day = format_rfc3339(SystemClock().now()).substr(0, 10);
  stream_ = fmt::format("{}/{}/{}/[{}]{}", day.substr(0, 4), day.substr(5, 2), day.substr(8, 2), shown_version(*config_), sandbox.id);
  sandbox.log_stream = stream_;
  sandbox.temporary = temporary_ = surroundings.layout.temporary() + "/" + sandbox.id;
  std::error_code problem;
  std::filesystem::create_directories(temporary_, problem);
  if (problem)
    return error(ErrorCode::Unavailable, fmt::format("no temporary folder for function {}: {}", config_->name, problem.message()),
                 temporary_);
  std::filesystem::permissions(temporary_, std::filesystem::perms::owner_all, problem);

  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return error(ErrorCode::Unavailable, fmt::format("no pipe for function {}: {}", config_->name, std::strerror(errno)));
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  int writing_end = ::fcntl(pipe[1], F_DUPFD_CLOEXEC, 10);
  ::close(pipe[1]);
  int ruleset = make_ruleset(process_files(surroundings, sandbox));
  // The child moves descriptors to 0..3, so none that it needs may lie there.
  int child_ruleset = ruleset < 0 ? -1 : ::fcntl(ruleset, F_DUPFD_CLOEXEC, 10);
  if (ruleset >= 0) ::close(ruleset);
  ProcessPlan plan{.arguments = process_arguments(surroundings, sandbox),
                   .environment = process_environment(surroundings, sandbox),
                   .directory = surroundings.layout.code() + "/" + config_->code_hash,
                   .output = writing_end,
                   .ruleset = child_ruleset};
  started_at_ = steady_clock::now();
  auto process = start_process(plan);
  ::close(writing_end);
  if (child_ruleset >= 0) ::close(child_ruleset);
  output_.assign(pipe[0], failure);
  if (!process) return process.error();
  process_ = *process;
  handle_.assign(process_.handle, failure);
  accept();
  watch_process();
  read_output();
  arm_timer(std::max(limits_.init_timeout, milliseconds(config_->timeout_seconds * 1000)));
  return {};
}

// ---- the Runtime API -----------------------------------------------------------------------------------------------
void Worker::accept() {
  acceptor_.async_accept([self = shared_from_this()](boost::system::error_code failure, tcp::socket socket) {
    if (failure || self->state_ == State::Ended) return;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    auto connection = std::make_shared<Connection>(std::move(socket));
    self->connections_.push_back(connection);
    self->read(std::move(connection));
    self->accept();
  });
}

void Worker::read(std::shared_ptr<Connection> connection) {
  auto& socket = connection->socket;
  auto buffer = asio::buffer(connection->buffer);
  socket.async_read_some(
      buffer, [self = shared_from_this(), connection = std::move(connection)](boost::system::error_code failure, std::size_t count) {
        if (failure || self->state_ == State::Ended) return self->close(connection);
        connection->parser.feed({connection->buffer.data(), count});
        self->handle(connection);
        if (connection->socket.is_open()) self->read(connection);
      });
}

void Worker::handle(const std::shared_ptr<Connection>& connection) {
  while (auto request = connection->parser.take()) {
    connection->keep_alive = request->keep_alive;
    dispatch(connection, std::move(*request));
    if (state_ == State::Ended) return;
  }
  if (connection->parser.failed()) {
    respond(connection, 400, error_body("InvalidRequest", "not an HTTP/1.1 request"));
    connection->keep_alive = false;
  }
  if (connection->parser.take_expectation()) connection->out += "HTTP/1.1 100 Continue\r\n\r\n";
  flush(connection);
}

void Worker::dispatch(const std::shared_ptr<Connection>& connection, RuntimeRequest request) {
  std::string_view path = request.path;
  if (!path.starts_with(api_prefix)) return respond(connection, 404, error_body("NotFound", "not a path of the Lambda Runtime API"));
  path.remove_prefix(api_prefix.size());
  if (request.method == "GET" && path == "invocation/next") return next(connection);
  if (request.method == "POST" && path == "init/error") {
    respond(connection, 202, R"({"status":"OK"})");
    return init_failed(std::move(request));
  }
  constexpr std::string_view invocation = "invocation/";
  if (request.method != "POST" || !path.starts_with(invocation))
    return respond(connection, 404, error_body("NotFound", "not an operation of the Lambda Runtime API"));
  path.remove_prefix(invocation.size());
  auto slash = path.find('/');
  auto verb = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  if (verb != "response" && verb != "error")
    return respond(connection, 404, error_body("NotFound", "not an operation of the Lambda Runtime API"));
  if (!invocation_ || path.substr(0, slash) != invocation_->call.request_id)
    return respond(connection, 400, error_body("InvalidRequestID", "Invalid request ID"));
  if (request.body_too_large) respond(connection, 413, error_body("RequestEntityTooLarge", "Exceeded maximum allowed payload size"));
  else respond(connection, 202, R"({"status":"OK"})");
  answered(std::move(request), verb == "error");
}

void Worker::next(const std::shared_ptr<Connection>& connection) {
  if (state_ == State::Busy)
    return respond(connection, 403,
                   error_body("InvalidStateTransition", "Transition from Running to Ready is not allowed without a response"));
  if (waiting_ && waiting_ != connection) close(waiting_);
  waiting_ = connection;
  if (state_ == State::Idle) return;
  if (state_ == State::Starting) {
    ready_at_ = steady_clock::now();
    peak_bytes_ = std::max(peak_bytes_, resident_bytes(process_.id));
  }
  state_ = State::Idle;
  idle_since_ = steady_clock::now();
  arm_timer(limits_.idle_timeout);
  owner_.worker_ready(*this);
}

void Worker::invoke(Invocation invocation) {
  SIGNALBOX_ASSERT(state_ == State::Idle && waiting_);
  state_ = State::Busy;
  invocation_ = std::move(invocation);
  last_request_id_ = invocation_->call.request_id;
  log_tail_.clear();
  invoked_at_ = steady_clock::now();
  arm_timer(milliseconds(config_->timeout_seconds * 1000));
  log(fmt::format("START RequestId: {} Version: {}", last_request_id_, shown_version(*config_)));
  send_event();
}

void Worker::send_event() {
  auto now = SystemClock().now();
  const auto& call = invocation_->call;
  auto deadline = now + std::chrono::seconds(config_->timeout_seconds);
  auto connection = std::exchange(waiting_, nullptr);
  connection->out += fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {}\r\nLambda-Runtime-Deadline-Ms: {}\r\n"
      "Lambda-Runtime-Invoked-Function-Arn: {}\r\nLambda-Runtime-Trace-Id: {}\r\n{}Content-Length: {}\r\n\r\n",
      call.request_id, deadline.time_since_epoch().count(), invocation_->function_arn, trace_id(call.request_id, now),
      call.client_context.empty() ? "" : "Lambda-Runtime-Client-Context: " + call.client_context + "\r\n", call.payload.size());
  connection->out += call.payload;
  flush(connection);
}

void Worker::answered(RuntimeRequest request, bool failed) {
  FunctionOutcome outcome{.kind = failed ? FunctionOutcome::Kind::FunctionError : FunctionOutcome::Kind::Answered,
                          .payload = std::move(request.body)};
  if (request.body_too_large) {
    outcome = {.kind = FunctionOutcome::Kind::FunctionError, .payload = too_large_payload()};
  } else if (!failed && outcome.payload.empty()) {
    outcome.payload = "null";
  } else if (!nlohmann::json::accept(outcome.payload)) {
    outcome = {.kind = FunctionOutcome::Kind::FunctionError, .payload = not_json_payload(last_request_id_, outcome.payload)};
  }
  state_ = State::Answered;
  arm_timer(limits_.idle_timeout);
  finish(std::move(outcome), true);
}

void Worker::init_failed(RuntimeRequest request) {
  if (state_ != State::Starting) return;
  start_failure_ = nlohmann::json::accept(request.body)
                       ? std::move(request.body)
                       : failure_payload(request.function_error_type.empty() ? "Runtime.Unknown" : request.function_error_type,
                                         "Unknown application error occurred");
}

void Worker::respond(const std::shared_ptr<Connection>& connection, int status, std::string_view body) {
  std::string_view reason = status == 202   ? "Accepted"
                            : status == 400 ? "Bad Request"
                            : status == 403 ? "Forbidden"
                            : status == 413 ? "Payload Too Large"
                                            : "Not Found";
  connection->out += fmt::format("HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}", status, reason,
                                 body.size(), connection->keep_alive ? "" : "Connection: close\r\n", body);
}

/// Writes at once what the socket takes, which is nearly always everything.
void Worker::flush(const std::shared_ptr<Connection>& connection) {
  if (!connection->writing.empty() || connection->out.empty() || !connection->socket.is_open()) return;
  connection->writing.swap(connection->out);
  boost::system::error_code failure;
  auto count = connection->socket.write_some(asio::buffer(connection->writing), failure);
  if (failure && failure != asio::error::would_block && failure != asio::error::try_again) return close(connection);
  if (!failure && count == connection->writing.size()) {
    connection->writing.clear();
    if (!connection->keep_alive && connection != waiting_) close(connection);
    return;
  }
  connection->writing.erase(0, failure ? 0 : count);
  asio::async_write(connection->socket, asio::buffer(connection->writing),
                    [self = shared_from_this(), connection](boost::system::error_code write_failure, std::size_t) {
                      connection->writing.clear();
                      if (write_failure) return self->close(connection);
                      self->flush(connection);
                    });
}

void Worker::close(const std::shared_ptr<Connection>& connection) {
  boost::system::error_code ignored;
  connection->socket.close(ignored);
  std::erase(connections_, connection);
  if (waiting_ != connection) return;
  waiting_ = nullptr;
  // A runtime that gives up waiting and asks again is not lost; until then it cannot take a call.
  if (state_ == State::Idle) state_ = State::Answered;
}

// ---- the process ---------------------------------------------------------------------------------------------------
void Worker::watch_process() {
  handle_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](boost::system::error_code failure) {
    if (!failure) self->process_ended();
  });
}

void Worker::process_ended() {
  if (state_ == State::Ended) return;
  auto was = state_;
  kill_group(process_.id);  // what it left behind; the group's number is ours until it is reaped
  auto end = reap(process_);
  process_.id = -1;
  drain_output();
  end_line();
  state_ = State::Ended;
  if (invocation_) {
    if (ended_by_us_ && !ending_) invocation_.reset();
    else finish({.kind = FunctionOutcome::Kind::FunctionError, .payload = ending_.value_or(exited_payload(last_request_id_, end))}, false);
  }
  Payload start_failure;
  if (was == State::Starting) {
    if (start_failure_) start_failure = std::move(start_failure_);
    else if (ending_) start_failure = std::move(ending_);
    else if (!ended_by_us_) start_failure = exited_payload("", end);
  }
  ended(std::move(start_failure));
}

void Worker::ended(Payload start_failure) {
  auto self = shared_from_this();  // the owner lets go of it
  boost::system::error_code ignored;
  timer_.cancel();
  acceptor_.close(ignored);
  output_.close(ignored);
  handle_.close(ignored);
  waiting_ = nullptr;
  for (const auto& connection : std::exchange(connections_, {})) connection->socket.close(ignored);
  std::error_code failure;
  std::filesystem::remove_all(std::exchange(temporary_, {}), failure);
  if (start_failure && !reported_init_)
    log(fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: init\tStatus: error\tError Type: {}",
                    ms_between(started_at_, steady_clock::now()), error_type_of(*start_failure)));
  owner_.worker_log_flush(*this);
  owner_.worker_ended(*this, std::move(start_failure));
}

void Worker::end(Payload payload) {
  if (state_ == State::Ended || process_.id < 0) return;
  if (!ended_by_us_) ending_ = std::move(payload);
  ended_by_us_ = true;
  kill_group(process_.id);
}

void Worker::stop(FunctionOutcome outcome) {
  if (state_ == State::Ended) return;
  auto invocation = std::exchange(invocation_, std::nullopt);
  end(std::nullopt);
  process_ended();  // reap() waits for it
  if (invocation) invocation->done(std::move(outcome));
}

void Worker::sampled(std::uint64_t bytes) {
  peak_bytes_ = std::max(peak_bytes_, bytes);
  if (bytes <= static_cast<std::uint64_t>(config_->memory_mb) * mebibyte || state_ == State::Ended) return;
  end(out_of_memory_payload(state_ == State::Busy ? last_request_id_ : ""));
}

void Worker::arm_timer(milliseconds after) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code failure) {
    if (!failure && self->timer_.expiry() <= steady_clock::now()) self->timer_fired();
  });
}

void Worker::timer_fired() {
  switch (state_) {
    case State::Starting: {
      auto limit = std::max(limits_.init_timeout, milliseconds(config_->timeout_seconds * 1000));
      return end(timed_out_payload("", limit));
    }
    case State::Busy: {
      milliseconds limit(config_->timeout_seconds * 1000);
      return end(timed_out_payload(last_request_id_, limit));
    }
    case State::Idle:
    case State::Answered: return end(std::nullopt);
    case State::Ended: return;
  }
}

// ---- output and log ------------------------------------------------------------------------------------------------
void Worker::read_output() {
  output_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](boost::system::error_code failure) {
    if (failure || self->state_ == State::Ended) return;
    std::array<char, 64 * 1024> buffer;
    auto count = ::read(self->output_.native_handle(), buffer.data(), buffer.size());
    if (count == 0) return;  // closed by everybody
    if (count > 0) self->take_output({buffer.data(), static_cast<std::size_t>(count)});
    if (self->state_ != State::Busy) self->owner_.worker_log_flush(*self);
    self->read_output();
  });
}

/// What the process wrote before its answer belongs before END.
void Worker::drain_output() {
  std::array<char, 64 * 1024> buffer;
  for (std::size_t total = 0; total < drain_bytes_max;) {
    auto count = ::read(output_.native_handle(), buffer.data(), buffer.size());
    if (count <= 0) return;
    take_output({buffer.data(), static_cast<std::size_t>(count)});
    total += static_cast<std::size_t>(count);
    if (static_cast<std::size_t>(count) < buffer.size()) return;
  }
}

/// A last line that its author did not end is one all the same.
void Worker::end_line() {
  if (!output_rest_.empty()) take_output("\n");
}

void Worker::take_output(std::string_view bytes) {
  output_rest_.append(bytes);
  std::size_t position = 0;
  for (auto end = output_rest_.find('\n'); end != std::string::npos; end = output_rest_.find('\n', position)) {
    log(std::string_view(output_rest_).substr(position, end - position));
    position = end + 1;
  }
  output_rest_.erase(0, position);
  if (output_rest_.size() < line_bytes_max) return;
  log(output_rest_);
  output_rest_.clear();
}

void Worker::log(std::string_view text) {
  if (invocation_ && invocation_->call.log_tail) {
    log_tail_.append(text).append("\n");
    if (log_tail_.size() > 2 * log_tail_bytes) log_tail_.erase(0, log_tail_.size() - log_tail_bytes);
  }
  owner_.worker_logged(*this, last_request_id_, text);
}

void Worker::finish(FunctionOutcome outcome, bool still_there) {
  answered_at_ = steady_clock::now();
  if (still_there) drain_output();
  end_line();
  auto duration = ms_between(invoked_at_, answered_at_);
  auto error_type = outcome.kind == FunctionOutcome::Kind::FunctionError ? error_type_of(outcome.payload) : std::string();
  bool timed_out = !still_there && error_type == "Sandbox.Timedout";
  if (timed_out)
    log(fmt::format("{} {} Task timed out after {:.2f} seconds", format_rfc3339(SystemClock().now()), last_request_id_,
                    static_cast<double>(config_->timeout_seconds)));
  auto init = reported_init_ ? 0.0 : ms_between(started_at_, ready_at_);
  log(fmt::format("END RequestId: {}", last_request_id_));
  auto report =
      fmt::format("REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} MB\tMax Memory Used: {} MB",
                  last_request_id_, duration, std::ceil(duration + init), config_->memory_mb,
                  std::min<std::uint64_t>(peak_bytes_ / mebibyte, static_cast<std::uint64_t>(config_->memory_mb)));
  if (!reported_init_) report += fmt::format("\tInit Duration: {:.2f} ms", init);
  if (!still_there) report += timed_out ? "\tStatus: timeout" : fmt::format("\tStatus: error\tError Type: {}", error_type);
  log(report);
  reported_init_ = true;
  owner_.worker_log_flush(*this);
  auto invocation = std::move(*invocation_);
  invocation_.reset();
  if (invocation.call.log_tail)
    outcome.log_tail = log_tail_.size() > log_tail_bytes ? log_tail_.substr(log_tail_.size() - log_tail_bytes) : log_tail_;
  invocation.done(std::move(outcome));
}

}  // namespace signalbox::functions
