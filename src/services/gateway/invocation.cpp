#include "services/gateway/invocation.h"

#include "base/text.h"
#include "signalbox/expressions.h"

#include <algorithm>
#include <cctype>

namespace signalbox::gateway {

namespace {

std::optional<std::string> last_of(const Pairs& pairs, std::string_view name) {
  const auto found = std::find_if(pairs.rbegin(), pairs.rend(), [&](const auto& pair) { return pair.first == name; });
  return found == pairs.rend() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> header_of(const http::Headers& headers, std::string_view name) {
  const auto value = headers.get(name);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

/// The whole body, or `.PATH` into it.
std::optional<std::string> of_body(std::string_view path, const std::string& body) {
  if (path.empty()) return body;
  if (!take_prefix(path, ".")) return std::nullopt;
  const auto value = Json::parse(body);
  if (!value) return std::nullopt;
  return text_unless_null(value_at(*value, path.starts_with('$') ? std::string(path) : "$." + std::string(path)));
}

std::string joined(const Pairs& pairs, std::string_view name) {
  std::string all;
  for (const auto& [one, value] : pairs)
    if (one == name) all += (all.empty() ? "" : ",") + value;
  return all;
}

std::optional<std::string> of_request(std::string_view source, const Invocation& invocation) {
  const auto& request = invocation.request;
  if (take_prefix(source, "path.")) return last_of(invocation.path_parameters, source);
  if (take_prefix(source, "querystring.")) return last_of(request.query, source);
  if (take_prefix(source, "header.")) return header_of(request.headers, source);
  if (take_prefix(source, "multivaluequerystring."))
    return last_of(request.query, source) ? std::optional(joined(request.query, source)) : std::nullopt;
  if (take_prefix(source, "multivalueheader."))
    return request.headers.get(source) ? std::optional(joined(request.headers.all(), source)) : std::nullopt;
  if (take_prefix(source, "body")) return of_body(source, request.body);
  return std::nullopt;
}

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.'; }

}  // namespace

std::optional<std::string> text_unless_null(const std::optional<Json>& value) {
  if (!value || value->is_null()) return std::nullopt;
  return plain_text(*value);
}

std::optional<Json> value_at(const Json& root, std::string_view path) {
  const auto parsed = PathExpression::parse(path);
  if (!parsed) return std::nullopt;
  const Json nothing = Json::empty_object();
  RandomSource random("", "");
  const EvaluationContext context{root, nothing, nothing, random, Timestamp{}};
  const auto found = parsed->evaluate(context);
  return found ? std::optional(*found) : std::nullopt;
}

std::optional<std::string> text_at(const Json& root, std::string_view dotted) {
  const Json* value = &root;
  while (value) {
    const auto dot = dotted.find('.');
    value = value->find(dotted.substr(0, dot));
    if (dot == std::string_view::npos) break;
    dotted.remove_prefix(dot + 1);
  }
  return value ? text_unless_null(*value) : std::nullopt;
}

std::optional<std::string> mapped_value(std::string_view source, const Invocation& invocation, const IntegrationAnswer* answer) {
  if (source.size() >= 2 && source.front() == '\'' && source.back() == '\'') return std::string(source.substr(1, source.size() - 2));
  if (take_prefix(source, "method.request.")) return of_request(source, invocation);
  if (take_prefix(source, "context.")) return text_at(invocation.context, source);
  if (take_prefix(source, "stageVariables.")) return text_at(invocation.stage_variables, source);
  if (!answer || !take_prefix(source, "integration.response.")) return std::nullopt;
  if (take_prefix(source, "header.")) return header_of(answer->headers, source);
  if (take_prefix(source, "multivalueheader."))
    return answer->headers.get(source) ? std::optional(joined(answer->headers.all(), source)) : std::nullopt;
  if (take_prefix(source, "body")) return of_body(source, answer->body);
  return std::nullopt;
}

std::string substitute(std::string_view text, const Invocation& invocation, std::string_view missing) {
  std::string out;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    text.remove_prefix(1);
    const bool braced = text.starts_with('{');
    auto name = braced ? text.substr(1) : text;
    name = name.substr(0, static_cast<std::size_t>(std::find_if_not(name.begin(), name.end(), &is_name_character) - name.begin()));
    while (!braced && name.ends_with('.')) name.remove_suffix(1);
    const bool known = name.starts_with("context.") || name.starts_with("stageVariables.") || name.starts_with("method.request.");
    if (!known || (braced && !text.substr(name.size() + 1).starts_with('}'))) {
      out += '$';
      continue;
    }
    out += mapped_value(name, invocation, nullptr).value_or(std::string(missing));
    text.remove_prefix(name.size() + (braced ? 2 : 0));
  }
  return out;
}

}  // namespace signalbox::gateway
