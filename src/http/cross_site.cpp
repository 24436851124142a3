#include "http/cross_site.h"

#include "http/text.h"

namespace signalbox::http {

namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_loopback_name(std::string_view host) {
  const auto name = without_port(host);
  constexpr std::string_view suffix = ".localhost";
  return equal_ignoring_case(name, "localhost") || name == "[::1]" ||
         (name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos) ||
         (name.size() > suffix.size() && equal_ignoring_case(name.substr(name.size() - suffix.size()), suffix));
}

}  // namespace

bool is_cross_site(const Request& request, bool loopback_listener) {
  if (equal_ignoring_case(request.headers.get("Sec-Fetch-Site").value_or(""), "cross-site")) return true;
  const auto origin = request.headers.get("Origin"), host = request.headers.get("Host");
  const bool may_be_rebound = loopback_listener && host && !is_loopback_name(*host);
  // Browsers leave the Origin of a GET to its own site away, and Sec-Fetch-Site over plain HTTP, but all say which languages they like.
  if (!origin) return may_be_rebound && request.headers.get("Accept-Language");
  const auto scheme_end = origin->find("://");
  if (scheme_end == std::string_view::npos || !host) return true;  // `null`: a sandboxed page, a file
  return may_be_rebound || !equal_ignoring_case(origin->substr(scheme_end + 3), *host);
}

}  // namespace signalbox::http
