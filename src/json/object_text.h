#pragma once
/// Writes JSON objects as text, member by member: answers need no tree.

#include "signalbox/encoding.h"
#include "signalbox/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

/// Member names are the program's own: they need no escaping. What has no value is left out.
class ObjectText {
 public:
  ObjectText& text(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(out_, value);
    return *this;
  }
  ObjectText& text(std::string_view name, const std::optional<std::string>& value) {
    return value ? text(name, std::string_view(*value)) : *this;
  }
  ObjectText& text(std::string_view name, const std::string& value) { return text(name, std::string_view(value)); }
  ObjectText& text(std::string_view name, const char* value) { return text(name, std::string_view(value)); }
  /// A value that is JSON text already.
  ObjectText& raw(std::string_view name, std::string_view json) {
    begin(name);
    out_ += json;
    return *this;
  }
  ObjectText& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  ObjectText& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  /// Seconds since 1970 with milliseconds, as AWS's JSON protocols have it.
  ObjectText& time(std::string_view name, Timestamp value) { return raw(name, format_epoch_seconds(value)); }
  ObjectText& time(std::string_view name, std::optional<Timestamp> value) { return value ? time(name, *value) : *this; }
  ObjectText& rfc3339(std::string_view name, std::optional<Timestamp> value) { return value ? text(name, format_rfc3339(*value)) : *this; }
  ObjectText& json(std::string_view name, const Json& value) {
    begin(name);
    value.append_text(out_);
    return *this;
  }
  /// JSON inside a string, as the API carries payloads.
  ObjectText& quoted(std::string_view name, const Json& value) { return text(name, std::string_view(value.text())); }

  [[nodiscard]] std::string take() {
    out_ += empty_ ? "{}" : "}";
    return std::move(out_);
  }

 private:
  void begin(std::string_view name) {
    if (empty_) out_.reserve(usual_bytes);  // growing up to it step by step takes five allocations
    out_ += empty_ ? "{\"" : ",\"";
    empty_ = false;
    out_ += name;
    out_ += "\":";
  }

  static constexpr std::size_t usual_bytes = 480;
  std::string out_;
  bool empty_ = true;
};

/// `[…]` of what `element` gives for each.
template <class Elements, class Text>
std::string array_text(const Elements& elements, Text element) {
  std::string out = "[";
  for (const auto& each : elements) {
    if (out.size() > 1) out += ',';
    out += element(each);
  }
  return out + "]";
}

}  // namespace signalbox
