// What is done in the background: storage of purged and deleted queues, retention, old deduplication ids, counting.

#include "services/queues/message_storage.h"
#include "services/queues/queue_records.h"

#include <array>

namespace signalbox {

using namespace queues;

namespace {

constexpr std::chrono::minutes deduplication_interval{5};
/// So many uncounted messages are counted when somebody asks; the sweeper keeps it to that.
constexpr std::size_t uncounted_max = 1'000;

constexpr std::array row_tables{
    &queue_messages_table,      &queue_deliveries_table,         &queue_due_table, &queue_groups_table, &queue_group_messages_table,
    &queue_deduplication_table, &queue_deduplication_order_table};

std::vector<QueueRecord> all_queues(const Reader& reader) {
  std::vector<QueueRecord> queues;
  reader.scan(KeyRange{.prefix = Key(queues_table)},
              [&](const Key&, std::string_view record) { return queues.push_back(decode_queue(record)), true; });
  return queues;
}

std::vector<Key> first_keys(const Reader& reader, const Key& prefix, std::size_t limit) {
  std::vector<Key> keys;
  if (limit == 0) return keys;
  reader.scan(KeyRange{.prefix = prefix}, [&](const Key& key, std::string_view) { return keys.push_back(key), keys.size() < limit; });
  return keys;
}

/// Numbers of a queue's oldest messages, as far as they are expired.
std::vector<std::int64_t> expired_messages(const Reader& reader, const QueueRecord& queue, Timestamp now, std::size_t limit) {
  std::vector<std::int64_t> numbers;
  if (limit == 0) return numbers;
  reader.scan(KeyRange{.prefix = Key(queue_messages_table, queue.row)}, [&](const Key& key, std::string_view record) {
    if (!is_expired(queue, decode_sent_at(record), now)) return false;
    numbers.push_back(key.integer(1));
    return numbers.size() < limit;
  });
  return numbers;
}

/// The oldest deduplication ids, as far as they are over: number in the order table, id, and whether the id still stands for that number.
struct OldId {
  std::int64_t number;
  std::string id;
  bool is_current;
};
std::vector<OldId> old_ids(const Reader& reader, const QueueRecord& queue, Timestamp now, std::size_t limit) {
  std::vector<OldId> ids;
  if (!queue.fifo || limit == 0) return ids;
  reader.scan(KeyRange{.prefix = Key(queue_deduplication_order_table, queue.row)}, [&](const Key& key, std::string_view id) {
    const auto record = reader.get(Key(queue_deduplication_table, queue.row, id));
    const auto deduplication = record ? std::optional(decode_deduplication(*record)) : std::nullopt;
    const bool is_current = deduplication && deduplication->number == key.integer(1);
    if (is_current && deduplication->sent_at + deduplication_interval > now) return false;
    ids.push_back({key.integer(1), std::string(id), is_current});
    return ids.size() < limit;
  });
  return ids;
}

/// Number of the last of at most `limit` uncounted messages, and how many they are.
std::pair<std::int64_t, std::size_t> uncounted(const Reader& reader, const QueueRecord& queue, std::size_t limit) {
  const auto from = load_state(reader, queue.row).counted_through;
  std::pair<std::int64_t, std::size_t> found{from, 0};
  reader.scan(KeyRange{.prefix = Key(queue_messages_table, queue.row), .after = Key(queue_messages_table, queue.row, from)},
              [&](const Key& key, std::string_view) {
                found.first = key.integer(1);
                return ++found.second < limit;
              });
  return found;
}

/// A budget of rows that a sweep may touch.
class Sweeper {
 public:
  Sweeper(Transaction& transaction, std::size_t limit) : transaction_(transaction), left_(limit) {}
  [[nodiscard]] bool is_exhausted() const { return left_ == 0; }

  void empty_garbage() {
    for (const auto& garbage : first_keys(transaction_, Key(queue_garbage_table), left_)) {
      const auto row = garbage.integer(0);
      for (const auto* table : row_tables) {
        for (const auto& key : first_keys(transaction_, Key(*table, row), left_)) {
          transaction_.erase(key);
          --left_;
        }
      }
      if (left_ == 0) return;
      transaction_.erase(Key(queue_states_table, row));
      transaction_.erase(garbage);
      --left_;
    }
  }
  void expire(const QueueRecord& queue) {
    for (const auto number : expired_messages(transaction_, queue, transaction_.now(), left_)) {
      std::optional<std::string> group_id;
      if (queue.fifo) group_id = decode_message(*transaction_.get(Key(queue_messages_table, queue.row, number))).group_id;
      forget(transaction_, queue, number, find_delivery(transaction_, queue.row, number), group_id);
      --left_;
    }
  }
  void forget_ids(const QueueRecord& queue) {
    for (const auto& old : old_ids(transaction_, queue, transaction_.now(), left_)) {
      transaction_.erase(Key(queue_deduplication_order_table, queue.row, old.number));
      if (old.is_current) transaction_.erase(Key(queue_deduplication_table, queue.row, old.id));
      --left_;
    }
  }
  void count(const QueueRecord& queue) {
    if (left_ == 0) return;
    const auto [last, number] = uncounted(transaction_, queue, std::max(left_, uncounted_max));
    if (number < uncounted_max) return;
    auto state = load_state(transaction_, queue.row);
    state.counted_through = last;
    state.counted += static_cast<std::int64_t>(number);
    store_state(transaction_, queue.row, state);
    left_ -= std::min(left_, number);
  }

 private:
  Transaction& transaction_;
  std::size_t left_;
};

}  // namespace

bool Queues::needs_sweep(const Reader& reader, Timestamp now) const {
  if (!first_keys(reader, Key(queue_garbage_table), 1).empty()) return true;
  for (const auto& queue : all_queues(reader)) {
    if (!expired_messages(reader, queue, now, 1).empty() || !old_ids(reader, queue, now, 1).empty()) return true;
    if (uncounted(reader, queue, uncounted_max).second >= uncounted_max) return true;
  }
  return false;
}

bool Queues::sweep(Transaction& transaction, std::size_t limit) const {
  Sweeper sweeper(transaction, limit);
  sweeper.empty_garbage();
  for (const auto& queue : all_queues(transaction)) {
    sweeper.expire(queue);
    sweeper.forget_ids(queue);
    sweeper.count(queue);
    if (sweeper.is_exhausted()) return true;
  }
  return sweeper.is_exhausted();
}

}  // namespace signalbox
