#pragma once
/// Patch operations: `[{"op": "replace", "path": "/variables/colour", "value": "red"}]`. Source: API Gateway API Reference (V1), PatchOperation.

#include "aws/failure.h"
#include "signalbox/json.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws::apigateway {

struct Patch {
  std::string op;                          ///< `add`, `replace`, `remove`
  std::vector<std::string> path;           ///< its parts, `~1` and `~0` read
  Json value;                              ///< null for `remove`
};
/// The record after all of `operations`, each applied by `apply`, which gives nothing for a path that it does not know. Errors: BadRequestException.
[[nodiscard]] Answer<Json> patched(Json record, const Json& request, const std::function<std::optional<Json>(const Json& record, const Patch& patch)>& apply);

/// `record` with the member that `path` names set or, by null, taken out; objects on the way are made.
[[nodiscard]] Json with_member(const Json& record, std::span<const std::string> path, const Json& value);

}  // namespace signalbox::aws::apigateway
