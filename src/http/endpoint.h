#pragma once
/// Listening addresses as options write them.

#include "signalbox/result.h"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <string_view>

namespace signalbox::http {

/// `127.0.0.1:8083`, `[::1]:0`, `localhost:80`, `:8080` and `*:8080` (all interfaces). Names are resolved. Errors: InvalidArgument.
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> parse_listen_address(std::string_view text);
[[nodiscard]] std::string to_string(const boost::asio::ip::tcp::endpoint& endpoint);
/// Whether only this machine can reach it. Errors: as parse_listen_address.
[[nodiscard]] Result<bool> is_loopback_address(std::string_view text);

}  // namespace signalbox::http
