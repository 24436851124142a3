#include "services/functions/functions.h"
#include "rest/request.h"
#include "rest/service_routes.h"
#include "services/functions/log_files.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

Json summary(const functions::FunctionConfig& function) {
  return present_members({{"name", function.name},
                          {"description", function.description.empty() ? Json() : Json(function.description)},
                          {"runtime", function.runtime},
                          {"handler", function.handler},
                          {"timeoutSeconds", function.timeout_seconds},
                          {"memoryMegabytes", function.memory_mb},
                          {"codeHash", function.code_hash},
                          {"createdAt", format_rfc3339(function.created_at)},
                          {"modifiedAt", format_rfc3339(function.modified_at)},
                          {"stack", function.stack.empty() ? Json() : Json(function.stack)}});
}

awaitable<http::Response> list(const Reader& reader, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto found = functions::list_functions(reader, request.query_value("cursor").value_or(""), *limit + 1);
  Json::Array items;
  for (std::size_t i = 0; i < found.size() && i < *limit; ++i) items.push_back(summary(found[i]));
  const Json next = found.size() > *limit ? Json(found[*limit - 1].name) : Json();
  co_return answer(200, present_members({{"functions", Json(std::move(items))}, {"cursor", next}}));
}

Error no_such_function(std::string_view name) { return error(ErrorCode::NotFound, "there is no function '" + std::string(name) + "'"); }

awaitable<http::Response> get(const Reader& reader, http::Request request) {
  const auto function = functions::find_function(reader, request.parameter("name"));
  if (!function) co_return problem(no_such_function(request.parameter("name")));
  Json::Object environment;
  for (const auto& [name, value] : function->environment) environment.push_back({name, Json(value)});
  co_return answer(200, summary(*function).with("environment", Json(std::move(environment))));
}

awaitable<http::Response> logs(const Reader& reader, const functions::LogFiles& files, http::Request request) {
  if (!functions::find_function(reader, request.parameter("name"))) co_return problem(no_such_function(request.parameter("name")));
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto cursor = read_row_cursor(request);
  if (!cursor) co_return problem(cursor.error());
  const auto page = files.read(request.parameter("name"), static_cast<std::uint64_t>(cursor->value_or(0)), *limit);
  Json::Array lines;
  for (const auto& line : page.lines) {
    lines.push_back(present_members({{"time", format_rfc3339(line.time)},
                                     {"requestId", line.request_id.empty() ? Json() : Json(line.request_id)},
                                     {"text", line.text}}));
  }
  co_return answer(200, json_object({{"lines", Json(std::move(lines))}, {"cursor", std::to_string(page.cursor)}}));
}

}  // namespace

void add_function_routes(http::Router& router, const Reader& reader, const functions::LogFiles& log_files) {
  router.on("GET", "/v1/functions", [&](http::Request&& request) { return list(reader, std::move(request)); });
  router.on("GET", "/v1/functions/{name}", [&](http::Request&& request) { return get(reader, std::move(request)); });
  router.on("GET", "/v1/functions/{name}/logs", [&](http::Request&& request) { return logs(reader, log_files, std::move(request)); });
}

}  // namespace signalbox::rest
