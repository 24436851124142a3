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
                                     {"retain", resource.retain}}));
  return json_object({{"version", 1},
                      {"name", stack.name},
                      {"folder", stack.folder},
                      {"hash", stack.hash},
                      {"resources", Json(std::move(resources))},
                      {"parameters", texts(stack.parameters)},
                      {"outputs", texts(stack.outputs)},
                      {"outputDescriptions", texts(stack.output_descriptions)},
                      {"exports", texts(stack.exports)},
                      {"description", stack.description},
                      {"source", stack.source},
                      {"createdAt", format_rfc3339(stack.created_at)},
                      {"deployedAt", format_rfc3339(stack.deployed_at)}})
      .text();
}

namespace {

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
  stack.deployed_at = parse_rfc3339(text_of(record, "deployedAt")).value_or(Timestamp{});
  stack.created_at = record.find("createdAt") ? parse_rfc3339(text_of(record, "createdAt")).value_or(stack.deployed_at) : stack.deployed_at;
  if (const auto* resources = record.find("resources"))
    for (const auto& resource : resources->elements())
      stack.resources.push_back({.logical_id = text_of(resource, "logicalId"),
                                 .type = text_of(resource, "type"),
                                 .physical_id = text_of(resource, "physicalId"),
                                 .hash = text_of(resource, "hash"),
                                 .retain = resource.find("retain") && resource.find("retain")->as_boolean()});
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

}  // namespace signalbox::deploy
