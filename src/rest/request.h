#pragma once
/// How REST handlers read what they are asked and say what they answer.

#include "http/http.h"
#include "json/object_text.h"
#include "signalbox/executions.h"
#include "signalbox/json.h"
#include "signalbox/site.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::rest {

/// The body as a JSON object whose members are all among `allowed`. Errors: NotSupported if the Content-Type is not JSON (so that no
/// web page's form can drive a daemon on loopback), InvalidJson, InvalidArgument naming an unknown member. An empty body is `{}`.
[[nodiscard]] Result<Json> read_body(const http::Request& request, std::initializer_list<std::string_view> allowed);
/// Errors: InvalidArgument if the member is there but no string.
[[nodiscard]] Result<std::optional<std::string>> text_member(const Json& body, std::string_view name);
/// The same, where it must be there.
[[nodiscard]] Result<std::string> required_text(const Json& body, std::string_view name);

/// `limit` from the query: 1 to 1,000, 100 by default. Errors: InvalidArgument.
[[nodiscard]] Result<std::size_t> read_limit(const http::Request& request);
/// `cursor` from the query where cursors are row numbers. Errors: InvalidArgument.
[[nodiscard]] Result<std::optional<std::int64_t>> read_row_cursor(const http::Request& request);

/// An execution by its UUID or its ARN (any region and account). Errors: NotFound naming the id.
[[nodiscard]] Result<ExecutionRecord> find_execution_by_id(const Reader& reader, std::string_view id);

[[nodiscard]] http::Response answer(int status, const Json& body);
[[nodiscard]] http::Response answer(int status, ObjectText body);
/// RFC 9457, `application/problem+json`; the status follows from the code, but a body that is no JSON is 415.
[[nodiscard]] http::Response problem(const Error& error);

/// Drops members whose value is null, so that absent means absent.
[[nodiscard]] Json present_members(std::initializer_list<Json::Member> members);
[[nodiscard]] Json optional_text(const std::optional<std::string>& text);
[[nodiscard]] Json optional_time(const std::optional<Timestamp>& time);

}  // namespace signalbox::rest
