#pragma once
/// Schedules: rules of EventBridge with a ScheduleExpression, and schedules of EventBridge Scheduler. When they fire, they start executions,
/// send messages, publish, or call functions. Source: EventBridge and Scheduler User Guides and API References.
///
/// A firing is one transaction: it starts the execution (sends, publishes, notes the call) and stores the next firing, so inside the data file
/// each happens exactly once. A function is called after the commit, at least once, with the same request id.
///
/// Time: the next firing is stored as wall-clock time and never fires early. Cron and at expressions are read in the schedule's time zone:
/// a local time that daylight saving time skips does not fire, one that comes twice fires the first time only; a rate counts in real time.
/// Set the clock forward, or suspend the machine, and it is as if the daemon had been down meanwhile (see MissedFirings). Set it back, and
/// nothing fires twice: the stored moment is waited for; resume() computes it anew.

#include "signalbox/functions.h"
#include "signalbox/ids.h"
#include "signalbox/queues.h"
#include "signalbox/result.h"
#include "signalbox/service_call.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

class EngineTransaction;

inline constexpr Table schedules_table{"schedules", {KeyPart::Text, KeyPart::Text}};  // (group, name) → ScheduleRecord, JSON
inline constexpr Table schedule_due_table{"schedule_due", {KeyPart::Integer, KeyPart::Text, KeyPart::Text}};  // (ms, group, name) → nothing
inline constexpr Table schedule_calls_table{"schedule_calls", {KeyPart::Integer}};  // row → a function call not yet answered, JSON

/// The group of a rule: `rule:` and its event bus. A schedule's group is its own (`default`), which has no colon.
inline constexpr std::string_view default_rule_group = "rule:default";
inline constexpr std::string_view default_schedule_group = "default";

struct ScheduleId {
  std::string group{default_schedule_group};
  std::string name = {};
  friend bool operator==(const ScheduleId&, const ScheduleId&) = default;
  [[nodiscard]] bool is_rule() const { return group.starts_with("rule:"); }
};

/// What to do about firings whose time came while the daemon was down. More than a minute late counts as missed. Whatever is done is
/// recorded in the schedule and logged.
enum class MissedFirings : std::uint8_t {
  Once,  ///< one run for all of them, with the time of the last one
  Skip,  ///< none
  All    ///< every one, oldest first
};
[[nodiscard]] std::string_view to_string(MissedFirings policy);  ///< `once`, `skip`, `all`
[[nodiscard]] std::optional<MissedFirings> parse_missed_firings(std::string_view text);

struct ScheduleTarget {
  std::string id = "Target0";  ///< a rule's targets have one each
  std::string arn = {};        ///< of a state machine, function, queue or topic
  /// For a state machine JSON text. `<aws.scheduler.schedule-arn>`, `<aws.scheduler.scheduled-time>`, `<aws.scheduler.execution-id>`,
  /// `<aws.scheduler.attempt-number>` are filled in (schedules only, as on AWS). Default: the scheduled event.
  std::optional<std::string> input = std::nullopt;
  std::optional<std::string> role_arn = std::nullopt;           ///< kept and shown
  std::optional<std::string> message_group_id = std::nullopt;   ///< for FIFO queues and topics
  std::optional<std::string> dead_letter_queue = std::nullopt;  ///< ARN: gets the input when the target could not be reached
  /// RetryPolicy, for functions: how often a call that failed is repeated, and for how long. Default: AWS's, 185 times within a day, and of a function
  /// that itself fails twice.
  std::optional<std::int64_t> retries_max = std::nullopt, age_max_seconds = std::nullopt;
};

/// What somebody asks for.
struct ScheduleDefinition {
  ScheduleId id = {};
  std::string expression = {};
  std::string time_zone = "UTC";  ///< IANA name; rules: UTC only
  std::optional<Timestamp> start_at = std::nullopt, end_at = std::nullopt;
  bool enabled = true;
  std::vector<ScheduleTarget> targets = {};  ///< may be empty: a rule's targets are put later
  MissedFirings missed_firings = MissedFirings::Once;
  bool delete_after_completion = false;
  std::optional<std::string> description = std::nullopt, role_arn = std::nullopt, stack = std::nullopt;
};

struct CatchUp {
  Timestamp at = {};                ///< when it was noticed
  Timestamp first = {}, last = {};  ///< the firings in question
  std::int64_t missed = 0;          ///< how many they were; not counted beyond 10,000
  std::int64_t ran = 0;             ///< how many runs took their place
};

struct ScheduleRecord {
  ScheduleDefinition definition = {};
  Timestamp created_at = {}, modified_at = {};
  Timestamp anchor = {};                                  ///< from which a rate counts
  std::optional<Timestamp> next_at = std::nullopt;        ///< nothing: paused, or it will not fire any more
  std::optional<Timestamp> last_fired_at = std::nullopt;  ///< the time it was meant for
  std::int64_t firings = 0;
  std::int64_t missed = 0;  ///< firings that were left out for good
  std::optional<CatchUp> last_catch_up = std::nullopt;
  std::optional<std::string> last_error = std::nullopt;  ///< of the last firing, if a target could not be reached
};

/// What happened in one firing, for the log.
struct Firing {
  ScheduleId id = {};
  Timestamp scheduled_at = {};
  std::optional<CatchUp> catch_up = std::nullopt;
  std::vector<std::string> errors = {};  ///< one sentence a target that could not be reached
  bool ran = true;                       ///< false: left out by policy
};

/// A function call that a firing asked for.
struct ScheduleCall {
  std::int64_t row = 0;
  ScheduleId schedule = {};
  ScheduleTarget target = {};
  std::string payload = {}, request_id = {};
  Timestamp created_at = {}, next_attempt_at = {};
  std::int64_t attempts = 0;
  std::int64_t function_errors = 0;
};

struct ScheduleEnvironment {
  Site site = {};
  const Queues& queues;
  /// (topic name, message, group). Empty: topics are refused as targets.
  std::function<Result<void>(Transaction&, const std::string&, const std::string&, const std::optional<std::string>&)> publish = {};
  /// A rule's schedule fired, for the targets that it has besides those of its record (events.h).
  std::function<void(EngineTransaction&, const ScheduleId&, Timestamp)> rule_fired = {};
  ServiceCallGuard permits = {};  ///< asked before a target with a role is reached
};

class Schedules {
 public:
  explicit Schedules(ScheduleEnvironment environment) : environment_(std::move(environment)) {}

  /// Told on the engine's thread after a commit that changed what is due; must return at once.
  void on_change(std::function<void()> listener);

  [[nodiscard]] std::string arn(const ScheduleId& id) const;

  /// Creates it, or replaces everything of the existing one but its counters. A rate goes on counting from where it began if expression and
  /// start stay the same. Errors: InvalidArgument (naming the fragment), NotSupported (a target of another service). [PutRule, UpdateSchedule]
  [[nodiscard]] Result<ScheduleRecord> put(Transaction& transaction, const ScheduleDefinition& definition) const;
  /// Errors: AlreadyExists, and those of put(). [CreateSchedule]
  [[nodiscard]] Result<ScheduleRecord> create(Transaction& transaction, const ScheduleDefinition& definition) const;
  [[nodiscard]] Result<void> remove(Transaction& transaction, const ScheduleId& id) const;
  /// A paused schedule does not fire, and what falls into the pause is not made up for.
  [[nodiscard]] Result<ScheduleRecord> pause(Transaction& transaction, const ScheduleId& id) const;
  [[nodiscard]] Result<ScheduleRecord> resume(Transaction& transaction, const ScheduleId& id) const;
  [[nodiscard]] Result<ScheduleRecord> find(const Reader& reader, const ScheduleId& id) const;
  /// In order of group and name, after `after`; of one group, if given.
  [[nodiscard]] std::vector<ScheduleRecord> list(const Reader& reader, std::optional<std::string_view> group,
                                                 const std::optional<ScheduleId>& after, std::size_t limit) const;
  /// The next firings from `now` on, at most `count`; for a paused schedule those it would have.
  [[nodiscard]] Result<std::vector<Timestamp>> next_firings(const ScheduleRecord& schedule, std::size_t count, Timestamp now) const;

  /// When the earliest schedule is due; nothing if none is.
  [[nodiscard]] std::optional<Timestamp> next_due(const Reader& reader) const;
  /// Fires what is due, at most `limit` schedules. A target that cannot be reached does not keep the others from firing.
  [[nodiscard]] Result<std::vector<Firing>> fire_due(EngineTransaction& transaction, std::size_t limit) const;

  [[nodiscard]] std::vector<ScheduleCall> calls(const Reader& reader) const;
  /// What its outcome means for a call: done; or again later, as Lambda's asynchronous calls (function errors: twice more, after one and
  /// two minutes; not reached: with back-off, for a day); or given up, to the target's dead-letter queue.
  [[nodiscard]] Result<void> settle_call(Transaction& transaction, std::int64_t row, const FunctionOutcome& outcome) const;

 private:
  void announce(Transaction& transaction) const;
  [[nodiscard]] Result<void> check_target(const ScheduleId& id, const ScheduleTarget& target) const;
  void store(Transaction& transaction, const ScheduleRecord& schedule, const std::optional<Timestamp>& old_next) const;
  [[nodiscard]] Result<void> reach(EngineTransaction& transaction, const ScheduleId& id, const ScheduleTarget& target,
                                   Timestamp scheduled_at) const;
  [[nodiscard]] Result<void> permits(const ScheduleId& id, const ScheduleTarget& target, std::string_view service) const;
  void bury(Transaction& transaction, const ScheduleId& id, const ScheduleTarget& target, const std::string& payload, std::string_view code,
            const std::string& message) const;
  [[nodiscard]] Firing fire(EngineTransaction& transaction, ScheduleRecord schedule) const;

  ScheduleEnvironment environment_;
  mutable std::mutex mutex_;
  std::function<void()> listener_;
};

}  // namespace signalbox
