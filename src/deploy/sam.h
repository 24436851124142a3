#pragma once
/// What AWS::Serverless resources stand for: a function with its triggers, schedules and routes; a state machine with its schedules.
/// Source: SAM developer guide, Generated CloudFormation resources.

#include "deploy/template.h"

#include <filesystem>
#include <functional>
#include <string>

namespace signalbox::deploy {

/// A folder of code, copied into the data directory.
struct StagedCode {
  std::string hash;
  std::int64_t bytes = 0;
};

/// The files beside a template.
struct TemplateFiles {
  std::filesystem::path folder;
  std::function<Result<StagedCode>(const std::filesystem::path&)> stage_code;
};

/// The template with each SAM resource replaced by what it stands for. An event `E` of a resource `R` becomes the resource `RE`.
[[nodiscard]] Template expand_sam(Template source, const TemplateFiles& files, Faults& faults);

/// JSON, or YAML with CloudFormation's short forms, as JSON. Errors: InvalidJson, and those of YAML.
[[nodiscard]] Result<Json> parse_document(const std::string& text);
/// `.json` or `.yaml`/`.yml`, as JSON.
[[nodiscard]] Result<Json> read_document(const std::filesystem::path& path);

}  // namespace signalbox::deploy
