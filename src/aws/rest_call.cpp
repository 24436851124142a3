#include "aws/rest_call.h"

#include "json/object_text.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <charconv>

namespace signalbox::aws {

namespace {

/// The first part of `path`, which it loses; both without their slash.
std::string_view take_part(std::string_view& path) {
  const auto slash = path.find('/');
  const auto part = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return part;
}

std::string_view without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// The members that the path fills; nothing if it does not fit.
std::optional<Json> match_path(std::string_view form, std::string_view path) {
  Json members = Json::empty_object();
  form = without_slashes(form);
  path = without_slashes(path);
  while (!form.empty()) {
    const auto wanted = take_part(form);
    if (path.empty()) return std::nullopt;
    if (wanted.ends_with("+}")) return members.with(wanted.substr(1, wanted.size() - 3), Json(percent_decode(path, false)));
    const auto part = take_part(path);
    if (wanted.starts_with('{')) {
      members = members.with(wanted.substr(1, wanted.size() - 2), Json(percent_decode(part, false)));
    } else if (wanted != part) {
      return std::nullopt;
    }
  }
  if (!path.empty()) return std::nullopt;
  return members;
}

Json with_query(Json members, const RestBinding& binding, const http::Request& request) {
  for (const auto& [parameter, member, list] : binding.query) {
    Json::Array values;
    for (const auto& [name, value] : request.query) {
      if (name == parameter) values.emplace_back(value);
    }
    if (values.empty()) continue;
    members = members.with(member, list ? Json(std::move(values)) : values.back());
  }
  return members;
}

}  // namespace

std::optional<RestCall> match_rest_call(std::span<const RestBinding> bindings, const http::Request& request) {
  for (const RestBinding& binding : bindings) {
    if (binding.method != request.method) continue;
    if (auto members = match_path(binding.path, request.path)) return RestCall{&binding, with_query(std::move(*members), binding, request)};
  }
  return std::nullopt;
}

Answer<Json> with_body(const Json& parameters, const http::Request& request, Failure (*refuse)(const std::string& why)) {
  if (request.body.empty()) return parameters;
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error().message);
  if (!body->is_object()) return refuse("the body is not a JSON object");
  Json all = *body;
  for (const auto& [name, value] : parameters.members()) all = all.with(name, value);
  return all;
}

http::Response rest_answer(int status, const Json& answer) {
  http::Response response{status};
  if (status == 204) return response;
  response.headers.add("Content-Type", "application/json");
  response.body = answer.text();
  return response;
}

http::Response rest_failure(const Failure& failure) {
  http::Response response{failure.status};
  response.headers.add("Content-Type", "application/json");
  response.headers.add("x-amzn-ErrorType", failure.code);
  // Validation is the front's own, which spells its message in small letters. [recorded on AWS]
  if (failure.code == "ValidationException" || failure.code == "UnknownOperationException") {
    response.body = ObjectText().text("message", failure.message).take();
  } else {
    response.body = ObjectText().text("Type", failure.status >= 500 ? "Service" : "User").text("Message", failure.message).take();
  }
  return response;
}

http::Response rest_failure(const Failure& failure, std::string_view message_member) {
  auto response = rest_failure(failure);
  response.body = ObjectText().text(message_member, failure.message).take();
  return response;
}

Failure rest_not_offered(std::string_view service, const http::Request& request) {
  return {"UnknownOperationException", std::string(service) + "'s " + request.method + " " + request.target + " is not offered here", 404};
}

std::size_t page_limit(const Json& request, std::string_view member, std::size_t usual) {
  const auto text = member_text(request, member);
  std::size_t limit = usual;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return std::clamp<std::size_t>(limit, 1, 500);
}

}  // namespace signalbox::aws
