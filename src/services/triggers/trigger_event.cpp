#include "services/triggers/trigger_event.h"

#include "signalbox/encoding.h"
#include "signalbox/json.h"

#include "services/events/event_pattern.h"
#include "services/queues/queue_url.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace signalbox::triggers {

namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
}

void append_attributes(std::string& out, const MessageAttributes& attributes) {
  out += '{';
  for (const auto& [name, attribute] : attributes) {
    append_name(out, name);
    out += '{';
    if (attribute.is_binary()) {
      append_member(out, "binaryValue", base64_encode(attribute.value));
    } else {
      append_member(out, "stringValue", attribute.value);
    }
    out += R"(,"stringListValues":[],"binaryListValues":[])";
    append_member(out, "dataType", attribute.data_type);
    out += '}';
  }
  out += '}';
}

void append_record(std::string& out, const ReceivedMessage& message, std::string_view queue, const Site& site) {
  out += '{';
  append_member(out, "messageId", message.message_id);
  append_member(out, "receiptHandle", message.receipt_handle);
  append_member(out, "body", message.body);
  append_name(out, "attributes");
  out += '{';
  for (const auto& [name, value] : message.system_attributes(site)) append_member(out, name, value);
  out += '}';
  append_name(out, "messageAttributes");
  append_attributes(out, message.attributes);
  if (const auto md5 = md5_of_attributes(message.attributes)) append_member(out, "md5OfMessageAttributes", *md5);
  append_member(out, "md5OfBody", message.md5_of_body);
  append_member(out, "eventSource", "aws:sqs");
  append_member(out, "eventSourceARN", site.queue_arn(queue));
  append_member(out, "awsRegion", site.region);
  out += '}';
}

std::vector<std::size_t> all(const std::vector<ReceivedMessage>& batch) {
  std::vector<std::size_t> places(batch.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  return places;
}

/// The reported message ids. Nothing if the answer says nothing sensible: then the whole batch has failed.
std::optional<std::set<std::string>> reported_failures(const std::string& payload) {
  const auto answer = nlohmann::json::parse(payload, nullptr, false);
  std::set<std::string> ids;
  if (answer.is_null()) return ids;
  if (!answer.is_object()) return std::nullopt;
  const auto list = answer.find("batchItemFailures");
  if (list == answer.end() || list->is_null()) return ids;
  if (!list->is_array()) return std::nullopt;
  for (const auto& item : *list) {
    const auto id = item.is_object() ? item.find("itemIdentifier") : item.end();
    if (!item.is_object() || id == item.end() || !id->is_string() || id->get_ref<const std::string&>().empty()) return std::nullopt;
    ids.insert(id->get<std::string>());
  }
  return ids;
}

Verdict judge_reported(const TriggerRecord& trigger, const std::vector<ReceivedMessage>& batch, const std::string& payload) {
  auto failures = reported_failures(payload);
  if (!failures) return {.done = {}, .failed = all(batch), .untouched = {}};
  Verdict verdict;
  bool stopped = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const bool failed = failures->erase(batch[i].message_id) > 0;
    stopped = stopped || (failed && is_fifo_name(trigger.queue));
    (failed || stopped ? verdict.failed : verdict.done).push_back(i);
  }
  if (!failures->empty()) return {.done = {}, .failed = all(batch), .untouched = {}};  // it names a message that is not there
  return verdict;
}

}  // namespace

std::string queue_event(const std::vector<ReceivedMessage>& batch, std::string_view queue, const Site& site) {
  std::string out = R"({"Records":[)";
  for (const auto& message : batch) {
    if (out.back() != '[') out += ',';
    append_record(out, message, queue, site);
  }
  out += "]}";
  return out;
}

bool passes(const TriggerRecord& trigger, const ReceivedMessage& message, const Site& site) {
  if (trigger.filters.empty()) return true;
  std::string record;
  append_record(record, message, trigger.queue, site);
  Json data = Json::from_stored(std::move(record));
  if (auto body = Json::parse(message.body); body && body->is_object()) data = data.with("body", std::move(*body));
  return std::any_of(trigger.filters.begin(), trigger.filters.end(), [&](const std::string& filter) {
    const auto pattern = events::EventPattern::parse(filter);
    return pattern && pattern->matches(data);
  });
}

std::string request_id(const TriggerRecord& trigger, const std::vector<ReceivedMessage>& batch) {
  auto text = "trigger " + trigger.id;
  for (const auto& message : batch) text += " " + message.message_id;
  const auto hash = digest(DigestAlgorithm::Sha256, text);
  std::array<std::uint8_t, 16> bytes;
  std::copy_n(hash.begin(), bytes.size(), bytes.begin());
  return uuid_v4(bytes).value;
}

Verdict judge(const TriggerRecord& trigger, const std::vector<ReceivedMessage>& batch, const FunctionOutcome& outcome) {
  switch (outcome.kind) {
    case FunctionOutcome::Kind::Answered:
      if (trigger.reports_failures) return judge_reported(trigger, batch, outcome.payload);
      return {.done = all(batch), .failed = {}, .untouched = {}};
    case FunctionOutcome::Kind::FunctionError: return {.done = {}, .failed = all(batch), .untouched = {}};
    case FunctionOutcome::Kind::NotFound:
    case FunctionOutcome::Kind::Throttled:
    case FunctionOutcome::Kind::Unavailable: break;
  }
  return {.done = {}, .failed = {}, .untouched = all(batch)};
}

std::chrono::milliseconds reappears_after(const ReceivedMessage& message, std::chrono::milliseconds visibility_timeout,
                                          std::chrono::milliseconds since_leased) {
  using namespace std::chrono_literals;
  const auto doublings = std::clamp<std::int64_t>(message.receive_count - 1, 0, 16);
  const auto back_off = std::clamp<std::chrono::milliseconds>(1s * (std::int64_t{1} << doublings), 1s,
                                                              std::max<std::chrono::milliseconds>(1s, visibility_timeout));
  return std::max(back_off, visibility_timeout - since_leased);
}

}  // namespace signalbox::triggers
