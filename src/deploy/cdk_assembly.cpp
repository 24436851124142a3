#include "deploy/cdk_assembly.h"

#include "deploy/sam.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <system_error>

namespace signalbox::deploy {

namespace fs = std::filesystem;

namespace {

std::string text_member(const Json* of, std::string_view name) {
  const Json* value = of ? of->find(name) : nullptr;
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

class Assembly {
 public:
  Assembly(fs::path folder, Json manifest) : folder_(std::move(folder)), manifest_(std::move(manifest)) {}

  Result<std::vector<StackFiles>> stacks() {
    const Json* artifacts = manifest_.find("artifacts");
    if (!artifacts || !artifacts->is_object())
      return error(ErrorCode::InvalidArgument, "the assembly's manifest has no artifacts", (folder_ / "manifest.json").string());
    for (const auto& [id, artifact] : artifacts->members()) {
      if (text_member(&artifact, "type") != "cdk:asset-manifest") continue;
      if (auto read = read_assets(text_member(artifact.find("properties"), "file")); !read) return read.error();
    }
    for (const auto& [id, artifact] : artifacts->members())
      if (auto done = visit(id); !done) return done.error();
    return std::move(stacks_);
  }

 private:
  /// What the artifact depends on comes first.
  Result<void> visit(const std::string& id) {
    if (!seen_.insert(id).second) return {};
    const Json* artifact = manifest_.find("artifacts")->find(id);
    if (!artifact) return {};
    if (const Json* before = artifact->find("dependencies"); before && before->is_array())
      for (const auto& other : before->elements())
        if (auto done = visit(std::string(other.as_string())); !done) return done;
    const auto type = text_member(artifact, "type");
    const Json* properties = artifact->find("properties");
    if (type == "aws:cloudformation:stack") add_stack(id, *artifact, properties);
    if (type == "cdk:cloud-assembly") return add_nested(text_member(properties, "directoryName"));
    return {};
  }

  void add_stack(const std::string& id, const Json& artifact, const Json* properties) {
    StackFiles stack;
    const auto given = text_member(properties, "stackName"), shown = text_member(&artifact, "displayName");
    stack.name = !given.empty() ? given : id;
    stack.folder = folder_;
    stack.template_file = folder_ / text_member(properties, "templateFile");
    stack.assets = assets_;
    const Json* is_protected = properties ? properties->find("terminationProtection") : nullptr;
    stack.is_protected = is_protected && *is_protected == Json(true);
    if (const Json* parameters = properties ? properties->find("parameters") : nullptr; parameters && parameters->is_object())
      for (const auto& [name, value] : parameters->members()) stack.parameters[name] = plain_text(value);
    stacks_.push_back(std::move(stack));
  }

  Result<void> add_nested(const std::string& directory) {
    auto nested = read_cdk_assembly(folder_ / directory);
    if (!nested) return nested.error();
    for (auto& stack : *nested) stacks_.push_back(std::move(stack));
    return {};
  }

  /// By the keys of all destinations: how those are called is CDK's affair.
  Result<void> read_assets(const std::string& file) {
    const auto manifest = read_document(folder_ / file);
    if (!manifest) return manifest.error();
    const Json* files = manifest->find("files");
    if (!files || !files->is_object()) return {};
    for (const auto& [id, asset] : files->members()) {
      const auto path = text_member(asset.find("source"), "path");
      const Json* destinations = asset.find("destinations");
      if (path.empty() || !destinations || !destinations->is_object()) continue;  // made by a command when it is published
      for (const auto& destination : destinations->members()) assets_[text_member(&destination.value, "objectKey")] = folder_ / path;
    }
    return {};
  }

  fs::path folder_;
  Json manifest_;
  std::map<std::string, fs::path> assets_;
  std::set<std::string> seen_;
  std::vector<StackFiles> stacks_;
};

}  // namespace

bool is_cdk_assembly(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "manifest.json", ignored) &&
         (fs::exists(folder / "cdk.out", ignored) || fs::exists(folder / "tree.json", ignored));
}

Result<std::vector<StackFiles>> read_cdk_assembly(const fs::path& folder) {
  auto manifest = read_document(folder / "manifest.json");
  if (!manifest) return manifest.error();
  return Assembly(folder, std::move(*manifest)).stacks();
}

}  // namespace signalbox::deploy
