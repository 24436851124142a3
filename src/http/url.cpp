#include "http/url.h"

#include <algorithm>
#include <charconv>

#include "http/text.h"

namespace signalbox::http {

namespace {
std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }
}  // namespace

std::string Url::authority() const {
  const auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == default_port(scheme) ? name : name + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text) {
  const auto invalid = [&] { return error(ErrorCode::InvalidArgument, "not an http or https URL: " + std::string(text)); };
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return invalid();
  Url url;
  for (const char* scheme : {"http", "https"}) {
    if (equal_ignoring_case(text.substr(0, scheme_end), scheme)) url.scheme = scheme;
  }
  if (url.scheme.empty()) return invalid();
  auto rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  if (std::any_of(rest.begin(), rest.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; })) return invalid();
  const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
  auto authority = rest.substr(0, authority_end);
  const auto target = rest.substr(authority_end);
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);

  if (authority.find('@') != std::string_view::npos) return invalid();
  std::string_view port_text;
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) return invalid();
    url.host = authority.substr(1, bracket - 1);
    port_text = authority.substr(bracket + 1);
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port_text = authority.substr(colon);
  }
  if (url.host.empty()) return invalid();
  url.port = default_port(url.scheme);
  if (!port_text.empty()) {
    const char* end = port_text.data() + port_text.size();
    const auto parsed = std::from_chars(port_text.data() + 1, end, url.port);
    if (port_text.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end) return invalid();
  }
  return url;
}

}  // namespace signalbox::http
