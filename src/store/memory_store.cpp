#include "store/memory_store.h"

#include "base/key_range.h"

namespace signalbox {

namespace {

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(const MemoryStore& store) : store_(store) {}
  std::optional<std::string> get(const Key& key) const override { return store_.get(key); }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    store_.scan(range, visit);
  }

 private:
  const MemoryStore& store_;
};

}  // namespace

std::optional<std::string> MemoryStore::get(const Key& key) const {
  std::lock_guard lock(mutex_);
  const auto table = tables_.find(&key.table());
  if (table == tables_.end()) return std::nullopt;
  const auto found = table->second.find(key.bytes());
  return found == table->second.end() ? std::nullopt : std::optional(found->second);
}

void MemoryStore::scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const {
  std::lock_guard lock(mutex_);
  const Table& table = range.prefix.table();
  const auto found = tables_.find(&table);
  if (found == tables_.end()) return;
  const ByteRange bytes(range);
  auto first = found->second.lower_bound(bytes.first);
  auto last = bytes.last ? found->second.lower_bound(*bytes.last) : found->second.end();
  while (first != last) {
    const auto at = range.reverse ? --last : first++;
    if (!visit(Key::from_bytes(table, at->first), at->second)) return;
  }
}

Result<void> MemoryStore::commit(const WriteBatch& batch) {
  std::lock_guard lock(mutex_);
  for (const auto& [table, writes] : batch.tables()) {
    Records& records = tables_[table];
    for (const auto& [key, record] : writes) {
      if (record) {
        records.insert_or_assign(key, *record);
      } else {
        records.erase(key);
      }
    }
  }
  return {};
}

std::unique_ptr<Reader> MemoryStore::reader() { return std::make_unique<MemoryReader>(*this); }

Result<void> MemoryStore::backup(const std::string& path) {
  return error(ErrorCode::NotSupported, "a store in memory cannot be backed up", path);
}

}  // namespace signalbox
