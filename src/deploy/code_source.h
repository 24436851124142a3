#pragma once
/// Where code and definitions come from: folders beside the template, assets of a CDK assembly, objects of the object store, or the template itself.

#include "deploy/sam.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::deploy {

/// What copies code into the data directory.
struct CodeStaging {
  std::function<Result<StagedCode>(const std::filesystem::path& folder)> folder;
  std::function<Result<StagedCode>(std::string_view archive)> archive;
  std::function<Result<std::string>(const std::string& bucket, const std::string& key)> object;
};

struct CodeSources {
  std::filesystem::path folder;  ///< that the template stands in; empty: it came over the network
  /// By the object key that a template names: a folder, or a zip file. CDK uploads them under this key; here they need not be uploaded.
  std::map<std::string, std::filesystem::path> assets = {};
};

/// `s3://BUCKET/KEY` as `{Bucket, Key}`; nothing for anything else.
[[nodiscard]] std::optional<Json> object_of(const Json& location);

/// The `Code` of an AWS::Lambda::Function with its functions resolved: `{S3Bucket, S3Key}`, `{ZipFile: text}`, or a path, as templates have it before
/// they are packaged. `{"Hash": …, "Bytes": …}` is code that is staged already. Errors: NotFound, InvalidArgument, NotSupported (ImageUri), those of staging.
[[nodiscard]] Result<Json> stage_code(const Json& code, std::string_view runtime, const CodeSources& sources, const CodeStaging& staging);

/// A document in JSON or YAML, by a `DefinitionS3Location` or `BodyS3Location`: `{Bucket, Key}`, `s3://BUCKET/KEY`, or a path beside the template. Errors: NotFound, InvalidArgument, NotSupported
/// (a version of the object), InvalidJson.
[[nodiscard]] Result<Json> read_located_document(const Json& location, const CodeSources& sources, const CodeStaging& staging);

}  // namespace signalbox::deploy
