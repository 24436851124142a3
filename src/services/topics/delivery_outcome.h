#pragma once
/// What follows from an attempt to deliver. Pure.

#include "http/http.h"
#include "services/topics/deliveries.h"
#include "signalbox/functions.h"

#include <string>
#include <variant>

namespace signalbox {

struct Delivered {};
struct TryAgain {
  std::chrono::milliseconds after;
  std::string why;
};
struct GiveUp {
  std::string why;
};
using DeliveryOutcome = std::variant<Delivered, TryAgain, GiveUp>;

/// 2xx is delivered; other 4xx than 429 are for good; all else is tried again as the delivery policy says.
/// Source: SNS Developer Guide, Message delivery retries.
[[nodiscard]] DeliveryOutcome outcome_of(const Delivery& delivery, const Result<http::Response>& response,
                                         std::string_view delivery_policy);
/// A handler's error is retried twice; a function that could not run is tried for six hours; one that does not exist is given up.
/// Source: Lambda Developer Guide, Asynchronous invocation.
[[nodiscard]] DeliveryOutcome outcome_of(const Delivery& delivery, const FunctionOutcome& outcome, Timestamp now);

/// The request that carries a delivery to an endpoint. `subscription_arn` is left out of a confirmation.
[[nodiscard]] http::ClientRequest request_of(const Delivery& delivery, const std::string& endpoint, const std::string& topic_arn,
                                             const std::string& subscription_arn, const std::string& public_url);

}  // namespace signalbox
