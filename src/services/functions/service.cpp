#include "services/functions/service.h"

#include "services/functions/functions.h"
#include "services/functions/installation.h"
#include "services/functions/memory_watch.h"
#include "services/functions/worker.h"
#include "signalbox/encoding.h"

#include <spdlog/spdlog.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace signalbox::functions {

namespace asio = boost::asio;

namespace {

constexpr std::size_t log_lines_buffered_max = 256;

FunctionOutcome never_ran(FunctionOutcome::Kind kind, std::string message) {
  return {.kind = kind, .payload = {}, .message = std::move(message)};
}

/// Start failures are made before it is known whose call they end.
std::string with_request_id(std::string payload, const std::string& request_id) {
  constexpr std::string_view gap = "RequestId:  Error";
  if (auto place = payload.find(gap); place != std::string::npos) payload.insert(place + 11, request_id);
  return payload;
}

/// From 0 up to 1: which of an alias's versions is called.
double random_share() {
  const auto bytes = random_bytes(4);
  std::uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<double>(number) / 4294967296.0;
}

bool is_header_value(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-'; });
}

}  // namespace

// Lives on the I/O thread, apart from what the mutex guards.
class FunctionService::Implementation : public WorkerOwner, public std::enable_shared_from_this<FunctionService::Implementation> {
 public:
  void submit(FunctionCall call, std::function<void(FunctionOutcome)> done);
  Result<void> start(asio::any_io_executor executor, std::unique_ptr<Reader> reader, const Clock& clock, FunctionOptions options);
  void stop();
  void forget(const std::string& function);
  void remove_log(std::string function);
  FunctionCounters counters() const;

  const CodeStore& code() const { return *code_; }
  const LogFiles& logs() const { return *logs_; }

  void worker_ready(Worker& worker) override;
  void worker_ended(Worker& worker, std::optional<std::string> start_failure) override;
  void worker_logged(Worker& worker, std::string_view request_id, std::string_view text) override;
  void worker_log_flush(Worker& worker) override;

 private:
  struct Pool {
    std::string name;  ///< pool_name()
    std::string function;
    std::shared_ptr<const FunctionConfig> config;  ///< the newest
    std::string record;                            ///< it was read from
    std::optional<std::int64_t> reserved;          ///< the whole function's concurrency, whatever the version
    std::deque<Invocation> waiting;
    std::vector<std::shared_ptr<Worker>> workers;
    std::vector<LogLine> lines;  ///< not yet written
    bool noted_old_runtime = false;
  };
  struct Submitted {
    FunctionCall call;
    std::function<void(FunctionOutcome)> done;
  };

  void take(FunctionCall call, std::function<void(FunctionOutcome)> done);
  Pool* current_pool(const FunctionReference& reference);
  std::size_t under_way(const std::string& function) const;
  void assign(Pool& pool);
  void start_workers();
  bool wants_worker(const Pool& pool) const;
  bool start_worker(Pool& pool);
  bool has_code(const FunctionConfig& config) const;
  void refuse_start(Pool& pool, const Error& failure);
  bool make_room(const Pool& wanting);
  Worker* oldest_idle(const Pool* other_than) const;
  Pool* starving() const;
  std::optional<Interpreter> interpreter(RuntimeFamily family);
  void notice_old_runtime(Pool& pool, const Interpreter& interpreter);
  void retire(Worker& worker);
  void processes_changed();
  void at_work_changed();
  void memory_found(const std::map<pid_t, std::uint64_t>& bytes);
  void write_log(Pool& pool);
  void expire_logs();
  std::size_t count(const Pool& pool, Worker::State state) const;

  std::mutex mutex_;
  bool started_ = false;
  std::vector<Submitted> early_;             ///< calls made before start()
  std::vector<std::string> early_removals_;  // of logs, until start()

  asio::any_io_executor executor_;
  std::unique_ptr<Reader> reader_;
  const Clock* clock_ = nullptr;
  FunctionOptions options_;
  Surroundings surroundings_;
  std::unique_ptr<CodeStore> code_;
  std::unique_ptr<LogFiles> logs_;
  std::optional<asio::steady_timer> logs_timer_;
  std::unique_ptr<MemoryWatch> memory_;
  std::map<std::string, Pool, std::less<>> pools_;
  std::string last_started_;          ///< pool that got the last new process: the next one's turn is after it
  std::set<const Worker*> retiring_;  ///< killed, not yet gone
  std::optional<Interpreter> node_, python_;
  std::size_t workers_ = 0, busy_ = 0;
  bool stopping_ = false, watching_work_ = false;
  FunctionCounters counters_;
};

// ---- calls ---------------------------------------------------------------------------------------------------------
void FunctionService::Implementation::submit(FunctionCall call, std::function<void(FunctionOutcome)> done) {
  {
    std::lock_guard lock(mutex_);
    if (!started_) {
      early_.push_back({std::move(call), std::move(done)});
      return;
    }
  }
  asio::post(executor_, [self = shared_from_this(), call = std::move(call), done = std::move(done)]() mutable {
    self->take(std::move(call), std::move(done));
  });
}

void FunctionService::Implementation::take(FunctionCall call, std::function<void(FunctionOutcome)> done) {
  if (stopping_) return done(never_ran(FunctionOutcome::Kind::Unavailable, stopping_message));
  auto reference = parse_function_reference(call.function);
  if (!reference) return done(never_ran(FunctionOutcome::Kind::NotFound, reference.error().message));
  auto arn = options_.site.function_arn(reference->name);
  Pool* pool = nullptr;
  try {
    pool = current_pool(*reference);
    if (!reference->qualifier.empty()) arn += ":" + reference->qualifier;
  } catch (const StoreFailure& failure) {
    return done(never_ran(FunctionOutcome::Kind::Unavailable, failure.what()));
  }
  if (!pool) return done(never_ran(FunctionOutcome::Kind::NotFound, "Function not found: " + arn));
  const auto& reserved = pool->reserved;
  if (pool->waiting.size() >= options_.waiting_max || (reserved && under_way(pool->function) >= static_cast<std::size_t>(*reserved))) {
    ++counters_.throttled;
    return done(never_ran(FunctionOutcome::Kind::Throttled, "Rate Exceeded."));
  }
  if (surroundings_.resolve && call.payload.find("${signalbox:") != std::string::npos) call.payload = surroundings_.resolve(call.payload);
  if (!is_header_value(call.request_id)) call.request_id = random_uuid();
  ++counters_.invocations;
  pool->waiting.push_back({.call = std::move(call), .function_arn = std::move(arn), .done = std::move(done)});
  assign(*pool);
  if (!pool->waiting.empty()) start_workers();
}

/// The pool of what is called, with its newest configuration; null if there is no such function.
FunctionService::Implementation::Pool* FunctionService::Implementation::current_pool(const FunctionReference& reference) {
  const auto version = resolve_qualifier(*reader_, reference.name, reference.qualifier, random_share());
  if (!version) return nullptr;
  const auto latest = reader_->get(Key(functions_table, reference.name));
  auto record = version->empty()
                    ? latest
                    : reader_->get(Key(function_versions_table, reference.name, static_cast<std::int64_t>(std::stoll(*version))));
  if (!latest || !record) return nullptr;
  auto& pool = pools_[version->empty() ? reference.name : reference.name + ":" + *version];
  if (pool.record != *record) {
    pool.config = std::make_shared<const FunctionConfig>(from_record(*record));
    pool.name = pool_name(*pool.config);
    pool.function = reference.name;
    pool.record = std::move(*record);
  }
  pool.reserved = version->empty() ? pool.config->reserved_concurrency : from_record(*latest).reserved_concurrency;
  return &pool;
}

std::size_t FunctionService::Implementation::under_way(const std::string& function) const {
  std::size_t calls = 0;
  for (const auto& [name, pool] : pools_) {
    if (pool.function == function) calls += count(pool, Worker::State::Busy) + pool.waiting.size();
  }
  return calls;
}

/// Gives waiting calls to idle processes of the newest configuration; the most recently used first, so that the others may time out.
void FunctionService::Implementation::assign(Pool& pool) {
  while (!pool.waiting.empty()) {
    Worker* best = nullptr;
    for (const auto& worker : pool.workers) {
      if (worker->state() != Worker::State::Idle || retiring_.contains(worker.get())) continue;
      if (worker->config().revision != pool.config->revision) {
        retire(*worker);
        continue;
      }
      if (!best || worker->idle_since() > best->idle_since()) best = worker.get();
    }
    if (!best) return;
    auto invocation = std::move(pool.waiting.front());
    pool.waiting.pop_front();
    ++busy_;
    at_work_changed();
    invocation.done = [self = shared_from_this(), done = std::move(invocation.done),
                       version = shown_version(*pool.config)](FunctionOutcome outcome) {
      outcome.executed_version = version;
      --self->busy_;
      self->at_work_changed();
      if (outcome.kind == FunctionOutcome::Kind::FunctionError) ++self->counters_.errors;
      done(std::move(outcome));
    };
    best->invoke(std::move(invocation));
  }
}

// ---- processes -----------------------------------------------------------------------------------------------------
bool FunctionService::Implementation::wants_worker(const Pool& pool) const {
  if (pool.waiting.size() <= count(pool, Worker::State::Starting)) return false;
  auto limit = options_.workers_per_function_max;
  if (pool.reserved) limit = std::min(limit, static_cast<std::size_t>(*pool.reserved));
  return pool.workers.size() < std::max<std::size_t>(limit, 1);
}

/// Starts processes for the functions that want one, in turn.
void FunctionService::Implementation::start_workers() {
  while (!stopping_) {
    std::size_t starting = 0;
    for (const auto& [name, pool] : pools_) starting += count(pool, Worker::State::Starting);
    if (starting >= options_.starting_max) return;
    auto next = pools_.upper_bound(last_started_);
    Pool* chosen = nullptr;
    for (std::size_t i = 0; i < pools_.size() && !chosen; ++i, ++next) {
      if (next == pools_.end()) next = pools_.begin();
      if (wants_worker(next->second)) chosen = &next->second;
    }
    if (!chosen || (workers_ >= options_.workers_max && !make_room(*chosen))) return;
    if (workers_ >= options_.workers_max) return;  // when the one that makes room is gone
    last_started_ = chosen->name;
    start_worker(*chosen);
  }
}

bool FunctionService::Implementation::start_worker(Pool& pool) {
  auto family = runtime_family(pool.config->runtime);
  Interpreter program;
  if (family && *family != RuntimeFamily::Provided) {
    auto found = interpreter(*family);
    if (!found) {
      refuse_start(
          pool, error(ErrorCode::Unavailable, std::string(*family == RuntimeFamily::Node ? "No node" : "No python3") +
                                                  " is installed, which function " + pool.name + " (" + pool.config->runtime + ") needs."));
      return false;
    }
    program = *found;
    notice_old_runtime(pool, program);
  }
  auto worker = std::make_shared<Worker>(executor_, *this, pool.config,
                                         WorkerLimits{.init_timeout = options_.init_timeout, .idle_timeout = options_.idle_timeout});
  auto begun = family ? (has_code(*pool.config) ? worker->start(surroundings_, program)
                                                : error(ErrorCode::Unavailable, "The code of function " + pool.name +
                                                                                    " is missing in the data directory; deploy it again."))
                      : Result<void>(family.error());
  if (!begun) {
    refuse_start(pool, begun.error());
    return false;
  }
  ++counters_.cold_starts;
  ++workers_;
  pool.workers.push_back(std::move(worker));
  processes_changed();
  return true;
}

bool FunctionService::Implementation::has_code(const FunctionConfig& config) const {
  return code_->has(config.code_hash) &&
         std::all_of(config.layers.begin(), config.layers.end(), [&](const Layer& layer) { return code_->has(layer.code_hash); });
}

/// Every start that fails ends one call, so a function that cannot start does not try for ever.
void FunctionService::Implementation::refuse_start(Pool& pool, const Error& failure) {
  spdlog::error("function {}: {}", pool.name, failure.message);
  if (pool.waiting.empty()) return;
  auto invocation = std::move(pool.waiting.front());
  pool.waiting.pop_front();
  auto family = runtime_family(pool.config->runtime);
  bool no_bootstrap = family && *family == RuntimeFamily::Provided && failure.code == ErrorCode::NotFound;
  if (no_bootstrap)
    invocation.done({.kind = FunctionOutcome::Kind::FunctionError, .payload = no_bootstrap_payload(invocation.call.request_id)});
  else invocation.done(never_ran(FunctionOutcome::Kind::Unavailable, failure.message));
}

/// All places are taken: an idle process of another function goes. Whether one is going.
bool FunctionService::Implementation::make_room(const Pool& wanting) {
  if (!retiring_.empty()) return true;
  auto* idle = oldest_idle(&wanting);
  if (!idle) return false;
  retire(*idle);
  return true;
}

Worker* FunctionService::Implementation::oldest_idle(const Pool* other_than) const {
  Worker* oldest = nullptr;
  for (const auto& [name, pool] : pools_) {
    if (&pool == other_than) continue;
    for (const auto& worker : pool.workers) {
      bool idle = worker->state() == Worker::State::Idle && !retiring_.contains(worker.get());
      if (idle && (!oldest || worker->idle_since() < oldest->idle_since())) oldest = worker.get();
    }
  }
  return oldest;
}

/// A function whose calls wait without a single process.
FunctionService::Implementation::Pool* FunctionService::Implementation::starving() const {
  for (const auto& [name, pool] : pools_) {
    if (!pool.waiting.empty() && pool.workers.empty()) return const_cast<Pool*>(&pool);
  }
  return nullptr;
}

void FunctionService::Implementation::retire(Worker& worker) {
  if (retiring_.insert(&worker).second) worker.end(std::nullopt);
}

void FunctionService::Implementation::worker_ready(Worker& worker) {
  if (stopping_) return;
  auto& pool = pools_.at(pool_name(worker.config()));
  // With all places taken and calls of its own always waiting, one function could keep another out for ever. A new process stays for one
  // call at least, or two such functions would only drive each other out.
  if (workers_ >= options_.workers_max && worker.has_served() && retiring_.empty() && starving()) return retire(worker);
  // A process that has started makes room for the start of another, which may be another function's: nothing else would wake its calls.
  const bool has_just_started = !worker.has_served();
  assign(pool);
  if (has_just_started || !pool.waiting.empty()) start_workers();
}

void FunctionService::Implementation::worker_ended(Worker& worker, std::optional<std::string> start_failure) {
  auto& pool = pools_.at(pool_name(worker.config()));
  retiring_.erase(&worker);
  std::erase_if(pool.workers, [&](const auto& other) { return other.get() == &worker; });
  --workers_;
  processes_changed();
  if (stopping_) return;
  if (start_failure && !pool.waiting.empty()) {
    auto invocation = std::move(pool.waiting.front());
    pool.waiting.pop_front();
    ++counters_.errors;
    invocation.done(
        {.kind = FunctionOutcome::Kind::FunctionError, .payload = with_request_id(std::move(*start_failure), invocation.call.request_id)});
  }
  start_workers();
}

std::optional<Interpreter> FunctionService::Implementation::interpreter(RuntimeFamily family) {
  const char* path = std::getenv("PATH");
  auto search = std::string(path ? path : "") + ":/usr/local/bin:/usr/bin:/bin";
  auto& found = family == RuntimeFamily::Node ? node_ : python_;
  const auto& configured = family == RuntimeFamily::Node ? options_.node : options_.python;
  if (found) return found;
  if (!configured.empty()) found = interpreter_at(configured);
  else if (family == RuntimeFamily::Node) found = find_interpreter({"node", "nodejs"}, search);
  else found = find_interpreter({"python3"}, search);
  return found;
}

void FunctionService::Implementation::notice_old_runtime(Pool& pool, const Interpreter& interpreter) {
  if (pool.noted_old_runtime || !is_retired_runtime(pool.config->runtime)) return;
  pool.noted_old_runtime = true;
  spdlog::info("function {}: {} is no longer made; it runs on {}", pool.name, pool.config->runtime, interpreter.program);
}

std::size_t FunctionService::Implementation::count(const Pool& pool, Worker::State state) const {
  return static_cast<std::size_t>(
      std::count_if(pool.workers.begin(), pool.workers.end(), [&](const auto& worker) { return worker->state() == state; }));
}

// ---- memory, notes, log ---------------------------------------------------------------------------------------------
void FunctionService::Implementation::processes_changed() {
  std::vector<NotedProcess> processes;
  std::set<pid_t> sessions;
  for (const auto& [name, pool] : pools_) {
    for (const auto& worker : pool.workers) {
      if (worker->process() < 0) continue;
      processes.push_back({.session = worker->process(), .runtime_api = worker->runtime_api()});
      sessions.insert(worker->process());
    }
  }
  note_processes(surroundings_.layout, processes);
  watching_work_ = busy_ > 0;
  if (memory_) memory_->watch(std::move(sessions), watching_work_);
}

/// A process that fills memory does so at work; only when work begins is the watch told, not at every call.
void FunctionService::Implementation::at_work_changed() {
  if (busy_ == 0 || watching_work_) return;
  processes_changed();
}

void FunctionService::Implementation::memory_found(const std::map<pid_t, std::uint64_t>& bytes) {
  std::vector<std::shared_ptr<Worker>> workers;
  for (const auto& [name, pool] : pools_) workers.insert(workers.end(), pool.workers.begin(), pool.workers.end());
  for (const auto& worker : workers) {
    if (auto found = bytes.find(worker->process()); found != bytes.end()) worker->sampled(found->second);
  }
  if (watching_work_ && busy_ == 0) processes_changed();
}

void FunctionService::Implementation::worker_logged(Worker& worker, std::string_view request_id, std::string_view text) {
  auto& pool = pools_.at(pool_name(worker.config()));
  pool.lines.push_back({.time = clock_->now(), .request_id = std::string(request_id), .text = std::string(text)});
  if (pool.lines.size() >= log_lines_buffered_max) write_log(pool);
}

void FunctionService::Implementation::worker_log_flush(Worker& worker) { write_log(pools_.at(pool_name(worker.config()))); }

void FunctionService::Implementation::write_log(Pool& pool) {
  if (pool.lines.empty()) return;
  if (auto written = logs_->append(pool.function, pool.lines, clock_->now()); !written) spdlog::error("{}", written.error().message);
  pool.lines.clear();
}

/// Now, and again when an eighth of the retention has passed, but within the hour.
void FunctionService::Implementation::expire_logs() {
  logs_->expire(clock_->now());
  logs_timer_->expires_after(std::clamp<std::chrono::seconds>(options_.log.age / 8, std::chrono::seconds{1}, std::chrono::hours{1}));
  logs_timer_->async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
    const auto self = weak.lock();
    if (!cancelled && self && !self->stopping_) self->expire_logs();
  });
}

// ---- start and stop ------------------------------------------------------------------------------------------------
Result<void> FunctionService::Implementation::start(asio::any_io_executor executor, std::unique_ptr<Reader> reader, const Clock& clock,
                                                    FunctionOptions options) {
  executor_ = std::move(executor);
  reader_ = std::move(reader);
  clock_ = &clock;
  options_ = std::move(options);
  std::error_code failure;
  auto data = std::filesystem::absolute(options_.data_directory, failure);
  surroundings_ = {.site = options_.site,
                   .layout = {.root = (data / "functions").lexically_normal().string()},
                   .node_layer = find_node_layer(options_.node_layer),
                   .endpoint_url = options_.endpoint_url,
                   .public_url = options_.public_url,
                   .resolve = options_.resolve};
  const auto& layout = surroundings_.layout;
  if (auto killed = end_leftovers(layout); killed > 0)
    spdlog::warn("{} processes of functions that a killed daemon left were ended", killed);
  if (auto installed = install(layout, surroundings_.node_layer); !installed) return installed;
  code_ = std::make_unique<CodeStore>(layout.code());
  logs_ = std::make_unique<LogFiles>(layout.logs(), options_.log);
  logs_timer_.emplace(executor_);
  expire_logs();
  code_->keep_only(code_in_use(*reader_));
  if (landlock_version() == 0) spdlog::warn("this kernel has no Landlock: functions can read every file that the daemon can");
  memory_ = std::make_unique<MemoryWatch>([weak = weak_from_this(), target = executor_](std::map<pid_t, std::uint64_t> bytes) {
    asio::post(target, [weak, bytes = std::move(bytes)] {
      if (auto self = weak.lock()) self->memory_found(bytes);
    });
  });
  std::vector<Submitted> early;
  {
    std::lock_guard lock(mutex_);
    started_ = true;
    early.swap(early_);
    for (const auto& function : early_removals_) logs_->remove(function);
    early_removals_.clear();
  }
  for (auto& submitted : early) take(std::move(submitted.call), std::move(submitted.done));
  return {};
}

void FunctionService::Implementation::stop() {
  stopping_ = true;
  if (logs_timer_) logs_timer_->cancel();
  memory_.reset();
  for (auto& [name, pool] : pools_) {
    for (auto& invocation : std::exchange(pool.waiting, {}))
      invocation.done(never_ran(FunctionOutcome::Kind::Unavailable, stopping_message));
    auto workers = pool.workers;
    for (const auto& worker : workers) worker->stop(never_ran(FunctionOutcome::Kind::Unavailable, stopping_message));
    write_log(pool);
  }
  if (logs_) note_processes(surroundings_.layout, {});
}

void FunctionService::Implementation::forget(const std::string& function) {
  for (auto& [name, pool] : pools_) {
    if (pool.function != function) continue;
    const auto workers = pool.workers;
    for (const auto& worker : workers) {
      if (worker->state() == Worker::State::Idle) retire(*worker);
    }
  }
  logs_->remove(function);
}

void FunctionService::Implementation::remove_log(std::string function) {
  {
    std::lock_guard lock(mutex_);
    if (!started_) return early_removals_.push_back(std::move(function));
  }
  asio::post(executor_, [self = shared_from_this(), function = std::move(function)] { self->logs_->remove(function); });
}

FunctionCounters FunctionService::Implementation::counters() const {
  auto counters = counters_;
  counters.workers = workers_;
  counters.busy = busy_;
  for (const auto& [name, pool] : pools_) counters.waiting += pool.waiting.size();
  return counters;
}

// ---- the class outside ---------------------------------------------------------------------------------------------
FunctionService::FunctionService() : implementation_(std::make_shared<Implementation>()) {}
FunctionService::~FunctionService() { implementation_->stop(); }
Result<void> FunctionService::start(asio::any_io_executor executor, std::unique_ptr<Reader> reader, const Clock& clock,
                                    FunctionOptions options) {
  return implementation_->start(std::move(executor), std::move(reader), clock, std::move(options));
}
void FunctionService::stop() { implementation_->stop(); }
void FunctionService::invoke(FunctionCall call, std::function<void(FunctionOutcome)> done) {
  implementation_->submit(std::move(call), std::move(done));
}
const CodeStore& FunctionService::code() const { return implementation_->code(); }
const LogFiles& FunctionService::logs() const { return implementation_->logs(); }
void FunctionService::forget(std::string_view function) { implementation_->forget(std::string(function)); }
void FunctionService::remove_log(std::string_view function) { implementation_->remove_log(std::string(function)); }
FunctionCounters FunctionService::counters() const { return implementation_->counters(); }

}  // namespace signalbox::functions
