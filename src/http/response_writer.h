#pragma once
/// Responses as bytes.

#include "http/http.h"

#include <string>

namespace signalbox::http {

struct ResponseContext {
  std::string_view request_id;
  bool head = false;  ///< the request's method was HEAD: length without body
  bool keep_alive = true;
  bool http_1_0 = false;
};

/// Appends status line and header fields to `out`, with Content-Length, Date, x-amzn-RequestId and Connection where the handler did
/// not give them. A header value never breaks its line. Says whether the body is to follow.
[[nodiscard]] bool append_head(std::string& out, const Response& response, const ResponseContext& context);

}  // namespace signalbox::http
