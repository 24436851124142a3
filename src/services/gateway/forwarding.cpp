#include "services/gateway/forwarding.h"

#include "base/text.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <array>

namespace signalbox::gateway {

http::Headers forwarded_headers(const http::Headers& headers) {
  constexpr std::array own{"host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer", "expect"};
  http::Headers kept;
  for (const auto& [name, value] : headers.all()) {
    const auto lower = ascii_lower(name);
    if (std::find(own.begin(), own.end(), lower) == own.end()) kept.add(name, value);
  }
  return kept;
}

std::string with_query(std::string url, const Pairs& query) {
  for (const auto& [name, value] : query)
    url += (url.find('?') == std::string::npos ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return url;
}

}  // namespace signalbox::gateway
