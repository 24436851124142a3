// Versions and aliases.
#include <charconv>

#include "aws/lambda/lambda.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

Json alias_json(const OperationContext& context, const functions::AliasRecord& alias) {
  Json out = json_object({{"AliasArn", Json(context.services.engine.site().function_arn(alias.function) + ":" + alias.name)},
                          {"Name", Json(alias.name)},
                          {"FunctionVersion", Json(alias.version)},
                          {"Description", Json(alias.description)},
                          {"RevisionId", Json(revision_id(alias.function + ":" + alias.name, alias.revision))}});
  if (alias.weights.empty()) return out;
  Json::Object weights;
  for (const auto& [version, weight] : alias.weights) weights.push_back({version, Json(weight)});
  return out.with("RoutingConfig", json_object({{"AdditionalVersionWeights", Json(std::move(weights))}}));
}

/// FunctionVersion, Description and RoutingConfig of a request, where it has them.
Answer<functions::AliasRecord> with_members(functions::AliasRecord alias, const Json& request) {
  Parameters parameters(request);
  if (auto version = parameters.text("FunctionVersion", {1, 1024})) alias.version = std::move(*version);
  if (auto description = parameters.text("Description", {0, 256})) alias.description = std::move(*description);
  const Json* routing = parameters.object("RoutingConfig");
  if (auto fault = parameters.fault()) return *fault;
  if (!routing) return alias;
  alias.weights.clear();
  const Json* weights = routing->find("AdditionalVersionWeights");
  if (!weights || !weights->is_object()) return alias;
  for (const auto& [version, weight] : weights->members()) {
    if (!weight.is_number()) return Failure{"SerializationException", "the weights of AdditionalVersionWeights must be numbers"};
    alias.weights[version] = weight.as_double();
  }
  return alias;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

struct AliasPath {
  std::string function, alias;
};
Answer<AliasPath> alias_path(const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  Parameters parameters(request);
  auto name = parameters.required("Name", {1, 128});
  if (auto fault = parameters.fault()) return *fault;
  return AliasPath{reference->name, std::move(name)};
}

Failure alias_missing(const OperationContext& context, const AliasPath& path) {
  return {"ResourceNotFoundException",
          "Cannot find alias arn: " + context.services.engine.site().function_arn(path.function) + ":" + path.alias, 404};
}

/// A page of what is given whole.
template <class T, class Show, class Name>
Json page_json(const std::vector<T>& all, const Page& page, const char* member, Show show, Name name) {
  Json::Array shown;
  std::string last;
  bool more = false;
  for (const T& each : all) {
    if (name(each) <= page.after) continue;
    more = shown.size() == page.limit;
    if (more) break;
    shown.push_back(show(each));
    last = name(each);
  }
  Json out = json_object({{member, Json(std::move(shown))}});
  return more ? out.with("NextMarker", Json(base64url_encode(last))) : out;
}

}  // namespace

Answer<Json> publish_version(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  Parameters parameters(request);
  const auto sha256 = parameters.text("CodeSha256");
  const auto description = parameters.text("Description", {0, 256});
  if (auto fault = parameters.fault()) return *fault;
  const auto latest = function_of(context, transaction, *reference);
  if (!latest) return latest.error();
  if (auto checked = check_revision(request, revision_id(latest->key.id, latest->revision)); !checked) return checked.error();
  const auto present = std::string(configuration_json(context, *latest, false).find("CodeSha256")->as_string());
  if (sha256 && !sha256->empty() && *sha256 != present) {
    return invalid_parameter("CodeSHA256 (" + *sha256 + ") is different from current CodeSHA256 in $LATEST (" + present +
                             "). Please try again with the CodeSHA256 in $LATEST.");
  }
  const auto version = functions::publish_version(transaction, reference->name, description);
  if (!version) return failure_of(version.error());
  return configuration_json(context, *version, true);
}

Answer<Json> list_versions_by_function(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto latest = function_of(context, reader, *reference);
  if (!latest) return latest.error();
  // The marker is the last number shown; `$LATEST` comes first, before all numbers.
  Json::Array shown;
  const bool first = page->after.empty();
  const auto after = number_of(page->after);
  if (!first && !after) return invalid_parameter("Invalid Marker");
  if (first) shown.push_back(configuration_json(context, *latest, true));
  const auto found = functions::list_versions(reader, reference->name, first ? 0 : *after, page->limit + 1 - shown.size());
  for (const auto& version : found) {
    if (shown.size() == page->limit) break;
    shown.push_back(configuration_json(context, version, true));
  }
  const bool more = found.size() + (first ? 1 : 0) > page->limit;
  const auto last = more ? std::string(shown.back().find("Version")->as_string()) : std::string();
  Json out = json_object({{"Versions", Json(std::move(shown))}});
  return more ? out.with("NextMarker", Json(base64url_encode(last == "$LATEST" ? "0" : last))) : out;
}

Answer<Json> create_alias(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto path = alias_path(request);
  if (!path) return path.error();
  Parameters parameters(request);
  (void)parameters.required("FunctionVersion", {1, 1024});
  if (auto fault = parameters.fault()) return *fault;
  if (auto found = function_of(context, transaction, {path->function, {}}); !found) return found.error();
  functions::AliasRecord record;
  record.function = path->function;
  record.name = path->alias;
  const auto alias = with_members(std::move(record), request);
  if (!alias) return alias.error();
  const auto created = functions::create_alias(transaction, *alias);
  if (created) return alias_json(context, *created);
  const auto arn = context.services.engine.site().function_arn(path->function);
  if (created.error().code == ErrorCode::AlreadyExists)
    return Failure{"ResourceConflictException", "Alias already exists: " + arn + ":" + path->alias, 409};
  if (created.error().code == ErrorCode::NotFound)
    return Failure{"ResourceNotFoundException", "Function not found: " + arn + ":" + alias->version, 404};
  return failure_of(created.error());
}

Answer<Json> update_alias(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto path = alias_path(request);
  if (!path) return path.error();
  auto present = functions::find_alias(transaction, path->function, path->alias);
  if (!present) return alias_missing(context, *path);
  if (auto checked = check_revision(request, revision_id(path->function + ":" + path->alias, present->revision)); !checked)
    return checked.error();
  auto alias = with_members(std::move(*present), request);
  if (!alias) return alias.error();
  const auto updated = functions::update_alias(transaction, std::move(*alias));
  if (!updated) return failure_of(updated.error());
  return alias_json(context, *updated);
}

Answer<Json> delete_alias(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto path = alias_path(request);
  if (!path) return path.error();
  functions::delete_alias(transaction, path->function, path->alias);  // one that is gone is no error
  return Json::empty_object();
}

Answer<Json> get_alias(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto path = alias_path(request);
  if (!path) return path.error();
  const auto alias = functions::find_alias(reader, path->function, path->alias);
  if (!alias) return alias_missing(context, *path);
  return alias_json(context, *alias);
}

Answer<Json> list_aliases(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  const auto page = page_of(request);
  if (!page) return page.error();
  if (auto found = function_of(context, reader, *reference); !found) return found.error();
  auto all = functions::list_aliases(reader, reference->name);
  if (const Json* version = request.find("FunctionVersion"); version && version->is_string()) {
    std::erase_if(all, [&](const auto& alias) {
      return alias.version != version->as_string() && !alias.weights.contains(std::string(version->as_string()));
    });
  }
  return page_json(
      all, *page, "Aliases", [&](const auto& alias) { return alias_json(context, alias); }, [](const auto& alias) { return alias.name; });
}

}  // namespace signalbox::aws::lambda
