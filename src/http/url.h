#pragma once
/// Absolute http and https URLs, as outgoing requests and options need them.

#include "signalbox/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::http {

struct Url {
  std::string scheme;      ///< `http` or `https`
  std::string host;        ///< without brackets
  std::uint16_t port = 0;  ///< the scheme's own if none is written
  std::string target;      ///< path and query, at least `/`; no fragment

  /// For the Host header: the port only where it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
};

/// Errors: InvalidArgument naming the text. User information (`user@`) is refused.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace signalbox::http
