#include "services/gateway/stage_url.h"

#include <algorithm>
#include <cctype>

namespace signalbox::gateway {

namespace {

bool is_id_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_host_character(char c) { return is_id_character(c) || c == '-' || c == '.'; }

}  // namespace

std::string with_own_stage_urls(std::string_view text, const std::function<bool(std::string_view api)>& is_own) {
  constexpr std::string_view scheme = "https://", host = ".execute-api.";
  std::string out;
  for (auto at = text.find(scheme); at != std::string_view::npos; at = text.find(scheme)) {
    const auto behind = text.substr(at + scheme.size());
    const auto api =
        behind.substr(0, static_cast<std::size_t>(std::find_if_not(behind.begin(), behind.end(), &is_id_character) - behind.begin()));
    const bool own = !api.empty() && behind.substr(api.size()).starts_with(host) && is_own(api);
    out += text.substr(0, at);
    out += own ? api_url(api) : std::string(scheme);
    text = behind;
    if (own)
      text.remove_prefix(static_cast<std::size_t>(std::find_if_not(behind.begin(), behind.end(), &is_host_character) - behind.begin()));
  }
  out.append(text);
  return out;
}

}  // namespace signalbox::gateway
