#pragma once
/// What the readers of OpenAPI and Swagger documents share.

#include "signalbox/json.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox::gateway {

/// Members of a path that are methods, and what the control plane calls them.
inline constexpr std::array document_methods{std::pair{"get", "GET"},     std::pair{"put", "PUT"},
                                             std::pair{"post", "POST"},   std::pair{"delete", "DELETE"},
                                             std::pair{"head", "HEAD"},   std::pair{"options", "OPTIONS"},
                                             std::pair{"patch", "PATCH"}, std::pair{"x-amazon-apigateway-any-method", "ANY"}};

/// The place of a member. RFC 6901.
[[nodiscard]] std::string document_place(const std::string& place, std::string_view name);
/// What `$ref` leads to within the document; the value itself if it is none.
[[nodiscard]] const Json& document_target(const Json& document, const Json& value);
/// `true`, or the text.
[[nodiscard]] bool is_true(const Json* value);
/// `members` with the name, description and version that the document's `info` has.
[[nodiscard]] Json with_info(Json members, const Json* info);

}  // namespace signalbox::gateway
