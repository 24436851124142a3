#pragma once
/// Pagination tokens: opaque to clients, and checked, so that a made-up one is refused as on AWS.

#include "signalbox/keys.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::aws {

/// `scope` says for which list the token is good: the operation and what it was asked for. base64url of a MAC and the position.
[[nodiscard]] std::string make_page_token(const MasterKey& master, std::string_view scope, std::string_view position);
/// The position; nothing for a token that was not made for this scope.
[[nodiscard]] std::optional<std::string> read_page_token(const MasterKey& master, std::string_view scope, std::string_view token);

}  // namespace signalbox::aws
