#include "services/queues/queue_url.h"

#include <algorithm>

namespace signalbox {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

bool is_queue_name(std::string_view name) {
  if (name.size() > 80) return false;
  if (is_fifo_name(name)) name.remove_suffix(5);
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_character);
}

std::string queue_url(std::string_view base, const Site& site, std::string_view name) {
  std::string url(base);
  url.append("/").append(site.account).append("/").append(name);
  return url;
}

std::optional<std::string> queue_name_of(std::string_view text) {
  if (Arn arn; parse_arn(text, arn)) {
    if (arn.service != "sqs" || !is_queue_name(arn.resource)) return std::nullopt;
    return arn.resource;
  }
  // Of a URL the last part counts; a slash after it is forgiven, as AWS does.
  if (text.ends_with('/')) text.remove_suffix(1);
  if (const auto slash = text.rfind('/'); slash != std::string_view::npos) text.remove_prefix(slash + 1);
  if (!is_queue_name(text)) return std::nullopt;
  return std::string(text);
}

}  // namespace signalbox
