#include "services/http_apis/call.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace signalbox::http_apis {

namespace {

/// `23/Nov/2026:21:00:00 +0000`
std::string common_log_time(Timestamp now) { return fmt::format("{:%d/%b/%Y:%H:%M:%S +0000}", fmt::gmtime(std::chrono::system_clock::to_time_t(now))); }

}  // namespace

Json call_context(const Call& call, const Site& site, const std::string& request_id, Timestamp now) {
  const auto host = std::string(call.request.headers.get("host").value_or("localhost"));
  const auto agent = call.request.headers.get("user-agent");
  return json_object({{"accountId", site.account},
                      {"apiId", call.snapshot.api},
                      {"domainName", host},
                      {"domainPrefix", host.substr(0, host.find('.'))},
                      {"extendedRequestId", request_id},
                      {"httpMethod", call.request.method},
                      {"identity", json_object({{"sourceIp", call.request.client_address}, {"userAgent", agent ? Json(*agent) : Json()}})},
                      {"path", call.path},
                      {"protocol", "HTTP/1.1"},
                      {"requestId", request_id},
                      {"requestTime", common_log_time(now)},
                      {"requestTimeEpoch", now.time_since_epoch().count()},
                      {"routeKey", call.route ? Json(call.route->key) : Json()},
                      {"stage", call.stage}});
}

Json with_answer(const Json& context, const http::Response& response, std::chrono::milliseconds latency) {
  return context.with("status", Json(response.status))
      .with("responseLength", Json(static_cast<std::int64_t>(response.body_bytes())))
      .with("responseLatency", Json(static_cast<std::int64_t>(latency.count())));
}

}  // namespace signalbox::http_apis
