#include "services/http_apis/mapping.h"

#include "base/text.h"
#include "http/text.h"
#include "services/gateway/invocation.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace signalbox::http_apis {

namespace {

/// The whole body, or `.PATH` into it.
std::optional<std::string> of_body(std::string_view path, const std::string& body) {
  if (path.empty()) return body;
  const auto value = Json::parse(body);
  if (!value) return std::nullopt;
  return gateway::text_unless_null(gateway::value_at(*value, "$" + std::string(path)));
}

std::optional<std::string> of_path(const Pairs& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& pair) { return pair.first == name; });
  return found == parameters.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> of_request(std::string_view name, const MappingSource& source) {
  if (take_prefix(name, "header.")) return joined_values(source.request.headers.all(), name, true);
  if (take_prefix(name, "querystring.")) return joined_values(source.request.query, name, false);
  if (take_prefix(name, "path.")) return of_path(source.path_parameters, name);
  if (name == "path") return gateway::text_at(source.context, "path");
  if (take_prefix(name, "body")) return of_body(name, source.request.body);
  return std::nullopt;
}

std::optional<std::string> of_response(std::string_view name, const http::Response& response) {
  if (take_prefix(name, "header.")) return joined_values(response.headers.all(), name, true);
  if (take_prefix(name, "body")) return of_body(name, response.body);
  return std::nullopt;
}

bool is_known(std::string_view name) {
  return name.starts_with("request.") || name.starts_with("context.") || name.starts_with("stageVariables.") ||
         name.starts_with("response.");
}

/// Of a name without its `$`.
std::optional<std::string> named_value(std::string_view name, const MappingSource& source) {
  if (take_prefix(name, "request.")) return of_request(name, source);
  if (take_prefix(name, "context.")) return gateway::text_at(source.context, name);
  if (take_prefix(name, "stageVariables.")) return gateway::text_at(source.stage_variables, name);
  if (source.response && take_prefix(name, "response.")) return of_response(name, *source.response);
  return std::nullopt;
}

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.'; }

std::string_view leading_name(std::string_view text) {
  auto name = text.substr(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), &is_name_character) - text.begin()));
  while (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

/// What stands at a `$`, and how many characters that takes; 0: nothing that is known.
std::pair<std::string_view, std::size_t> reference_at(std::string_view text, bool only_braced) {
  text.remove_prefix(1);
  if (text.starts_with('{')) {
    const auto end = text.find('}');
    const auto name = end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
    return {name, is_known(name) ? name.size() + 3 : 0};
  }
  const auto name = only_braced ? std::string_view() : leading_name(text);
  return {name, is_known(name) ? name.size() + 1 : 0};
}

std::string replaced(std::string_view text, const MappingSource& source, std::string_view missing, bool only_braced) {
  std::string out;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$')) {
    out += text.substr(0, at);
    text.remove_prefix(at);
    const auto [name, length] = reference_at(text, only_braced);
    if (length > 0) out += named_value(name, source).value_or(std::string(missing));
    else out += '$';
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out.append(text);
  return out;
}

/// `append:header.X` → (`append`, `header`, `X`)
struct Change {
  std::string_view way, what, name;
};
Change parse_change(std::string_view key) {
  Change change;
  const auto colon = key.find(':');
  change.way = key.substr(0, colon);
  if (colon != std::string_view::npos) key.remove_prefix(colon + 1);
  const auto dot = key.find('.');
  change.what = key.substr(0, dot);
  if (dot != std::string_view::npos) change.name = key.substr(dot + 1);
  return change;
}

template <class Same>
void change_pairs(Pairs& pairs, const Change& change, const std::optional<std::string>& value, Same same) {
  if (change.way != "append") std::erase_if(pairs, [&](const auto& pair) { return same(pair.first, change.name); });
  if (change.way != "remove" && value) pairs.emplace_back(change.name, *value);
}

void change_headers(http::Headers& headers, const Change& change, const std::optional<std::string>& value) {
  Pairs pairs = headers.all();
  change_pairs(pairs, change, value, [](std::string_view a, std::string_view b) { return http::equal_ignoring_case(a, b); });
  http::Headers changed;
  for (auto& [name, text] : pairs) changed.add(std::move(name), std::move(text));
  headers = std::move(changed);
}

std::string query_text(const Pairs& query) {
  std::string text;
  for (const auto& [name, value] : query) text += (text.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return text;
}

}  // namespace

std::optional<std::string> mapped_value(std::string_view mapping, const MappingSource& source) {
  if (mapping.starts_with('$') && is_known(mapping.substr(1))) return named_value(mapping.substr(1), source);
  if (mapping.starts_with("${") && mapping.find('}') == mapping.size() - 1 && is_known(mapping.substr(2)))
    return named_value(mapping.substr(2, mapping.size() - 3), source);
  return replaced(mapping, source, "", true);
}

std::string substitute(std::string_view text, const MappingSource& source, std::string_view missing) {
  return replaced(text, source, missing, false);
}

http::Request mapped_request(const Pairs& parameters, const MappingSource& source) {
  http::Request request = source.request;
  for (const auto& [key, mapping] : parameters) {
    const auto change = parse_change(key);
    const auto value = mapped_value(mapping, source);
    if (change.what == "header") change_headers(request.headers, change, value);
    else if (change.what == "querystring")
      change_pairs(request.query, change, value, [](std::string_view a, std::string_view b) { return a == b; });
    else if (change.what == "path" && value) request.path = *value;
  }
  request.target =
      request.path + (request.query == source.request.query
                          ? source.request.target.substr(std::min(source.request.target.find('?'), source.request.target.size()))
                          : query_text(request.query));
  return request;
}

http::Response mapped_response(const Pairs& parameters, const MappingSource& source) {
  SIGNALBOX_ASSERT(source.response);
  http::Response response = *source.response;
  for (const auto& [key, mapping] : parameters) {
    const auto change = parse_change(key);
    const auto value = mapped_value(mapping, source);
    if (change.what == "header") change_headers(response.headers, change, value);
    else if (change.what == "statuscode" && value) std::from_chars(value->data(), value->data() + value->size(), response.status);
  }
  return response;
}

std::optional<std::string> joined_values(const Pairs& pairs, std::string_view name, bool ignore_case) {
  std::optional<std::string> all;
  for (const auto& [one, value] : pairs) {
    if (ignore_case ? !http::equal_ignoring_case(one, name) : one != name) continue;
    all = all ? *all + "," + value : value;
  }
  return all;
}

}  // namespace signalbox::http_apis
