#include "services/gateway/template_variables.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <cstdint>

namespace signalbox::gateway {

namespace {

using velocity::List;
using velocity::Map;
using velocity::Value;

/// Of repeated names the last counts.
Map map_of(const Pairs& pairs) {
  Map map;
  for (const auto& [name, value] : pairs) velocity::put(map, name, Value(value));
  return map;
}

std::optional<std::string> text_argument(const std::vector<Value>& arguments) {
  if (arguments.size() != 1 || arguments.front().is_null()) return std::nullopt;
  return arguments.front().text();
}

class Input final : public velocity::Object {
 public:
  Input(const Invocation& invocation, const std::string& body) : invocation_(invocation), body_(body) {}

  std::optional<Value> property(std::string_view name) const override {
    if (name == "body") return Value(body_.empty() ? "{}" : body_);  // [recorded on AWS]
    return std::nullopt;
  }

  std::optional<Value> call(std::string_view method, const std::vector<Value>& arguments) const override {
    if (method == "params") return params(arguments);
    const auto path = text_argument(arguments);
    if (!path || (method != "json" && method != "path")) return std::nullopt;
    const auto* root = json();
    if (!root) return std::nullopt;
    const auto found = value_at(*root, *path);
    if (method == "json") return Value(found ? found->text() : std::string("\"\""));
    return found ? Value::from_json(*found) : Value("");
  }

  /// Why the body could not be read, once somebody wanted to look into it.
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

 private:
  std::optional<Value> params(const std::vector<Value>& arguments) const {
    const auto& request = invocation_.request;
    if (arguments.empty()) {
      Map all;
      velocity::put(all, "path", map_of(invocation_.path_parameters));
      velocity::put(all, "querystring", map_of(request.query));
      velocity::put(all, "header", map_of(request.headers.all()));
      return Value(std::move(all));
    }
    const auto name = text_argument(arguments);
    if (!name) return std::nullopt;
    for (const auto* source : {"method.request.path.", "method.request.querystring.", "method.request.header."})
      if (auto value = mapped_value(source + *name, invocation_, nullptr)) return Value(std::move(*value));
    return Value("");
  }

  const Json* json() const {
    if (json_ || fault_) return json_ ? &*json_ : nullptr;
    auto parsed = Json::parse(body_.empty() ? "{}" : body_);
    if (parsed) json_ = std::move(*parsed);
    else fault_ = parsed.error().message;
    return json_ ? &*json_ : nullptr;
  }

  const Invocation& invocation_;
  const std::string& body_;
  mutable std::optional<Json> json_;
  mutable std::optional<std::string> fault_;
};

/// `\uXXXX` for a unit of UTF-16.
void append_unit(std::string& out, std::uint32_t unit) { out += fmt::format("\\u{:04X}", unit); }

/// The code point at `at`, which moves behind it. Precondition: UTF-8.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  std::uint32_t point = lead < 0x80 ? lead : lead < 0xe0 ? lead & 0x1fU : lead < 0xf0 ? lead & 0x0fU : lead & 0x07U;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U)
    point = (point << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  return point;
}

/// As Java's StringEscapeUtils: quotes, slashes and what is not ASCII are escaped.
std::string escape_javascript(std::string_view text) {
  constexpr std::string_view from = "\b\t\n\f\r\"\\'/", to = "btnfr\"\\'/";
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next_code_point(text, at);
    const auto special = point < 0x80 ? from.find(static_cast<char>(point)) : std::string_view::npos;
    if (special != std::string_view::npos) escaped.append(1, '\\').append(1, to[special]);
    else if (point >= 0x20 && point < 0x7f) escaped += static_cast<char>(point);
    else if (point < 0x10000) append_unit(escaped, point);
    else {
      append_unit(escaped, 0xd800U + ((point - 0x10000) >> 10U));
      append_unit(escaped, 0xdc00U + ((point - 0x10000) & 0x3ffU));
    }
  }
  return escaped;
}

/// application/x-www-form-urlencoded, as Java's URLEncoder.
std::string url_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c == ' ') encoded += '+';
    else if (c == '~') encoded += "%7E";
    else if (c == '*') encoded += c;
    else encoded += percent_encode(std::string_view(&c, 1));
  }
  return encoded;
}

class Util final : public velocity::Object {
 public:
  std::optional<Value> call(std::string_view method, const std::vector<Value>& arguments) const override {
    const auto text = text_argument(arguments);
    if (!text) return std::nullopt;
    if (method == "escapeJavaScript") return Value(escape_javascript(*text));
    if (method == "urlEncode") return Value(url_encode(*text));
    if (method == "urlDecode") return Value(percent_decode(*text, true));
    if (method == "base64Encode") return Value(base64_encode(*text));
    if (method == "base64Decode") return decoded(*text);
    if (method == "parseJson") return parsed(*text);
    return std::nullopt;
  }

 private:
  static std::optional<Value> decoded(const std::string& text) {
    auto bytes = base64_decode(text);
    return bytes ? std::optional(Value(std::move(*bytes))) : std::nullopt;
  }
  static std::optional<Value> parsed(const std::string& text) {
    const auto json = Json::parse(text);
    return json ? std::optional(Value::from_json(*json)) : std::nullopt;
  }
};

Json empty_overrides() {
  return json_object({{"header", Json::empty_object()}, {"path", Json::empty_object()}, {"querystring", Json::empty_object()}});
}

Pairs texts_in(Map& overrides, std::string_view name) {
  Pairs pairs;
  const auto* found = velocity::find(overrides, name);
  const auto* map = found ? found->map() : nullptr;
  if (!map) return pairs;
  for (const auto& [key, value] : *map) pairs.emplace_back(key, value.text());
  return pairs;
}

Overrides overrides_in(Map& variables, std::string_view name) {
  Overrides overrides;
  auto* context = velocity::find(variables, "context");
  auto* found = context && context->map() ? velocity::find(*context->map(), name) : nullptr;
  auto* map = found ? found->map() : nullptr;
  if (!map) return overrides;
  overrides.headers = texts_in(*map, "header");
  overrides.query = texts_in(*map, "querystring");
  overrides.path = texts_in(*map, "path");
  const auto* status = velocity::find(*map, "status");
  const auto number = status ? Json::parse(status->text()) : Json();
  if (number && number->as_integer() && *number->as_integer() >= 100 && *number->as_integer() <= 599)
    overrides.status = static_cast<int>(*number->as_integer());
  return overrides;
}

}  // namespace

Result<Rendered> render(const velocity::Template& text, const Invocation& invocation, const std::string& body) {
  const Input input(invocation, body);
  const Util util;
  Map variables;
  velocity::put(variables, "input", Value(input));
  velocity::put(variables, "util", Value(util));
  velocity::put(
      variables, "context",
      Value::from_json(invocation.context.with("requestOverride", empty_overrides()).with("responseOverride", empty_overrides())));
  velocity::put(variables, "stageVariables", Value::from_json(invocation.stage_variables));
  auto rendered = text.render(variables);
  if (input.fault()) return error(ErrorCode::InvalidArgument, *input.fault(), "body");
  if (!rendered) return rendered.error();
  return Rendered{std::move(*rendered), overrides_in(variables, "requestOverride"), overrides_in(variables, "responseOverride")};
}

}  // namespace signalbox::gateway
