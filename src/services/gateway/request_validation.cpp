#include "services/gateway/request_validation.h"

#include "services/gateway/json_schema.h"

namespace signalbox::gateway {

namespace {

/// Headers first, then the path's, then the query's. [recorded on AWS]
std::optional<ValidationFault> missing_parameters(const Invocation& invocation) {
  std::string names;
  for (const std::string_view place : {"method.request.header.", "method.request.path.", "method.request.querystring."})
    for (const auto& [parameter, required] : invocation.method.parameters) {
      if (!required || !parameter.starts_with(place)) continue;
      const auto value = mapped_value(parameter, invocation, nullptr);
      if (value && !value->empty()) continue;
      names += (names.empty() ? "" : ", ") + parameter.substr(place.size());
    }
  if (names.empty()) return std::nullopt;
  return ValidationFault{"BAD_REQUEST_PARAMETERS", "Missing required request parameters: [" + names + "]"};
}

std::optional<ValidationFault> invalid_body(const Invocation& invocation) {
  const auto& models = invocation.method.models;
  auto model = models.find(media_type(invocation.request.headers.get("Content-Type").value_or("application/json")));
  if (model == models.end()) model = models.find("$default");
  if (model == models.end()) return std::nullopt;
  const auto schema = invocation.snapshot.schemas.find(model->second);
  if (schema == invocation.snapshot.schemas.end()) return std::nullopt;
  const auto body = Json::parse(invocation.request.body.empty() ? "{}" : invocation.request.body);
  if (body && is_valid(*body, schema->second, invocation.snapshot.schemas)) return std::nullopt;
  return ValidationFault{"BAD_REQUEST_BODY", "Invalid request body"};
}

}  // namespace

std::optional<ValidationFault> validate_request(const Invocation& invocation) {
  const auto validator = invocation.snapshot.validators.find(invocation.method.validator);
  if (validator == invocation.snapshot.validators.end()) return std::nullopt;
  if (validator->second.parameters)
    if (auto fault = missing_parameters(invocation)) return fault;
  return validator->second.body ? invalid_body(invocation) : std::nullopt;
}

}  // namespace signalbox::gateway
