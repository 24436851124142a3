#pragma once
/// Values that mappings and formats take from a request or answer, and parameter mapping: what is appended, overwritten or removed on the way. Pure.
/// Source: API Gateway developer guide, "Transform API requests and responses for HTTP APIs", "Customize HTTP API access logs".

#include "http/http.h"
#include "services/http_apis/model.h"

#include "signalbox/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::http_apis {

/// What mappings may ask. What it refers to outlives it.
struct MappingSource {
  const http::Request& request;
  const Pairs& path_parameters;
  const Json& context;  ///< `$context`
  const Json& stage_variables;
  const http::Response* response = nullptr;  ///< of the integration; null before it answered
};

/// `$request.{header,querystring,path}.NAME`, `$request.{path,body}`, `$request.body.PATH`, `$context.NAME`, `$stageVariables.NAME`, `$response.header.NAME`,
/// `$response.body[.PATH]`; any other text stands for itself, with each `${…}` of these replaced. Nothing: it has no value.
[[nodiscard]] std::optional<std::string> mapped_value(std::string_view mapping, const MappingSource& source);

/// The text with `$context.NAME`, `${stageVariables.NAME}`, … replaced wherever they stand. `missing` stands for what has no value.
[[nodiscard]] std::string substitute(std::string_view text, const MappingSource& source, std::string_view missing);

/// Applies `append:header.X`, `overwrite:querystring.X`, `remove:header.X`, `overwrite:path`; all values are taken from the request as it came.
[[nodiscard]] http::Request mapped_request(const Pairs& parameters, const MappingSource& source);
/// Applies `append:header.X`, `overwrite:header.X`, `remove:header.X`, `overwrite:statuscode`. Precondition: the source has a response.
[[nodiscard]] http::Response mapped_response(const Pairs& parameters, const MappingSource& source);

/// Of repeated headers or query parameters, joined by commas. Nothing: there is none.
[[nodiscard]] std::optional<std::string> joined_values(const Pairs& pairs, std::string_view name, bool ignore_case);

}  // namespace signalbox::http_apis
