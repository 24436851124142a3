#include "engine/overlay.h"

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
void merge_scan(const Reader& store, const KeyRange& range, Layers<Iterator> layers, const std::function<bool(const Key&, std::string_view)>& visit) {
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

void Overlay::clear() {
  batch_.clear();
  operation_.clear();
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
