#pragma once
/// The registry of functions: rules over a transaction. Code is stored beforehand (code_store.h) and named by its hash.

#include "services/functions/function.h"
#include "signalbox/transaction.h"

namespace signalbox::functions {

/// Errors: what check() finds, AlreadyExists. Makes the function's key; `config.key`, `revision` and times are set here.
[[nodiscard]] Result<FunctionConfig> create_function(Transaction& transaction, FunctionConfig config);
/// Replaces everything but name, key and creation time. A change of nothing keeps the revision, so that warm processes stay. Errors: what
/// check() finds, NotFound.
[[nodiscard]] Result<FunctionConfig> update_function(Transaction& transaction, FunctionConfig config);
/// Errors: NotFound.
[[nodiscard]] Result<void> delete_function(Transaction& transaction, std::string_view name);

[[nodiscard]] std::optional<FunctionConfig> find_function(const Reader& reader, std::string_view name);
/// In order of name, those after `after`, at most `limit`.
[[nodiscard]] std::vector<FunctionConfig> list_functions(const Reader& reader, std::string_view after, std::size_t limit);
/// The function whose processes sign with this access key.
[[nodiscard]] std::optional<FunctionConfig> find_function_by_key(const Reader& reader, std::string_view access_key_id);

}  // namespace signalbox::functions
