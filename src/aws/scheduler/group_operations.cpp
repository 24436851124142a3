// Schedule groups and their tags.
#include <algorithm>

#include "aws/kept.h"
#include "aws/scheduler/scheduler.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::scheduler {

namespace {

constexpr const char* group_kind = "schedule-group";

std::string group_arn(const OperationContext& context, std::string_view name) {
  return context.services.engine.site().arn("scheduler", "schedule-group/" + std::string(name));
}

Failure group_missing(std::string_view name) {
  return {"ResourceNotFoundException", "Schedule group " + std::string(name) + " does not exist.", 404};
}

Json shown(const OperationContext& context, std::string_view name, const Json& group) {
  return json_object({{"Arn", Json(group_arn(context, name))},
                      {"Name", Json(name)},
                      {"State", "ACTIVE"},
                      {"CreationDate", *group.find("CreationDate")},
                      {"LastModificationDate", *group.find("LastModificationDate")}});
}

Answer<std::string> name_of(const Json& request) {
  Parameters parameters(request);
  auto name = parameters.required("Name", {1, 64});
  if (auto fault = parameters.fault()) return *fault;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  if (!std::all_of(name.begin(), name.end(), fits)) {
    return Failure{"ValidationException",
                   "1 validation error detected: Value '" + name +
                       "' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$"};
  }
  return name;
}

Answer<std::string> tagged_group(const Json& request) {
  Parameters parameters(request);
  const auto text = parameters.required("ResourceArn", {1, 1011});
  if (auto fault = parameters.fault()) return *fault;
  Arn arn;
  constexpr std::string_view kind = "schedule-group/";
  if (!parse_arn(text, arn) || !arn.resource.starts_with(kind))
    return Failure{"ValidationException", "Only schedule groups have tags: " + text};
  return arn.resource.substr(kind.size());
}

}  // namespace

Answer<Json> group_of(const Reader& reader, std::string_view name) {
  if (auto group = find_kept(reader, group_kind, "", name)) return std::move(*group);
  if (name == default_schedule_group) return json_object({{"CreationDate", 0}, {"LastModificationDate", 0}, {"Tags", Json::empty_array()}});
  return group_missing(name);
}

Answer<Json> create_schedule_group(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto name = name_of(request);
  if (!name) return name.error();
  if (group_of(transaction, *name)) return Failure{"ConflictException", "Schedule group " + *name + " already exists.", 409};
  const Json now = Json::from_stored(format_epoch_seconds(transaction.now()));
  const Json* tags = request.find("Tags");
  keep(transaction, group_kind, "", *name,
       json_object(
           {{"CreationDate", now}, {"LastModificationDate", now}, {"Tags", tags && tags->is_array() ? *tags : Json::empty_array()}}));
  return json_object({{"ScheduleGroupArn", Json(group_arn(context, *name))}});
}

Answer<Json> delete_schedule_group(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto name = name_of(request);
  if (!name) return name.error();
  if (*name == default_schedule_group) return Failure{"ValidationException", "The default schedule group cannot be deleted."};
  if (!drop_kept(transaction, group_kind, "", *name)) return group_missing(*name);
  for (const auto& schedule : context.services.schedules->list(transaction, *name, std::nullopt, SIZE_MAX)) {
    (void)context.services.schedules->remove(transaction, schedule.definition.id);
    (void)drop_kept(transaction, "schedule-settings", *name, schedule.definition.id.name);
  }
  return Json::empty_object();
}

Answer<Json> get_schedule_group(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto name = name_of(request);
  if (!name) return name.error();
  const auto group = group_of(reader, *name);
  if (!group) return group.error();
  return shown(context, *name, *group);
}

Answer<Json> list_schedule_groups(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("NamePrefix", {1, 64}).value_or("");
  if (auto fault = parameters.fault()) return *fault;
  Json::Array groups;
  bool has_default = false;
  for (const auto& [name, group] : list_kept(reader, group_kind, "")) {
    has_default = has_default || name == default_schedule_group;
    if (name.starts_with(prefix)) groups.push_back(shown(context, name, group));
  }
  if (!has_default && default_schedule_group.starts_with(prefix))
    groups.insert(groups.begin(), shown(context, default_schedule_group, *group_of(reader, default_schedule_group)));
  return json_object({{"ScheduleGroups", Json(std::move(groups))}});
}

Answer<Json> tag_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto name = tagged_group(request);
  if (!name) return name.error();
  const auto group = group_of(transaction, *name);
  if (!group) return group.error();
  Json::Array tags;
  const Json* given = request.find("Tags");
  if (!given || !given->is_array())
    return Failure{"ValidationException",
                   "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null"};
  const auto same_key = [](const Json& a, const Json& b) { return a.find("Key") && b.find("Key") && *a.find("Key") == *b.find("Key"); };
  for (const Json& tag : group->find("Tags")->elements()) {
    if (std::none_of(given->elements().begin(), given->elements().end(), [&](const Json& other) { return same_key(tag, other); }))
      tags.push_back(tag);
  }
  for (const Json& tag : given->elements()) tags.push_back(tag);
  keep(transaction, group_kind, "", *name, group->with("Tags", Json(std::move(tags))));
  return Json::empty_object();
}

Answer<Json> untag_resource(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto name = tagged_group(request);
  if (!name) return name.error();
  const auto group = group_of(transaction, *name);
  if (!group) return group.error();
  Parameters parameters(request);
  const auto keys = parameters.texts("TagKeys");
  if (auto fault = parameters.fault()) return *fault;
  Json::Array tags;
  for (const Json& tag : group->find("Tags")->elements()) {
    const Json* key = tag.find("Key");
    if (!key || std::find(keys.begin(), keys.end(), key->as_string()) == keys.end()) tags.push_back(tag);
  }
  keep(transaction, group_kind, "", *name, group->with("Tags", Json(std::move(tags))));
  return Json::empty_object();
}

Answer<Json> list_tags_for_resource(const OperationContext&, const Reader& reader, const Json& request) {
  const auto name = tagged_group(request);
  if (!name) return name.error();
  const auto group = group_of(reader, *name);
  if (!group) return group.error();
  return json_object({{"Tags", *group->find("Tags")}});
}

}  // namespace signalbox::aws::scheduler
