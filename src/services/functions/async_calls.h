#pragma once
/// Calls that nobody waits for: Invoke with type Event, rules' and topics' functions. Durable from the transaction that asks for them; made at least
/// once, with the same request id. Source: Lambda Developer Guide, "Asynchronous invocation".

#include "services/functions/function.h"
#include "signalbox/engine.h"
#include "signalbox/functions.h"
#include "signalbox/json.h"
#include "signalbox/queues.h"
#include "signalbox/service_call.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::functions {

inline constexpr Table function_events_table{"function_events", {KeyPart::Integer}};

/// The queue that gets what a rule could not deliver, and what stands beside it as message attributes: RULE_ARN, TARGET_ARN.
struct DeadLetter {
  std::string queue;  ///< ARN
  std::map<std::string, std::string> attributes = {};
};

struct AsyncCall {
  std::int64_t row = 0;
  std::string function;  ///< a name, perhaps with `:version` or `:alias`
  std::string payload;   ///< JSON text
  std::string request_id;
  std::string client_context = {};  ///< JSON text; may be empty
  Timestamp created_at = {}, next_attempt_at = {};
  std::int64_t attempts = 0, function_errors = 0;
  /// Of the caller (a rule's target); the function's own settings otherwise.
  std::optional<std::int64_t> retries_max = std::nullopt, age_max_seconds = std::nullopt;
  std::optional<DeadLetter> dead_letter = std::nullopt;
};

/// A function's settings for such calls. [PutFunctionEventInvokeConfig]
struct EventInvokeConfig {
  std::int64_t retries_max = 2;                  ///< 0 to 2: after a function error
  std::int64_t age_max_seconds = 21'600;         ///< 60 to 21,600: while it cannot be called
  std::string on_success = {}, on_failure = {};  ///< ARNs
  Timestamp modified_at = {};
};
[[nodiscard]] std::optional<EventInvokeConfig> find_event_invoke_config(const Reader& reader, std::string_view function,
                                                                        std::string_view qualifier);
void put_event_invoke_config(Transaction& transaction, std::string_view function, std::string_view qualifier,
                             const EventInvokeConfig& config);
void delete_event_invoke_config(Transaction& transaction, std::string_view function, std::string_view qualifier);
/// All that is kept beside a function that is deleted.
void forget_attachments(Transaction& transaction, std::string_view function);

/// What destinations other than functions need; all in the same transaction.
struct AsyncCallEnvironment {
  Site site = {};
  std::function<Result<void>(Transaction&, const std::string& queue, const SendMessage&)> send = {};
  std::function<Result<void>(Transaction&, const std::string& topic, const std::string& message)> publish = {};
  /// (bus's ARN, detail type, detail)
  std::function<Result<void>(EngineTransaction&, const std::string&, const std::string&, const Json&)> put_event = {};
  /// Of what is sent in the function's role, or by a rule for itself.
  ServiceCallGuard permits = {};
};

/// What the function's role must be allowed to do for a destination or dead-letter queue: `sqs:SendMessage`. Empty for an ARN of another service.
[[nodiscard]] std::string_view telling_action(std::string_view destination);

/// The rules.
class AsyncCalls {
 public:
  explicit AsyncCalls(AsyncCallEnvironment environment) : environment_(std::move(environment)) {}

  /// Told on the engine's thread after a commit that added a call; must return at once.
  void on_change(std::function<void()> listener);
  /// Fills in row and times.
  void add(Transaction& transaction, AsyncCall call) const;
  /// At most `limit`, oldest first.
  [[nodiscard]] std::vector<AsyncCall> list(const Reader& reader, std::size_t limit) const;
  /// What its outcome means: done, again later, or given up; destinations and the dead-letter queue get theirs.
  void settle(EngineTransaction& transaction, std::int64_t row, const FunctionOutcome& outcome) const;

 private:
  void announce(Transaction& transaction) const;
  /// In the role of the function that was called.
  [[nodiscard]] Result<void> permits(const Reader& reader, const AsyncCall& call, const std::string& destination) const;
  void tell_destination(EngineTransaction& transaction, const AsyncCall& call, const FunctionOutcome& outcome,
                        const std::string& destination, const char* condition) const;
  /// `exhausted_condition`: the setting that ended the attempts; empty: there was no sense in another one.
  void bury(Transaction& transaction, const AsyncCall& call, const FunctionOutcome& outcome, const std::string& exhausted_condition) const;

  AsyncCallEnvironment environment_;
  mutable std::mutex mutex_;
  std::function<void()> listener_;
};

/// Makes the calls.
class AsyncCallService {
 public:
  AsyncCallService(Engine& engine, AsyncCalls& calls, FunctionInvoker& functions);
  ~AsyncCallService();
  /// On the I/O thread, after Engine::start().
  void start(boost::asio::any_io_executor executor);
  void stop();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox::functions
