#pragma once
/// HTTP APIs that are described by a document: OpenAPI 3.0 with API Gateway's extensions. What is not offered here is a fault at its place; what only
/// documents an API (summaries, schemas, examples, servers) is passed over, as by API Gateway.
/// Source: API Gateway developer guide, "Working with OpenAPI definitions for HTTP APIs"; OpenAPI extensions.

#include "services/http_apis/records.h"

#include "signalbox/result.h"

#include <string>
#include <vector>

namespace signalbox::http_apis {

/// A route and what it calls.
struct DocumentedRoute {
  std::string key;        ///< `GET /orders/{id}`, `$default`
  std::string operation;  ///< its operationId; may be empty
  Json integration;       ///< as put_integration() takes it; null: none
};

struct ApiDocument {
  Json members = Json::empty_object();  ///< of Api: name, description, version, corsConfiguration
  std::vector<DocumentedRoute> routes;
};

/// Pure. Faults: InvalidArgument, `where` a JSON pointer into the document.
[[nodiscard]] ApiDocument read_document(const Json& document, std::vector<Error>& faults);

/// What becomes of routes and integrations that are not in a document: those of an earlier document go, or all.
enum class Replacing { Documented, All };

/// Makes the routes that a document has. Members of the API are not touched. Errors: NotFound (API), those of put_route() and put_integration(). [ReimportApi]
[[nodiscard]] Result<void> put_document(Transaction& transaction, std::string_view api, const ApiDocument& document, Replacing replacing);

}  // namespace signalbox::http_apis
