// Versions and aliases.
#include "services/functions/function_urls.h"
#include "services/functions/functions.h"
#include "services/functions/layers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace signalbox::functions {

namespace {

using nlohmann::ordered_json;

Error function_missing(std::string_view name) {
  return error(ErrorCode::NotFound, fmt::format("Function not found: {}", name), "FunctionName");
}

std::optional<std::int64_t> version_number(std::string_view text) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto [last, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || last != end || number < 1) return std::nullopt;
  return number;
}

std::optional<FunctionConfig> find_version(const Reader& reader, std::string_view name, std::int64_t version) {
  const auto record = reader.get(Key(function_versions_table, name, version));
  if (!record) return std::nullopt;
  return from_record(*record);
}

/// Whether publishing would give `version` once more.
bool same_content(FunctionConfig latest, const FunctionConfig& version) {
  latest.version = version.version;
  latest.description = version.description;
  latest.revision = version.revision;
  latest.last_version = version.last_version;
  latest.created_at = version.created_at;
  latest.modified_at = version.modified_at;
  latest.tags = version.tags;
  latest.reserved_concurrency = version.reserved_concurrency;
  return to_record(latest) == to_record(version);
}

std::string alias_text(const AliasRecord& alias) {
  return ordered_json{{"version", 1},
                      {"functionVersion", alias.version},
                      {"description", alias.description},
                      {"weights", alias.weights},
                      {"revision", alias.revision}}
      .dump();
}

AliasRecord read_alias(std::string_view function, std::string_view name, std::string_view record) {
  try {
    const auto json = ordered_json::parse(record);
    return {.function = std::string(function),
            .name = std::string(name),
            .version = json.at("functionVersion"),
            .description = json.at("description"),
            .weights = json.at("weights"),
            .revision = json.at("revision")};
  } catch (const nlohmann::json::exception& failure) {
    throw StoreFailure(fmt::format("an alias's record cannot be read: {}", failure.what()));
  }
}

/// Letters, digits, - and _, and no number, which would be taken for a version.
bool is_alias_name(std::string_view name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto fits = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), fits) &&
         !std::all_of(name.begin(), name.end(), is_digit);
}

bool version_exists(const Reader& reader, std::string_view function, std::string_view version) {
  if (version == "$LATEST") return true;
  const auto number = version_number(version);
  return number && find_version(reader, function, *number);
}

Result<void> check_versions(const Reader& reader, const AliasRecord& alias) {
  const auto missing = [&](const std::string& version) {
    return error(ErrorCode::NotFound, fmt::format("Function not found: {}:{}", alias.function, version), "FunctionVersion");
  };
  if (!version_exists(reader, alias.function, alias.version)) return missing(alias.version);
  for (const auto& [version, weight] : alias.weights) {
    if (!version_exists(reader, alias.function, version)) return missing(version);
    if (weight < 0 || weight > 1)
      return error(ErrorCode::InvalidArgument, fmt::format("The weight {} of version {} is not between 0.0 and 1.0", weight, version),
                   "RoutingConfig");
  }
  return {};
}

}  // namespace

Result<FunctionConfig> publish_version(Transaction& transaction, std::string_view name, const std::optional<std::string>& description) {
  auto latest = find_function(transaction, name);
  if (!latest) return function_missing(name);
  if (auto newest = find_version(transaction, name, latest->last_version); newest && same_content(*latest, *newest))
    return std::move(*newest);
  ++latest->last_version;
  transaction.put(Key(functions_table, name), to_record(*latest));
  FunctionConfig version = *latest;
  version.version = std::to_string(latest->last_version);
  version.modified_at = transaction.now();
  if (description) version.description = *description;
  transaction.put(Key(function_versions_table, name, latest->last_version), to_record(version));
  return version;
}

Result<void> delete_version(Transaction& transaction, std::string_view name, std::int64_t version) {
  if (!find_version(transaction, name, version))
    return error(ErrorCode::NotFound, fmt::format("Function not found: {}:{}", name, version), "Qualifier");
  const auto text = std::to_string(version);
  std::string users;
  for (const auto& alias : list_aliases(transaction, name)) {
    if (alias.version == text || alias.weights.contains(text)) users += (users.empty() ? "" : ",") + alias.name;
  }
  if (!users.empty())
    return error(ErrorCode::Conflict, fmt::format("Cannot delete version {} because alias(es) point to it: [{}]", version, users),
                 "Qualifier");
  transaction.erase(Key(function_versions_table, name, version));
  return {};
}

std::vector<FunctionConfig> list_versions(const Reader& reader, std::string_view name, std::int64_t after, std::size_t limit) {
  std::vector<FunctionConfig> found;
  if (limit == 0) return found;
  reader.scan(KeyRange{.prefix = Key(function_versions_table, name), .after = Key(function_versions_table, name, after)},
              [&](const Key&, std::string_view record) {
                found.push_back(from_record(record));
                return found.size() < limit;
              });
  return found;
}

Result<AliasRecord> create_alias(Transaction& transaction, AliasRecord alias) {
  if (!find_function(transaction, alias.function)) return function_missing(alias.function);
  if (!is_alias_name(alias.name))
    return error(ErrorCode::InvalidArgument,
                 fmt::format("'{}' is not an alias's name: 1 to 128 letters, digits, - and _, and no number", alias.name), "Name");
  if (find_alias(transaction, alias.function, alias.name))
    return error(ErrorCode::AlreadyExists, fmt::format("Alias already exists: {}:{}", alias.function, alias.name), "Name");
  if (auto checked = check_versions(transaction, alias); !checked) return checked.error();
  transaction.put(Key(function_aliases_table, alias.function, alias.name), alias_text(alias));
  return alias;
}

Result<AliasRecord> update_alias(Transaction& transaction, AliasRecord alias) {
  if (!find_alias(transaction, alias.function, alias.name))
    return error(ErrorCode::NotFound, fmt::format("Alias not found: {}:{}", alias.function, alias.name), "Name");
  if (auto checked = check_versions(transaction, alias); !checked) return checked.error();
  ++alias.revision;
  transaction.put(Key(function_aliases_table, alias.function, alias.name), alias_text(alias));
  return alias;
}

/// With its URL, which leads nowhere without it.
void delete_alias(Transaction& transaction, std::string_view function, std::string_view alias) {
  transaction.erase(Key(function_aliases_table, function, alias));
  erase_function_url(transaction, function, alias);
}

std::optional<AliasRecord> find_alias(const Reader& reader, std::string_view function, std::string_view alias) {
  const auto record = reader.get(Key(function_aliases_table, function, alias));
  if (!record) return std::nullopt;
  return read_alias(function, alias, *record);
}

std::vector<AliasRecord> list_aliases(const Reader& reader, std::string_view function) {
  std::vector<AliasRecord> found;
  reader.scan(KeyRange{.prefix = Key(function_aliases_table, function)}, [&](const Key& key, std::string_view record) {
    found.push_back(read_alias(function, key.text(1), record));
    return true;
  });
  return found;
}

std::optional<std::string> resolve_qualifier(const Reader& reader, std::string_view function, std::string_view qualifier, double chance) {
  if (qualifier.empty() || qualifier == "$LATEST") return std::string();
  if (const auto number = version_number(qualifier))
    return find_version(reader, function, *number) ? std::optional(std::to_string(*number)) : std::nullopt;
  const auto alias = find_alias(reader, function, qualifier);
  if (!alias) return std::nullopt;
  std::string version = alias->version;
  for (const auto& [other, weight] : alias->weights) {
    if (chance < weight) {
      version = other;
      break;
    }
    chance -= weight;
  }
  return version == "$LATEST" ? std::string() : version;
}

std::optional<FunctionConfig> find_qualified(const Reader& reader, std::string_view function, std::string_view qualifier) {
  constexpr double main_version = 2;  // more than all weights together
  const auto version = resolve_qualifier(reader, function, qualifier, main_version);
  if (!version) return std::nullopt;
  return version->empty() ? find_function(reader, function) : find_version(reader, function, *version_number(*version));
}

std::set<std::string> code_in_use(const Reader& reader) {
  std::set<std::string> hashes;
  const auto collect = [&](const Key&, std::string_view record) {
    const auto config = from_record(record);
    hashes.insert(config.code_hash);
    for (const auto& layer : config.layers) hashes.insert(layer.code_hash);
    return true;
  };
  reader.scan(KeyRange{.prefix = Key(functions_table)}, collect);
  reader.scan(KeyRange{.prefix = Key(function_versions_table)}, collect);
  for (const auto& layer : list_layer_versions(reader, {})) hashes.insert(layer.code_hash);
  return hashes;
}

}  // namespace signalbox::functions
