#pragma once
/// What templates can do with values: operators, properties, and the methods of Java's strings, lists and maps.

#include "services/gateway/velocity/nodes.h"
#include "services/gateway/velocity/value.h"

#include <optional>
#include <string_view>
#include <vector>

namespace signalbox::velocity {

/// Arithmetic and comparison; null where the operands do not fit. `+` with a text on either side joins texts.
[[nodiscard]] Value combine_values(Operator op, const Value& left, const Value& right);

/// `$value.name`: a map's member, an object's property, `size`, `empty`… of a list or text. Nothing: none, or null.
[[nodiscard]] std::optional<Value> property(const Value& value, std::string_view name);
/// `$value[index]`.
[[nodiscard]] std::optional<Value> element(const Value& value, const Value& index);
/// `#set($value[index] = element)`; no effect where there is no such place.
void set_element(const Value& value, const Value& index, Value element);
/// `$value.method(arguments)`. Nothing: there is no such method, the arguments do not fit, or it gives null.
[[nodiscard]] std::optional<Value> call(const Value& value, std::string_view method, const std::vector<Value>& arguments);
/// What #foreach goes over: a list's elements, a map's values.
[[nodiscard]] List elements_of(const Value& value);

}  // namespace signalbox::velocity
