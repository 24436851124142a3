#pragma once
/// Queue URLs. What is stored or handed to templates and functions' environments holds a placeholder for the daemon's own address, so
/// that a changed port breaks nothing; it is resolved when used. What comes in may name any host and account.

#include "signalbox/site.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// Stands for the admin listener's URL (`http://127.0.0.1:8083`, no slash at its end) in stored values.
inline constexpr std::string_view admin_url_placeholder = "${signalbox:admin-url}";

/// `BASE/ACCOUNT/NAME`; `base` without a slash at its end: `http://` + the request's Host, or admin_url_placeholder.
[[nodiscard]] std::string queue_url(std::string_view base, const Site& site, std::string_view name);

/// The name in `http://any-host/any-account/NAME`, `${signalbox:admin-url}/…/NAME`, a queue's ARN, or NAME itself. Nothing if it is none of
/// these. Whether such a queue exists is not asked.
[[nodiscard]] std::optional<std::string> queue_name_of(std::string_view url_arn_or_name);

/// 1 to 80 of A-Z a-z 0-9 _ -, with `.fifo` at its end for FIFO queues (counted in the 80).
[[nodiscard]] bool is_queue_name(std::string_view name);
[[nodiscard]] inline bool is_fifo_name(std::string_view name) { return name.ends_with(".fifo"); }

}  // namespace signalbox
