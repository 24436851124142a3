#pragma once
/// The registry of functions: rules over a transaction. Code is stored beforehand (code_store.h) and named by its hash.

#include "services/functions/function.h"
#include "signalbox/transaction.h"

#include <set>

namespace signalbox::functions {

/// Errors: what check() finds, AlreadyExists. Makes the function's key; `config.key`, `revision` and times are set here.
[[nodiscard]] Result<FunctionConfig> create_function(Transaction& transaction, FunctionConfig config);
/// Replaces everything but name, key and creation time. A change of nothing keeps the revision, so that warm processes stay. Errors: what
/// check() finds, NotFound.
[[nodiscard]] Result<FunctionConfig> update_function(Transaction& transaction, FunctionConfig config);
/// With its versions, aliases and key. Errors: NotFound.
[[nodiscard]] Result<void> delete_function(Transaction& transaction, std::string_view name);

/// Makes a version of what `$LATEST` is now. If code and configuration are those of the newest version, that one is given. Errors: NotFound. [PublishVersion]
[[nodiscard]] Result<FunctionConfig> publish_version(Transaction& transaction, std::string_view name,
                                                     const std::optional<std::string>& description);
/// Errors: NotFound, Conflict (an alias points to it).
[[nodiscard]] Result<void> delete_version(Transaction& transaction, std::string_view name, std::int64_t version);
/// In order of number, those after `after`, at most `limit`.
[[nodiscard]] std::vector<FunctionConfig> list_versions(const Reader& reader, std::string_view name, std::int64_t after, std::size_t limit);

/// A name for a version. `weights`: of other versions, shares of the calls from 0 to 1.
struct AliasRecord {
  std::string function, name, version, description;
  std::map<std::string, double> weights = {};
  std::int64_t revision = 1;
};
/// Errors: NotFound (function or version), AlreadyExists, InvalidArgument (name). [CreateAlias]
[[nodiscard]] Result<AliasRecord> create_alias(Transaction& transaction, AliasRecord alias);
/// Errors: NotFound. [UpdateAlias]
[[nodiscard]] Result<AliasRecord> update_alias(Transaction& transaction, AliasRecord alias);
void delete_alias(Transaction& transaction, std::string_view function, std::string_view alias);
[[nodiscard]] std::optional<AliasRecord> find_alias(const Reader& reader, std::string_view function, std::string_view alias);
[[nodiscard]] std::vector<AliasRecord> list_aliases(const Reader& reader, std::string_view function);

/// The version that a qualifier means: empty for `$LATEST`, or a number. `chance` from 0 up to 1 decides among an alias's versions. Nothing if there is none.
[[nodiscard]] std::optional<std::string> resolve_qualifier(const Reader& reader, std::string_view function, std::string_view qualifier,
                                                           double chance);
/// The configuration that name and qualifier mean, an alias standing for its main version.
[[nodiscard]] std::optional<FunctionConfig> find_qualified(const Reader& reader, std::string_view function, std::string_view qualifier);
/// Hashes of all code that a function, a version or a layer names.
[[nodiscard]] std::set<std::string> code_in_use(const Reader& reader);

[[nodiscard]] std::optional<FunctionConfig> find_function(const Reader& reader, std::string_view name);
/// In order of name, those after `after`, at most `limit`.
[[nodiscard]] std::vector<FunctionConfig> list_functions(const Reader& reader, std::string_view after, std::size_t limit);
/// The function whose processes sign with this access key.
[[nodiscard]] std::optional<FunctionConfig> find_function_by_key(const Reader& reader, std::string_view access_key_id);

/// Invoke's ClientContext: an object of JSON in base64, as text without line ends. Errors: InvalidArgument with AWS's text. [Invoke]
[[nodiscard]] Result<std::string> decode_client_context(std::string_view base64);

}  // namespace signalbox::functions
