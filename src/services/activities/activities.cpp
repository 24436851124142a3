#include "signalbox/activities.h"

#include "engine/names.h"
#include "services/activities/activity_records.h"
#include "signalbox/event.h"
#include "signalbox/workflow_error.h"

namespace signalbox {

Result<Activity> create_activity(Transaction& transaction, Activity activity) {
  if (auto checked = check_name(activity.name); !checked) return checked.error();
  if (auto existing = find_activity(transaction, activity.name)) {
    if (existing->encryption != activity.encryption)
      return error(ErrorCode::AlreadyExists, "the activity exists with another encryption configuration");
    return std::move(*existing);
  }
  activity.created_at = transaction.now();
  put_activity(transaction, activity);
  return activity;
}

void delete_activity(Transaction& transaction, std::string_view name) { transaction.erase(Key(activities_table, name)); }

void put_activity(Transaction& transaction, const Activity& activity) {
  transaction.put(Key(activities_table, activity.name), encode_activity(activity));
}

std::optional<Activity> find_activity(const Reader& reader, std::string_view name) {
  const auto text = reader.get(Key(activities_table, name));
  if (!text) return std::nullopt;
  return decode_activity(name, *text);
}

std::vector<Activity> list_activities(const Reader& reader, std::string_view after, std::size_t limit) {
  std::vector<Activity> found;
  KeyRange range{.prefix = Key(activities_table)};
  if (!after.empty()) range.after = Key(activities_table, after);
  if (limit == 0) return found;
  reader.scan(range, [&](const Key& key, std::string_view text) {
    found.push_back(decode_activity(key.text(0), text));
    return found.size() < limit;
  });
  return found;
}

namespace {

std::optional<std::int64_t> first_in_queue(const Reader& reader, std::string_view name) {
  std::optional<std::int64_t> row;
  reader.scan({.prefix = Key(activity_queue_table, name)}, [&](const Key& key, std::string_view) {
    row = key.integer(1);
    return false;
  });
  return row;
}

void take_off(Transaction& transaction, std::int64_t row, const WaitingActivityTask& task) {
  transaction.erase(Key(activity_tasks_table, row));
  transaction.erase(Key(activity_queue_table, task.activity, row));
  transaction.erase(Key(activity_calls_table, task.execution.value, task.attempt.value));
}

class ActivityTaskHandler final : public InternalTask {
 public:
  explicit ActivityTaskHandler(ActivitySignals& signals) : signals_(signals) {}

  TaskAnswer call(Transaction& transaction, const TaskCall& call) override {
    const auto name = activity_name(call.resource.arn);
    if (!find_activity(transaction, name))
      return WorkflowError{error_names::Runtime, "The activity " + call.resource.arn + " does not exist."};
    const auto row = transaction.next_row(activity_tasks_table);
    transaction.put(Key(activity_tasks_table, row), encode_task({name, call.execution, call.attempt, call.token, call.input}));
    transaction.put(Key(activity_queue_table, name, row), {});
    transaction.put(Key(activity_calls_table, call.execution.value, call.attempt.value), encode_task_row(row));
    transaction.on_commit([&signals = signals_, name] { signals.notify(name); });
    return Json();  // no result: its worker's answer comes as a callback
  }

  void cancel(Transaction& transaction, ExecutionRow execution, TaskAttempt attempt) override {
    const auto place = transaction.get(Key(activity_calls_table, execution.value, attempt.value));
    if (!place) return;  // a worker has it
    const auto row = decode_task_row(*place);
    if (const auto record = transaction.get(Key(activity_tasks_table, row))) take_off(transaction, row, decode_task(*record));
  }

 private:
  static std::string activity_name(std::string_view arn) {
    Arn parts;
    constexpr std::string_view prefix = "activity:";
    return parse_arn(arn, parts) && parts.resource.starts_with(prefix) ? parts.resource.substr(prefix.size()) : std::string();
  }
  ActivitySignals& signals_;
};

}  // namespace

bool has_activity_task(const Reader& reader, std::string_view name) { return first_in_queue(reader, name).has_value(); }

std::optional<ActivityTask> take_activity_task(EngineTransaction& transaction, std::string_view name,
                                               std::optional<std::string> worker_name) {
  const auto row = first_in_queue(transaction, name);
  if (!row) return std::nullopt;
  const auto record = transaction.get(Key(activity_tasks_table, *row));
  SIGNALBOX_ASSERT(record.has_value());
  WaitingActivityTask task = decode_task(*record);
  take_off(transaction, *row, task);
  transaction.deliver(task.execution, events::TaskTaken{task.attempt, std::move(worker_name)});
  return ActivityTask{std::move(task.token), std::move(task.input)};
}

std::unique_ptr<InternalTask> make_activity_task(ActivitySignals& signals) { return std::make_unique<ActivityTaskHandler>(signals); }

}  // namespace signalbox
