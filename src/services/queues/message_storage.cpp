#include "services/queues/message_storage.h"

#include <algorithm>

namespace signalbox::queues {

namespace {

// What queue_due says of a standard queue's message, so that counting need not look further. A FIFO queue's rows hold the group.
constexpr const char* delayed_mark = "d";
constexpr const char* received_mark = "r";

Key due_key(const QueueRecord& queue, Timestamp due, std::int64_t number) { return Key(queue_due_table, queue.row, to_ms(due), number); }

void set_group(Transaction& transaction, const QueueRecord& queue, std::string_view group_id, const std::optional<Group>& before,
               const std::optional<Group>& after);

}  // namespace

std::size_t size_bytes(std::string_view body, const MessageAttributes& attributes) {
  auto bytes = body.size();
  for (const auto& [name, attribute] : attributes) bytes += name.size() + attribute.data_type.size() + attribute.value.size();
  return bytes;
}

std::int64_t insert(Transaction& transaction, const QueueRecord& queue, const Message& message) {
  // One counter for all queues: it only has to grow, and costs no write of its own.
  const auto number = transaction.next_row(queue_messages_table);
  transaction.put(Key(queue_messages_table, queue.row, number), encode(message));
  if (queue.fifo) {
    transaction.put(Key(queue_group_messages_table, queue.row, *message.group_id, number), "");
    if (!find_group(transaction, queue.row, *message.group_id)) {
      set_group(transaction, queue, *message.group_id, std::nullopt, Group{message.delayed_until.value_or(transaction.now()), number});
    }
  } else if (message.delayed_until) {
    set_delivery(transaction, queue, number, std::nullopt, Delivery{.visible_at = *message.delayed_until});
  }
  return number;
}

void forget(Transaction& transaction, const QueueRecord& queue, std::int64_t number, const std::optional<Delivery>& delivery,
            const std::optional<std::string>& group_id) {
  transaction.erase(Key(queue_messages_table, queue.row, number));
  if (delivery) {
    transaction.erase(Key(queue_deliveries_table, queue.row, number));
    if (!queue.fifo) transaction.erase(due_key(queue, delivery->visible_at, number));
  }
  if (queue.fifo) {
    transaction.erase(Key(queue_group_messages_table, queue.row, *group_id, number));
    refresh_group(transaction, queue, *group_id);
  }
  if (auto state = load_state(transaction, queue.row); number <= state.counted_through) {
    --state.counted;
    store_state(transaction, queue.row, state);
  }
}

void set_delivery(Transaction& transaction, const QueueRecord& queue, std::int64_t number, const std::optional<Delivery>& before,
                  const Delivery& after) {
  if (!queue.fifo) {
    if (before) transaction.erase(due_key(queue, before->visible_at, number));
    transaction.put(due_key(queue, after.visible_at, number), after.receives == 0 ? delayed_mark : received_mark);
  }
  transaction.put(Key(queue_deliveries_table, queue.row, number), encode(after));
}

void move_to(Transaction& transaction, const QueueRecord& from, const QueueRecord& to, std::int64_t number, Message message,
             const Delivery& delivery, const std::string& source_arn) {
  forget(transaction, from, number, delivery, message.group_id);
  message.dead_letter_source = source_arn;
  message.earlier_receives += delivery.receives;
  message.delayed_until.reset();
  if (to.fifo) message.sent_at = transaction.now();
  insert(transaction, to, message);
}

namespace {

void set_group(Transaction& transaction, const QueueRecord& queue, std::string_view group_id, const std::optional<Group>& before,
               const std::optional<Group>& after) {
  if (before) transaction.erase(due_key(queue, before->available_at, before->due_number));
  if (!after) {
    transaction.erase(Key(queue_groups_table, queue.row, group_id));
    return;
  }
  transaction.put(Key(queue_groups_table, queue.row, group_id), encode(*after));
  transaction.put(due_key(queue, after->available_at, after->due_number), std::string(group_id));
}

/// At most this many of a group are in flight at a time, and they are its first: [SQS: at most ten messages a receive]
constexpr std::size_t fifo_lease_max = 10;

std::vector<std::int64_t> first_of_group(const Reader& reader, const QueueRecord& queue, std::string_view group_id, std::size_t limit) {
  std::vector<std::int64_t> numbers;
  reader.scan(KeyRange{.prefix = Key(queue_group_messages_table, queue.row, group_id)}, [&](const Key& key, std::string_view) {
    numbers.push_back(key.integer(2));
    return numbers.size() < limit;
  });
  return numbers;
}

}  // namespace

void refresh_group(Transaction& transaction, const QueueRecord& queue, std::string_view group_id) {
  const auto before = find_group(transaction, queue.row, group_id);
  const auto numbers = first_of_group(transaction, queue, group_id, fifo_lease_max);
  if (numbers.empty()) return set_group(transaction, queue, group_id, before, std::nullopt);
  const auto now = transaction.now();
  Group after{now, numbers.front()};
  for (const auto number : numbers) {
    const auto delivery = find_delivery(transaction, queue.row, number);
    if (delivery) after.available_at = std::max(after.available_at, delivery->visible_at);
  }
  if (after.available_at == now) {
    const auto record = transaction.get(Key(queue_messages_table, queue.row, numbers.front()));
    if (record) after.available_at = std::max(now, decode_message(*record).delayed_until.value_or(now));
  }
  set_group(transaction, queue, group_id, before, after);
}

// ---- receiving ----

namespace {

/// One receive's work: what it took so far, and whether more fits.
class Lessor {
 public:
  Lessor(Transaction& transaction, const QueueRecord& queue, const LeaseRequest& request)
      : transaction_(transaction), queue_(queue), request_(request) {}

  [[nodiscard]] bool is_full() const { return result_.leased.size() >= request_.messages_max; }
  /// Whether a message of this size may still come along.
  [[nodiscard]] bool fits(const Message& message) const {
    return result_.leased.empty() || bytes_ + size_bytes(message.body, message.attributes) <= request_.bytes_max;
  }
  [[nodiscard]] bool was_received_too_often(const std::optional<Delivery>& delivery) const {
    return request_.dead_letter_queue && delivery && delivery->receives >= queue_.receive_count_max;
  }
  void take(std::int64_t number, Message message, const std::optional<Delivery>& before) {
    const auto now = transaction_.now();
    Delivery after = before.value_or(Delivery{});
    after.visible_at = now + request_.visibility_timeout;
    if (after.receives++ == 0) after.first_received_at = now;
    ++after.leases;
    after.by_trigger = request_.by_trigger;
    set_delivery(transaction_, queue_, number, before, after);
    bytes_ += size_bytes(message.body, message.attributes);
    result_.leased.push_back(Leased{number, std::move(message), after});
  }
  void move_away(std::int64_t number, Message message, const Delivery& delivery) {
    move_to(transaction_, queue_, *request_.dead_letter_queue, number, std::move(message), delivery, request_.source_arn);
    result_.moved = true;
  }

  /// Messages that have reappeared, or whose delay is over.
  void take_due();
  /// Messages that nobody has received yet.
  void take_fresh();
  void take_groups();
  [[nodiscard]] LeaseResult result() { return std::move(result_); }

 private:
  void take_group(const std::string& group_id);

  static constexpr std::size_t candidates_max = 1'000;  // bounds one receive, were everything expired or to be moved

  Transaction& transaction_;
  const QueueRecord& queue_;
  const LeaseRequest& request_;
  LeaseResult result_;
  std::size_t bytes_ = 0;
};

void Lessor::take_due() {
  const auto now = transaction_.now();
  std::vector<Key> due;
  transaction_.scan(KeyRange{.prefix = Key(queue_due_table, queue_.row)}, [&](const Key& key, std::string_view) {
    if (key.integer(1) > to_ms(now)) return false;
    due.push_back(key);
    return due.size() < candidates_max;
  });
  for (const auto& key : due) {
    if (is_full()) return;
    const auto number = key.integer(2);
    const auto record = transaction_.get(Key(queue_messages_table, queue_.row, number));
    const auto delivery = find_delivery(transaction_, queue_.row, number);
    SIGNALBOX_ASSERT(record && delivery);
    auto message = decode_message(*record);
    if (is_expired(queue_, message.sent_at, now)) {
      forget(transaction_, queue_, number, delivery, std::nullopt);
    } else if (was_received_too_often(delivery)) {
      move_away(number, std::move(message), *delivery);
    } else {
      if (!fits(message)) return;
      take(number, std::move(message), delivery);
    }
  }
}

void Lessor::take_fresh() {
  if (is_full()) return;
  const auto now = transaction_.now();
  auto state = load_state(transaction_, queue_.row);
  const auto before = state.received_through;
  std::vector<std::pair<std::int64_t, Message>> fresh;
  std::vector<std::int64_t> expired;
  std::size_t visited = 0, bytes = bytes_;
  transaction_.scan(KeyRange{.prefix = Key(queue_messages_table, queue_.row), .after = Key(queue_messages_table, queue_.row, before)},
                    [&](const Key& key, std::string_view record) {
                      const auto number = key.integer(1);
                      auto message = decode_message(record);
                      if (is_expired(queue_, message.sent_at, now)) {
                        if (!message.delayed_until) expired.push_back(number);
                      } else if (!message.delayed_until) {
                        const auto size = size_bytes(message.body, message.attributes);
                        const bool is_first = result_.leased.empty() && fresh.empty();
                        if (!is_first && bytes + size > request_.bytes_max) return false;
                        bytes += size;
                        fresh.emplace_back(number, std::move(message));
                      }
                      state.received_through = number;
                      return result_.leased.size() + fresh.size() < request_.messages_max && ++visited < candidates_max;
                    });
  if (state.received_through == before) return;
  store_state(transaction_, queue_.row, state);
  for (const auto number : expired) forget(transaction_, queue_, number, std::nullopt, std::nullopt);
  for (auto& [number, message] : fresh) take(number, std::move(message), std::nullopt);
}

void Lessor::take_groups() {
  const auto now = transaction_.now();
  std::vector<std::string> groups;
  transaction_.scan(KeyRange{.prefix = Key(queue_due_table, queue_.row)}, [&](const Key& key, std::string_view group_id) {
    if (key.integer(1) > to_ms(now)) return false;
    groups.emplace_back(group_id);
    return groups.size() < candidates_max;
  });
  for (const auto& group_id : groups) {
    if (is_full()) return;
    take_group(group_id);
  }
}

void Lessor::take_group(const std::string& group_id) {
  const auto now = transaction_.now();
  for (const auto number : first_of_group(transaction_, queue_, group_id, fifo_lease_max)) {
    if (is_full()) break;
    const auto record = transaction_.get(Key(queue_messages_table, queue_.row, number));
    if (!record) continue;
    auto message = decode_message(*record);
    const auto delivery = find_delivery(transaction_, queue_.row, number);
    if (is_expired(queue_, message.sent_at, now)) {
      forget(transaction_, queue_, number, delivery, group_id);
    } else if (was_received_too_often(delivery)) {
      move_away(number, std::move(message), *delivery);
    } else {
      if (message.delayed_until.value_or(now) > now || !fits(message)) break;
      take(number, std::move(message), delivery);
    }
  }
  refresh_group(transaction_, queue_, group_id);
}

}  // namespace

LeaseResult lease(Transaction& transaction, const QueueRecord& queue, const LeaseRequest& request) {
  Lessor lessor(transaction, queue, request);
  if (queue.fifo) {
    lessor.take_groups();
  } else {
    lessor.take_due();
    lessor.take_fresh();
  }
  return lessor.result();
}

// ---- counting ----

namespace {

std::int64_t count_all(const Reader& reader, const QueueRecord& queue) {
  const auto state = load_state(reader, queue.row);
  auto total = state.counted;
  reader.scan(
      KeyRange{.prefix = Key(queue_messages_table, queue.row), .after = Key(queue_messages_table, queue.row, state.counted_through)},
      [&](const Key&, std::string_view) { return ++total, true; });
  return total;
}

}  // namespace

Counts count(const Reader& reader, const QueueRecord& queue, Timestamp now) {
  Counts counts;
  if (queue.fifo) {
    reader.scan(KeyRange{.prefix = Key(queue_deliveries_table, queue.row)}, [&](const Key&, std::string_view record) {
      if (decode_delivery(record).visible_at > now) ++counts.not_visible;
      return true;
    });
    // A FIFO queue's delay is the same for all its messages, so the delayed ones are its last.
    reader.scan(KeyRange{.prefix = Key(queue_messages_table, queue.row), .reverse = true}, [&](const Key&, std::string_view record) {
      if (decode_message(record).delayed_until.value_or(now) <= now) return false;
      return ++counts.delayed, true;
    });
  } else {
    reader.scan(KeyRange{.prefix = Key(queue_due_table, queue.row)}, [&](const Key& key, std::string_view mark) {
      if (key.integer(1) > to_ms(now)) ++(mark == delayed_mark ? counts.delayed : counts.not_visible);
      return true;
    });
  }
  counts.visible = std::max<std::int64_t>(0, count_all(reader, queue) - counts.not_visible - counts.delayed);
  return counts;
}

}  // namespace signalbox::queues
