#pragma once
/// Pages of lists that are given whole.

#include "aws/failure.h"
#include "aws/parameters.h"
#include "signalbox/encoding.h"

#include <cstdlib>
#include <string>
#include <utility>

namespace signalbox::aws::events_api {

/// `Limit` of `count` elements (100 at most) as `show` gives them by their number. `NextToken` holds the number of the first one not shown.
template <class Show>
Answer<Json> page_json(const Json& request, std::size_t count, const char* member, Show show) {
  Parameters parameters(request);
  const auto limit = static_cast<std::size_t>(parameters.integer("Limit", {1, 100}).value_or(100));
  const auto token = parameters.text("NextToken", {1, 2048});
  if (auto fault = parameters.fault()) return *fault;
  const auto start = token ? static_cast<std::size_t>(std::strtoull(base64url_decode(*token).value_or("0").c_str(), nullptr, 10)) : 0;
  Json::Array shown;
  std::size_t at = start;
  for (; at < count && shown.size() < limit; ++at) shown.push_back(show(at));
  Json out = json_object({{member, Json(std::move(shown))}});
  return at < count ? out.with("NextToken", Json(base64url_encode(std::to_string(at)))) : out;
}

}  // namespace signalbox::aws::events_api
