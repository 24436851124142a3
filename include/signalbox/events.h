#pragma once
/// Event buses and their rules: the rules of EventBridge. An event that is put reaches all targets that stay inside the data file in the same
/// transaction, so exactly once; functions are called afterwards (async_calls.h). Source: EventBridge User Guide and API Reference.
///
/// A rule with a ScheduleExpression has its clock in schedules.h, under the same name in the group `rule:BUS`. Rules that stacks deployed as
/// schedules with targets of their own are seen here as well.

#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/queues.h"
#include "signalbox/result.h"
#include "signalbox/schedules.h"
#include "signalbox/service_call.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

class EngineTransaction;
namespace functions {
class AsyncCalls;
}

namespace events {

inline constexpr Table buses_table{"event_buses", {KeyPart::Text}};                 // name → BusRecord, JSON
inline constexpr Table rules_table{"event_rules", {KeyPart::Text, KeyPart::Text}};  // (bus, name) → RuleRecord, JSON

/// row → an event, whole, that waits to be put on the default bus
inline constexpr Table pending_table{"event_pending", {KeyPart::Integer}};

inline constexpr std::string_view default_bus = "default";

struct BusRecord {
  std::string name;
  std::optional<std::string> description = std::nullopt, policy = std::nullopt;
  std::map<std::string, std::string> tags = {};
  Timestamp created_at = {}, modified_at = {};
};

struct RuleRecord {
  std::string bus{default_bus};
  std::string name = {};
  std::optional<std::string> pattern = std::nullopt, schedule = std::nullopt;
  bool enabled = true;
  std::optional<std::string> description = std::nullopt, role_arn = std::nullopt;
  std::vector<Json> targets = {};  ///< as PutTargets gives them
  std::map<std::string, std::string> tags = {};
  Timestamp created_at = {};
};

/// One of PutEvents' entries.
struct Event {
  std::string bus{default_bus};  ///< name
  std::string source = {}, detail_type = {};
  Json detail = Json::empty_object();
  std::vector<std::string> resources = {};
  std::optional<Timestamp> time = std::nullopt;  ///< default: now
  std::optional<std::string> trace_header = std::nullopt;
};

struct EventsEnvironment {
  Site site = {};
  const Queues& queues;
  Schedules& schedules;
  functions::AsyncCalls& calls;
  /// (topic name, message, group)
  std::function<Result<void>(Transaction&, const std::string&, const std::string&, const std::optional<std::string>&)> publish = {};
  ServiceCallGuard permits = {};  ///< asked before a target is reached
};

/// Errors carry AWS's texts, and in `where` the API's name for them (`ResourceNotFoundException`, …).
class Events {
 public:
  explicit Events(EventsEnvironment environment) : environment_(std::move(environment)) {}
  [[nodiscard]] const Site& site() const { return environment_.site; }
  [[nodiscard]] std::string bus_arn(std::string_view bus) const { return environment_.site.arn("events", "event-bus/" + std::string(bus)); }
  [[nodiscard]] std::string rule_arn(std::string_view bus, std::string_view rule) const;

  /// The event's id. Targets that cannot be reached go to their dead-letter queue, or are logged. Errors: NotFound (bus). [PutEvents]
  [[nodiscard]] Result<std::string> put(EngineTransaction& transaction, const Event& event) const;
  /// For events of the daemon's own services, told while executions are being stepped: written down now, put on the default bus by the next
  /// transaction, so that a rule that starts an execution cannot keep one transaction going for ever. Costs nothing while no rule has a pattern.
  void put_later(Transaction& transaction, const std::function<Json()>& make_envelope) const;
  /// Puts what waits, at most `limit`; whether more is left.
  bool put_pending(EngineTransaction& transaction, std::size_t limit) const;
  /// Told on the engine's thread after a commit that left events waiting; must return at once.
  void on_pending(std::function<void()> listener) { pending_listener_ = std::move(listener); }
  /// A rule's schedule fired: its targets get the scheduled event.
  void fire_rule(EngineTransaction& transaction, const ScheduleId& id, Timestamp scheduled_at) const;

  /// Errors: AlreadyExists, InvalidArgument. [CreateEventBus]
  [[nodiscard]] Result<BusRecord> create_bus(Transaction& transaction, BusRecord bus) const;
  [[nodiscard]] Result<void> store_bus(Transaction& transaction, const BusRecord& bus) const;
  /// Errors: InvalidArgument (the default bus, rules left). [DeleteEventBus]
  [[nodiscard]] Result<void> delete_bus(Transaction& transaction, std::string_view name) const;
  [[nodiscard]] std::optional<BusRecord> find_bus(const Reader& reader, std::string_view name) const;  ///< the default one is always there
  [[nodiscard]] std::vector<BusRecord> list_buses(const Reader& reader) const;

  /// Creates or replaces, keeping targets, tags and the time of creation. Errors: NotFound (bus), InvalidArgument. [PutRule]
  [[nodiscard]] Result<RuleRecord> put_rule(Transaction& transaction, RuleRecord rule) const;
  /// A rule that is gone is no error. Errors: InvalidArgument (it has targets). [DeleteRule]
  [[nodiscard]] Result<void> delete_rule(Transaction& transaction, std::string_view bus, std::string_view name) const;
  [[nodiscard]] Result<void> enable_rule(Transaction& transaction, std::string_view bus, std::string_view name, bool enabled) const;
  [[nodiscard]] std::optional<RuleRecord> find_rule(const Reader& reader, std::string_view bus, std::string_view name) const;
  [[nodiscard]] std::vector<RuleRecord> list_rules(const Reader& reader, std::string_view bus) const;
  /// Targets and tags of an existing rule. Errors: NotFound.
  [[nodiscard]] Result<void> store_rule(Transaction& transaction, const RuleRecord& rule) const;
  /// Whether a target is one that can be reached here. Errors: InvalidArgument, NotSupported. [PutTargets]
  [[nodiscard]] Result<void> check_target(const Json& target) const;

 private:
  [[nodiscard]] std::string put_envelope(EngineTransaction& transaction, const std::string& bus, const Json& envelope, int hops) const;
  void reach(EngineTransaction& transaction, const RuleRecord& rule, const Json& target, const Json& envelope, int hops) const;
  [[nodiscard]] Result<void> deliver(EngineTransaction& transaction, const RuleRecord& rule, const Json& target, const Json& envelope,
                                     const std::string& input, int hops) const;
  [[nodiscard]] Result<void> permits(const RuleRecord& rule, const Json& target, const Arn& arn) const;
  void bury(EngineTransaction& transaction, const RuleRecord& rule, const Json& target, const Json& envelope, const Error& failure) const;
  [[nodiscard]] Result<void> set_clock(Transaction& transaction, const RuleRecord& rule) const;
  void rules_changed(Transaction& transaction) const;
  [[nodiscard]] bool has_patterns(const Reader& reader) const;

  EventsEnvironment environment_;
  std::function<void()> pending_listener_;
  mutable std::optional<bool> has_patterns_;  ///< on the default bus; nothing: to be found out. Engine's thread
};

}  // namespace events
}  // namespace signalbox
