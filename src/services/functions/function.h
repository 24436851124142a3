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

/// Sandboxed code's identity: what its requests to the daemon are signed with. Made with the function, lives as long.
struct FunctionKey {
  std::string id;
  std::string secret;
};

struct FunctionConfig {
  std::string name;
  std::string description;
  std::string runtime;                      ///< `nodejs20.x`, `python3.12`, `provided.al2023`
  std::string handler;                      ///< `index.handler`; for `provided` what the bootstrap makes of it
  std::int64_t timeout_seconds = 3;         ///< 1..900
  std::int64_t memory_mb = 128;             ///< 128..10240, of the whole process group
  std::map<std::string, std::string> environment;   ///< may hold placeholders for the daemon's own URLs
  std::string code_hash;                    ///< folder below `functions/code`
  std::int64_t code_bytes = 0;
  std::string role;                         ///< ARN; recorded
  std::string stack;                        ///< that deployed it; empty for one made by an API call
  std::optional<std::int64_t> reserved_concurrency;   ///< most calls at once; 0: none at all
  std::vector<std::string> layers;          ///< content hashes; none yet
  std::map<std::string, std::string> tags;
  FunctionKey key;
  std::int64_t revision = 1;                ///< counts changes; processes of an older one are not used again
  Timestamp created_at, modified_at;
};

[[nodiscard]] std::string to_record(const FunctionConfig& config);
/// A record that cannot be read is damage: StoreFailure is thrown.
[[nodiscard]] FunctionConfig from_record(std::string_view record);

/// Everything that Lambda's CreateFunction would refuse. Errors: InvalidArgument, `where` naming the member.
[[nodiscard]] Result<void> check(const FunctionConfig& config);

/// A function as requests name it: NAME, NAME:QUALIFIER, ACCOUNT:function:NAME, or an ARN with or without qualifier.
struct FunctionReference {
  std::string name;
  std::string qualifier;                    ///< a version, an alias, `$LATEST`, or empty
};
[[nodiscard]] Result<FunctionReference> parse_function_reference(std::string_view text);

/// Which interpreter runs it.
enum class RuntimeFamily : std::uint8_t { Node, Python, Provided };
/// Errors: NotSupported, naming the runtime and those that are offered.
[[nodiscard]] Result<RuntimeFamily> runtime_family(std::string_view runtime);
/// Whether AWS has retired the runtime; it then runs on the installed interpreter with a notice.
[[nodiscard]] bool is_retired_runtime(std::string_view runtime);

}  // namespace signalbox::functions
