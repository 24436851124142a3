#include "services/topics/delivery_outcome.h"

#include "signalbox/mail.h"

#include <algorithm>

namespace signalbox {

namespace {

DeliveryOutcome again(const Delivery& delivery, const std::string& why, std::string_view policy) {
  const auto delay = delivery_retry_delay(delivery.kind, delivery.attempts + 1, policy);
  if (!delay) return GiveUp{why};
  return TryAgain{.after = *delay, .why = why};
}

}  // namespace

DeliveryOutcome outcome_of(const Delivery& delivery, const Result<http::Response>& response, std::string_view delivery_policy) {
  if (!response) return again(delivery, response.error().message, delivery_policy);
  const auto status = response->status;
  if (status >= 200 && status < 300) return Delivered{};
  const auto why = "the endpoint answered " + std::to_string(status);
  if (status >= 400 && status < 500 && status != 429) return GiveUp{why};
  return again(delivery, why, delivery_policy);
}

DeliveryOutcome outcome_of(const Delivery& delivery, const FunctionOutcome& outcome, Timestamp now) {
  using Kind = FunctionOutcome::Kind;
  switch (outcome.kind) {
    case Kind::Answered: return Delivered{};
    case Kind::FunctionError: return again(delivery, "the function raised an error", {});
    case Kind::NotFound: return GiveUp{outcome.message};
    case Kind::Throttled:
    case Kind::Unavailable: break;
  }
  if (now - delivery.created_at >= std::chrono::hours{6}) return GiveUp{outcome.message};
  // Doubling from a second by the time it has waited already; such attempts are not counted, since the handler never ran.
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - delivery.created_at);
  return TryAgain{.after = std::clamp<std::chrono::milliseconds>(waited, std::chrono::seconds{1}, std::chrono::minutes{5}),
                  .why = outcome.message};
}

http::ClientRequest request_of(const Delivery& delivery, const std::string& endpoint, const std::string& topic_arn,
                               const std::string& subscription_arn, const std::string& public_url) {
  http::ClientRequest request;
  request.url = endpoint;
  const bool confirmation = delivery.kind == DeliveryKind::Confirmation;
  request.headers.add("Content-Type", "text/plain; charset=UTF-8");
  request.headers.add("User-Agent", "Amazon Simple Notification Service Agent");
  request.headers.add("x-amz-sns-message-type", confirmation ? "SubscriptionConfirmation" : "Notification");
  request.headers.add("x-amz-sns-message-id", delivery.message_id);
  request.headers.add("x-amz-sns-topic-arn", topic_arn);
  if (!confirmation) request.headers.add("x-amz-sns-subscription-arn", subscription_arn);
  if (delivery.raw) request.headers.add("x-amz-sns-rawdelivery", "true");
  request.body = delivery.raw ? delivery.body : resolve_public_url(delivery.body, public_url);
  return request;
}

}  // namespace signalbox
