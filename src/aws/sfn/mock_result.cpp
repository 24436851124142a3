#include "aws/sfn/mock_result.h"

#include "base/text.h"

#include <fmt/format.h>

#include <string>

namespace signalbox::aws::sfn {

namespace {

/// The models' output shapes, made by src/aws/sfn/make_api_shapes.py, which says how they are written.
const Json& models() {
  static const char text[] =
#include "embedded/api_shapes.json.inc"
      ;
  static const Json parsed = Json::from_stored(std::string(text, sizeof text - 1));
  return parsed;
}

/// The model's name of an integration's service: `states` and `aws-sdk:sfn` are the same one.
std::string service_of(std::string_view resource_type) {
  if (resource_type.starts_with("aws-sdk:")) resource_type.remove_prefix(8);
  if (resource_type == "states") return "sfn";
  if (resource_type == "eventbridge") return "events";
  if (resource_type == "cloudwatchlogs") return "logs";
  return std::string(resource_type);
}

/// `getFunction` is the operation `GetFunction`.
std::string operation_of(const std::string& action) {
  std::string name = action;
  if (!name.empty()) name[0] = ascii_upper(name[0]);
  return name;
}

/// The operation whose answer is the task's result: a job that is waited for is polled. [aws: Testing state machines with the TestState API, .sync]
std::string answering_operation(const ServiceResource& service) {
  const bool waits = service.pattern != IntegrationPattern::RequestResponse;
  if (waits && service.resource_type == "states" && service.action == "startExecution") return "DescribeExecution";
  return operation_of(service.action);
}

/// A function's payload is the JSON that it returned, where the API has bytes; `.sync:2` has a child's input and output as JSON, not as texts.
Json modelled_part(const ServiceResource& service, const Json& result) {
  if (!result.is_object()) return result;
  if (service.resource_type == "lambda") return result.without("Payload");
  if (service.pattern == IntegrationPattern::Sync2) return result.without("Input").without("Output");
  return result;
}

class Check {
 public:
  Check(const Json& shapes, FieldValidation mode) : shapes_(shapes), mode_(mode) {}

  /// What is wrong, in AWS's words; empty if nothing is. `field` names the value in texts.
  std::string run(const Json& value, std::string_view shape_name, const std::string& field) const {
    const Json* shape = shapes_.find(shape_name);
    if (!shape || value.is_null()) return {};
    const auto type = shape->find("type")->as_string();
    if (type == "structure") return structure(value, *shape, field);
    if (type == "list") return list(value, *shape, field);
    if (type == "map") return map(value, *shape, field);
    if (type == "number") return number(value, *shape, field);
    if (type == "boolean") return value.is_boolean() ? "" : wrong(field, "must be a boolean");
    return string(value, *shape, field);
  }

 private:
  static std::string wrong(const std::string& field, std::string_view what) { return fmt::format("Field '{}' {}", field, what); }

  std::string structure(const Json& value, const Json& shape, const std::string& field) const {
    if (!value.is_object()) return wrong(field, "must be an object");
    if (const Json* required = shape.find("required"); required && mode_ == FieldValidation::Strict) {
      for (const auto& name : required->elements())
        if (!value.find(name.as_string())) return fmt::format("Required field '{}' is missing", name.as_string());
    }
    const Json& members = *shape.find("members");
    for (const auto& [name, member] : value.members()) {
      const Json* known = members.find(name);  // what the model does not know is nobody's business
      if (!known) continue;
      if (auto fault = run(member, known->as_string(), name); !fault.empty()) return fault;
    }
    return {};
  }

  std::string list(const Json& value, const Json& shape, const std::string& field) const {
    if (!value.is_array()) return wrong(field, "must be an array");
    for (const auto& element : value.elements())
      if (auto fault = run(element, shape.find("member")->as_string(), field); !fault.empty()) return fault;
    return {};
  }

  std::string map(const Json& value, const Json& shape, const std::string& field) const {
    if (!value.is_object()) return wrong(field, "must be an object");
    for (const auto& member : value.members())
      if (auto fault = run(member.value, shape.find("value")->as_string(), member.name); !fault.empty()) return fault;
    return {};
  }

  static std::string number(const Json& value, const Json& shape, const std::string& field) {
    if (!value.is_number()) return wrong(field, "must be a number");
    if (const Json* max = shape.find("max"); max && value.as_double() > max->as_double()) return wrong(field, "exceeds the maximum value");
    if (const Json* min = shape.find("min"); min && value.as_double() < min->as_double()) return wrong(field, "is below the minimum value");
    return {};
  }

  static std::string string(const Json& value, const Json& shape, const std::string& field) {
    if (!value.is_string()) return wrong(field, "must be a string");
    const Json* values = shape.find("enum");
    if (values && std::ranges::none_of(values->elements(), [&](const Json& each) { return each == value; }))
      return wrong(field, "is not an expected value");
    return {};
  }

  const Json& shapes_;
  FieldValidation mode_;
};

}  // namespace

std::optional<Failure> check_mock_result(const TaskResource& resource, const Json& result, FieldValidation mode) {
  const auto* service = std::get_if<ServiceResource>(&resource.kind);
  if (!service || mode == FieldValidation::None) return std::nullopt;
  // What waits for its token gets its result from whoever calls back, not from the service.
  if (service->pattern == IntegrationPattern::WaitForTaskToken) return std::nullopt;
  const Json* model = models().find(service_of(service->resource_type));
  const Json* shape = model ? model->find("operations")->find(answering_operation(*service)) : nullptr;
  if (!shape) return std::nullopt;
  const auto fault = Check(*model->find("shapes"), mode).run(modelled_part(*service, result), shape->as_string(), "result");
  if (fault.empty()) return std::nullopt;
  return Failure{"ValidationException", "Mock result schema validation error: " + fault};
}

}  // namespace signalbox::aws::sfn
