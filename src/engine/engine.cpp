#include "signalbox/engine.h"

#include "signalbox/inline_transaction.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/commit_thread.h"
#include "engine/engine_core.h"
#include "signalbox/express.h"
#include "signalbox/map_runs.h"

namespace signalbox {

namespace {

/// Operations of one commit: bounds its memory and how long its first one waits.
constexpr std::size_t operations_max = 1'000;

/// The longest sleep while a timer is armed: the wall clock may jump, and the machine may be suspended, without anybody telling.
constexpr std::chrono::seconds slice{1};

/// Where operations wait for the engine's thread. Shared with external calls, whose answers may come after the engine is gone.
class Mailbox {
 public:
  /// False: the engine has stopped.
  bool put(EngineOperation& operation) {
    {
      std::lock_guard lock(mutex_);
      if (closed_) return false;
      waiting_.push_back(std::move(operation));
      if (waiting_.size() > 1) return true;  // its thread has been woken already
    }
    wake_.notify_one();
    return true;
  }

  /// What waits, at most `operations_max`; sleeps until there is something, `due` has passed, or it is woken or closed.
  std::vector<EngineOperation> take(std::chrono::steady_clock::duration sleep_at_most) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, sleep_at_most, [this] { return closed_ || woken_ || !waiting_.empty(); });
    woken_ = false;
    if (waiting_.size() <= operations_max) return std::exchange(waiting_, {});
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(operations_max);
    std::vector<EngineOperation> first(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return first;
  }

  /// Something else than operations is to be looked at.
  void wake() {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
    }
    wake_.notify_one();
  }
  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_one();
  }
  [[nodiscard]] bool is_closed() {
    std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<EngineOperation> waiting_;
  bool closed_ = false, woken_ = false;
};

/// Where operations of this thread run, if inside of a transaction that is open already.
thread_local EngineTransaction* open_transaction = nullptr;

/// Where the disk is quicker, handing commits over costs more than it gains: with two processors a tenth of the throughput (tests/bench, callbacks).
constexpr std::chrono::milliseconds slow_commit{2};

/// Handing a commit over costs two changes of threads, which pays where others come meanwhile and the disk is slow beside the work.
bool sleeps_more_than_it_works(const EngineCore::Pace& pace) {
  return pace.operations > 1 && pace.committing > slow_commit && pace.committing > pace.running;
}

Error stopping() { return error(ErrorCode::Unavailable, "the daemon is stopping"); }

}  // namespace

struct Engine::Implementation {
  Implementation(Store& store_used, const Clock& clock_used, EngineOptions options)
      : store(store_used),
        clock(clock_used),
        mailbox(std::make_shared<Mailbox>()),
        core(store_used, clock_used, std::move(options),
             [box = mailbox](EngineOperation answer) {
               (void)box->put(answer);  // after the end an answer is dropped: the next start repeats its call
             }),
        commit_thread([box = mailbox] { box->wake(); }) {
    core.commit_beside([this](std::function<Result<void>()> work) { return commit_thread.run(std::move(work)); },
                       &sleeps_more_than_it_works);
  }

  void loop();
  [[nodiscard]] std::chrono::steady_clock::duration sleep_at_most() const;

  Store& store;
  const Clock& clock;
  std::shared_ptr<Mailbox> mailbox;
  EngineCore core;
  CommitThread commit_thread;
  std::thread thread;
  std::unique_ptr<Reader> loop_reader;
};

Engine::Engine(Store& store, const Clock& clock, EngineOptions options)
    : implementation_(std::make_unique<Implementation>(store, clock, std::move(options))) {}

Engine::~Engine() { stop(); }

void Engine::offer(std::string resource, std::unique_ptr<InternalTask> task) {
  implementation_->core.tasks().offer(std::move(resource), std::move(task));
}
void Engine::offer(std::string resource, std::unique_ptr<ExternalTask> task) {
  implementation_->core.tasks().offer(std::move(resource), std::move(task));
}
void Engine::guard_tasks(std::function<std::optional<WorkflowError>(const TaskCall&)> guard) {
  implementation_->core.guard_tasks(std::move(guard));
}
void Engine::keep_map_run_data(MapRunStorage& storage) { implementation_->core.keep_map_run_data(storage); }
bool Engine::offers(const TaskResource& resource) const { return implementation_->core.tasks().offers(resource); }
void Engine::on_change(std::function<void(const ExecutionChange&)> listener) { implementation_->core.on_change(std::move(listener)); }
void Engine::on_status_change(std::function<void(Transaction&, const ExecutionRecord&)> listener) {
  implementation_->core.on_status_change(std::move(listener));
}
void Engine::on_history(std::function<void(Transaction&, const ExecutionRecord&, std::span<const HistoryEvent>)> listener) {
  implementation_->core.on_history(std::move(listener));
}

Result<void> Engine::start() {
  if (auto opened = implementation_->core.open(); !opened) return opened;
  implementation_->thread = std::thread([this] { implementation_->loop(); });
  return {};
}

void Engine::stop() {
  implementation_->mailbox->close();
  if (implementation_->thread.joinable()) implementation_->thread.join();
}

bool attempt(EngineTransaction& transaction, const std::function<bool()>& work) {
  return dynamic_cast<OpenTransaction&>(transaction).attempt(work);
}

InlineTransaction::InlineTransaction(EngineTransaction& transaction) : outer_(std::exchange(open_transaction, &transaction)) {}
InlineTransaction::~InlineTransaction() { open_transaction = outer_; }

void Engine::submit(EngineOperation operation) {
  if (open_transaction) {
    (void)attempt(*open_transaction, [&] { return operation.run(*open_transaction); });
    return operation.committed();
  }
  if (!implementation_->mailbox->put(operation)) operation.failed(stopping());
}

std::chrono::steady_clock::duration Engine::Implementation::sleep_at_most() const {
  if (core.is_busy()) return {};
  const auto due = core.next_due();
  if (!due) return std::chrono::minutes{1};
  return std::clamp<std::chrono::steady_clock::duration>(*due - clock.now(), {}, slice);
}

// What had been submitted before the stop is still committed.
void Engine::Implementation::loop() {
  for (;;) {
    const bool last = mailbox->is_closed();
    auto operations = mailbox->take(last ? std::chrono::steady_clock::duration{} : sleep_at_most());
    core.take_commit();
    const auto due = core.next_due();
    if (operations.empty() && last) break;
    if (operations.empty() && !core.is_busy() && (!due || *due > clock.now())) continue;
    core.run(std::move(operations));
  }
  core.close();
}

void Engine::call_task(TaskCall call, std::function<void(Result<TaskAnswer>)> done) {
  auto& tasks = implementation_->core.tasks();
  InternalTask* const internal = tasks.internal(call.resource);
  ExternalTask* const external = tasks.external(call.resource);
  auto made = std::make_shared<const TaskCall>(std::move(call));
  if (internal != nullptr) {
    auto work = [this, internal, made](EngineTransaction& transaction) {
      auto refusal = implementation_->core.refusal(*made);
      return Result<TaskAnswer>(boost::system::in_place_value,
                                refusal ? TaskAnswer(std::move(*refusal)) : internal->call(transaction, *made));
    };
    return transact<TaskAnswer>(std::move(work), std::move(done));
  }
  // Calls are made on the engine's thread.
  auto nothing = [](EngineTransaction&) { return Result<bool>(true); };
  transact<bool>(nothing, [this, external, made, done = std::move(done)](Result<bool> turn) {
    if (!turn) return done(turn.error());
    if (external == nullptr) {
      const WorkflowError not_offered{"Signalbox.NotSupported", "The service of '" + made->resource.arn + "' is not offered here"};
      return done(Result<TaskAnswer>(boost::system::in_place_value, not_offered));
    }
    if (auto refusal = implementation_->core.refusal(*made))
      return done(Result<TaskAnswer>(boost::system::in_place_value, std::move(*refusal)));
    external->call(*made, [done](TaskAnswer answer) { done(Result<TaskAnswer>(boost::system::in_place_value, std::move(answer))); });
  });
}

const MasterKey& Engine::master_key() const { return implementation_->core.master_key(); }
const Site& Engine::site() const { return implementation_->core.site(); }
const Clock& Engine::clock() const { return implementation_->clock; }
EngineCounters Engine::counters() const { return implementation_->core.counters(); }
const std::atomic<std::uint64_t>& Engine::changes(const Table& table) const { return implementation_->core.table_changes().of(table); }
std::unique_ptr<Reader> Engine::reader() { return implementation_->store.reader(); }
Reader& Engine::loop_reader() {
  if (!implementation_->loop_reader) implementation_->loop_reader = reader();
  return *implementation_->loop_reader;
}
Result<void> Engine::backup(const std::string& path) { return implementation_->store.backup(path); }

}  // namespace signalbox
