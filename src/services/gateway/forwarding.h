#pragma once
/// What proxies pass on to servers. Pure.

#include "services/gateway/api_model.h"

#include "http/http.h"

#include <string>

namespace signalbox::gateway {

/// Without those that belong to one connection.
[[nodiscard]] http::Headers forwarded_headers(const http::Headers& headers);
[[nodiscard]] std::string with_query(std::string url, const Pairs& query);

}  // namespace signalbox::gateway
