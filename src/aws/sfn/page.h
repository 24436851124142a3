#pragma once
/// Lists that are given in pages, each but the last with a token for the next one.

#include "aws/page_token.h"
#include "aws/sfn/sfn.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::aws::sfn {

/// Where the page of `token` begins; nothing without one, for the first page. `scope` as for make_page_token(). Errors: InvalidToken.
[[nodiscard]] Answer<std::optional<std::string>> page_start(const Api& api, std::string_view scope,
                                                            const std::optional<std::string>& token);
/// The same where positions are numbers: rows, versions, ids of events.
[[nodiscard]] Answer<std::optional<std::int64_t>> page_start_number(const Api& api, std::string_view scope,
                                                                    const std::optional<std::string>& token);

/// Cuts `page` to `limit` elements, one more of which had been asked for, and gives the token for what comes after them; nothing if they
/// are the last. `position` says where an element stands.
template <class Element, class Position>
[[nodiscard]] std::optional<std::string> cut_page(const Api& api, std::string_view scope, std::vector<Element>& page, std::size_t limit,
                                                  Position position) {
  if (page.size() <= limit) return std::nullopt;
  page.erase(page.begin() + static_cast<std::ptrdiff_t>(limit), page.end());
  return make_page_token(api.engine.master_key(), scope, position(page.back()));
}

}  // namespace signalbox::aws::sfn
