#include "services/routes/path_pattern.h"

#include "signalbox/encoding.h"

namespace signalbox::routes {

std::vector<std::string_view> path_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (const auto part = path.substr(0, slash); !part.empty()) parts.push_back(part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

bool is_parameter(std::string_view part) { return part.size() > 2 && part.front() == '{' && part.back() == '}'; }
bool is_greedy(std::string_view part) { return is_parameter(part) && part[part.size() - 2] == '+'; }
std::string_view parameter_name(std::string_view part) { return part.substr(1, part.size() - (is_greedy(part) ? 3 : 2)); }

std::optional<PathMatch> match_path(std::string_view pattern, std::string_view path) {
  const auto wanted = path_parts(pattern), parts = path_parts(path);
  PathMatch match;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i >= parts.size()) return std::nullopt;
    const auto part = wanted[i];
    if (is_greedy(part)) {
      auto rest = path.substr(static_cast<std::size_t>(parts[i].data() - path.data()));
      if (rest.ends_with('/')) rest.remove_suffix(1);
      match.parameters.emplace_back(parameter_name(part), percent_decode(rest, false));
      match.rank += '0';
      return match;
    }
    if (is_parameter(part)) {
      match.parameters.emplace_back(parameter_name(part), percent_decode(parts[i], false));
      match.rank += '1';
    } else if (part == parts[i] || part == percent_decode(parts[i], false)) {
      match.rank += '2';
    } else {
      return std::nullopt;
    }
  }
  return wanted.size() == parts.size() ? std::optional(std::move(match)) : std::nullopt;
}

}  // namespace signalbox::routes
