#include "services/functions/async_calls.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "services/functions/functions.h"
#include "services/queues/queue_url.h"
#include "signalbox/encoding.h"

namespace signalbox::functions {

using namespace std::chrono_literals;

namespace {

using nlohmann::ordered_json;

/// (function, kind, qualifier) → JSON; what is kept beside a function.
inline constexpr Table attachments_table{"function_attachments", {KeyPart::Text, KeyPart::Text, KeyPart::Text}};
constexpr const char* invoke_config_kind = "event-invoke-config";

std::int64_t ms_of(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp time_of(const ordered_json& json, const char* name) {
  return Timestamp{std::chrono::milliseconds{json.value(name, std::int64_t{0})}};
}

std::string encode(const AsyncCall& call) {
  ordered_json json{{"version", 1},
                    {"function", call.function},
                    {"payload", call.payload},
                    {"requestId", call.request_id},
                    {"createdAt", ms_of(call.created_at)},
                    {"nextAttemptAt", ms_of(call.next_attempt_at)},
                    {"attempts", call.attempts},
                    {"functionErrors", call.function_errors}};
  if (!call.client_context.empty()) json["clientContext"] = call.client_context;
  if (call.retries_max) json["retriesMax"] = *call.retries_max;
  if (call.age_max_seconds) json["ageMaxSeconds"] = *call.age_max_seconds;
  if (call.dead_letter) json["deadLetter"] = {{"queue", call.dead_letter->queue}, {"attributes", call.dead_letter->attributes}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

AsyncCall decode(std::int64_t row, std::string_view record) {
  const auto json = ordered_json::parse(record, nullptr, false);
  if (!json.is_object() || json.value("version", 0) != 1) throw StoreFailure("damaged record of an asynchronous call");
  AsyncCall call{
      .row = row, .function = json.value("function", ""), .payload = json.value("payload", ""), .request_id = json.value("requestId", "")};
  call.client_context = json.value("clientContext", "");
  call.created_at = time_of(json, "createdAt");
  call.next_attempt_at = time_of(json, "nextAttemptAt");
  call.attempts = json.value("attempts", std::int64_t{0});
  call.function_errors = json.value("functionErrors", std::int64_t{0});
  if (json.contains("retriesMax")) call.retries_max = json["retriesMax"].get<std::int64_t>();
  if (json.contains("ageMaxSeconds")) call.age_max_seconds = json["ageMaxSeconds"].get<std::int64_t>();
  if (json.contains("deadLetter"))
    call.dead_letter =
        DeadLetter{json["deadLetter"].value("queue", ""), json["deadLetter"].value("attributes", std::map<std::string, std::string>{})};
  return call;
}

std::pair<std::string, std::string> split(const std::string& function) {
  const auto colon = function.find(':');
  return colon == std::string::npos ? std::pair(function, std::string()) : std::pair(function.substr(0, colon), function.substr(colon + 1));
}

EventInvokeConfig settings_of(const Reader& reader, const AsyncCall& call) {
  const auto [name, qualifier] = split(call.function);
  auto config = find_event_invoke_config(reader, name, qualifier).value_or(EventInvokeConfig{});
  if (call.retries_max) config.retries_max = *call.retries_max;
  if (call.age_max_seconds) config.age_max_seconds = *call.age_max_seconds;
  return config;
}

/// After a function error the first retry comes after one minute, the second after two; a rule's further ones go on doubling. While it cannot be
/// called at all: from a second to five minutes.
std::chrono::milliseconds pause_before_next(const AsyncCall& call, FunctionOutcome::Kind kind) {
  if (kind == FunctionOutcome::Kind::FunctionError)
    return 60s * (std::int64_t{1} << std::clamp<std::int64_t>(call.function_errors - 1, 0, 6));
  return std::min<std::chrono::milliseconds>(5min, 1s * (std::int64_t{1} << std::clamp<std::int64_t>(call.attempts, 0, 9)));
}

/// A function's DeadLetterConfig.TargetArn; empty if there is none.
std::string dead_letter_target(const Reader& reader, const AsyncCall& call) {
  const auto [name, qualifier] = split(call.function);
  const auto config = find_qualified(reader, name, qualifier);
  if (!config || !config->settings.contains("DeadLetterConfig")) return {};
  const auto json = ordered_json::parse(config->settings.at("DeadLetterConfig"), nullptr, false);
  return json.is_object() ? json.value("TargetArn", "") : std::string();
}

/// What Lambda tells a destination. [Lambda: invocation record]
Json invocation_record(const AsyncCall& call, const FunctionOutcome& outcome, const std::string& arn, const char* condition,
                       Timestamp now) {
  const bool ran = outcome.kind == FunctionOutcome::Kind::Answered || outcome.kind == FunctionOutcome::Kind::FunctionError;
  Json record = json_object({{"version", "1.0"},
                             {"timestamp", Json(format_rfc3339(now))},
                             {"requestContext", json_object({{"requestId", Json(call.request_id)},
                                                             {"functionArn", Json(arn)},
                                                             {"condition", condition},
                                                             {"approximateInvokeCount", Json(call.attempts)}})},
                             {"requestPayload", Json::from_stored(call.payload)}});
  if (!ran) return record;
  Json response = json_object({{"statusCode", 200}, {"executedVersion", Json(outcome.executed_version)}});
  if (outcome.kind == FunctionOutcome::Kind::FunctionError) response = response.with("functionError", "Unhandled");
  const auto payload = Json::parse(outcome.payload);
  return record.with("responseContext", response).with("responsePayload", payload ? *payload : Json(outcome.payload));
}

}  // namespace

// ---- settings ------------------------------------------------------------------------------------------------------------------------
std::optional<EventInvokeConfig> find_event_invoke_config(const Reader& reader, std::string_view function, std::string_view qualifier) {
  const auto record = reader.get(Key(attachments_table, function, invoke_config_kind, qualifier == "$LATEST" ? "" : qualifier));
  if (!record) return std::nullopt;
  const auto json = ordered_json::parse(*record, nullptr, false);
  if (!json.is_object()) throw StoreFailure("damaged settings of asynchronous calls");
  EventInvokeConfig config{.retries_max = json.value("retriesMax", std::int64_t{2}),
                           .age_max_seconds = json.value("ageMaxSeconds", std::int64_t{21'600}),
                           .on_success = json.value("onSuccess", ""),
                           .on_failure = json.value("onFailure", "")};
  config.modified_at = time_of(json, "modifiedAt");
  return config;
}

void put_event_invoke_config(Transaction& transaction, std::string_view function, std::string_view qualifier,
                             const EventInvokeConfig& config) {
  const ordered_json json{{"version", 1},
                          {"retriesMax", config.retries_max},
                          {"ageMaxSeconds", config.age_max_seconds},
                          {"onSuccess", config.on_success},
                          {"onFailure", config.on_failure},
                          {"modifiedAt", ms_of(transaction.now())}};
  transaction.put(Key(attachments_table, function, invoke_config_kind, qualifier == "$LATEST" ? "" : qualifier), json.dump());
}

void delete_event_invoke_config(Transaction& transaction, std::string_view function, std::string_view qualifier) {
  transaction.erase(Key(attachments_table, function, invoke_config_kind, qualifier == "$LATEST" ? "" : qualifier));
}

void forget_attachments(Transaction& transaction, std::string_view function) {
  std::vector<Key> keys;
  transaction.scan(KeyRange{.prefix = Key(attachments_table, function)}, [&](const Key& key, std::string_view) {
    keys.push_back(key);
    return true;
  });
  for (auto& key : keys) transaction.erase(std::move(key));
}

std::string_view telling_action(std::string_view destination) {
  Arn arn;
  if (!parse_arn(destination, arn)) return {};
  if (arn.service == "sqs") return "sqs:SendMessage";
  if (arn.service == "sns") return "sns:Publish";
  if (arn.service == "events") return "events:PutEvents";
  return arn.service == "lambda" ? "lambda:InvokeFunction" : std::string_view();
}

// ---- calls ---------------------------------------------------------------------------------------------------------------------------
void AsyncCalls::on_change(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void AsyncCalls::announce(Transaction& transaction) const {
  transaction.on_commit([this] {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_();
  });
}

void AsyncCalls::add(Transaction& transaction, AsyncCall call) const {
  call.row = transaction.next_row(function_events_table);
  call.created_at = call.next_attempt_at = transaction.now();
  transaction.put(Key(function_events_table, call.row), encode(call));
  announce(transaction);
}

std::vector<AsyncCall> AsyncCalls::list(const Reader& reader, std::size_t limit) const {
  std::vector<AsyncCall> calls;
  if (limit == 0) return calls;
  reader.scan(KeyRange{.prefix = Key(function_events_table)}, [&](const Key& key, std::string_view record) {
    calls.push_back(decode(key.integer(0), record));
    return calls.size() < limit;
  });
  return calls;
}

void AsyncCalls::settle(EngineTransaction& transaction, std::int64_t row, const FunctionOutcome& outcome) const {
  using Kind = FunctionOutcome::Kind;
  const Key key(function_events_table, row);
  const auto record = transaction.get(key);
  if (!record) return;
  auto call = decode(row, *record);
  const auto settings = settings_of(transaction, call);
  ++call.attempts;
  if (outcome.kind == Kind::Answered) {
    transaction.erase(key);
    if (!settings.on_success.empty()) tell_destination(transaction, call, outcome, settings.on_success, "Success");
    return;
  }
  const bool too_old = transaction.now() - call.created_at >= std::chrono::seconds{settings.age_max_seconds};
  const bool exhausted = call.retries_max && call.attempts > *call.retries_max;  // a caller's own limit counts attempts of any kind
  bool again = !too_old && !exhausted && (outcome.kind == Kind::Throttled || outcome.kind == Kind::Unavailable);
  if (outcome.kind == Kind::FunctionError) again = ++call.function_errors <= settings.retries_max && !too_old;
  if (again) {
    call.next_attempt_at = transaction.now() + pause_before_next(call, outcome.kind);
    transaction.put(key, encode(call));
    return announce(transaction);
  }
  transaction.erase(key);
  spdlog::warn("asynchronous call {} of function {} is given up: {}", call.request_id, call.function,
               outcome.message.empty() ? outcome.payload : outcome.message);
  if (!settings.on_failure.empty())
    tell_destination(transaction, call, outcome, settings.on_failure, too_old ? "EventAgeExceeded" : "RetriesExhausted");
  bury(transaction, call, outcome, outcome.kind == Kind::NotFound ? "" : too_old ? "MaximumEventAgeInSeconds" : "MaximumRetryAttempts");
}

Result<void> AsyncCalls::permits(const Reader& reader, const AsyncCall& call, const std::string& destination) const {
  const auto function = environment_.permits ? find_function(reader, split(call.function).first) : std::nullopt;
  if (!function) return {};
  return environment_.permits({.service = "lambda.amazonaws.com",
                               .source_arn = {},
                               .role_arn = function->role,
                               .session = function->name,
                               .action = std::string(telling_action(destination)),
                               .resource = destination});
}

void AsyncCalls::tell_destination(EngineTransaction& transaction, const AsyncCall& call, const FunctionOutcome& outcome,
                                  const std::string& destination, const char* condition) const {
  const auto [name, qualifier] = split(call.function);
  const auto arn = environment_.site.function_arn(name) + ":" + (qualifier.empty() ? "$LATEST" : qualifier);
  const Json record = invocation_record(call, outcome, arn, condition, transaction.now());
  Arn target;
  Result<void> told = error(ErrorCode::NotSupported, "a destination of another service");
  if (!parse_arn(destination, target)) told = error(ErrorCode::InvalidArgument, "not an ARN");
  else if (auto permitted = permits(transaction, call, destination); !permitted) told = permitted;
  else if (target.service == "sqs") told = environment_.send(transaction, target.resource, {.body = record.text()});
  else if (target.service == "sns") told = environment_.publish(transaction, target.resource, record.text());
  else if (target.service == "events")
    told = environment_.put_event(
        transaction, destination,
        std::string("Lambda Function Invocation Result - ") + (outcome.kind == FunctionOutcome::Kind::Answered ? "Success" : "Failure"),
        record);
  else if (const auto reference = parse_function_reference(destination); target.service == "lambda" && reference) {
    add(transaction, {.function = reference->name + (reference->qualifier.empty() ? "" : ":" + reference->qualifier),
                      .payload = record.text(),
                      .request_id = transaction.new_uuid().value});
    told = {};
  }
  if (!told)
    spdlog::error("asynchronous call {} of function {}: its destination {} was not told: {}", call.request_id, call.function, destination,
                  told.error().message);
}

void AsyncCalls::bury(Transaction& transaction, const AsyncCall& call, const FunctionOutcome& outcome,
                      const std::string& exhausted_condition) const {
  const auto message = outcome.message.empty() ? outcome.payload : outcome.message;
  const auto send = [&](const std::string& arn, const Result<void>& permitted, const std::map<std::string, std::string>& attributes) {
    Arn target;
    if (!parse_arn(arn, target)) return;
    if (!permitted)
      return spdlog::error("asynchronous call {} of function {}: its dead-letter queue {} cannot be reached: {}", call.request_id,
                           call.function, arn, permitted.error().message);
    SendMessage letter{.body = call.payload};
    for (const auto& [name, value] : attributes) letter.attributes[name] = {"String", value};
    if (is_fifo_name(target.resource)) {
      letter.group_id = call.function;
      letter.deduplication_id = call.request_id;
    }
    const auto sent = target.service == "sqs" ? environment_.send(transaction, target.resource, letter)
                                              : environment_.publish(transaction, target.resource, call.payload);
    if (!sent)
      spdlog::error("asynchronous call {} of function {}: its dead-letter queue {} cannot be reached: {}", call.request_id, call.function,
                    arn, sent.error().message);
  };
  if (call.dead_letter) {
    auto attributes = call.dead_letter->attributes;
    attributes["ERROR_CODE"] = outcome.kind == FunctionOutcome::Kind::NotFound ? "RESOURCE_NOT_FOUND" : "SDK_CLIENT_ERROR";
    attributes["ERROR_MESSAGE"] = message.substr(0, 1024);
    attributes["RETRY_ATTEMPTS"] = std::to_string(call.attempts - 1);
    if (!exhausted_condition.empty()) attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted_condition;
    const ServiceCall by_rule{.service = "events.amazonaws.com",
                              .source_arn = attributes["RULE_ARN"],
                              .action = "sqs:SendMessage",
                              .resource = call.dead_letter->queue};
    send(call.dead_letter->queue, environment_.permits ? environment_.permits(by_rule) : Result<void>(), attributes);
  }
  if (const auto target = dead_letter_target(transaction, call); !target.empty()) {
    send(target, permits(transaction, call, target),
         {{"RequestID", call.request_id},
          {"ErrorCode", outcome.kind == FunctionOutcome::Kind::FunctionError ? "200" : "429"},
          {"ErrorMessage", message.substr(0, 1024)}});
  }
}

}  // namespace signalbox::functions
