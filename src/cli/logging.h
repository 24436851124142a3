#pragma once
/// The process's log: one line an event on standard error, as text or JSON.

#include <string>

namespace signalbox::cli {

/// `format`: `text` or `json`; in JSON a request's line has its method, path, status and so on as members beside `message`.
void set_up_logging(const std::string& format, const std::string& level);

}  // namespace signalbox::cli
