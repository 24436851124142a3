#include "http/endpoint.h"

#include <boost/asio/io_context.hpp>

#include <charconv>

namespace signalbox::http {

using boost::asio::ip::tcp;

Result<tcp::endpoint> parse_listen_address(std::string_view text) {
  const auto invalid = [&](std::string_view why) {
    return error(ErrorCode::InvalidArgument,
                 "not an address to listen on (HOST:PORT): " + std::string(text) + (why.empty() ? "" : ": ") + std::string(why));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid("the port is missing");
  auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (parsed.ec != std::errc() || parsed.ptr != port_text.data() + port_text.size()) return invalid("the port is not a number up to 65535");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "*") return tcp::endpoint(tcp::v4(), port);

  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(std::string(host), failed);
  if (!failed) return tcp::endpoint(address, port);
  boost::asio::io_context context;
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(std::string(host), std::string(port_text), tcp::resolver::passive, failed);
  if (failed || found.empty()) return invalid(failed.message());
  return found.begin()->endpoint();
}

std::string to_string(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

Result<bool> is_loopback_address(std::string_view text) {
  const auto endpoint = parse_listen_address(text);
  if (!endpoint) return endpoint.error();
  return endpoint->address().is_loopback();
}

}  // namespace signalbox::http
