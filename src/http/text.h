#pragma once
/// Small helpers for the texts of HTTP.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::http {

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
/// Without spaces and tabs around it.
[[nodiscard]] std::string_view trim(std::string_view text);
/// `a=1&b=x+y` decoded, in order, repetitions kept; for queries and form bodies alike.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);
/// Whether a comma-separated header value names `token`, without regard to case.
[[nodiscard]] bool has_token(std::string_view list, std::string_view token);
/// `23/Nov/2026:21:00:00 +0000`, as the Common Log Format has it.
[[nodiscard]] std::string common_log_time(std::chrono::system_clock::time_point time);
/// `OK`, `Not Found`; `Unknown` for what RFC 9110 does not name.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace signalbox::http
