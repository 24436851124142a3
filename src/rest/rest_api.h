#pragma once
/// The plain REST API, `/v1`: plural kebab-case paths, camelCase members, RFC 3339 times, `limit` and `cursor`, errors by RFC 9457.
/// docs: GET /v1/openapi.json, which a test holds against these routes.

#include "http/http.h"
#include "signalbox/engine.h"

namespace signalbox::rest {

/// Each adds the routes of one resource. `engine` and `reader` (used on the I/O thread) must outlive the router.
void add_state_machine_routes(http::Router& router, Engine& engine, const Reader& reader);
void add_execution_routes(http::Router& router, Engine& engine, const Reader& reader);
void add_token_routes(http::Router& router, Engine& engine, const Reader& reader);
/// `/v1/openapi.json`, `/healthz`, `/readyz` (503 until `is_ready`, or while commits fail), `/metrics`.
/// `iam_denials`: calls that roles' policies did not permit; empty: nothing is checked against them.
void add_status_routes(http::Router& router, Engine& engine, std::function<bool()> is_ready,
                       std::function<std::uint64_t()> iam_denials = {});
/// For what no route matches: AWS calls to `aws`, everything else is a 404 problem.
[[nodiscard]] http::Handler aws_or_nothing(http::Handler aws);

}  // namespace signalbox::rest
