#include "aws/ssm/labels.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "aws/kept.h"
#include "aws/parameters.h"
#include "base/text.h"

namespace signalbox::aws::ssm {

namespace {

constexpr const char* labels_kind = "ssm-labels";  // ("", name) → { label: version }
constexpr std::size_t labels_max = 10;             ///< at one version

using Labels = std::map<std::string, std::int64_t>;

Labels labels_of(const Reader& reader, const std::string& name) {
  Labels labels;
  const auto kept = find_kept(reader, labels_kind, "", name);
  if (!kept) return labels;
  for (const auto& [label, version] : kept->members()) labels[label] = version.as_integer().value_or(0);
  return labels;
}

void store(EngineTransaction& transaction, const std::string& name, const Labels& labels) {
  if (labels.empty()) return forget_labels(transaction, name);
  Json::Object kept;
  for (const auto& [label, version] : labels) kept.push_back({label, Json(version)});
  keep(transaction, labels_kind, "", name, Json(std::move(kept)));
}

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == ascii_lower(b); });
}

bool is_label(std::string_view label) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  };
  const bool begins_with_digit = !label.empty() && label.front() >= '0' && label.front() <= '9';
  return !label.empty() && label.size() <= 100 && !begins_with_digit && !begins_with(label, "aws") && !begins_with(label, "ssm") &&
         std::all_of(label.begin(), label.end(), fits);
}

struct Labelling {
  std::string name = {};
  std::int64_t version = 0;
  std::vector<std::string> labels = {};
};

/// Errors: ParameterNotFound, ParameterVersionNotFound.
Answer<Labelling> read_request(const Reader& reader, const Json& request, bool version_required) {
  Parameters parameters(request);
  Labelling asked{.name = parameters.required("Name", {1, 2048})};
  const auto version = parameters.integer("ParameterVersion");
  asked.labels = parameters.texts("Labels");
  if (asked.labels.empty() || asked.labels.size() > labels_max)
    parameters.violation("null", "labels", "Member must have length between 1 and 10");
  if (version_required && !version) parameters.violation("null", "parameterVersion", "Member must not be null");
  if (auto fault = parameters.fault()) return *fault;
  const auto versions = versions_of(reader, asked.name);
  if (versions.empty()) return Failure{"ParameterNotFound", "Parameter " + asked.name + " not found."};
  asked.version = version.value_or(versions.back().find("Version")->as_integer().value_or(0));
  if (!find_kept(reader, parameter_kind, asked.name, version_text(asked.version))) {
    return Failure{"ParameterVersionNotFound", "Systems Manager could not find version " + std::to_string(asked.version) + " of " +
                                                   asked.name + ". Verify the version and try again."};
  }
  return asked;
}

}  // namespace

std::string version_text(std::int64_t version) { return fmt::format("{:010}", version); }

std::vector<Json> versions_of(const Reader& reader, const std::string& name) {
  std::vector<Json> versions;
  for (auto& [version, value] : list_kept(reader, parameter_kind, name)) versions.push_back(std::move(value));
  return versions;
}

std::optional<std::int64_t> labelled_version(const Reader& reader, const std::string& name, std::string_view label) {
  const auto labels = labels_of(reader, name);
  const auto found = labels.find(std::string(label));
  return found == labels.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> labels_at(const Reader& reader, const std::string& name, std::int64_t version) {
  std::vector<std::string> found;
  for (const auto& [label, at] : labels_of(reader, name)) {
    if (at == version) found.push_back(label);
  }
  return found;
}

Json labels_json(const std::vector<std::string>& labels) {
  Json::Array out;
  for (const auto& label : labels) out.emplace_back(label);
  return Json(std::move(out));
}

void forget_labels(EngineTransaction& transaction, const std::string& name) { (void)drop_kept(transaction, labels_kind, "", name); }

/// Labels that are no labels are told, the others stand at the version from now on, wherever they stood before.
Answer<Json> label_parameter_version(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto asked = read_request(transaction, request, false);
  if (!asked) return asked.error();
  auto labels = labels_of(transaction, asked->name);
  std::vector<std::string> invalid;
  for (const auto& label : asked->labels) {
    if (is_label(label)) labels[label] = asked->version;
    else invalid.push_back(label);
  }
  const auto count = std::count_if(labels.begin(), labels.end(), [&](const auto& each) { return each.second == asked->version; });
  if (static_cast<std::size_t>(count) > labels_max)
    return Failure{"ParameterVersionLabelLimitExceeded",
                   "A parameter version can have maximum of 10 labels. Move one or more labels to another version and try again."};
  store(transaction, asked->name, labels);
  return json_object({{"InvalidLabels", labels_json(invalid)}, {"ParameterVersion", Json(asked->version)}});
}

Answer<Json> unlabel_parameter_version(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto asked = read_request(transaction, request, true);
  if (!asked) return asked.error();
  auto labels = labels_of(transaction, asked->name);
  std::vector<std::string> removed, invalid;
  for (const auto& label : asked->labels) {
    const auto found = labels.find(label);
    const bool stands_here = found != labels.end() && found->second == asked->version;
    (stands_here ? removed : invalid).push_back(label);
    if (stands_here) labels.erase(found);
  }
  store(transaction, asked->name, labels);
  return json_object({{"RemovedLabels", labels_json(removed)}, {"InvalidLabels", labels_json(invalid)}});
}

}  // namespace signalbox::aws::ssm
