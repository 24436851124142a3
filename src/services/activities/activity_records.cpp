#include "services/activities/activity_records.h"

#include "signalbox/record.h"

namespace signalbox {

namespace {
constexpr std::uint8_t version = 1;
}

std::string encode_activity(const Activity& activity) {
  Json::Object members;
  members.push_back({"version", Json(1)});
  members.push_back({"createdAt", Json(activity.created_at.time_since_epoch().count())});
  members.push_back({"tags", activity.tags});
  if (activity.stack) members.push_back({"stack", Json(*activity.stack)});
  if (activity.encryption) members.push_back({"encryption", *activity.encryption});
  return Json(std::move(members)).text();
}

Activity decode_activity(std::string_view name, std::string_view text) {
  const Json json = Json::from_stored(std::string(text));
  Activity activity;
  activity.name = name;
  if (const Json* created = json.find("createdAt"))
    activity.created_at = Timestamp{std::chrono::milliseconds{created->as_integer().value_or(0)}};
  if (const Json* tags = json.find("tags")) activity.tags = *tags;
  if (const Json* stack = json.find("stack")) activity.stack = std::string(stack->as_string());
  if (const Json* encryption = json.find("encryption")) activity.encryption = *encryption;
  return activity;
}

std::string encode_task(const WaitingActivityTask& task) {
  RecordWriter writer(version);
  writer.text(task.activity).integer(task.execution.value).integer(task.attempt.value).text(task.token.value).text(task.input.text());
  return writer.take();
}

WaitingActivityTask decode_task(std::string_view bytes) {
  RecordReader reader(bytes);
  WaitingActivityTask task;
  task.activity = reader.text();
  task.execution.value = reader.integer();
  task.attempt.value = reader.integer();
  task.token.value = reader.text();
  task.input = Json::from_stored(std::string(reader.text()));
  return task;
}

std::string encode_task_row(std::int64_t row) { return RecordWriter(version).integer(row).take(); }
std::int64_t decode_task_row(std::string_view bytes) { return RecordReader(bytes).integer(); }

}  // namespace signalbox
