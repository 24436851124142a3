#include "services/gateway/access_log.h"

#include "services/gateway/gateway_records.h"

#include "signalbox/encoding.h"
#include "signalbox/logs.h"
#include "signalbox/site.h"

#include <spdlog/spdlog.h>

namespace signalbox::gateway {

std::optional<AccessLog> read_access_log(const Json& stage) {
  const auto* settings = stage.find("accessLogSettings");
  Arn arn;
  if (!settings || !settings->is_object() || !parse_arn(member_text(*settings, "destinationArn"), arn)) return std::nullopt;
  constexpr std::string_view prefix = "log-group:";
  if (arn.service != "logs" || !arn.resource.starts_with(prefix)) return std::nullopt;
  auto group = arn.resource.substr(prefix.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  return AccessLog{.group = std::move(group), .format = member_text(*settings, "format")};
}

void write_access_log(Engine& engine, const AccessLog& log, const std::string& api, const std::string& stage, std::string line) {
  // AWS names streams by a hash, too.
  auto stream = hex_encode(digest(DigestAlgorithm::Md5, api + "/" + stage));
  std::function<Result<bool>(EngineTransaction&)> work = [group = log.group, stream = std::move(stream),
                                                          line = std::move(line)](EngineTransaction& transaction) -> Result<bool> {
    auto written = logs::append(transaction, group, stream, {{transaction.now(), line}});
    if (!written) return written.error();
    return true;
  };
  engine.transact<bool>(std::move(work), [group = log.group](Result<bool> done) {
    if (!done) spdlog::warn("access log {}: {}", group, done.error().message);
  });
}

}  // namespace signalbox::gateway
