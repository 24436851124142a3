#pragma once
/// Whose address a request comes from when proxies stand in between.

#include "signalbox/result.h"

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::http {

/// Addresses whose X-Forwarded-For is believed.
class TrustedProxies {
 public:
  /// Each an address (`10.0.0.1`, `::1`) or a CIDR range. Errors: InvalidArgument naming the text.
  [[nodiscard]] static Result<TrustedProxies> parse(const std::vector<std::string>& texts);
  [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  /// The nearest address that is no trusted proxy: from the right of X-Forwarded-For as long as those to the right are trusted.
  [[nodiscard]] std::string client_of(const boost::asio::ip::address& peer, std::string_view forwarded_for) const;

 private:
  struct Range {
    boost::asio::ip::address_v6 address;  ///< v4 as v4-mapped
    int bits = 128;
  };
  std::vector<Range> ranges_;
};

}  // namespace signalbox::http
