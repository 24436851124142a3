#include "http/http.h"
#include "http/text.h"

#include <algorithm>

#include "signalbox/result.h"

namespace signalbox::http {

void Headers::set(std::string_view name, std::string value) {
  for (auto& [known, old] : fields_) {
    if (equal_ignoring_case(known, name)) {
      old = std::move(value);
      return;
    }
  }
  fields_.emplace_back(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [known, value] : fields_) {
    if (equal_ignoring_case(known, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  const auto found = std::find_if(query.rbegin(), query.rend(), [&](const auto& pair) { return pair.first == name; });
  if (found == query.rend()) return std::nullopt;
  return found->second;
}

std::string_view Request::parameter(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& pair) { return pair.first == name; });
  SIGNALBOX_ASSERT(found != parameters.end());
  return found->second;
}

namespace {
Response with_type(int status, std::string body, const char* type) {
  Response response{status};
  response.headers.add("Content-Type", type);
  response.body = std::move(body);
  return response;
}
}  // namespace

Response json_response(int status, std::string body) { return with_type(status, std::move(body), "application/json"); }
Response html_response(int status, std::string body) { return with_type(status, std::move(body), "text/html; charset=utf-8"); }
Response text_response(int status, std::string body) { return with_type(status, std::move(body), "text/plain; charset=utf-8"); }

asio::awaitable<Response> ready(Response response) { co_return response; }

}  // namespace signalbox::http
