#include "http/client_address.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <charconv>
#include <optional>

#include "http/text.h"

namespace signalbox::http {

namespace asio = boost::asio;

namespace {

asio::ip::address_v6 widened(const asio::ip::address& address) {
  return address.is_v6() ? address.to_v6() : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
}

bool share_prefix(const asio::ip::address_v6& a, const asio::ip::address_v6& b, int bits) {
  const auto x = a.to_bytes(), y = b.to_bytes();
  for (std::size_t i = 0; i < x.size() && bits > 0; ++i, bits -= 8) {
    const unsigned mask = bits >= 8 ? 0xFFu : (0xFFu << (8 - bits)) & 0xFFu;
    if ((x[i] & mask) != (y[i] & mask)) return false;
  }
  return true;
}

/// `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]:5678`: proxies write all of them.
std::optional<asio::ip::address> parse_hop(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(std::string(text), failed);
  if (failed) return std::nullopt;
  return address;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& texts) {
  TrustedProxies proxies;
  for (const std::string& text : texts) {
    const auto slash = text.find('/');
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(text.substr(0, slash), failed);
    const int most = address.is_v4() ? 32 : 128;
    int bits = most;
    if (!failed && slash != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
      if (parsed.ec != std::errc() || parsed.ptr != end || bits < 0 || bits > most) failed = asio::error::invalid_argument;
    }
    if (failed) return error(ErrorCode::InvalidArgument, "not an address or CIDR range: " + text, "--trusted-proxy");
    proxies.ranges_.push_back({widened(address), bits + (address.is_v4() ? 96 : 0)});
  }
  return proxies;
}

bool TrustedProxies::contains(const asio::ip::address& address) const {
  const auto wide = widened(address);
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) { return share_prefix(range.address, wide, range.bits); });
}

std::string TrustedProxies::client_of(const asio::ip::address& peer, std::string_view forwarded_for) const {
  asio::ip::address nearest = peer;
  while (contains(nearest) && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const auto hop = parse_hop(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1));
    if (!hop) break;
    nearest = *hop;
    forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
  }
  return nearest.to_string();
}

}  // namespace signalbox::http
