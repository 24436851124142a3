#include "deploy/types/function_url.h"

#include "deploy/properties.h"

#include "services/functions/function_urls.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

constexpr auto lambda = aws::Service::Lambda;

class FunctionUrlType final : public ResourceType {
 public:
  FunctionUrlType(const AwsCalls& calls, Site site) : calls_(calls), site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Lambda::Url"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    const auto function = plain_text(*request.find("FunctionName"));
    const auto* qualifier = request.find("Qualifier");
    const auto alias = qualifier ? plain_text(*qualifier) : std::string();
    const auto arn = site_.function_arn(function) + (alias.empty() ? "" : ":" + alias);
    const auto url = functions::function_url_of(functions::function_url_id(calls_.services().engine.master_key(), function, alias));
    return {.physical_id = arn, .ref = Json(arn), .attributes = {{"FunctionUrl", url}, {"FunctionArn", arn}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    return put(transaction, resource, "CreateFunctionUrlConfig");
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto reference = functions::parse_function_reference(resource.identity.physical_id);
    const bool is_there = reference && functions::find_function_url(transaction, reference->name, reference->qualifier);
    return put(transaction, resource, is_there ? "UpdateFunctionUrlConfig" : "CreateFunctionUrlConfig");
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return calls_.remove(transaction, lambda, "DeleteFunctionUrlConfig", json_object({{"FunctionName", physical_id}}));
  }

 private:
  Result<void> put(EngineTransaction& transaction, const Resource& resource, std::string_view operation) const {
    Faults none;
    return calls_.put(transaction, lambda, operation, read(resource, none));
  }

  /// Everything is said, so that an update takes back what the template no longer has.
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json request = json_object({{"FunctionName", ""}, {"AuthType", auth_type(properties)}, {"Cors", Json::empty_object()}});
    const auto given = properties.required("TargetFunctionArn");
    const auto function = functions::parse_function_reference(given);
    const auto qualifier = properties.string("Qualifier");
    if (function) {
      request = request.with("FunctionName", Json(function->name));
      if (qualifier && !function->qualifier.empty() && *qualifier != function->qualifier)
        properties.fault("Qualifier", fmt::format("TargetFunctionArn names another one: {}", function->qualifier));
      if (const auto alias = qualifier.value_or(function->qualifier); !alias.empty()) request = request.with("Qualifier", Json(alias));
    } else if (!given.empty()) {
      properties.fault("TargetFunctionArn", fmt::format("'{}' is no name or ARN of a function", given));
    }
    if (const auto mode = properties.string("InvokeMode"); mode && *mode != "BUFFERED")
      properties.fault("InvokeMode", "answers are sent once they are whole here: BUFFERED is offered");
    if (const auto* cors = properties.object("Cors")) request = request.with("Cors", read_cors(*cors, properties));
    properties.refuse_others();
    return request;
  }

  static std::string auth_type(Properties& properties) {
    auto type = properties.required("AuthType");
    if (!type.empty() && type != "NONE" && type != "AWS_IAM") properties.fault("AuthType", "NONE or AWS_IAM is expected");
    return type;
  }

  static Json read_cors(const Json& source, Properties& of) {
    Properties given(source, of.at("Cors"), of.faults());
    Json cors = Json::empty_object();
    for (const auto* name : {"AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders"})
      if (const auto* list = given.array(name)) cors = cors.with(name, *list);
    if (const auto credentials = given.boolean("AllowCredentials")) cors = cors.with("AllowCredentials", Json(*credentials));
    if (const auto age = given.integer("MaxAge", 0, 86'400)) cors = cors.with("MaxAge", Json(*age));
    given.refuse_others();
    return cors;
  }

  const AwsCalls& calls_;
  Site site_;
};

}  // namespace

std::unique_ptr<ResourceType> make_function_url_type(const AwsCalls& calls, Site site) {
  return std::make_unique<FunctionUrlType>(calls, std::move(site));
}

}  // namespace signalbox::deploy
