#pragma once
/// Function URLs: what is stored of them. `https://ID.lambda-url.REGION.on.aws/` of AWS is `PUBLIC-URL/_url/ID/` here. Source: Lambda developer guide, "Lambda
/// function URLs"; Lambda API Reference, FunctionUrlConfig.

#include "services/functions/function.h"

#include "signalbox/json.h"
#include "signalbox/keys.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::functions {

/// (function, alias or nothing) → FunctionUrl as JSON text
inline constexpr Table function_urls_table{"function_urls", {KeyPart::Text, KeyPart::Text}};
/// URL's id → NAME or NAME:ALIAS
inline constexpr Table function_url_ids_table{"function_url_ids", {KeyPart::Text}};

/// stored: do not rename
enum class UrlAuth : std::uint8_t { None, Iam };

struct FunctionUrl {
  std::string id;
  std::string function;
  std::string alias;  ///< empty: `$LATEST` is called
  UrlAuth auth = UrlAuth::None;
  std::optional<Json> cors = std::nullopt;  ///< as the API has it: AllowOrigins, AllowMethods, …
  Timestamp created_at = {}, modified_at = {};
};

/// 32 letters and digits that depend on the data file and on what is called alone, so that a link that was mailed outlives the URL's removal and return, and
/// nobody can tell it from a function's name.
[[nodiscard]] std::string function_url_id(const MasterKey& master, std::string_view function, std::string_view alias);
/// With a placeholder for the daemon's own public URL, and a slash at its end.
[[nodiscard]] std::string function_url_of(std::string_view id);

[[nodiscard]] std::optional<FunctionUrl> find_function_url(const Reader& reader, std::string_view function, std::string_view alias);
[[nodiscard]] std::optional<FunctionUrl> find_function_url_by_id(const Reader& reader, std::string_view id);
/// In order of alias, that of the function itself first.
[[nodiscard]] std::vector<FunctionUrl> list_function_urls(const Reader& reader, std::string_view function);
/// Sets the times.
FunctionUrl put_function_url(Transaction& transaction, FunctionUrl url);
/// One that is not there is no error.
void erase_function_url(Transaction& transaction, std::string_view function, std::string_view alias);
/// All of a function that is deleted.
void erase_function_urls(Transaction& transaction, std::string_view function);

/// What a request names: `/_url/ID/…`, or `/…` at the host `ID.lambda-url.…`.
struct UrlPath {
  std::string id;
  std::string path;  ///< behind it, as sent, `/` at least
};
/// Nothing if the request is for no function URL. `path` is as sent, without the query.
[[nodiscard]] std::optional<UrlPath> find_url_path(std::string_view host, std::string_view path);

}  // namespace signalbox::functions
