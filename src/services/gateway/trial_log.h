#pragma once
/// The log that TestInvokeMethod answers with: what happened, line by line. Source: API Gateway developer guide, "Use the API Gateway console to test a
/// REST API method".

#include "services/gateway/gateway_service.h"
#include "services/gateway/invocation.h"

#include "signalbox/ids.h"

#include <string>
#include <string_view>

namespace signalbox::gateway {

class TrialLog {
 public:
  TrialLog(std::string_view request_id, Timestamp now);
  void begin(const Invocation& invocation);
  void end(const http::Response& response, const Invocation& invocation);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void line(std::string_view text);

  std::string time_, text_;
};

/// The request that a trial describes. Its path is the resource's own unless the trial says another.
[[nodiscard]] http::Request trial_request(const MethodTrial& trial, const ApiResource& resource);

}  // namespace signalbox::gateway
