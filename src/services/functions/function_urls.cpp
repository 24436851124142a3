#include "services/functions/function_urls.h"

#include "services/gateway/stage_url.h"
#include "signalbox/encoding.h"
#include "signalbox/store.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::functions {

namespace {

constexpr std::string_view path_prefix = "/_url/";

std::string own_name(const FunctionUrl& url) { return url.alias.empty() ? url.function : url.function + ":" + url.alias; }

std::string to_record(const FunctionUrl& url) {
  Json record = json_object({{"version", 1},
                             {"id", url.id},
                             {"auth", url.auth == UrlAuth::Iam ? "iam" : "none"},
                             {"createdAt", url.created_at.time_since_epoch().count()},
                             {"modifiedAt", url.modified_at.time_since_epoch().count()}});
  return (url.cors ? record.with("cors", *url.cors) : record).text();
}

[[noreturn]] void damaged(std::string_view what) { throw StoreFailure(fmt::format("a function URL's record cannot be read: {}", what)); }

const Json& member(const Json& record, std::string_view name) {
  const auto* found = record.find(name);
  if (!found) damaged(name);
  return *found;
}

Timestamp time_of(const Json& value) {
  const auto count = value.as_integer();
  if (!count) damaged("a time is no number");
  return Timestamp(Timestamp::duration(*count));
}

FunctionUrl from_record(std::string_view function, std::string_view alias, std::string text) {
  const auto record = Json::from_stored(std::move(text));
  if (!(member(record, "version") == Json(1))) damaged("its version is unknown");
  const auto* cors = record.find("cors");
  return {.id = plain_text(member(record, "id")),
          .function = std::string(function),
          .alias = std::string(alias),
          .auth = member(record, "auth") == Json("iam") ? UrlAuth::Iam : UrlAuth::None,
          .cors = cors ? std::optional(*cors) : std::nullopt,
          .created_at = time_of(member(record, "createdAt")),
          .modified_at = time_of(member(record, "modifiedAt"))};
}

}  // namespace

std::string function_url_id(const MasterKey& master, std::string_view function, std::string_view alias) {
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id;
  for (const char byte : hmac_sha256(master.bytes, fmt::format("function url {}:{}", function, alias)))
    id += characters[static_cast<unsigned char>(byte) % characters.size()];
  return id;
}

std::string function_url_of(std::string_view id) { return fmt::format("{}{}{}/", gateway::public_url_placeholder, path_prefix, id); }

std::optional<FunctionUrl> find_function_url(const Reader& reader, std::string_view function, std::string_view alias) {
  auto record = reader.get(Key(function_urls_table, function, alias));
  if (!record) return std::nullopt;
  return from_record(function, alias, std::move(*record));
}

std::optional<FunctionUrl> find_function_url_by_id(const Reader& reader, std::string_view id) {
  const auto name = reader.get(Key(function_url_ids_table, id));
  if (!name) return std::nullopt;
  const auto colon = std::min(name->find(':'), name->size());
  return find_function_url(reader, std::string_view(*name).substr(0, colon),
                           std::string_view(*name).substr(std::min(colon + 1, name->size())));
}

std::vector<FunctionUrl> list_function_urls(const Reader& reader, std::string_view function) {
  std::vector<FunctionUrl> found;
  reader.scan(KeyRange{.prefix = Key(function_urls_table, function)}, [&](const Key& key, std::string_view record) {
    found.push_back(from_record(function, key.text(1), std::string(record)));
    return true;
  });
  return found;
}

FunctionUrl put_function_url(Transaction& transaction, FunctionUrl url) {
  const auto present = find_function_url(transaction, url.function, url.alias);
  url.created_at = present ? present->created_at : transaction.now();
  url.modified_at = transaction.now();
  transaction.put(Key(function_urls_table, url.function, url.alias), to_record(url));
  transaction.put(Key(function_url_ids_table, url.id), own_name(url));
  return url;
}

void erase_function_url(Transaction& transaction, std::string_view function, std::string_view alias) {
  const auto present = find_function_url(transaction, function, alias);
  if (!present) return;
  transaction.erase(Key(function_urls_table, function, alias));
  transaction.erase(Key(function_url_ids_table, present->id));
}

void erase_function_urls(Transaction& transaction, std::string_view function) {
  for (const auto& url : list_function_urls(transaction, function)) erase_function_url(transaction, function, url.alias);
}

std::optional<UrlPath> find_url_path(std::string_view host, std::string_view path) {
  if (path.starts_with(path_prefix)) {
    path.remove_prefix(path_prefix.size());
    const auto slash = std::min(path.find('/'), path.size());
    return UrlPath{std::string(path.substr(0, slash)), slash == path.size() ? "/" : std::string(path.substr(slash))};
  }
  const auto dot = host.find('.');
  if (dot == std::string_view::npos || !host.substr(dot).starts_with(".lambda-url.")) return std::nullopt;
  return UrlPath{std::string(host.substr(0, dot)), path.empty() ? "/" : std::string(path)};
}

}  // namespace signalbox::functions
