/// Stacks as they are stored: JSON, since a person may want to read them.

#include "deploy/plan.h"

#include "signalbox/encoding.h"

#include <utility>

namespace signalbox::deploy {

namespace {

Json texts(const std::map<std::string, std::string>& values) {
  Json::Object members;
  for (const auto& [name, value] : values) members.push_back({name, value});
  return Json(std::move(members));
}

std::map<std::string, std::string> read_texts(const Json* value) {
  std::map<std::string, std::string> texts;
  if (value)
    for (const auto& [name, text] : value->members()) texts.emplace(name, text.as_string());
  return texts;
}

std::string text_of(const Json& record, std::string_view name) {
  const auto* value = record.find(name);
  if (!value || !value->is_string()) throw StoreFailure("damaged record of a stack: it lacks " + std::string(name));
  return std::string(value->as_string());
}

}  // namespace

std::string to_record(const StackRecord& stack) {
  Json::Array resources;
  for (const auto& resource : stack.resources)
    resources.push_back(json_object({{"logicalId", resource.logical_id},
                                     {"type", resource.type},
                                     {"physicalId", resource.physical_id},
                                     {"hash", resource.hash},
                                     {"retain", resource.retain},
                                     {"ref", resource.ref},
                                     {"properties", resource.properties},
                                     {"createdAt", format_rfc3339(resource.created_at)},
                                     {"updatedAt", format_rfc3339(resource.updated_at)}}));
  return json_object({{"version", 1},
                      {"name", stack.name},
                      {"folder", stack.folder},
                      {"hash", stack.hash},
                      {"resources", Json(std::move(resources))},
                      {"parameters", texts(stack.parameters)},
                      {"outputs", texts(stack.outputs)},
                      {"outputDescriptions", texts(stack.output_descriptions)},
                      {"exports", texts(stack.exports)},
                      {"imports", Json(Json::Array(stack.imports.begin(), stack.imports.end()))},
                      {"description", stack.description},
                      {"source", stack.source},
                      {"createdAt", format_rfc3339(stack.created_at)},
                      {"deployedAt", format_rfc3339(stack.deployed_at)}})
      .text();
}

namespace {

Timestamp time_of(const Json& record, std::string_view name, Timestamp otherwise) {
  const auto* value = record.find(name);
  return value ? parse_rfc3339(value->as_string()).value_or(otherwise) : otherwise;
}

StackRecord::Resource resource_from(const Json& record, const StackRecord& stack) {
  StackRecord::Resource resource{.logical_id = text_of(record, "logicalId"),
                                 .type = text_of(record, "type"),
                                 .physical_id = text_of(record, "physicalId"),
                                 .hash = text_of(record, "hash"),
                                 .retain = record.find("retain") && record.find("retain")->as_boolean(),
                                 .created_at = time_of(record, "createdAt", stack.created_at),
                                 .updated_at = time_of(record, "updatedAt", stack.created_at)};
  resource.ref = record.find("ref") ? text_of(record, "ref") : resource.physical_id;
  if (const auto* properties = record.find("properties")) resource.properties = *properties;
  return resource;
}

StackRecord from_record(std::string_view text) {
  const auto record = Json::from_stored(std::string(text));
  StackRecord stack;
  stack.name = text_of(record, "name");
  stack.folder = text_of(record, "folder");
  stack.hash = text_of(record, "hash");
  stack.parameters = read_texts(record.find("parameters"));
  stack.outputs = read_texts(record.find("outputs"));
  stack.output_descriptions = read_texts(record.find("outputDescriptions"));
  stack.exports = read_texts(record.find("exports"));
  if (record.find("source")) stack.source = text_of(record, "source");
  if (record.find("description")) stack.description = text_of(record, "description");
  stack.deployed_at = time_of(record, "deployedAt", Timestamp{});
  stack.created_at = time_of(record, "createdAt", stack.deployed_at);
  if (const auto* imports = record.find("imports"))
    for (const auto& name : imports->elements()) stack.imports.emplace(name.as_string());
  if (const auto* resources = record.find("resources"))
    for (const auto& resource : resources->elements()) stack.resources.push_back(resource_from(resource, stack));
  return stack;
}

}  // namespace

std::optional<StackRecord> find_stack(const Reader& reader, std::string_view name) {
  const auto record = reader.get(Key(stacks_table, name));
  if (!record) return std::nullopt;
  return from_record(*record);
}

std::vector<StackRecord> list_stacks(const Reader& reader) {
  std::vector<StackRecord> stacks;
  reader.scan({Key(stacks_table)}, [&](const Key&, std::string_view record) {
    stacks.push_back(from_record(record));
    return true;
  });
  return stacks;
}

std::map<std::string, std::string> exports_of_others(const Reader& reader, std::string_view except) {
  std::map<std::string, std::string> exports;
  for (const auto& stack : list_stacks(reader)) {
    if (stack.name == except) continue;
    for (const auto& [name, output] : stack.exports)
      if (const auto value = stack.outputs.find(output); value != stack.outputs.end()) exports.emplace(name, value->second);
  }
  return exports;
}

std::vector<std::string> importers_of(const Reader& reader, std::string_view export_name) {
  std::vector<std::string> names;
  for (const auto& stack : list_stacks(reader))
    if (stack.imports.contains(std::string(export_name))) names.push_back(stack.name);
  return names;
}

}  // namespace signalbox::deploy
