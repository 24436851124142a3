#include "aws/sfn/page.h"

#include <charconv>

namespace signalbox::aws::sfn {

Answer<std::optional<std::string>> page_start(const Api& api, std::string_view scope, const std::optional<std::string>& token) {
  if (!token) return std::optional<std::string>();
  auto position = read_page_token(api.engine.master_key(), scope, *token);
  if (!position) return Failure{"InvalidToken", "Invalid Token: 'Invalid token'"};
  return position;
}

Answer<std::optional<std::int64_t>> page_start_number(const Api& api, std::string_view scope, const std::optional<std::string>& token) {
  const auto position = page_start(api, scope, token);
  if (!position) return position.error();
  if (!*position) return std::optional<std::int64_t>();
  std::int64_t number = 0;
  std::from_chars((*position)->data(), (*position)->data() + (*position)->size(), number);
  return std::optional(number);
}

}  // namespace signalbox::aws::sfn
