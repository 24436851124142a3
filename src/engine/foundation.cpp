#include "engine/foundation.h"

#include "signalbox/encoding.h"
#include "signalbox/executions.h"
#include "signalbox/json.h"
#include "signalbox/record.h"

namespace signalbox {

namespace {

constexpr std::uint8_t key_version = 1;
constexpr std::size_t key_bytes = 32;

Key site_key() { return Key(meta_table, "site"); }
Key master_key_key() { return Key(meta_table, "master_key"); }

std::string site_text(const Site& site) { return json_object({{"region", Json(site.region)}, {"account", Json(site.account)}}).text(); }

Result<void> check_site(const std::string& stored, const Site& site) {
  const Json json = Json::from_stored(stored);
  const Site made{member_text(json, "region"), member_text(json, "account")};
  if (made.region != site.region) {
    return error(ErrorCode::Conflict, "the data file was made for region " + made.region + ", not " + site.region +
                                          "; start with --region " + made.region + ", or with another --data");
  }
  if (made.account != site.account) {
    return error(ErrorCode::Conflict, "the data file was made for account " + made.account + ", not " + site.account +
                                          "; start with --account " + made.account + ", or with another --data");
  }
  return {};
}

}  // namespace

std::optional<MasterKey> find_master_key(const Reader& reader) {
  const auto record = reader.get(master_key_key());
  return record ? std::optional(MasterKey{std::string(RecordReader(*record).text())}) : std::nullopt;
}

Result<MasterKey> lay_foundation(Store& store, const Site& site) {
  if (const auto stored = store.get(site_key())) {
    if (auto checked = check_site(*stored, site); !checked) return checked.error();
    auto key = find_master_key(store);
    if (!key) throw StoreFailure("damaged data file: its master key is missing");
    return std::move(*key);
  }
  MasterKey key{random_bytes(key_bytes)};
  WriteBatch batch;
  batch.put(site_key(), site_text(site));
  batch.put(master_key_key(), RecordWriter(key_version).text(key.bytes).take());
  if (auto committed = store.commit(batch); !committed) return committed.error();
  return key;
}

}  // namespace signalbox
