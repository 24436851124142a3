#pragma once
/// JSON Schema, draft 4, as far as models of request bodies use it: type, enum, const; properties, required, additionalProperties, patternProperties,
/// minProperties, maxProperties; items, additionalItems, minItems, maxItems, uniqueItems; minLength, maxLength, pattern; minimum, maximum with
/// exclusive ones, multipleOf; allOf, anyOf, oneOf, not; `$ref` to `#/definitions/…` and to other models. `format` is not looked at.
/// Any other keyword is refused by name when the model is made. Source: JSON Schema Validation, draft 4.

#include "signalbox/json.h"

#include <map>
#include <optional>
#include <string>

namespace signalbox::gateway {

/// Why the schema cannot be used, naming the keyword.
[[nodiscard]] std::optional<std::string> unsupported_keyword(const Json& schema);

/// `models`: what a `$ref` to `https://apigateway.amazonaws.com/restapis/API/models/NAME` finds.
[[nodiscard]] bool is_valid(const Json& value, const Json& schema, const std::map<std::string, Json>& models);

}  // namespace signalbox::gateway
