#include "signalbox/site.h"

namespace signalbox {

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
