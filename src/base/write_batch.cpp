#include "signalbox/store.h"

namespace signalbox {

WriteBatch::Writes& WriteBatch::of(const Table& table) {
  for (auto& [existing, writes] : tables_) {
    if (existing == &table) return writes;
  }
  return tables_.emplace_back(&table, Writes{}).second;
}

void WriteBatch::put(Key key, std::string record) {
  SIGNALBOX_ASSERT(key.parts() == key_parts(key.table()));
  of(key.table()).insert_or_assign(std::move(key).bytes(), std::move(record));
}

void WriteBatch::erase(Key key) {
  SIGNALBOX_ASSERT(key.parts() == key_parts(key.table()));
  of(key.table()).insert_or_assign(std::move(key).bytes(), std::nullopt);
}

void WriteBatch::clear() { tables_.clear(); }

bool WriteBatch::empty() const { return tables_.empty(); }

void WriteBatch::merge(WriteBatch&& later) {
  if (tables_.empty()) {
    tables_ = std::move(later.tables_);
    later.tables_.clear();
    return;
  }
  // Costs what `later` holds, whatever is here already: a batch of a thousand operations merges a thousand times.
  for (auto& [table, newer] : later.tables_) {
    Writes& older = of(*table);
    while (!newer.empty()) {
      auto node = newer.extract(newer.begin());
      auto inserted = older.insert(std::move(node));
      if (!inserted.inserted) inserted.position->second = std::move(inserted.node.mapped());
    }
  }
  later.tables_.clear();
}

const WriteBatch::Writes* WriteBatch::writes(const Table& table) const {
  for (const auto& [existing, writes] : tables_) {
    if (existing == &table) return &writes;
  }
  return nullptr;
}

}  // namespace signalbox
