#include "aws/page_token.h"

#include "signalbox/encoding.h"

namespace signalbox::aws {

namespace {
constexpr std::size_t mac_bytes = 16;

std::string mac_of(const MasterKey& master, std::string_view scope, std::string_view position) {
  std::string bytes = "page token";
  bytes.append(1, '\0').append(scope).append(1, '\0').append(position);
  return hmac_sha256(master.bytes, bytes).substr(0, mac_bytes);
}
}  // namespace

std::string make_page_token(const MasterKey& master, std::string_view scope, std::string_view position) {
  return base64url_encode(mac_of(master, scope, position) + std::string(position));
}

std::optional<std::string> read_page_token(const MasterKey& master, std::string_view scope, std::string_view token) {
  const auto bytes = base64url_decode(token);
  if (!bytes || bytes->size() < mac_bytes) return std::nullopt;
  auto position = bytes->substr(mac_bytes);
  if (!equal_in_constant_time(mac_of(master, scope, position), std::string_view(*bytes).substr(0, mac_bytes))) return std::nullopt;
  return position;
}

}  // namespace signalbox::aws
