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
  std::string op;                 ///< `add`, `replace`, `remove`
  std::vector<std::string> path;  ///< its parts, `~1` and `~0` read
  Json value;                     ///< null for `remove`
  Json removed = {};              ///< what a `remove` names, where a list has no other name for its elements
};
/// The record after all of `operations`, each applied by `apply`, which gives nothing for a path that it does not know. Errors: BadRequestException.
[[nodiscard]] Answer<Json> patched(Json record, const Json& request,
                                   const std::function<std::optional<Json>(const Json& record, const Patch& patch)>& apply);

/// A member that can be patched: `/name`, or `/name/KEY` where it is an object of texts.
struct Patchable {
  std::string_view name;
  bool keyed = false;
  bool typed = false;  ///< `"true"` and `"5"` are meant as a boolean and a number
  bool removable = true;
};
/// For patched(): what `known` allows.
[[nodiscard]] std::optional<Json> patch_member(const Json& record, const Patch& patch, std::span<const Patchable> known);
/// Texts that say a boolean or number as such.
[[nodiscard]] Json typed(const Json& value);

/// `record` with the member that `path` names set or, by null, taken out; objects on the way are made.
[[nodiscard]] Json with_member(const Json& record, std::span<const std::string> path, const Json& value);

}  // namespace signalbox::aws::apigateway
