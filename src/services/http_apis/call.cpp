#include "services/http_apis/call.h"

#include "http/text.h"

namespace signalbox::http_apis {

Json call_context(const Call& call, const Site& site, const std::string& request_id, Timestamp now) {
  const auto host = std::string(call.request.headers.get("host").value_or("localhost"));
  const auto agent = call.request.headers.get("user-agent");
  return json_object({{"accountId", site.account},
                      {"apiId", call.snapshot.api},
                      {"domainName", host},
                      {"domainPrefix", call.snapshot.api},
                      {"extendedRequestId", request_id},
                      {"httpMethod", call.request.method},
                      {"identity", json_object({{"sourceIp", call.request.client_address}, {"userAgent", agent ? Json(*agent) : Json()}})},
                      {"path", call.path},
                      {"protocol", "HTTP/1.1"},
                      {"requestId", request_id},
                      {"requestTime", http::common_log_time(now)},
                      {"requestTimeEpoch", now.time_since_epoch().count()},
                      {"routeKey", call.route ? Json(call.route->key) : Json()},
                      {"stage", call.stage}});
}

}  // namespace signalbox::http_apis
