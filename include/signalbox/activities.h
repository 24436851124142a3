#pragma once
/// Activities: tasks that workers outside poll for. The rules over Reader and Transaction; the worker's answer comes by token
/// (EngineTransaction::succeed_task and so on). Source: Step Functions Developer Guide, Activities; API Reference.

#include "signalbox/engine.h"
#include "signalbox/json.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/task_handler.h"
#include "signalbox/transaction.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

inline constexpr Table activities_table{"activities", {KeyPart::Text}};             // name → Activity, JSON
inline constexpr Table activity_tasks_table{"activity_tasks", {KeyPart::Integer}};  // row → a task that waits for a worker
inline constexpr Table activity_queue_table{"activity_queue",
                                            {KeyPart::Text, KeyPart::Integer}};  // (activity, row) → nothing: first in, first out
inline constexpr Table activity_calls_table{"activity_calls",
                                            {KeyPart::Integer, KeyPart::Integer}};  // (execution, attempt) → row: to take it off again

struct Activity {
  std::string name = {};
  Timestamp created_at = {};
  Json tags = Json::empty_object();                 ///< name → value
  std::optional<std::string> stack = std::nullopt;  ///< the template folder it came from
  std::optional<Json> encryption = std::nullopt;    ///< kept and shown, without effect; nothing: AWS's own key
};

/// What a worker gets.
struct ActivityTask {
  TaskToken token;
  Json input;
};

/// Tells pollers that a task has come in: each task wakes one of them, the one that has waited longest. Any thread; listeners are
/// called on the engine's thread, after the commit, and must return at once.
class ActivitySignals {
 public:
  using Listener = std::function<void()>;
  /// Gives a number for unsubscribe().
  [[nodiscard]] std::uint64_t subscribe(std::string_view activity, Listener listener);
  /// Moves it behind the other pollers, after it was woken and found nothing.
  void requeue(std::string_view activity, std::uint64_t number);
  /// A poller that was woken but will not look (its client went away) says so, and the next one is woken in its stead.
  void unsubscribe(std::string_view activity, std::uint64_t number, bool pass_on);
  void notify(std::string_view activity);

 private:
  struct Poller {
    std::uint64_t number;
    Listener listener;
    bool woken = false;
  };
  void wake_one(std::vector<Poller>& pollers) const;
  std::mutex mutex_;
  std::map<std::string, std::vector<Poller>, std::less<>> pollers_;
  std::uint64_t last_number_ = 0;
};

/// The same name gives the existing activity (its tags as they are). Errors: InvalidArgument (name), AlreadyExists (with another encryption). [CreateActivity]
[[nodiscard]] Result<Activity> create_activity(Transaction& transaction, Activity activity);
/// One that does not exist is no error. Tasks that were waiting go on waiting until they time out. [DeleteActivity]
void delete_activity(Transaction& transaction, std::string_view name);
[[nodiscard]] std::optional<Activity> find_activity(const Reader& reader, std::string_view name);
void put_activity(Transaction& transaction, const Activity& activity);
/// In order of name, after `after`.
[[nodiscard]] std::vector<Activity> list_activities(const Reader& reader, std::string_view after, std::size_t limit);

/// Whether take_activity_task() would probably find one; for the I/O thread's reader, so that polls do not cost a transaction.
[[nodiscard]] bool has_activity_task(const Reader& reader, std::string_view name);
/// The task that waited longest, if any; ActivityStarted is recorded. [GetActivityTask]
[[nodiscard]] std::optional<ActivityTask> take_activity_task(EngineTransaction& transaction, std::string_view name,
                                                             std::optional<std::string> worker_name);

/// For Engine::offer("activity", …): a scheduled task goes into its activity's queue. Refused with States.Runtime if the activity does not exist.
[[nodiscard]] std::unique_ptr<InternalTask> make_activity_task(ActivitySignals& signals);

}  // namespace signalbox
