#pragma once
/// What a function is: its configuration, as stored, and the rules for its parts. Pure.

#include "signalbox/ids.h"
#include "signalbox/result.h"
#include "signalbox/store.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::functions {

/// name → FunctionConfig as JSON text.
inline constexpr Table functions_table{"functions", {KeyPart::Text}};
/// access key id → name of the function whose processes sign with it.
inline constexpr Table function_keys_table{"function_keys", {KeyPart::Text}};

/// (name, number) → FunctionConfig as it was when the version was published.
inline constexpr Table function_versions_table{"function_versions", {KeyPart::Text, KeyPart::Integer}};
/// (function, alias) → AliasRecord as JSON text.
inline constexpr Table function_aliases_table{"function_aliases", {KeyPart::Text, KeyPart::Text}};

/// Sandboxed code's identity: what its requests to the daemon are signed with. Made with the function, lives as long.
struct FunctionKey {
  std::string id;
  std::string secret;
};

/// A layer's version as a function uses it.
struct Layer {
  std::string arn;
  std::string code_hash;   ///< its folder below `functions/code`
  std::int64_t bytes = 0;  ///< of the archive
  friend bool operator==(const Layer&, const Layer&) = default;
};

struct FunctionConfig {
  std::string name;
  std::string description;
  std::string runtime;                               ///< `nodejs20.x`, `python3.12`, `provided.al2023`
  std::string handler;                               ///< `index.handler`; for `provided` what the bootstrap makes of it
  std::int64_t timeout_seconds = 3;                  ///< 1..900
  std::int64_t memory_mb = 128;                      ///< 128..10240, of the whole process group
  std::map<std::string, std::string> environment;    ///< may hold placeholders for the daemon's own URLs
  std::string code_hash;                             ///< folder below `functions/code`
  std::int64_t code_bytes = 0;                       ///< of the archive; of all files if there was none
  std::string code_sha256 = {};                      ///< of the archive, base64, as the API shows it; empty: the hash stands for it
  std::string version = {};                          ///< empty: `$LATEST`; otherwise the number of a published version, which never changes
  std::int64_t last_version = 0;                     ///< the highest number published so far; numbers are not used again
  std::string role;                                  ///< ARN; recorded
  std::string stack;                                 ///< that deployed it; empty for one made by an API call
  std::optional<std::int64_t> reserved_concurrency;  ///< most calls at once; 0: none at all
  std::vector<Layer> layers = {};                    ///< in the order in which they are laid over each other
  std::map<std::string, std::string> settings =
      {};  ///< what is kept as given, JSON texts by the API's names: DeadLetterConfig, LoggingConfig, …
  std::map<std::string, std::string> tags;
  FunctionKey key;
  std::int64_t revision = 1;  ///< counts changes; processes of an older one are not used again
  Timestamp created_at, modified_at;
};

/// What processes of this configuration share: NAME, or NAME:VERSION.
[[nodiscard]] std::string pool_name(const FunctionConfig& config);
/// `$LATEST` or the number.
[[nodiscard]] std::string shown_version(const FunctionConfig& config);

[[nodiscard]] std::string to_record(const FunctionConfig& config);
/// A record that cannot be read is damage: StoreFailure is thrown.
[[nodiscard]] FunctionConfig from_record(std::string_view record);

/// Everything that Lambda's CreateFunction would refuse. Errors: InvalidArgument, `where` naming the member.
[[nodiscard]] Result<void> check(const FunctionConfig& config);

/// A function as requests name it: NAME, NAME:QUALIFIER, ACCOUNT:function:NAME, or an ARN with or without qualifier.
struct FunctionReference {
  std::string name;
  std::string qualifier;  ///< a version, an alias, `$LATEST`, or empty
};
[[nodiscard]] Result<FunctionReference> parse_function_reference(std::string_view text);
/// What AWS says of a text that is no reference.
inline constexpr std::string_view not_a_function_reference =
    R"(Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?)";

/// Which interpreter runs it.
enum class RuntimeFamily : std::uint8_t { Node, Python, Provided };
/// Errors: NotSupported, naming the runtime and those that are offered.
[[nodiscard]] Result<RuntimeFamily> runtime_family(std::string_view runtime);
/// Whether AWS has retired the runtime; it then runs on the installed interpreter with a notice.
[[nodiscard]] bool is_retired_runtime(std::string_view runtime);

}  // namespace signalbox::functions
