#pragma once
/// REST APIs that are described by a document: Swagger 2.0 and OpenAPI 3.0 with API Gateway's extensions. What is not offered here is a fault at its place;
/// what only documents an API (summaries, tags, examples, servers) is passed over, as by API Gateway.
/// Source: API Gateway developer guide, Develop REST APIs using OpenAPI; API Gateway extensions to OpenAPI.

#include "services/gateway/gateway_records.h"

#include "signalbox/result.h"

#include <string>
#include <utility>
#include <vector>

namespace signalbox::gateway {

struct DefinedMethod {
  std::string path;  ///< `/orders/{id}`
  Json record;       ///< as put_method() takes it; `requestValidatorId` is a validator's name
};

/// What a document describes.
struct ApiDefinition {
  Json members = Json::empty_object();  ///< of RestApi: name, description, version, binaryMediaTypes, apiKeySource
  std::vector<std::string> paths;       ///< those without methods too
  std::vector<DefinedMethod> methods;
  Items models, validators, responses;  ///< by name; by name; by type
};

/// Pure. Faults: InvalidArgument, `where` a JSON pointer into the document.
[[nodiscard]] ApiDefinition read_definition(const Json& document, std::vector<Error>& faults);

/// What becomes of resources, methods, models, validators and gateway responses that are not in a document.
enum class Merging { Merge, Overwrite };

/// Makes the API what the document says; what it does not have stays (Merge) or goes (Overwrite). Members of the API are not touched. Errors: NotFound (API),
/// those of create_resource(), put_method() and put_part(). [PutRestApi]
[[nodiscard]] Result<void> put_definition(Transaction& transaction, std::string_view api, const ApiDefinition& definition, Merging merging);

}  // namespace signalbox::gateway
