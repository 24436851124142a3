#include "aws/ssm/ssm.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/aws_api.h"
#include "aws/kept.h"
#include "aws/parameters.h"
#include "aws/ssm/labels.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::ssm {

namespace {

constexpr const char* tags_kind = "ssm-tags";
constexpr std::int64_t versions_max = 100;  ///< older ones are forgotten, as on AWS

Failure missing(const std::string& name) { return {"ParameterNotFound", "Parameter " + name + " not found."}; }

/// The name in an ARN, a name with `:VERSION`, `:LABEL` or alone.
struct Selector {
  std::string name;
  std::optional<std::int64_t> version = std::nullopt;
  std::string label = {};

  [[nodiscard]] std::string text() const { return !label.empty() ? ":" + label : version ? ":" + std::to_string(*version) : ""; }
};
Selector selector_of(std::string text) {
  Arn arn;
  constexpr std::string_view kind = "parameter";
  if (parse_arn(text, arn) && arn.service == "ssm" && arn.resource.starts_with(kind)) {
    text = arn.resource.substr(kind.size());
    if (std::count(text.begin(), text.end(), '/') == 1) text.erase(0, 1);  // `parameter/NAME`, where NAME is no path
  }
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return {.name = text};
  std::int64_t version = 0;
  const bool is_number = std::from_chars(text.data() + colon + 1, text.data() + text.size(), version).ptr == text.data() + text.size();
  if (is_number) return {.name = text.substr(0, colon), .version = version};
  return {.name = text.substr(0, colon), .label = text.substr(colon + 1)};
}

/// `/cdk-bootstrap/QUALIFIER/version`, which is 8 at least where the newest stacks of CDK can be deployed.
std::optional<Json> bootstrap_version(const std::string& name) {
  if (!name.starts_with("/cdk-bootstrap/") || !name.ends_with("/version")) return std::nullopt;
  return json_object({{"Name", name},
                      {"Type", "String"},
                      {"Value", "30"},
                      {"Version", 1},
                      {"LastModifiedDate", 0},
                      {"DataType", "text"},
                      {"Tier", "Standard"}});
}

std::optional<Json> find(const Reader& reader, Selector selector) {
  if (!selector.label.empty()) {
    selector.version = labelled_version(reader, selector.name, selector.label);
    if (!selector.version) return std::nullopt;
  }
  if (selector.version) return find_kept(reader, parameter_kind, selector.name, version_text(*selector.version));
  auto versions = versions_of(reader, selector.name);
  if (versions.empty()) return bootstrap_version(selector.name);
  return std::move(versions.back());
}

std::string parameter_arn(const OperationContext& context, const std::string& name) {
  return context.services.engine.site().arn("ssm", "parameter" + std::string(name.starts_with('/') ? "" : "/") + name);
}

/// What is shown of a SecureString where it is not to be decrypted: an opaque text, the same for the same version, as AWS shows the ciphertext.
Json sealed(const OperationContext& context, const Json& kept) {
  const auto what = "ssm value " + std::string(kept.find("Name")->as_string()) + " " + kept.find("Version")->text() + " " +
                    std::string(kept.find("Value")->as_string());
  return Json(base64_encode(hmac_sha256(context.services.engine.master_key().bytes, what)));
}

Json value_json(const OperationContext& context, const Json& kept, bool decrypt) {
  return decrypt || kept.find("Type")->as_string() != "SecureString" ? *kept.find("Value") : sealed(context, kept);
}

Json parameter_json(const OperationContext& context, const Json& kept, const Selector& selector, bool decrypt) {
  const auto name = std::string(kept.find("Name")->as_string());
  Json out = json_object({{"Name", Json(name)},
                          {"Type", *kept.find("Type")},
                          {"Value", value_json(context, kept, decrypt)},
                          {"Version", *kept.find("Version")},
                          {"LastModifiedDate", *kept.find("LastModifiedDate")},
                          {"ARN", Json(parameter_arn(context, name))},
                          {"DataType", *kept.find("DataType")}});
  const auto selected = selector.text();
  return selected.empty() ? out : out.with("Selector", Json(selected));
}

Json metadata_json(const OperationContext& context, const Json& kept) {
  const auto name = std::string(kept.find("Name")->as_string());
  Json out = json_object({{"Name", Json(name)},
                          {"ARN", Json(parameter_arn(context, name))},
                          {"Type", *kept.find("Type")},
                          {"LastModifiedDate", *kept.find("LastModifiedDate")},
                          {"LastModifiedUser", Json("arn:aws:iam::" + context.services.engine.site().account + ":root")},
                          {"Version", *kept.find("Version")},
                          {"Tier", *kept.find("Tier")},
                          {"Policies", Json::empty_array()},
                          {"DataType", *kept.find("DataType")}});
  if (const Json* description = kept.find("Description")) out = out.with("Description", *description);
  return out;
}

/// Newest versions of all parameters, in order of name.
std::vector<Json> all(const Reader& reader) {
  std::vector<Json> newest;
  reader.scan(KeyRange{.prefix = Key(kept_table, parameter_kind)}, [&](const Key&, std::string_view record) {
    Json value = Json::from_stored(std::string(record));
    const bool same = !newest.empty() && *newest.back().find("Name") == *value.find("Name");
    if (same) newest.back() = std::move(value);
    else newest.push_back(std::move(value));
    return true;
  });
  return newest;
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 2048 && std::all_of(name.begin(), name.end(), fits);
}

Answer<Json> put_parameter(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("Name", {1, 2048});
  const auto value = parameters.required("Value");
  auto type = parameters.one_of("Type", {"String", "StringList", "SecureString"});
  const auto description = parameters.text("Description", {0, 1024});
  const auto tier = parameters.one_of("Tier", {"Standard", "Advanced", "Intelligent-Tiering"}).value_or("Standard");
  const auto data_type = parameters.text("DataType", {0, 128}).value_or("text");
  const bool overwrite = parameters.boolean("Overwrite").value_or(false);
  const Json* tags = parameters.array("Tags");
  if (auto fault = parameters.fault()) return *fault;
  if (!is_name(name))
    return Failure{"ValidationException",
                   "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of sub-paths "
                   "divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_"};
  const std::size_t value_max = tier == "Standard" ? 4096 : 8192;
  if (value.size() > value_max)
    return Failure{"ValidationException",
                   "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, "
                   "upgrade the parameter to use the advanced-parameter tier."};
  const auto present = find(transaction, {name});
  if (present && !overwrite)
    return Failure{"ParameterAlreadyExists",
                   "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."};
  if (!type) type = present ? std::string(present->find("Type")->as_string()) : std::optional<std::string>();
  if (!type) return Failure{"ValidationException", "A parameter type is required when you create a parameter."};
  const auto version = present ? present->find("Version")->as_integer().value_or(0) + 1 : 1;
  const auto oldest = version - versions_max;
  if (!labels_at(transaction, name, oldest).empty()) {
    return Failure{"ParameterMaxVersionLimitExceeded", "You attempted to create a new version of " + name +
                                                           " by calling the PutParameter API with the overwrite flag. Version " +
                                                           std::to_string(oldest) +
                                                           ", the oldest version, can't be deleted because it has a label associated with "
                                                           "it. Move the label to another version of the parameter, and try again."};
  }
  Json kept = json_object({{"Name", Json(name)},
                           {"Type", Json(*type)},
                           {"Value", Json(value)},
                           {"Version", Json(version)},
                           {"LastModifiedDate", Json::from_stored(format_epoch_seconds(transaction.now()))},
                           {"DataType", Json(data_type)},
                           {"Tier", Json(tier)}});
  if (description) kept = kept.with("Description", Json(*description));
  else if (const Json* old = present ? present->find("Description") : nullptr) kept = kept.with("Description", *old);
  keep(transaction, parameter_kind, name, version_text(version), kept);
  (void)drop_kept(transaction, parameter_kind, name, version_text(oldest));
  if (tags) keep(transaction, tags_kind, "", name, *tags);
  return json_object({{"Version", Json(version)}, {"Tier", Json(tier)}});
}

Answer<Json> get_parameter(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("Name", {1, 2048});
  const bool decrypt = parameters.boolean("WithDecryption").value_or(false);
  if (auto fault = parameters.fault()) return *fault;
  const auto selector = selector_of(name);
  const auto found = find(reader, selector);
  if (found) return json_object({{"Parameter", parameter_json(context, *found, selector, decrypt)}});
  if (!selector.label.empty() && find(reader, {selector.name}))
    return Failure{"ParameterVersionNotFound",
                   "Systems Manager could not find label " + selector.label + " of " + selector.name + ". Verify the label and try again."};
  if (selector.version && find(reader, {selector.name}))
    return Failure{"ParameterVersionNotFound", "Systems Manager could not find version " + std::to_string(*selector.version) + " of " +
                                                   selector.name + ". Verify the version and try again."};
  return missing(name);
}

Failure wrong_number_of_names() {
  return {"ValidationException",
          "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and 10"};
}

Answer<Json> get_parameters(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto names = parameters.texts("Names");
  const bool decrypt = parameters.boolean("WithDecryption").value_or(false);
  if (auto fault = parameters.fault()) return *fault;
  if (names.empty() || names.size() > 10) return wrong_number_of_names();
  Json::Array found, invalid;
  for (const auto& name : names) {
    const auto selector = selector_of(name);
    if (const auto kept = find(reader, selector)) found.push_back(parameter_json(context, *kept, selector, decrypt));
    else invalid.emplace_back(name);
  }
  return json_object({{"Parameters", Json(std::move(found))}, {"InvalidParameters", Json(std::move(invalid))}});
}

/// A page of a list that is given whole; the token is the number of the first one not shown.
template <class Show>
Answer<Json> page_json(const Json& request, const std::vector<Json>& values, std::int64_t usual, const char* member, Show show) {
  Parameters parameters(request);
  const auto limit = static_cast<std::size_t>(parameters.integer("MaxResults", {1, 50}).value_or(usual));
  const auto token = parameters.text("NextToken");
  if (auto fault = parameters.fault()) return *fault;
  std::size_t at = token ? static_cast<std::size_t>(std::strtoull(base64url_decode(*token).value_or("0").c_str(), nullptr, 10)) : 0;
  Json::Array shown;
  for (; at < values.size() && shown.size() < limit; ++at) shown.push_back(show(values[at]));
  Json out = json_object({{member, Json(std::move(shown))}});
  return at < values.size() ? out.with("NextToken", Json(base64url_encode(std::to_string(at)))) : out;
}

Answer<Json> get_parameters_by_path(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  auto path = parameters.required("Path", {1, 2048});
  const bool recursive = parameters.boolean("Recursive").value_or(false);
  const bool decrypt = parameters.boolean("WithDecryption").value_or(false);
  if (auto fault = parameters.fault()) return *fault;
  if (!path.starts_with('/'))
    return Failure{"ValidationException",
                   "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\"."};
  if (!path.ends_with('/')) path += '/';
  auto found = all(reader);
  std::erase_if(found, [&](const Json& kept) {
    const auto name = kept.find("Name")->as_string();
    return !name.starts_with(path) || (!recursive && name.find('/', path.size()) != std::string_view::npos);
  });
  return page_json(request, found, 10, "Parameters", [&](const Json& kept) { return parameter_json(context, kept, {}, decrypt); });
}

/// Filters by Name, Type and Path; others are refused by name.
Answer<bool> passes(const Json& kept, const Json& filter) {
  const Json* key = filter.find("Key");
  const Json* option = filter.find("Option");
  const Json* values = filter.find("Values");
  if (!key || !key->is_string() || !values || !values->is_array()) return Failure{"InvalidFilterKey", "A filter needs a Key and Values."};
  const auto name = key->as_string();
  const auto how = option && option->is_string() ? option->as_string() : std::string_view("Equals");
  if (name != "Name" && name != "Type" && name != "Path")
    return Failure{"InvalidFilterKey", "The filter key " + std::string(name) + " is not supported here."};
  const auto text = kept.find(name == "Type" ? "Type" : "Name")->as_string();
  return std::any_of(values->elements().begin(), values->elements().end(), [&](const Json& each) {
    const auto wanted = each.as_string();
    if (name == "Path") {
      const auto folder = std::string(wanted) + (wanted.ends_with('/') ? "" : "/");
      return text.starts_with(folder) && (how == "Recursive" || text.find('/', folder.size()) == std::string_view::npos);
    }
    return how == "BeginsWith" ? text.starts_with(wanted)
           : how == "Contains" ? text.find(wanted) != std::string_view::npos
                               : text == wanted;
  });
}

Answer<Json> describe_parameters(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const Json* filters = parameters.array("ParameterFilters");
  const Json* older = parameters.array("Filters");
  if (auto fault = parameters.fault()) return *fault;
  if (older && older->size() > 0) return Failure{"ValidationException", "Filters is not offered here; ParameterFilters is"};
  std::vector<Json> found;
  for (auto& kept : all(reader)) {
    bool fits = true;
    for (std::size_t i = 0; filters && i < filters->size() && fits; ++i) {
      const auto passed = passes(kept, *filters->at(i));
      if (!passed) return passed.error();
      fits = *passed;
    }
    if (fits) found.push_back(std::move(kept));
  }
  return page_json(request, found, 50, "Parameters", [&](const Json& kept) { return metadata_json(context, kept); });
}

Answer<Json> get_parameter_history(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto name = selector_of(parameters.required("Name", {1, 2048})).name;
  const bool decrypt = parameters.boolean("WithDecryption").value_or(false);
  if (auto fault = parameters.fault()) return *fault;
  const auto versions = versions_of(reader, name);
  if (versions.empty()) return missing(name);
  return page_json(request, versions, 50, "Parameters", [&](const Json& kept) {
    const auto labels = labels_at(reader, name, kept.find("Version")->as_integer().value_or(0));
    return metadata_json(context, kept).with("Value", value_json(context, kept, decrypt)).with("Labels", labels_json(labels));
  });
}

bool remove(EngineTransaction& transaction, const std::string& name) {
  const auto versions = list_kept(transaction, parameter_kind, name);
  for (const auto& [version, value] : versions) (void)drop_kept(transaction, parameter_kind, name, version);
  (void)drop_kept(transaction, tags_kind, "", name);
  forget_labels(transaction, name);
  return !versions.empty();
}

Answer<Json> delete_parameter(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("Name", {1, 2048});
  if (auto fault = parameters.fault()) return *fault;
  if (!remove(transaction, name)) return missing(name);
  return Json::empty_object();
}

Answer<Json> delete_parameters(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto names = parameters.texts("Names");
  if (!request.find("Names")) parameters.violation("null", "names", "Member must not be null");
  if (auto fault = parameters.fault()) return *fault;
  if (names.empty() || names.size() > 10) return wrong_number_of_names();
  Json::Array deleted, invalid;
  for (const auto& name : names) (remove(transaction, name) ? deleted : invalid).emplace_back(name);
  return json_object({{"DeletedParameters", Json(std::move(deleted))}, {"InvalidParameters", Json(std::move(invalid))}});
}

/// The parameter whose tags a request is about.
Answer<std::string> tagged(const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto type = parameters.required("ResourceType"), id = parameters.required("ResourceId");
  if (auto fault = parameters.fault()) return *fault;
  if (type != "Parameter")
    return Failure{"InvalidResourceType", "Only tags of resources of type Parameter are supported here, not of " + type + "."};
  if (!find(reader, {id})) return Failure{"InvalidResourceId", "The resource ID " + id + " is not valid."};
  return id;
}

Answer<Json> add_tags(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto name = tagged(transaction, request);
  if (!name) return name.error();
  std::map<std::string, Json> tags;
  const Json present = find_kept(transaction, tags_kind, "", *name).value_or(Json::empty_array());
  const auto collect = [&](const Json& list) {
    for (const Json& tag : list.elements()) {
      if (const Json* key = tag.find("Key"); key && key->is_string()) tags[std::string(key->as_string())] = tag;
    }
  };
  collect(present);
  if (const Json* given = request.find("Tags"); given && given->is_array()) collect(*given);
  Json::Array list;
  for (auto& [key, tag] : tags) list.push_back(tag);
  keep(transaction, tags_kind, "", *name, Json(std::move(list)));
  return Json::empty_object();
}

Answer<Json> remove_tags(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto name = tagged(transaction, request);
  if (!name) return name.error();
  Parameters parameters(request);
  const auto keys = parameters.texts("TagKeys");
  if (auto fault = parameters.fault()) return *fault;
  Json::Array list;
  const Json present = find_kept(transaction, tags_kind, "", *name).value_or(Json::empty_array());
  for (const Json& tag : present.elements()) {
    if (const Json* key = tag.find("Key"); !key || std::find(keys.begin(), keys.end(), key->as_string()) == keys.end()) list.push_back(tag);
  }
  keep(transaction, tags_kind, "", *name, Json(std::move(list)));
  return Json::empty_object();
}

Answer<Json> list_tags(const OperationContext&, const Reader& reader, const Json& request) {
  const auto name = tagged(reader, request);
  if (!name) return name.error();
  return json_object({{"TagList", find_kept(reader, tags_kind, "", *name).value_or(Json::empty_array())}});
}

}  // namespace

std::optional<ParameterValue> find_parameter(const Reader& reader, std::string_view name) {
  const auto found = find(reader, selector_of(std::string(name)));
  if (!found) return std::nullopt;
  const auto* type = found->find("Type");
  return ParameterValue{.value = std::string(found->find("Value")->as_string()), .is_secure = type && *type == Json("SecureString")};
}

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"AddTagsToResource", &add_tags},
                                              {"DeleteParameter", &delete_parameter},
                                              {"DeleteParameters", &delete_parameters},
                                              {"DescribeParameters", &describe_parameters},
                                              {"GetParameter", &get_parameter},
                                              {"GetParameterHistory", &get_parameter_history},
                                              {"GetParameters", &get_parameters},
                                              {"GetParametersByPath", &get_parameters_by_path},
                                              {"LabelParameterVersion", &label_parameter_version},
                                              {"ListTagsForResource", &list_tags},
                                              {"PutParameter", &put_parameter},
                                              {"RemoveTagsFromResource", &remove_tags},
                                              {"UnlabelParameterVersion", &unlabel_parameter_version}},
                               .not_offered = {}};
  return table;
}

}  // namespace signalbox::aws::ssm
