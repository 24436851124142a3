#include "signalbox/site.h"

namespace signalbox {

// Every record that is shown has one: it is put together in one piece of memory.
std::string Site::arn(std::string_view service, std::string_view resource) const {
  constexpr std::string_view prefix = "arn:aws:";
  std::string text;
  text.reserve(prefix.size() + service.size() + region.size() + account.size() + resource.size() + 3);
  text.append(prefix).append(service).append(1, ':').append(region).append(1, ':').append(account).append(1, ':').append(resource);
  return text;
}

bool parse_arn(std::string_view text, Arn& out) {
  // arn:partition:service:region:account:resource
  std::string_view fields[5];
  for (auto& field : fields) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    field = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (fields[0] != "arn" || fields[1].empty() || fields[2].empty() || text.empty()) return false;
  out = Arn{std::string(fields[2]), std::string(text)};
  return true;
}

}  // namespace signalbox
