#pragma once
/// Layers: numbered versions of code that functions lay below their own. [Lambda: PublishLayerVersion]

#include "services/functions/function.h"
#include "signalbox/site.h"
#include "signalbox/transaction.h"

namespace signalbox::functions {

/// (name, version) → LayerRecord as JSON text. The version 0 holds the last number given out.
inline constexpr Table layers_table{"function_layers", {KeyPart::Text, KeyPart::Integer}};

struct LayerRecord {
  std::string name;
  std::int64_t version = 0;
  std::string description, license;
  std::vector<std::string> runtimes = {}, architectures = {};
  std::string code_hash, code_sha256;  ///< as FunctionConfig has them
  std::int64_t code_bytes = 0;         ///< of the archive
  Timestamp created_at = {};
};

[[nodiscard]] std::string layer_arn(const Site& site, std::string_view name);
[[nodiscard]] std::string layer_version_arn(const Site& site, std::string_view name, std::int64_t version);

/// Gives the next version's number. Errors: InvalidArgument (name).
[[nodiscard]] Result<LayerRecord> publish_layer_version(Transaction& transaction, LayerRecord layer);
[[nodiscard]] std::optional<LayerRecord> find_layer_version(const Reader& reader, std::string_view name, std::int64_t version);
/// The number given out last; 0 if none was.
[[nodiscard]] std::int64_t last_layer_version(const Reader& reader, std::string_view name);
/// By a version's ARN, of any region and account. Errors: InvalidArgument, NotFound.
[[nodiscard]] Result<LayerRecord> find_layer_by_arn(const Reader& reader, std::string_view arn);
/// Functions that use it go on using it.
void delete_layer_version(Transaction& transaction, std::string_view name, std::int64_t version);
/// Of one layer, or of all if `name` is empty, in order of name and number.
[[nodiscard]] std::vector<LayerRecord> list_layer_versions(const Reader& reader, std::string_view name);

}  // namespace signalbox::functions
