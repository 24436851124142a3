#include "signalbox/map_run_plan.h"

#include <string_view>

namespace signalbox {

namespace {

std::int64_t integer_of(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value ? value->as_integer().value_or(0) : 0;
}
bool flag_of(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value && value->is_boolean() && value->as_boolean();
}
std::optional<Json> member_of(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value ? std::optional(*value) : std::nullopt;
}

Json reader_json(const MapRunPlan::Reader& reader) {
  return json_object(
      {{"lists", Json(reader.lists)}, {"parameters", reader.parameters}, {"config", reader.config}, {"maxItems", Json(reader.max_items)}});
}

Json batcher_json(const MapRunPlan::Batcher& batcher) {
  Json::Object members{{"maxItems", Json(batcher.max_items)}, {"maxBytes", Json(batcher.max_bytes)}};
  if (batcher.batch_input) members.push_back({"batchInput", *batcher.batch_input});
  return Json(std::move(members));
}

Json writer_json(const MapRunPlan::Writer& writer) {
  Json::Object members{{"config", writer.config}};
  if (writer.parameters) members.push_back({"parameters", *writer.parameters});
  return Json(std::move(members));
}

}  // namespace

Json to_json(const MapRunPlan& plan) {
  Json::Object members{
      {"state", Json(plan.state_name)}, {"machine", Json(plan.machine)}, {"label", Json(plan.label)}, {"express", Json(plan.express)}};
  if (plan.items) members.push_back({"items", *plan.items});
  if (plan.reader) members.push_back({"reader", reader_json(*plan.reader)});
  if (plan.batcher) members.push_back({"batcher", batcher_json(*plan.batcher)});
  if (plan.writer) members.push_back({"writer", writer_json(*plan.writer)});
  members.push_back({"maxConcurrency", Json(plan.max_concurrency)});
  members.push_back({"toleratedFailureCount", Json(plan.tolerated_failure_count)});
  members.push_back({"toleratedFailurePercentage", Json(plan.tolerated_failure_percentage)});
  members.push_back({"tolerates", Json(plan.tolerates)});
  return Json(std::move(members));
}

MapRunPlan map_run_plan_of(const Json& stored) {
  MapRunPlan plan;
  plan.state_name = member_text(stored, "state");
  plan.machine = member_text(stored, "machine");
  plan.label = member_text(stored, "label");
  plan.express = flag_of(stored, "express");
  plan.items = member_of(stored, "items");
  if (const Json* reader = stored.find("reader")) {
    plan.reader = MapRunPlan::Reader{flag_of(*reader, "lists"), member_of(*reader, "parameters").value_or(Json()),
                                     member_of(*reader, "config").value_or(Json()), integer_of(*reader, "maxItems")};
  }
  if (const Json* batcher = stored.find("batcher"))
    plan.batcher =
        MapRunPlan::Batcher{member_of(*batcher, "batchInput"), integer_of(*batcher, "maxItems"), integer_of(*batcher, "maxBytes")};
  if (const Json* writer = stored.find("writer"))
    plan.writer = MapRunPlan::Writer{member_of(*writer, "parameters"), member_of(*writer, "config").value_or(Json())};
  plan.max_concurrency = integer_of(stored, "maxConcurrency");
  plan.tolerated_failure_count = integer_of(stored, "toleratedFailureCount");
  if (const Json* percentage = stored.find("toleratedFailurePercentage"); percentage && percentage->is_number())
    plan.tolerated_failure_percentage = percentage->as_double();
  plan.tolerates = flag_of(stored, "tolerates");
  return plan;
}

}  // namespace signalbox
