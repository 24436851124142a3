#pragma once
/// Parameters' versions and the labels that stand at them. Source: Systems Manager User Guide, "Working with parameter labels".

#include "aws/operation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws::ssm {

inline constexpr const char* parameter_kind = "ssm-parameter";  ///< kept.h: (name, version with leading zeros) → JSON

[[nodiscard]] std::string version_text(std::int64_t version);
/// Oldest first.
[[nodiscard]] std::vector<Json> versions_of(const Reader& reader, const std::string& name);

/// A label stands at one version of a parameter.
[[nodiscard]] std::optional<std::int64_t> labelled_version(const Reader& reader, const std::string& name, std::string_view label);
/// In order of name.
[[nodiscard]] std::vector<std::string> labels_at(const Reader& reader, const std::string& name, std::int64_t version);
[[nodiscard]] Json labels_json(const std::vector<std::string>& labels);
void forget_labels(EngineTransaction& transaction, const std::string& name);

WriteOperation label_parameter_version, unlabel_parameter_version;

}  // namespace signalbox::aws::ssm
