#include "services/gateway/request_context.h"

#include "http/text.h"
#include "signalbox/encoding.h"

namespace signalbox::gateway {

namespace {

Json identity(const http::Request& request) {
  const auto agent = request.headers.get("user-agent");
  Json::Object members{{"sourceIp", request.client_address}, {"userAgent", agent ? Json(*agent) : Json()}};
  for (const auto* name : {"accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
                           "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"})
    members.push_back({name, Json()});
  return Json(std::move(members));
}

}  // namespace

Json request_context(const ContextRequest& parts) {
  const auto host = std::string(parts.request.headers.get("host").value_or("localhost"));
  const auto& resource = parts.resource;
  return json_object({{"resourceId", resource ? Json(resource->id) : Json()},
                      {"resourcePath", resource ? Json(resource->path) : Json()},
                      {"httpMethod", parts.request.method},
                      {"extendedRequestId", parts.extended_request_id},
                      {"requestTime", http::common_log_time(parts.now)},
                      {"path", parts.stage_path.full_path},
                      {"accountId", parts.site.account},
                      {"protocol", "HTTP/1.1"},
                      {"stage", parts.stage_path.stage},
                      {"domainPrefix", parts.snapshot.api},
                      {"requestTimeEpoch", parts.now.time_since_epoch().count()},
                      {"requestId", parts.request.request_id},
                      {"identity", identity(parts.request)},
                      {"domainName", host},
                      {"deploymentId", parts.snapshot.deployment},
                      {"apiId", parts.snapshot.api},
                      {"xrayTraceId", parts.trace_id}});
}

std::string make_trace_id(Timestamp now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string hex;
  for (int shift = 28; shift >= 0; shift -= 4) hex += "0123456789abcdef"[static_cast<std::size_t>(seconds >> shift) & 0xfU];
  return "Root=1-" + hex + "-" + hex_encode(random_bytes(12));
}

Json with_response(const Json& context, const http::Response& response, std::chrono::milliseconds latency) {
  return context.with("status", Json(response.status))
      .with("responseLength", Json(static_cast<std::int64_t>(response.body_bytes())))
      .with("responseLatency", Json(static_cast<std::int64_t>(latency.count())));
}

}  // namespace signalbox::gateway
