/// Source: Service Authorization Reference, AWS Lambda.

#include "aws/access/permissions.h"
#include "services/functions/function.h"

#include <array>
#include <utility>

namespace signalbox::aws::permissions {

namespace {

/// With its version or alias, if the call names one.
std::string function(const NeedContext& context, const Json& request) {
  const auto reference = functions::parse_function_reference(member_text(request, "FunctionName"));
  if (!reference) return context.site.function_arn(member_text(request, "FunctionName"));
  auto qualifier = member_text(request, "Qualifier");
  if (qualifier.empty()) qualifier = reference->qualifier;
  return context.site.function_arn(reference->name) + (qualifier.empty() ? "" : ":" + qualifier);
}
std::string mapping(const NeedContext& context, const Json& request) {
  return context.site.arn("lambda", "event-source-mapping:" + member_text(request, "UUID"));
}
std::string layer(const NeedContext& context, const Json& request) {
  const auto name = member_text(request, "LayerName");
  return name.starts_with("arn:") ? name : context.site.arn("lambda", "layer:" + name);
}
std::string layer_version(const NeedContext& context, const Json& request) {
  return layer(context, request) + ":" + member_text(request, "VersionNumber");
}
std::string layer_by_arn(const NeedContext&, const Json& request) { return member_text(request, "Arn"); }
std::string tagged(const NeedContext&, const Json& request) { return member_text(request, "Resource"); }

constexpr std::array rows{NeedRow{"CreateEventSourceMapping", "", &any_resource},
                          NeedRow{"DeleteEventSourceMapping", "", &mapping},
                          NeedRow{"DeleteLayerVersion", "", &layer_version},
                          NeedRow{"GetAccountSettings", "", &any_resource},
                          NeedRow{"GetEventSourceMapping", "", &mapping},
                          NeedRow{"GetLayerVersion", "", &layer_version},
                          NeedRow{"GetLayerVersionByArn", "GetLayerVersion", &layer_by_arn},
                          NeedRow{"Invoke", "InvokeFunction", &function},
                          NeedRow{"InvokeAsync", "", &function},
                          NeedRow{"ListEventSourceMappings", "", &any_resource},
                          NeedRow{"ListFunctions", "", &any_resource},
                          NeedRow{"ListLayerVersions", "", &any_resource},
                          NeedRow{"ListLayers", "", &any_resource},
                          NeedRow{"ListTags", "", &tagged},
                          NeedRow{"PublishLayerVersion", "", &layer},
                          NeedRow{"TagResource", "", &tagged},
                          NeedRow{"UntagResource", "", &tagged},
                          NeedRow{"UpdateEventSourceMapping", "", &mapping}};

}  // namespace

Needs lambda(const NeedContext& context, std::string_view operation, const Json& request) {
  auto needs = needs_by(rows, "lambda", &function, context, operation, request);
  if (operation == "CreateFunction" || operation == "UpdateFunctionConfiguration")
    add_pass_role(needs, request.find("Role"), "lambda.amazonaws.com");
  if (operation.ends_with("FunctionUrlConfig") || operation == "AddPermission") {
    for (const auto& [member, key] :
         {std::pair{"AuthType", "lambda:functionurlauthtype"}, std::pair{"FunctionUrlAuthType", "lambda:functionurlauthtype"},
          std::pair{"Principal", "lambda:principal"}})
      if (auto value = member_text(request, member); !value.empty()) needs.front().keys[key] = {std::move(value)};
  }
  if (operation == "CreateEventSourceMapping") needs.front().keys["lambda:functionarn"] = {function(context, request)};
  return needs;
}

}  // namespace signalbox::aws::permissions
