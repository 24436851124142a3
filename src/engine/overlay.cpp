#include "engine/overlay.h"

#include <map>
#include <utility>

#include "signalbox/record.h"

#include "base/key_range.h"

namespace signalbox {

namespace {

using Writes = WriteBatch::Writes;

/// Walks over two layers of writes as over one, in key order; of a key in both, the upper one counts.
template <class Iterator>
class Layers {
 public:
  Layers(Iterator upper, Iterator upper_end, Iterator lower, Iterator lower_end, bool reverse)
      : upper_(upper), upper_end_(upper_end), lower_(lower), lower_end_(lower_end), reverse_(reverse) {}

  [[nodiscard]] bool at_end() const { return upper_ == upper_end_ && lower_ == lower_end_; }
  /// Precondition: not at the end.
  [[nodiscard]] const Writes::value_type& operator*() const { return upper_is_next() ? *upper_ : *lower_; }
  void advance() {
    const bool both = upper_ != upper_end_ && lower_ != lower_end_ && upper_->first == lower_->first;
    const bool upper = upper_is_next();
    if (upper) ++upper_;
    if (!upper || both) ++lower_;
  }
  [[nodiscard]] bool comes_before(const std::string& a, const std::string& b) const { return reverse_ ? b < a : a < b; }

 private:
  [[nodiscard]] bool upper_is_next() const {
    if (upper_ == upper_end_) return false;
    return lower_ == lower_end_ || !comes_before(lower_->first, upper_->first);
  }

  Iterator upper_, upper_end_, lower_, lower_end_;
  bool reverse_;
};

template <class Iterator>
void merge_scan(const Reader& store, const KeyRange& range, Layers<Iterator> layers,
                const std::function<bool(const Key&, std::string_view)>& visit) {
  const Table& table = range.prefix.table();
  bool going_on = true;
  const auto visit_write = [&](const Writes::value_type& write) {
    if (write.second) going_on = visit(Key::from_bytes(table, write.first), *write.second);
  };
  store.scan(range, [&](const Key& key, std::string_view record) {
    bool written = false;
    while (going_on && !layers.at_end() && !layers.comes_before(key.bytes(), (*layers).first)) {
      written = (*layers).first == key.bytes();
      visit_write(*layers);
      layers.advance();
    }
    if (going_on && !written) going_on = visit(key, record);
    return going_on;
  });
  for (; going_on && !layers.at_end(); layers.advance()) visit_write(*layers);
}

struct Slice {
  Writes::const_iterator first, last;
};
Slice slice(const Writes* writes, const ByteRange& range) {
  static const Writes none;
  const Writes& all = writes ? *writes : none;
  return {all.lower_bound(range.first), range.last ? all.lower_bound(*range.last) : all.end()};
}

}  // namespace

std::optional<std::string> Overlay::get(const Key& key) const {
  for (const WriteBatch* layer : {&operation_, &batch_}) {
    const Writes* writes = layer->writes(key.table());
    if (!writes) continue;
    if (const auto found = writes->find(key.bytes()); found != writes->end()) return found->second;
  }
  return store_.get(key);
}

void Overlay::scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const {
  const Table& table = range.prefix.table();
  const Writes *upper = operation_.writes(table), *lower = batch_.writes(table);
  if (!upper && !lower) return store_.scan(range, visit);
  const ByteRange bytes(range);
  const Slice above = slice(upper, bytes), below = slice(lower, bytes);
  if (range.reverse) {
    merge_scan(store_, range,
               Layers(std::reverse_iterator(above.last), std::reverse_iterator(above.first), std::reverse_iterator(below.last),
                      std::reverse_iterator(below.first), true),
               visit);
  } else {
    merge_scan(store_, range, Layers(above.first, above.last, below.first, below.last, false), visit);
  }
}

void Overlay::put(Key key, std::string record) {
  remember(key);
  operation_.put(std::move(key), std::move(record));
}

void Overlay::erase(Key key) {
  remember(key);
  operation_.erase(std::move(key));
}

void Overlay::remember(const Key& key) {
  if (savepoints_.empty()) return;
  const Writes* writes = operation_.writes(key.table());
  const auto found = writes ? writes->find(key.bytes()) : Writes::const_iterator();
  const bool was_written = writes && found != writes->end();
  overwritten_.push_back({key, was_written, was_written ? found->second : std::nullopt});
}

void Overlay::open_savepoint() { savepoints_.push_back(overwritten_.size()); }

void Overlay::keep_savepoint() {
  savepoints_.pop_back();
  if (savepoints_.empty()) overwritten_.clear();
}

// A failure is seldom, so that it may cost what the operation has written up to now.
void Overlay::drop_savepoint() {
  const auto size = savepoints_.back();
  savepoints_.pop_back();
  std::map<std::pair<const Table*, std::string>, const Overwritten*> before;  // the savepoint's state of what was written since
  for (std::size_t i = size; i < overwritten_.size(); ++i)
    before.try_emplace({&overwritten_[i].key.table(), overwritten_[i].key.bytes()}, &overwritten_[i]);
  WriteBatch restored;
  for (const auto& [table, writes] : operation_.tables()) {
    for (const auto& [key, record] : writes) {
      const auto found = before.find({table, key});
      if (found != before.end() && !found->second->was_written) continue;
      const auto& value = found == before.end() ? record : found->second->record;
      if (value) restored.put(Key::from_bytes(*table, key), *value);
      else restored.erase(Key::from_bytes(*table, key));
    }
  }
  operation_ = std::move(restored);
  overwritten_.erase(overwritten_.begin() + static_cast<std::ptrdiff_t>(size), overwritten_.end());
}

void Overlay::drop_operation() {
  operation_.clear();
  overwritten_.clear();
  savepoints_.clear();
}

void Overlay::clear() {
  batch_.clear();
  drop_operation();
}

namespace {
constexpr std::int64_t block_rows = 1'024;
constexpr std::uint8_t counter_version = 1;

Key counter_key(const Table& table) { return Key(meta_table, "rows/" + std::string(table.name)); }
std::string counter_record(std::int64_t stored) { return RecordWriter(counter_version).integer(stored).take(); }
}  // namespace

std::int64_t RowCounters::next(const Table& table, Overlay& overlay) {
  auto [found, first_use] = counters_.try_emplace(&table);
  Counter& counter = found->second;
  if (first_use) {
    if (const auto record = overlay.get(counter_key(table))) counter.stored = RecordReader(*record).integer();
    counter.last = counter.stored;
  }
  if (++counter.last > counter.stored) {
    counter.stored = counter.last - 1 + block_rows;
    counter.stored_now = true;
    overlay.put(counter_key(table), counter_record(counter.stored));
  }
  return counter.last;
}

void RowCounters::operation_dropped() {
  for (auto& [table, counter] : counters_) {
    if (counter.stored_now) counter.stored = counter.last;
    counter.stored_now = false;
  }
}

void RowCounters::operation_kept() {
  for (auto& [table, counter] : counters_) counter.stored_now = false;
}

void RowCounters::write_exact(WriteBatch& batch) const {
  for (const auto& [table, counter] : counters_) {
    if (counter.stored != counter.last) batch.put(counter_key(*table), counter_record(counter.last));
  }
}

}  // namespace signalbox
