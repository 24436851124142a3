// Message move tasks, and permissions, which are kept in the queue's policy.
#include "aws/sqs/sqs.h"
#include "services/queues/message_moves.h"
#include "services/queues/queue_url.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::sqs {

namespace {

Failure invalid_value(std::string message) { return {"InvalidParameterValue", std::move(message), 400, "InvalidParameterValue"}; }

/// The queue that an ARN names.
Answer<std::string> queue_of_arn(const Json& request, const char* member) {
  Parameters parameters(request);
  const auto text = parameters.text(member);
  if (auto fault = parameters.fault()) return *fault;
  if (!text) return missing_parameter(member);
  Arn arn;
  if (!parse_arn(*text, arn) || arn.service != "sqs")
    return invalid_value("You must use this format to specify the " + std::string(member) +
                         ": arn:<partition>:<service>:<region>:<account-id>:<resource-id>");
  return arn.resource;
}

/// A task's handle: base64 of its id and its source.
std::string handle_of(const Site& site, const MessageMove& move) {
  return base64_encode(json_object({{"taskId", Json(move.id)}, {"sourceArn", Json(site.queue_arn(move.source))}}).text());
}
std::optional<std::string> id_in(const std::string& handle) {
  const auto text = base64_decode(handle);
  const auto parsed = text ? Json::parse(*text) : Result<Json>(Json());
  const Json* id = parsed ? parsed->find("taskId") : nullptr;
  return id && id->is_string() ? std::optional(std::string(id->as_string())) : std::nullopt;
}

const char* status_text(MoveStatus status) {
  switch (status) {
    case MoveStatus::Running: return "RUNNING";
    case MoveStatus::Completed: return "COMPLETED";
    case MoveStatus::Cancelling: return "CANCELLING";
    case MoveStatus::Cancelled: return "CANCELLED";
    case MoveStatus::Failed: return "FAILED";
  }
  return "";
}

Json move_json(const Site& site, const MessageMove& move) {
  Json out = json_object({{"Status", status_text(move.status)}, {"SourceArn", Json(site.queue_arn(move.source))}});
  if (move.status == MoveStatus::Running) out = out.with("TaskHandle", Json(handle_of(site, move)));
  if (move.destination) out = out.with("DestinationArn", Json(site.queue_arn(*move.destination)));
  if (move.per_second_max) out = out.with("MaxNumberOfMessagesPerSecond", Json(*move.per_second_max));
  out = out.with("ApproximateNumberOfMessagesMoved", Json(move.moved)).with("ApproximateNumberOfMessagesToMove", Json(move.to_move));
  if (move.failure) out = out.with("FailureReason", Json(*move.failure));
  return out.with("StartedTimestamp", Json(move.started_at.time_since_epoch().count()));
}

Json policy_of(const Site& site, const Queues& queues, const Reader& reader, const std::string& queue, Timestamp now) {
  const auto attributes = queues.attributes(reader, queue, {"Policy"}, now);
  if (attributes && attributes->contains("Policy")) {
    if (auto policy = Json::parse(attributes->at("Policy")); policy && policy->is_object()) return std::move(*policy);
  }
  return json_object(
      {{"Version", "2008-10-17"}, {"Id", Json(site.queue_arn(queue) + "/SQSDefaultPolicy")}, {"Statement", Json::empty_array()}});
}

Json::Array statements_of(const Json& policy) {
  const Json* statements = policy.find("Statement");
  return statements && statements->is_array() ? statements->elements() : Json::Array{};
}

bool has_label(const Json& statement, const std::string& label) {
  const Json* sid = statement.find("Sid");
  return sid && sid->is_string() && sid->as_string() == label;
}

asio::awaitable<Answer<Json>> change_policy(Api api, std::string queue, std::function<Answer<Json::Array>(Json::Array)> change) {
  auto refusal = std::make_shared<std::optional<Failure>>();
  std::function<Result<void>(EngineTransaction&)> work = [&queues = api.queues, queue, change,
                                                          refusal](EngineTransaction& transaction) -> Result<void> {
    if (const auto found = queues.find(transaction, queue); !found) return found.error();
    const Json policy = policy_of(queues.site(), queues, transaction, queue, transaction.now());
    auto statements = change(statements_of(policy));
    if (!statements) {
      *refusal = statements.error();
      return error(ErrorCode::InvalidArgument, statements.error().message);
    }
    const auto text = statements->empty() ? std::string() : policy.with("Statement", Json(std::move(*statements))).text();
    return queues.set_attributes(transaction, queue, {{"Policy", text}});
  };
  const auto done = co_await write<void>(api.engine, std::move(work));
  if (*refusal) co_return std::move(**refusal);
  if (!done) co_return done.error();
  co_return Json::empty_object();
}

}  // namespace

asio::awaitable<Answer<Json>> start_message_move_task(Api api, Json request) {
  const auto source = queue_of_arn(request, "SourceArn");
  if (!source) co_return source.error();
  MessageMove move;
  move.source = *source;
  if (request.find("DestinationArn")) {
    const auto destination = queue_of_arn(request, "DestinationArn");
    if (!destination) co_return destination.error();
    move.destination = *destination;
  }
  Parameters parameters(request);
  move.per_second_max = parameters.integer("MaxNumberOfMessagesPerSecond");
  if (auto fault = parameters.fault()) co_return *fault;
  if (move.per_second_max && (*move.per_second_max < 1 || *move.per_second_max > 500)) {
    co_return invalid_value(
        "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a value that is between 1 and 500.");
  }
  std::function<Result<MessageMove>(EngineTransaction&)> work = [moves = api.moves, move](EngineTransaction& transaction) {
    return moves->start(transaction, move);
  };
  const auto started = co_await write<MessageMove>(api.engine, std::move(work));
  if (!started) co_return started.error();
  co_return json_object({{"TaskHandle", Json(handle_of(api.queues.site(), *started))}});
}

asio::awaitable<Answer<Json>> cancel_message_move_task(Api api, Json request) {
  Parameters parameters(request);
  const auto handle = parameters.text("TaskHandle");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!handle) co_return missing_parameter("TaskHandle");
  const auto id = id_in(*handle);
  if (!id) co_return invalid_value("Value for parameter TaskHandle is invalid.");
  std::function<Result<MessageMove>(EngineTransaction&)> work = [moves = api.moves, id = *id](EngineTransaction& transaction) {
    return moves->cancel(transaction, id);
  };
  const auto cancelled = co_await write<MessageMove>(api.engine, std::move(work));
  if (!cancelled) co_return cancelled.error();
  co_return json_object({{"ApproximateNumberOfMessagesMoved", Json(cancelled->moved)}});
}

asio::awaitable<Answer<Json>> list_message_move_tasks(Api api, Json request) {
  const auto source = queue_of_arn(request, "SourceArn");
  if (!source) co_return source.error();
  Parameters parameters(request);
  const auto limit = static_cast<std::size_t>(parameters.integer("MaxResults", {1, 10}).value_or(1));
  if (auto fault = parameters.fault()) co_return *fault;
  if (!api.queues.find(api.reader, *source))
    co_return Failure{"ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.", 404,
                      "ResourceNotFoundException"};
  Json::Array shown;
  for (const auto& move : api.moves->list(api.reader, *source)) {
    if (shown.size() == limit) break;
    shown.push_back(move_json(api.queues.site(), move));
  }
  co_return json_object({{"Results", Json(std::move(shown))}});
}

asio::awaitable<Answer<Json>> add_permission(Api api, Json request) {
  const auto queue = queue_of(request);
  if (!queue) co_return queue.error();
  Parameters parameters(request);
  const auto label = parameters.text("Label");
  const auto accounts = parameters.texts("AWSAccountIds"), actions = parameters.texts("Actions");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!label) co_return missing_parameter("Label");
  if (accounts.empty()) co_return missing_parameter("AWSAccountIds");
  if (actions.empty()) co_return missing_parameter("Actions");
  Json::Array principals, allowed;
  for (const auto& account : accounts) principals.emplace_back("arn:aws:iam::" + account + ":root");
  for (const auto& action : actions) allowed.emplace_back("SQS:" + action);
  const Json statement = json_object({{"Sid", Json(*label)},
                                      {"Effect", "Allow"},
                                      {"Principal", json_object({{"AWS", Json(std::move(principals))}})},
                                      {"Action", Json(std::move(allowed))},
                                      {"Resource", Json(api.queues.site().queue_arn(*queue))}});
  std::function<Answer<Json::Array>(Json::Array)> change = [statement, label = *label](Json::Array statements) -> Answer<Json::Array> {
    for (const Json& each : statements) {
      if (has_label(each, label)) return invalid_value("Value " + label + " for parameter Label is invalid. Reason: Already exists.");
    }
    statements.push_back(statement);
    return statements;
  };
  auto answer = co_await change_policy(api, *queue, std::move(change));
  co_return answer;
}

asio::awaitable<Answer<Json>> remove_permission(Api api, Json request) {
  const auto queue = queue_of(request);
  if (!queue) co_return queue.error();
  Parameters parameters(request);
  const auto label = parameters.text("Label");
  if (auto fault = parameters.fault()) co_return *fault;
  if (!label) co_return missing_parameter("Label");
  std::function<Answer<Json::Array>(Json::Array)> change = [label = *label](Json::Array statements) -> Answer<Json::Array> {
    const auto removed = std::erase_if(statements, [&](const Json& each) { return has_label(each, label); });
    if (removed == 0)
      return invalid_value("Value " + label + " for parameter Label is invalid. Reason: can't find label on existing policy.");
    return statements;
  };
  auto answer = co_await change_policy(api, *queue, std::move(change));
  co_return answer;
}

}  // namespace signalbox::aws::sqs
