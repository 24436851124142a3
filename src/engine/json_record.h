#pragma once
/// Reading and writing the members of records that are stored as JSON text, because people may want to look at them.

#include "signalbox/ids.h"
#include "signalbox/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace signalbox {

inline Json time_json(Timestamp time) { return Json(time.time_since_epoch().count()); }
inline Timestamp time_of(std::int64_t milliseconds) { return Timestamp{std::chrono::milliseconds{milliseconds}}; }

inline std::optional<std::int64_t> number_of(const Json& json, const char* name) {
  const Json* value = json.find(name);
  return value ? value->as_integer() : std::nullopt;
}
inline std::optional<Json> optional_json_of(const Json& json, const char* name) {
  const Json* value = json.find(name);
  return value ? std::optional(*value) : std::nullopt;
}

}  // namespace signalbox
