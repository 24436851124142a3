#include "aws/apigateway/apigateway.h"
#include "aws/apigateway/patch.h"

#include <algorithm>
#include <array>

namespace signalbox::aws::apigateway {

namespace {

bool embeds_methods(const Json& request) {
  const auto* embed = request.find("embed");
  return embed && embed->is_array() &&
         std::find(embed->elements().begin(), embed->elements().end(), Json("methods")) != embed->elements().end();
}

/// Methods are named only, unless they are asked for.
Json shown(const Json& resource, bool with_methods) {
  const auto* methods = resource.find("resourceMethods");
  if (!methods || with_methods) return resource;
  Json names = Json::empty_object();
  for (const auto& member : methods->members()) names = names.with(member.name, Json::empty_object());
  return resource.with("resourceMethods", names);
}

}  // namespace

Answer<Json> create_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  auto made = gateway::create_resource(transaction, member_text(request, "restApiId"), member_text(request, "parentId"),
                                       member_text(request, "pathPart"));
  if (!made) return failed(made.error());
  return std::move(*made);
}

Answer<Json> update_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  static constexpr std::array known{Patchable{.name = "parentId", .removable = false}, Patchable{.name = "pathPart", .removable = false}};
  const auto api = member_text(request, "restApiId"), id = member_text(request, "resourceId");
  auto record = gateway::get_resource(transaction, api, id);
  if (!record) return failed(record.error());
  const auto changed =
      patched(std::move(*record), request, [](const Json& before, const Patch& patch) { return patch_member(before, patch, known); });
  if (!changed) return changed;
  auto moved = gateway::move_resource(transaction, api, id, member_text(*changed, "parentId"), member_text(*changed, "pathPart"));
  if (!moved) return failed(moved.error());
  return shown(*moved, false);
}

Answer<Json> delete_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(transaction, api); !found) return failed(found.error());
  if (auto done = gateway::delete_resource(transaction, api, member_text(request, "resourceId")); !done) return failed(done.error());
  return Json::empty_object();
}

Answer<Json> get_resource(const OperationContext&, const Reader& reader, const Json& request) {
  const auto found = gateway::get_resource(reader, member_text(request, "restApiId"), member_text(request, "resourceId"));
  if (!found) return failed(found.error());
  return shown(*found, embeds_methods(request));
}

Answer<Json> get_resources(const OperationContext&, const Reader& reader, const Json& request) {
  const auto api = member_text(request, "restApiId");
  if (auto found = gateway::get_api(reader, api); !found) return failed(found.error());
  gateway::Items resources;
  for (const auto& [id, record] : gateway::list_items(reader, api, gateway::Kind::Resource))
    if (const auto whole = gateway::get_resource(reader, api, id)) resources.emplace_back(id, shown(*whole, embeds_methods(request)));
  return page(resources, request);
}

}  // namespace signalbox::aws::apigateway
