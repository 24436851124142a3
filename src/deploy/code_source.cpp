#include "deploy/code_source.h"

#include "deploy/intrinsics.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

namespace signalbox::deploy {

namespace fs = std::filesystem;

namespace {

Result<std::string> content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return error(ErrorCode::NotFound, fmt::format("cannot read '{}'", path.string()));
  return content.str();
}

Result<StagedCode> stage_path(const fs::path& path, const CodeStaging& staging) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return staging.folder(path);
  const auto archive = content_of(path);
  if (!archive) return archive.error();
  return staging.archive(*archive);
}

/// The one file of code that stands in the template: `index.js` or `index.py`. [AWS::Lambda::Function Code, ZipFile]
Result<StagedCode> stage_text(std::string_view text, std::string_view runtime, const CodeStaging& staging) {
  const bool node = runtime.starts_with("nodejs"), python = runtime.starts_with("python");
  if (!node && !python)
    return error(ErrorCode::InvalidArgument, fmt::format("ZipFile can only be used with Node.js and Python, not {}", runtime));
  const fs::path folder = fs::temp_directory_path() / ("signalbox-code-" + hex_encode(random_bytes(12)));
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return error(ErrorCode::Unavailable, fmt::format("'{}' cannot be made: {}", folder.string(), failure.message()));
  std::ofstream(folder / (node ? "index.js" : "index.py"), std::ios::binary) << text;
  auto staged = staging.folder(folder);
  fs::remove_all(folder, failure);
  return staged;
}

Result<std::string> object(const std::string& bucket, const std::string& key, const CodeStaging& staging) {
  auto content = staging.object(bucket, key);
  if (content) return content;
  return error(content.error().code, fmt::format("Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}",
                                                 content.error().where, content.error().message));
}

Result<StagedCode> stage_object(const Json& code, const CodeSources& sources, const CodeStaging& staging) {
  const auto key = plain_text(*code.find("S3Key"));
  if (const auto asset = sources.assets.find(key); asset != sources.assets.end()) return stage_path(asset->second, staging);
  const auto archive = object(plain_text(*code.find("S3Bucket")), key, staging);
  if (!archive) return archive.error();
  return staging.archive(*archive);
}

Error versions_missing(std::string_view member) {
  return error(ErrorCode::NotSupported, fmt::format("{}: objects have no versions here", member));
}

}  // namespace

std::optional<Json> object_of(const Json& location) {
  constexpr std::string_view scheme = "s3://";
  if (!location.is_string() || !location.as_string().starts_with(scheme)) return std::nullopt;
  const auto rest = location.as_string().substr(scheme.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return json_object({{"Bucket", rest.substr(0, slash)}, {"Key", rest.substr(slash + 1)}});
}

Result<Json> stage_code(const Json& code, std::string_view runtime, const CodeSources& sources, const CodeStaging& staging) {
  if (code.find("Hash")) return code;
  Result<StagedCode> staged = error(ErrorCode::InvalidArgument, "code is S3Bucket and S3Key, or ZipFile, or a path beside the template");
  if (code.find("S3ObjectVersion")) staged = versions_missing("S3ObjectVersion");
  else if (code.find("ImageUri"))
    staged = error(ErrorCode::NotSupported, "functions run without containers here, so an image cannot be their code");
  else if (code.find("ZipFile")) staged = stage_text(plain_text(*code.find("ZipFile")), runtime, staging);
  else if (code.find("S3Bucket") && code.find("S3Key")) staged = stage_object(code, sources, staging);
  else if (code.is_string() && !sources.folder.empty()) staged = stage_path(sources.folder / std::string(code.as_string()), staging);
  if (!staged) return staged.error();
  return json_object({{"Hash", staged->hash}, {"Bytes", staged->bytes}});
}

Result<Json> read_located_document(const Json& location, const CodeSources& sources, const CodeStaging& staging) {
  if (location.find("Version")) return versions_missing("Version");
  if (const auto parts = object_of(location)) return read_located_document(*parts, sources, staging);
  Result<std::string> text =
      error(ErrorCode::InvalidArgument, "a document's location is Bucket and Key, s3://BUCKET/KEY, or a path beside the template");
  if (location.find("Bucket") && location.find("Key")) {
    const auto key = plain_text(*location.find("Key"));
    const auto asset = sources.assets.find(key);
    text = asset != sources.assets.end() ? content_of(asset->second) : object(plain_text(*location.find("Bucket")), key, staging);
  } else if (location.is_string() && !sources.folder.empty()) {
    text = content_of(sources.folder / std::string(location.as_string()));
  }
  if (!text) return text.error();
  return parse_document(*text);
}

}  // namespace signalbox::deploy
