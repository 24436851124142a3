#pragma once
/// Paths with parameters, as API Gateway has them: `/orders/{id}`, `/files/{rest+}`. Pure. Source: API Gateway developer guide, "Set up a proxy
/// integration with a proxy resource"; slashes as recorded on AWS.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::routes {

/// The parts between a path's slashes, empty ones left out.
[[nodiscard]] std::vector<std::string_view> path_parts(std::string_view path);

[[nodiscard]] bool is_parameter(std::string_view part);
/// One that takes all that follows: `{rest+}`.
[[nodiscard]] bool is_greedy(std::string_view part);
/// Without its braces and plus.
[[nodiscard]] std::string_view parameter_name(std::string_view part);

struct PathMatch {
  std::string rank;  ///< the greater, the more exact: part by part, spelled out before parameter before greedy
  std::vector<std::pair<std::string, std::string>> parameters;  ///< decoded
};
/// `path` is as sent, without the query. Slashes before the first part, doubled ones and one at the end do not matter; those inside of what a greedy
/// parameter takes are kept.
[[nodiscard]] std::optional<PathMatch> match_path(std::string_view pattern, std::string_view path);

}  // namespace signalbox::routes
