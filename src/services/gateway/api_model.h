#pragma once
/// A deployed API as requests meet it: read once from a deployment's snapshot, immutable. Source: API Gateway developer guide and API Reference (V1).

#include "services/gateway/velocity/template.h"

#include "signalbox/json.h"
#include "signalbox/result.h"

#include <re2/re2.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::gateway {

/// name → value, in the order of the author.
using Pairs = std::vector<std::pair<std::string, std::string>>;
/// content type → template
using Templates = std::vector<std::pair<std::string, velocity::Template>>;

struct IntegrationResponse {
  std::string status;                         ///< of the answer: `200`
  std::shared_ptr<const re2::RE2> selection;  ///< null: the default one
  Pairs parameters;                           ///< `method.response.header.X` → where its value comes from
  Templates templates;
};

struct Integration {
  enum class Type { Aws, AwsProxy, Http, HttpProxy, Mock };
  enum class Passthrough { WhenNoMatch, WhenNoTemplates, Never };
  Type type = Type::Mock;
  std::string http_method, uri;
  std::string credentials;  ///< ARN of the role in which the integration is called; empty: API Gateway itself calls
  Passthrough passthrough = Passthrough::WhenNoMatch;
  Pairs parameters;  ///< `integration.request.header.X` → where its value comes from
  Templates templates;
  std::chrono::milliseconds timeout{29'000};
  std::vector<IntegrationResponse> responses;

  [[nodiscard]] bool is_proxy() const { return type == Type::AwsProxy || type == Type::HttpProxy; }
};

struct Method {
  std::string http_method;  ///< `ANY` for all that the resource does not name
  bool api_key_required = false;
  std::vector<std::pair<std::string, bool>> parameters;  ///< `method.request.querystring.X` → required
  std::map<std::string, std::string> models;             ///< content type → name
  std::string validator;                                 ///< its id; empty: nothing is validated
  std::vector<std::string> response_statuses;            ///< of the method responses
  std::optional<Integration> integration;
};

/// Errors: InvalidArgument, in a sentence: a template that cannot be parsed, a pattern that is no regular expression, what is not offered here.
[[nodiscard]] Result<Method> read_method(const Json& record);

struct ApiResource {
  std::string id, path;  ///< `/orders/{id}`
  std::vector<Method> methods;
};

struct Validator {
  bool body = false, parameters = false;
};

struct GatewayResponse {
  std::string status;  ///< empty: the type's own
  Pairs parameters, templates;
};

struct ApiSnapshot {
  std::string api, deployment;
  std::vector<ApiResource> resources;
  std::map<std::string, Json> schemas;  ///< of models, by name
  std::map<std::string, Validator> validators;
  std::map<std::string, GatewayResponse> responses;  ///< by type
  std::vector<std::string> binary_media_types;
};

/// Of a deployment's record (gateway_rules.h, create_deployment()). Errors: those of read_method().
[[nodiscard]] Result<ApiSnapshot> read_snapshot(const Json& deployment);

/// The one for a content type: without its parameters, without regard to case. Null: none.
[[nodiscard]] const velocity::Template* find_template(const Templates& templates, std::string_view content_type);
/// `application/json` of `application/json; charset=utf-8`, in lower case.
[[nodiscard]] std::string media_type(std::string_view content_type);
/// Whether `media_type` is among types that may have `*`: `image/*`, `*/*`.
[[nodiscard]] bool is_binary(const std::vector<std::string>& types, std::string_view media_type);

}  // namespace signalbox::gateway
