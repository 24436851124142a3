#pragma once
/// `$context` of a request. Pure. Source: API Gateway developer guide, "Variables for access logging", "Context variables for data transformations".

#include "services/gateway/route_match.h"

#include "http/http.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/site.h"

#include <string>

namespace signalbox::gateway {

struct ContextRequest {
  const http::Request& request;
  const StagePath& stage_path;
  const ApiSnapshot& snapshot;
  const ApiResource* resource;  ///< null: none was found
  const Site& site;
  std::string extended_request_id, trace_id;
  Timestamp now;
};
[[nodiscard]] Json request_context(const ContextRequest& parts);

/// `Root=1-67891233-abcdef012345678912345678`, as X-Ray writes it; another one each time.
[[nodiscard]] std::string make_trace_id(Timestamp now);

/// What is known once the answer is there: `status`, `responseLength`, `responseLatency`.
[[nodiscard]] Json with_response(const Json& context, const http::Response& response, std::chrono::milliseconds latency);

}  // namespace signalbox::gateway
