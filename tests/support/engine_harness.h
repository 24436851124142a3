#pragma once
/// An EngineCore on a store in memory and a clock that stands still, with a fake queue and a fake function, for tests in process.

#include "signalbox/clock.h"
#include "signalbox/engine.h"
#include "signalbox/state_machines.h"

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine_core.h"
#include "store/memory_store.h"
#include "support/faulty_store.h"

namespace signalbox::testing {

inline constexpr Table sent_table{"sent_messages", {KeyPart::Integer}};

/// `sqs:sendMessage`: each message is a row of sent_table, so a test sees whether it was sent exactly once. A message "refuse" is refused.
class FakeQueue final : public InternalTask {
 public:
  TaskAnswer call(Transaction& transaction, const TaskCall& call) override {
    if (call.input.is_string() && call.input.as_string() == "refuse") return WorkflowError{"SQS.AmazonSQSException", "refused"};
    transaction.put(Key(sent_table, transaction.next_row(sent_table)), call.token.value);
    return json_object({{"MessageId", Json(call.request_id)}});
  }
  void cancel(Transaction&, ExecutionRow row, TaskAttempt attempt) override { cancelled.emplace_back(row, attempt); }

  std::vector<std::pair<ExecutionRow, TaskAttempt>> cancelled;
};

/// Functions: calls wait until the test answers them.
struct FakeRunner {
  struct Waiting {
    TaskCall call;
    std::function<void(TaskAnswer)> done;
  };
  std::deque<Waiting> waiting;

  void answer(TaskAnswer answer) {
    auto first = std::move(waiting.front());
    waiting.pop_front();
    first.done(std::move(answer));
  }
};
class FakeFunction final : public ExternalTask {
 public:
  explicit FakeFunction(FakeRunner& runner) : runner_(runner) {}
  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override { runner_.waiting.push_back({call, std::move(done)}); }

 private:
  FakeRunner& runner_;
};

class EngineHarness {
 public:
  explicit EngineHarness(EngineOptions options = {}) : faulty(memory), options_(std::move(options)) { restart(); }

  MemoryStore memory;
  FaultyStore faulty;
  ManualClock clock{Timestamp{std::chrono::seconds(1'800'000'000)}};
  FakeRunner runner;
  FakeQueue* queue = nullptr;
  std::vector<EngineOperation> submitted;
  std::vector<ExecutionChange> changes;
  std::unique_ptr<EngineCore> core;
  /// Set before restart(): commits are made beside, by end_commit(); says of each whether it is left under way when nothing else is to be done.
  std::function<bool()> leaves_commit;

  /// What memory held is gone, and so are the calls under way.
  Result<void> restart() {
    under_way_.reset();
    core.reset();
    submitted.clear();
    runner.waiting.clear();
    core = std::make_unique<EngineCore>(faulty, clock, options_,
                                        [this](EngineOperation operation) { submitted.push_back(std::move(operation)); });
    auto fake_queue = std::make_unique<FakeQueue>();
    queue = fake_queue.get();
    core->tasks().offer("sqs:sendMessage", std::move(fake_queue));
    core->tasks().offer("function", std::make_unique<FakeFunction>(runner));
    core->on_change([this](const ExecutionChange& change) { changes.push_back(change); });
    if (leaves_commit)
      core->commit_beside([this](std::function<Result<void>()> work) { return under_way_.emplace(std::move(work)).get_future(); },
                          [](const EngineCore::Pace&) { return true; });
    return core->open();
  }

  /// The commit that is under way is made, though the engine has not seen that yet.
  void run_commit() {
    auto work = std::exchange(under_way_, std::nullopt);
    (*work)();
  }
  /// The commit that is under way ends, if there is one; the next begins.
  void end_commit() {
    if (!under_way_) return;
    run_commit();
    core->take_commit();
  }

  /// Runs until nothing is left to do now.
  void settle() {
    do {
      core->run(std::exchange(submitted, {}));
      while (under_way_ && !leaves_commit()) end_commit();
    } while (!submitted.empty() || core->is_busy() || is_due());
  }
  void advance(std::chrono::milliseconds by) {
    clock.advance(by);
    settle();
  }

  /// One operation in a batch of its own.
  template <class T>
  Result<T> transact(std::function<Result<T>(EngineTransaction&)> work) {
    std::optional<Result<T>> result, answer;
    submitted.push_back({.run =
                             [&](EngineTransaction& transaction) {
                               result.emplace(work(transaction));
                               return result->has_value();
                             },
                         .committed = [&] { answer = std::move(result); },
                         .failed = [&](const Error& error) { answer.emplace(error); }});
    core->run(std::exchange(submitted, {}));
    while (!answer) end_commit();
    return std::move(*answer);
  }

  Result<StateMachineRecord> create(const std::string& name, const std::string& definition) {
    return transact<StateMachineRecord>([&](EngineTransaction& transaction) {
      return create_state_machine(transaction, Site{},
                                  {.name = name, .definition = definition, .role_arn = "arn:aws:iam::000000000000:role/r"});
    });
  }
  Result<StartedExecution> start(const std::string& machine, const std::string& input = "{}",
                                 std::optional<std::string> name = std::nullopt) {
    return transact<StartedExecution>([&](EngineTransaction& transaction) {
      return transaction.start_execution(
          {.state_machine = machine, .name = name, .input = Json::parse(input).value(), .parent = std::nullopt});
    });
  }
  Result<TaskCompletion> succeed(const std::string& token, const std::string& output) {
    return transact<TaskCompletion>(
        [&](EngineTransaction& transaction) { return transaction.succeed_task(TaskToken{token}, Json::parse(output).value()); });
  }

  ExecutionRecord record(ExecutionRow row) { return find_execution(memory, row).value(); }
  std::string output(ExecutionRow row) {
    const auto payloads = read_payloads(memory, record(row));
    return payloads.output ? payloads.output->text() : payloads.error.error.value_or("") + ": " + payloads.error.cause.value_or("");
  }
  /// `1:ExecutionStarted 2:PassStateEntered …`
  std::string history(ExecutionRow row) {
    std::string text;
    for (const auto& event : read_history(memory, record(row), 1, false, 100'000))
      text += (text.empty() ? "" : " ") + event_type_name(event);
    return text;
  }
  std::vector<std::string> sent_tokens() {
    std::vector<std::string> tokens;
    memory.scan({.prefix = Key(sent_table)}, [&](const Key&, std::string_view token) {
      tokens.emplace_back(token);
      return true;
    });
    return tokens;
  }

 private:
  bool is_due() const {
    const auto due = core->next_due();
    return due && *due <= clock.now();
  }

  EngineOptions options_;
  std::optional<std::packaged_task<Result<void>()>> under_way_;
};

namespace definitions {
inline constexpr const char* pass = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
inline constexpr const char* wait = R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":10,"End":true}}})";
inline constexpr const char* callback =
    R"({"StartAt":"A","TimeoutSeconds":300,"States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",)"
    R"("Parameters":{"QueueUrl":"q","MessageBody":{"Token.$":"$$.Task.Token"}},"End":true}}})";
inline constexpr const char* heartbeat =
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","HeartbeatSeconds":30,)"
    R"("Parameters":{"QueueUrl":"q","MessageBody":{"Token.$":"$$.Task.Token"}},"End":true}}})";
inline constexpr const char* function =
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true}}})";
inline constexpr const char* loop =
    R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],)"
    R"("Default":"A"},"C":{"Type":"Succeed"}}})";
/// Starts the machine `child` and waits for its end.
inline constexpr const char* parent =
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2",)"
    R"("Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:child","Input":{"x":1}},"End":true}}})";
}  // namespace definitions

}  // namespace signalbox::testing
