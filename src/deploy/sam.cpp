#include "deploy/sam.h"

#include "deploy/code_source.h"
#include "deploy/sam_expansion.h"

#include "asl/yaml.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace signalbox::deploy {

namespace sam {

Json ref_to(std::string_view logical_id) { return json_object({{"Ref", logical_id}}); }
Json get_att(std::string_view logical_id, std::string_view attribute) {
  return json_object({{"Fn::GetAtt", json_array({logical_id, attribute})}});
}

ResourceSource like(const ResourceSource& source, std::string type) {
  ResourceSource made;
  made.logical_id = source.logical_id;
  made.type = std::move(type);
  made.depends_on = source.depends_on;
  made.condition = source.condition;
  made.retain = source.retain;
  made.place = source.place;
  return made;
}

void take_renamed(const Json& from, ResourceSource& into, NamePairs names) {
  for (const auto& [sam_name, name] : names) {
    const auto* value = from.find(sam_name);
    if (!value) continue;
    into.properties = into.properties.with(name, *value);
    if (sam_name != name) into.written_as.emplace(name, sam_name);
  }
}

void take(const Json& from, ResourceSource& into, std::initializer_list<std::string_view> names) {
  for (const auto& name : names)
    if (const auto* value = from.find(name)) into.properties = into.properties.with(name, *value);
}

void refuse_others(Expansion& expansion, const Json& properties, const std::string& place, std::initializer_list<std::string_view> known,
                   std::string_view of) {
  for (const auto& member : properties.members())
    if (std::find(known.begin(), known.end(), member.name) == known.end())
      expansion.faults.add(place + "/" + member.name, fmt::format("the property '{}' of {} is not offered here", member.name, of));
}

std::optional<std::string> literal_text(Expansion& expansion, const ResourceSource& source, std::string_view name) {
  const auto* value = source.properties.find(name);
  if (!value) return std::nullopt;
  if (value->is_string()) return std::string(value->as_string());
  expansion.faults.add(fmt::format("{}/{}", source.place, name), "a text is expected, no function: logical ids are made of it");
  return std::nullopt;
}

std::string short_hash(std::string_view text) { return hex_encode(digest(DigestAlgorithm::Sha256, text)).substr(0, 10); }

Json staged_code(Expansion& expansion, const ResourceSource& source, std::string_view property) {
  const auto place = fmt::format("{}/{}", source.place, property);
  const auto* uri = source.properties.find(property);
  if (!uri) {
    expansion.faults.add(place, "this property is required");
    return {};
  }
  // Packaged: an object of the object store, as the AWS CLI writes it (`s3://…`) or with its parts apart.
  if (const auto location = object_of(*uri).value_or(*uri); location.is_object() && location.find("Bucket")) {
    Json code = Json::empty_object();
    for (const auto& [sam_name, name] :
         {std::pair{"Bucket", "S3Bucket"}, std::pair{"Key", "S3Key"}, std::pair{"Version", "S3ObjectVersion"}})
      if (const auto* value = location.find(sam_name)) code = code.with(name, *value);
    return code;
  }
  if (!uri->is_string()) {
    expansion.faults.add(place, "a path beside the template is expected");
    return {};
  }
  auto staged = expansion.files.stage_code(expansion.files.folder / std::filesystem::path(uri->as_string()));
  if (staged) return json_object({{"Hash", staged->hash}, {"Bytes", staged->bytes}});
  expansion.faults.add(place, staged.error().message);
  return {};
}

namespace {

/// What an Api event becomes. Templates cannot name it themselves.
constexpr std::string_view route_type = "Signalbox::Route";

/// Objects are merged, lists joined, anything else is the resource's own if it has one. [SAM developer guide, Globals]
Json merged(const Json& global, const Json& own) {
  if (global.is_object() && own.is_object()) {
    Json result = global;
    for (const auto& [name, value] : own.members()) {
      const auto* inherited = global.find(name);
      result = result.with(name, inherited ? merged(*inherited, value) : value);
    }
    return result;
  }
  if (!global.is_array() || !own.is_array()) return own;
  Json::Array elements = global.elements();
  elements.insert(elements.end(), own.elements().begin(), own.elements().end());
  return Json(std::move(elements));
}

constexpr std::string_view prefix = "AWS::Serverless::";

ResourceSource with_globals(ResourceSource resource, const Json& globals) {
  const auto* shared = resource.type.starts_with(prefix) ? globals.find(resource.type.substr(prefix.size())) : nullptr;
  if (shared) resource.properties = merged(*shared, resource.properties);
  return resource;
}

void expand(Expansion& expansion, ResourceSource resource) {
  const bool is_serverless = resource.type.starts_with(prefix);
  const auto kind = is_serverless ? resource.type.substr(prefix.size()) : std::string();
  if (kind == "Function") expand_function(expansion, resource);
  else if (kind == "LayerVersion") expand_layer(expansion, resource);
  else if (kind == "StateMachine") expand_state_machine(expansion, resource);
  else if (kind == "Api" || kind == "HttpApi") return;  // made when all events are known
  else if (resource.type != route_type) expansion.out.push_back(std::move(resource));
  else
    expansion.faults.add("/Resources/" + resource.logical_id + "/Type",
                         fmt::format("the resource type {} is not offered here", resource.type));
}

}  // namespace

}  // namespace sam

Template expand_sam(Template source, const TemplateFiles& files, Faults& faults) {
  sam::Expansion expansion{.files = files, .globals = source.globals, .faults = faults};
  for (auto& resource : source.resources) resource = sam::with_globals(std::move(resource), source.globals);
  for (const auto& resource : source.resources) {
    if (resource.type == "AWS::Serverless::Api") sam::draft_api(expansion, resource);
    else if (resource.type == "AWS::Serverless::HttpApi") sam::draft_http_api(expansion, resource);
  }
  for (auto& resource : source.resources) sam::expand(expansion, std::move(resource));
  sam::expand_apis(expansion);
  sam::expand_http_apis(expansion);
  source.resources = std::move(expansion.out);
  use_logical_ids(source, expansion.names);
  return source;
}

Result<Json> parse_document(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') return Json::parse(text);
  auto json = yaml_to_json(text);
  if (!json) return json.error();
  return Json::parse(std::move(*json));
}

Result<Json> read_document(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return error(ErrorCode::NotFound, fmt::format("cannot read '{}'", path.string()));
  std::string text = content.str();
  if (path.extension() == ".yaml" || path.extension() == ".yml") {
    auto json = yaml_to_json(text);
    if (!json) return error(json.error().code, fmt::format("'{}': {}", path.string(), json.error().message));
    text = std::move(*json);
  }
  auto parsed = Json::parse(std::move(text));
  if (!parsed) return error(parsed.error().code, fmt::format("'{}': {}", path.string(), parsed.error().message));
  return parsed;
}

}  // namespace signalbox::deploy
