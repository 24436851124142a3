#include "cli/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string_view>

#include "signalbox/json.h"

namespace signalbox::cli {

namespace {

constexpr std::string_view requests = "requests";

/// The member `message`, a JSON string, so that a line is one JSON object whatever was logged. What `requests` logs is members already (http/session.h).
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view payload(message.payload.data(), message.payload.size());
    std::string text;
    if (std::string_view(message.logger_name.data(), message.logger_name.size()) == requests) {
      text = payload;
    } else {
      text = "\"message\":";
      append_json_string(text, payload);
    }
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

}  // namespace

void set_up_logging(const std::string& format, const std::string& level) {
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("signalbox", sink);
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (format == "json") {
    formatter->add_flag<JsonMessage>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%*})");
  } else {
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-5l %v");
  }
  logger->set_formatter(std::move(formatter));  // of the sink, which both have
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  if (format == "json") {
    auto of_requests = std::make_shared<spdlog::logger>(std::string(requests), sink);
    of_requests->set_level(logger->level());
    of_requests->flush_on(spdlog::level::trace);
    spdlog::register_logger(std::move(of_requests));
  }
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace signalbox::cli
