#pragma once
/// A request on its way through a stage, and what may be asked of it by mappings, templates and formats.

#include "services/gateway/api_model.h"

#include "http/http.h"
#include "signalbox/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::gateway {

/// What it refers to outlives it.
struct Invocation {
  const http::Request& request;
  const ApiSnapshot& snapshot;
  const ApiResource& resource;
  const Method& method;
  std::string path;  ///< behind the stage, as sent
  Pairs path_parameters;
  Json stage_variables = Json::empty_object();
  Json context = Json::empty_object();  ///< `$context`
};

/// What an integration answered.
struct IntegrationAnswer {
  int status = 200;
  http::Headers headers;
  std::string body;
  bool is_function = false;
  std::optional<std::string> error_message;  ///< of a function that failed; what selection patterns look at then
};

/// A text as it is, anything else as JSON. Nothing: there is nothing, or it is null.
[[nodiscard]] std::optional<std::string> text_unless_null(const std::optional<Json>& value);
/// `$.a.b` of a JSON text's value. Nothing: it is not there, or the path is none.
[[nodiscard]] std::optional<Json> value_at(const Json& root, std::string_view path);
/// `a.b` of nested objects, as text: texts as they are, anything else as JSON. Nothing: it is not there, or null.
[[nodiscard]] std::optional<std::string> text_at(const Json& root, std::string_view dotted);

/// What a parameter mapping names: `'literal'`, `method.request.{path,querystring,header,multivaluequerystring,multivalueheader}.NAME`,
/// `method.request.body[.PATH]`, `context.NAME`, `stageVariables.NAME`, `integration.response.header.NAME`, `integration.response.body[.PATH]`.
/// Nothing: it has no value, and the mapping does nothing. Source: API Gateway developer guide, "Parameter mapping source reference".
[[nodiscard]] std::optional<std::string> mapped_value(std::string_view source, const Invocation& invocation,
                                                      const IntegrationAnswer* answer);

/// Fills in `$context.NAME`, `$stageVariables.NAME` and `$method.request.…`, which need no template language. `missing` stands for what has no value.
[[nodiscard]] std::string substitute(std::string_view text, const Invocation& invocation, std::string_view missing);

}  // namespace signalbox::gateway
