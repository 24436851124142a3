#include "services/queues/message_moves.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "services/queues/queue_url.h"

namespace signalbox {

namespace {

using nlohmann::ordered_json;

constexpr std::array status_names{"running", "completed", "cancelling", "cancelled", "failed"};  // stored: do not renumber
constexpr std::size_t tasks_kept = 10;  ///< a source; ListMessageMoveTasks shows no more

std::string encode(const MessageMove& move) {
  ordered_json json{{"version", 1},
                    {"id", move.id},
                    {"source", move.source},
                    {"status", status_names[static_cast<std::size_t>(move.status)]},
                    {"moved", move.moved},
                    {"toMove", move.to_move},
                    {"startedAt", move.started_at.time_since_epoch().count()}};
  if (move.destination) json["destination"] = *move.destination;
  if (move.per_second_max) json["perSecondMax"] = *move.per_second_max;
  if (move.failure) json["failure"] = *move.failure;
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

MessageMove decode(std::int64_t row, std::string_view record) {
  const auto json = ordered_json::parse(record, nullptr, false);
  if (!json.is_object() || json.value("version", 0) != 1) throw StoreFailure("damaged record of a message move task");
  MessageMove move{.row = row, .id = json.value("id", ""), .source = json.value("source", "")};
  const auto status = std::find(status_names.begin(), status_names.end(), json.value("status", ""));
  move.status = static_cast<MoveStatus>(status - status_names.begin());
  move.moved = json.value("moved", std::int64_t{0});
  move.to_move = json.value("toMove", std::int64_t{0});
  move.started_at = Timestamp{std::chrono::milliseconds{json.value("startedAt", std::int64_t{0})}};
  if (json.contains("destination")) move.destination = json["destination"].get<std::string>();
  if (json.contains("perSecondMax")) move.per_second_max = json["perSecondMax"].get<std::int64_t>();
  if (json.contains("failure")) move.failure = json["failure"].get<std::string>();
  return move;
}

bool is_under_way(const MessageMove& move) { return move.status == MoveStatus::Running || move.status == MoveStatus::Cancelling; }

Error not_found(std::string message) { return error(ErrorCode::NotFound, std::move(message), "ResourceNotFoundException"); }
Error unsupported(std::string message) { return error(ErrorCode::NotSupported, std::move(message), "UnsupportedOperation"); }

}  // namespace

void MessageMoves::on_change(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void MessageMoves::store(Transaction& transaction, const MessageMove& move) const {
  transaction.put(Key(message_moves_table, move.row), encode(move));
  transaction.on_commit([this] {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_();
  });
}

Result<MessageMove> MessageMoves::start(Transaction& transaction, MessageMove move) const {
  const auto source = queues_.find(transaction, move.source);
  if (!source) return not_found("The resource that you specified for the SourceArn parameter doesn't exist.");
  if (move.destination && !queues_.find(transaction, *move.destination))
    return not_found("The resource that you specified for the DestinationArn parameter doesn't exist.");
  const auto sources = queues_.dead_letter_sources(transaction, move.source);
  if (!sources || sources->empty())
    return error(ErrorCode::InvalidArgument, "Source queue must be configured as a Dead Letter Queue.", "InvalidParameterValue");
  const auto present = list(transaction, move.source);
  if (std::any_of(present.begin(), present.end(), is_under_way))
    return unsupported("There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
  for (std::size_t i = tasks_kept - 1; i < present.size(); ++i) transaction.erase(Key(message_moves_table, present[i].row));
  const auto counts = queues_.attributes(transaction, move.source, {"ApproximateNumberOfMessages"}, transaction.now());
  if (counts && counts->contains("ApproximateNumberOfMessages")) move.to_move = std::stoll(counts->at("ApproximateNumberOfMessages"));
  move.row = transaction.next_row(message_moves_table);
  move.id = transaction.new_uuid().value;
  move.started_at = transaction.now();
  store(transaction, move);
  return move;
}

Result<MessageMove> MessageMoves::cancel(Transaction& transaction, std::string_view id) const {
  for (auto move : list(transaction, std::nullopt)) {
    if (move.id != id) continue;
    if (!is_under_way(move)) return unsupported("Only active tasks can be cancelled.");
    move.status = MoveStatus::Cancelling;
    store(transaction, move);
    return move;
  }
  return not_found("Task does not exist.");
}

std::vector<MessageMove> MessageMoves::list(const Reader& reader, std::optional<std::string_view> source) const {
  std::vector<MessageMove> moves;
  reader.scan(KeyRange{.prefix = Key(message_moves_table), .reverse = true}, [&](const Key& key, std::string_view record) {
    auto move = decode(key.integer(0), record);
    if (!source || move.source == *source) moves.push_back(std::move(move));
    return true;
  });
  return moves;
}

Result<void> MessageMoves::move_message(Transaction& transaction, const MessageMove& move, const ReceivedMessage& message) const {
  auto destination = move.destination;
  if (!destination && message.dead_letter_source) destination = queue_name_of(*message.dead_letter_source);
  if (!destination) return error(ErrorCode::NotFound, "CouldNotDetermineMessageSource");
  SendMessage sent{.body = message.body};
  sent.attributes = message.attributes;
  sent.trace_header = message.trace_header;
  sent.group_id = message.group_id;
  if (is_fifo_name(*destination)) sent.deduplication_id = transaction.new_uuid().value;  // the old one may still stand for it
  if (const auto done = queues_.send(transaction, *destination, sent); !done) return done.error();
  return queues_.delete_message(transaction, move.source, message.receipt_handle);
}

MessageMove MessageMoves::step(Transaction& transaction, std::int64_t row, std::size_t limit) const {
  const auto record = transaction.get(Key(message_moves_table, row));
  if (!record) return {.row = row, .status = MoveStatus::Cancelled};
  auto move = decode(row, *record);
  if (move.status == MoveStatus::Cancelling) move.status = MoveStatus::Cancelled;
  std::size_t done = 0;
  while (move.status == MoveStatus::Running && done < limit) {
    const auto messages =
        queues_.receive(transaction, move.source,
                        {.max_messages = static_cast<std::int64_t>(std::min<std::size_t>(10, limit - done)), .visibility_timeout = 30});
    if (!messages) {
      move.status = MoveStatus::Failed;
      move.failure = messages.error().message;
      break;
    }
    if (messages->empty()) move.status = MoveStatus::Completed;
    for (const auto& message : *messages) {
      if (const auto moved = move_message(transaction, move, message); !moved) {
        move.status = MoveStatus::Failed;
        move.failure = moved.error().message;
        break;
      }
      ++done;
      ++move.moved;
    }
  }
  store(transaction, move);
  return move;
}

}  // namespace signalbox
