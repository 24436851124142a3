#pragma once
/// Intrinsic functions that need nothing but their arguments, which are resolved already. Pure. Errors: InvalidArgument.

#include "signalbox/json.h"
#include "signalbox/result.h"

namespace signalbox::deploy {

/// `Fn::Join: [delimiter, [texts]]`
[[nodiscard]] Result<Json> join(const Json& arguments);
/// `Fn::Select: [index, [values]]`
[[nodiscard]] Result<Json> select(const Json& arguments);
/// `Fn::Split: [delimiter, text]`
[[nodiscard]] Result<Json> split(const Json& arguments);
/// `Fn::Base64: text`
[[nodiscard]] Result<Json> base64(const Json& argument);
/// `Fn::Cidr: [block, count, bits]`, IPv4
[[nodiscard]] Result<Json> cidr(const Json& arguments);
/// `Fn::Length: [values]`
[[nodiscard]] Result<Json> length(const Json& argument);
/// `Fn::ToJsonString: value`
[[nodiscard]] Result<Json> to_json_string(const Json& argument);

}  // namespace signalbox::deploy
