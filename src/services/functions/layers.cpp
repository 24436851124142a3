#include "services/functions/layers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace signalbox::functions {

namespace {

using nlohmann::ordered_json;

std::string to_text(const LayerRecord& layer) {
  return ordered_json{{"version", 1},
                      {"description", layer.description},
                      {"license", layer.license},
                      {"runtimes", layer.runtimes},
                      {"architectures", layer.architectures},
                      {"codeHash", layer.code_hash},
                      {"codeSha256", layer.code_sha256},
                      {"codeBytes", layer.code_bytes},
                      {"createdAt", layer.created_at.time_since_epoch().count()}}
      .dump();
}

LayerRecord read(const Key& key, std::string_view record) {
  try {
    const auto json = ordered_json::parse(record);
    return {.name = key.text(0),
            .version = key.integer(1),
            .description = json.at("description"),
            .license = json.at("license"),
            .runtimes = json.at("runtimes"),
            .architectures = json.at("architectures"),
            .code_hash = json.at("codeHash"),
            .code_sha256 = json.at("codeSha256"),
            .code_bytes = json.at("codeBytes"),
            .created_at = Timestamp{std::chrono::milliseconds{json.at("createdAt").get<std::int64_t>()}}};
  } catch (const nlohmann::json::exception& failure) {
    throw StoreFailure(fmt::format("a layer's record cannot be read: {}", failure.what()));
  }
}

bool is_layer_name(std::string_view name) {
  const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 140 && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

std::string layer_arn(const Site& site, std::string_view name) { return site.arn("lambda", "layer:" + std::string(name)); }
std::string layer_version_arn(const Site& site, std::string_view name, std::int64_t version) {
  return layer_arn(site, name) + ":" + std::to_string(version);
}

Result<LayerRecord> publish_layer_version(Transaction& transaction, LayerRecord layer) {
  if (!is_layer_name(layer.name))
    return error(ErrorCode::InvalidArgument, fmt::format("'{}' is not a layer's name: 1 to 140 letters, digits, - and _", layer.name),
                 "LayerName");
  layer.version = last_layer_version(transaction, layer.name) + 1;
  layer.created_at = transaction.now();
  transaction.put(Key(layers_table, layer.name, 0), std::to_string(layer.version));
  transaction.put(Key(layers_table, layer.name, layer.version), to_text(layer));
  return layer;
}

std::int64_t last_layer_version(const Reader& reader, std::string_view name) {
  return std::stoll(reader.get(Key(layers_table, name, 0)).value_or("0"));
}

std::optional<LayerRecord> find_layer_version(const Reader& reader, std::string_view name, std::int64_t version) {
  if (version < 1) return std::nullopt;
  const Key key(layers_table, name, version);
  const auto record = reader.get(key);
  if (!record) return std::nullopt;
  return read(key, *record);
}

Result<LayerRecord> find_layer_by_arn(const Reader& reader, std::string_view arn) {
  const auto invalid = [&] { return error(ErrorCode::InvalidArgument, fmt::format("Layer ARN is not valid: {}", arn), "Layers"); };
  Arn parts;
  if (!parse_arn(arn, parts) || parts.service != "lambda" || !parts.resource.starts_with("layer:")) return invalid();
  const auto colon = parts.resource.rfind(':');
  std::int64_t version = 0;
  const auto end = parts.resource.data() + parts.resource.size();
  if (colon < 6 || std::from_chars(parts.resource.data() + colon + 1, end, version).ptr != end) return invalid();
  auto found = find_layer_version(reader, parts.resource.substr(6, colon - 6), version);
  if (!found) return error(ErrorCode::NotFound, fmt::format("Layer version {} does not exist.", arn), "Layers");
  return std::move(*found);
}

void delete_layer_version(Transaction& transaction, std::string_view name, std::int64_t version) {
  if (find_layer_version(transaction, name, version)) transaction.erase(Key(layers_table, name, version));
}

std::vector<LayerRecord> list_layer_versions(const Reader& reader, std::string_view name) {
  std::vector<LayerRecord> found;
  reader.scan(KeyRange{.prefix = name.empty() ? Key(layers_table) : Key(layers_table, name)}, [&](const Key& key, std::string_view record) {
    if (key.integer(1) > 0) found.push_back(read(key, record));
    return true;
  });
  return found;
}

}  // namespace signalbox::functions
