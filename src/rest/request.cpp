#include "rest/request.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "http/problem.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

constexpr const char* content_type = "Content-Type";

bool is_json(std::string_view value) {
  auto type = ascii_lower(value.substr(0, value.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

template <class T>
std::optional<T> read_number(std::string_view text) {
  T value{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<Json> read_body(const http::Request& request, std::initializer_list<std::string_view> allowed) {
  const auto type = request.headers.get("Content-Type");
  if (request.body.empty() && !type) return Json::empty_object();
  if (!type || !is_json(*type)) {
    return error(ErrorCode::NotSupported,
                 "the body must be JSON: send it with Content-Type: application/json, not '" + std::string(type.value_or("")) + "'",
                 "Content-Type");
  }
  if (request.body.empty()) return Json::empty_object();
  auto body = Json::parse(request.body);
  if (!body) return body;
  if (!body->is_object()) return error(ErrorCode::InvalidArgument, "the body must be a JSON object");
  for (const auto& member : body->members()) {
    if (std::find(allowed.begin(), allowed.end(), member.name) == allowed.end()) {
      return error(ErrorCode::InvalidArgument, "unknown member '" + member.name + "'", "/" + member.name);
    }
  }
  return body;
}

Result<std::optional<std::string>> text_member(const Json& body, std::string_view name) {
  const Json* member = body.find(name);
  if (!member || member->is_null()) return std::optional<std::string>{};
  if (!member->is_string())
    return error(ErrorCode::InvalidArgument, "'" + std::string(name) + "' must be a string, not " + member->text(),
                 "/" + std::string(name));
  return std::optional<std::string>{member->as_string()};
}

Result<std::string> required_text(const Json& body, std::string_view name) {
  auto text = text_member(body, name);
  if (!text) return text.error();
  if (!*text) return error(ErrorCode::InvalidArgument, "'" + std::string(name) + "' is missing", "/" + std::string(name));
  return std::move(**text);
}

Result<std::size_t> read_limit(const http::Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return std::size_t{100};
  const auto value = read_number<std::size_t>(*text);
  if (!value || *value < 1 || *value > 1000) {
    return error(ErrorCode::InvalidArgument, "limit must be a number from 1 to 1000, not '" + std::string(*text) + "'", "limit");
  }
  return *value;
}

Result<std::optional<std::int64_t>> read_row_cursor(const http::Request& request) {
  const auto text = request.query_value("cursor");
  if (!text) return std::optional<std::int64_t>{};
  const auto value = read_number<std::int64_t>(*text);
  if (!value || *value < 0)
    return error(ErrorCode::InvalidArgument, "cursor '" + std::string(*text) + "' was not given out by this list", "cursor");
  return std::optional<std::int64_t>{*value};
}

Result<ExecutionRecord> find_execution_by_id(const Reader& reader, std::string_view id) {
  std::optional<ExecutionRecord> found;
  Arn arn;
  constexpr std::string_view prefix = "execution:";
  if (parse_arn(id, arn) && arn.resource.starts_with(prefix)) {
    const std::string_view rest = std::string_view(arn.resource).substr(prefix.size());
    const auto colon = rest.find(':');
    if (colon != std::string_view::npos) found = find_execution(reader, rest.substr(0, colon), rest.substr(colon + 1));
  } else {
    found = find_execution(reader, Uuid{std::string(id)});
  }
  if (!found) return error(ErrorCode::NotFound, "there is no execution '" + std::string(id) + "'");
  return std::move(*found);
}

http::Response answer(int status, const Json& body) { return http::json_response(status, body.text()); }
http::Response answer(int status, ObjectText body) { return http::json_response(status, body.take()); }

http::Response problem(const Error& error) {
  if (error.where == content_type) return http::problem_response(415, error.message);
  return http::problem_response(error);
}

Json present_members(std::initializer_list<Json::Member> members) {
  Json::Object present;
  present.reserve(members.size());
  for (const auto& member : members) {
    if (!member.value.is_null()) present.push_back(member);
  }
  return Json(std::move(present));
}

Json optional_text(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }
Json optional_time(const std::optional<Timestamp>& time) { return time ? Json(format_rfc3339(*time)) : Json(); }

}  // namespace signalbox::rest
