// Event buses.
#include <vector>

#include "aws/events/events.h"
#include "aws/events/pages.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::events_api {

namespace {

Failure bus_missing(const std::string& bus) { return {"ResourceNotFoundException", "Event bus " + bus + " does not exist."}; }

std::map<std::string, std::string> tags_of(const Json* list) {
  std::map<std::string, std::string> tags;
  if (!list || !list->is_array()) return tags;
  for (const Json& tag : list->elements()) {
    const Json* key = tag.find("Key");
    const Json* value = tag.find("Value");
    if (key && value && key->is_string() && value->is_string()) tags[std::string(key->as_string())] = value->as_string();
  }
  return tags;
}

Json bus_json(const events::Events& events, const events::BusRecord& bus) {
  Json out = json_object({{"Name", Json(bus.name)}, {"Arn", Json(events.bus_arn(bus.name))}});
  if (bus.description) out = out.with("Description", Json(*bus.description));
  if (bus.policy) out = out.with("Policy", Json(*bus.policy));
  if (bus.created_at == Timestamp{}) return out;  // the default bus was never made
  const auto seconds = [](Timestamp time) { return Json(static_cast<double>(time.time_since_epoch().count()) / 1000); };
  return out.with("CreationTime", seconds(bus.created_at)).with("LastModifiedTime", seconds(bus.modified_at));
}

Answer<events::BusRecord> bus_of(const OperationContext& context, const Reader& reader, const Json& request, const char* member) {
  Parameters parameters(request);
  const auto name = bus_name(parameters.text(member, {1, 1600}));
  if (auto fault = parameters.fault()) return *fault;
  auto bus = context.services.events->find_bus(reader, name);
  if (!bus) return bus_missing(name);
  return std::move(*bus);
}

}  // namespace

Answer<Json> create_event_bus(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  events::BusRecord bus{.name = parameters.required("Name", {1, 256}), .description = parameters.text("Description", {0, 512})};
  const Json* tags = parameters.array("Tags");
  const auto partner = parameters.text("EventSourceName", {1, 256});
  if (auto fault = parameters.fault()) return *fault;
  if (partner) return Failure{"ValidationException", "Partner event sources are not offered here: " + *partner};
  bus.tags = tags_of(tags);
  const auto created = context.services.events->create_bus(transaction, std::move(bus));
  if (!created) return failure_of(created.error());
  Json out = json_object({{"EventBusArn", Json(context.services.events->bus_arn(created->name))}});
  return created->description ? out.with("Description", Json(*created->description)) : out;
}

Answer<Json> update_event_bus(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  auto bus = bus_of(context, transaction, request, "Name");
  if (!bus) return bus.error();
  Parameters parameters(request);
  bus->description = parameters.text("Description", {0, 512});
  if (auto fault = parameters.fault()) return *fault;
  if (const auto stored = context.services.events->store_bus(transaction, *bus); !stored) return failure_of(stored.error());
  return json_object({{"Arn", Json(context.services.events->bus_arn(bus->name))}, {"Name", Json(bus->name)}});
}

Answer<Json> delete_event_bus(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = bus_name(parameters.required("Name", {1, 256}));
  if (auto fault = parameters.fault()) return *fault;
  if (const auto deleted = context.services.events->delete_bus(transaction, name); !deleted) return failure_of(deleted.error());
  return Json::empty_object();
}

Answer<Json> describe_event_bus(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto bus = bus_of(context, reader, request, "Name");
  if (!bus) return bus.error();
  return bus_json(*context.services.events, *bus);
}

Answer<Json> list_event_buses(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto prefix = parameters.text("NamePrefix", {1, 256}).value_or("");
  if (auto fault = parameters.fault()) return *fault;
  auto buses = context.services.events->list_buses(reader);
  std::erase_if(buses, [&](const events::BusRecord& bus) { return !bus.name.starts_with(prefix); });
  return page_json(request, buses.size(), "EventBuses", [&](std::size_t at) { return bus_json(*context.services.events, buses[at]); });
}

Answer<Json> put_permission(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  auto bus = bus_of(context, transaction, request, "EventBusName");
  if (!bus) return bus.error();
  Parameters parameters(request);
  if (auto policy = parameters.text("Policy")) {
    bus->policy = std::move(*policy);
  } else {
    const auto id = parameters.required("StatementId", {1, 64}), principal = parameters.required("Principal", {1, 12}),
               action = parameters.required("Action", {1, 64});
    if (auto fault = parameters.fault()) return *fault;
    const Json statement =
        json_object({{"Sid", Json(id)},
                     {"Effect", "Allow"},
                     {"Principal", principal == "*" ? Json("*") : json_object({{"AWS", Json("arn:aws:iam::" + principal + ":root")}})},
                     {"Action", Json(action)},
                     {"Resource", Json(context.services.events->bus_arn(bus->name))}});
    const Json document =
        bus->policy ? Json::from_stored(*bus->policy) : json_object({{"Version", "2012-10-17"}, {"Statement", Json::empty_array()}});
    Json::Array statements;
    for (const Json& each : document.find("Statement")->elements()) {
      if (const Json* sid = each.find("Sid"); !sid || sid->as_string() != id) statements.push_back(each);
    }
    statements.push_back(statement);
    bus->policy = document.with("Statement", Json(std::move(statements))).text();
  }
  if (auto fault = parameters.fault()) return *fault;
  if (const auto stored = context.services.events->store_bus(transaction, *bus); !stored) return failure_of(stored.error());
  return Json::empty_object();
}

Answer<Json> remove_permission(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  auto bus = bus_of(context, transaction, request, "EventBusName");
  if (!bus) return bus.error();
  Parameters parameters(request);
  const auto id = parameters.text("StatementId");
  const bool all = parameters.boolean("RemoveAllPermissions").value_or(false);
  if (auto fault = parameters.fault()) return *fault;
  Json::Array left;
  bool found = all;
  const auto document = bus->policy ? Json::parse(*bus->policy) : Result<Json>(Json());
  if (const Json* statements = document ? document->find("Statement") : nullptr; statements && statements->is_array() && !all) {
    for (const Json& each : statements->elements()) {
      const Json* sid = each.find("Sid");
      if (id && sid && sid->is_string() && sid->as_string() == *id) found = true;
      else left.push_back(each);
    }
  }
  if (!found) return Failure{"ResourceNotFoundException", "Statement with the provided id does not exist."};
  bus->policy = left.empty() ? std::nullopt : std::optional(document->with("Statement", Json(std::move(left))).text());
  if (const auto stored = context.services.events->store_bus(transaction, *bus); !stored) return failure_of(stored.error());
  return Json::empty_object();
}

}  // namespace signalbox::aws::events_api
