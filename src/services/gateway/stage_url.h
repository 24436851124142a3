#pragma once
/// Where a stage is reached: `https://API.execute-api.REGION.SUFFIX/STAGE/` of AWS is `PUBLIC-URL/_api/API/STAGE/` here.

#include <functional>
#include <string>
#include <string_view>

namespace signalbox::gateway {

/// Stands for the public listener's URL (no slash at its end) in stored values.
inline constexpr std::string_view public_url_placeholder = "${signalbox:public-url}";
/// What paths of stages begin with.
inline constexpr std::string_view stage_path_prefix = "/_api/";

/// In place of `https://API.execute-api.REGION.SUFFIX`: no slash at its end.
[[nodiscard]] inline std::string api_url(std::string_view api) {
  return std::string(public_url_placeholder).append(stage_path_prefix).append(api);
}
[[nodiscard]] inline std::string stage_url(std::string_view api, std::string_view stage) { return api_url(api).append("/").append(stage); }

/// What `path` is called below an API: `/_api/API/…`.
[[nodiscard]] inline std::string path_in_api(std::string_view api, std::string_view path) {
  return std::string(stage_path_prefix).append(api).append(path);
}

/// The text with `https://API.execute-api.REGION.SUFFIX` replaced by api_url(API), wherever `is_own` says that the API is one of ours: resolved properties and
/// outputs of templates, which write such URLs out.
[[nodiscard]] std::string with_own_stage_urls(std::string_view text, const std::function<bool(std::string_view api)>& is_own);

}  // namespace signalbox::gateway
