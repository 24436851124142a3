#pragma once
/// Errors as RFC 9457 problem details (`application/problem+json`).

#include "http/http.h"

#include <string_view>

namespace signalbox::http {

/// `{"title": reason phrase, "status", "detail"}`; `type` is left out, which means about:blank.
[[nodiscard]] Response problem_response(int status, std::string_view detail);
/// With the error's status (status.h), and members `code` (the ErrorCode's name) and, if there is a place, `where`.
[[nodiscard]] Response problem_response(const Error& error);

}  // namespace signalbox::http
