#pragma once
/// Message move tasks: what lies in a dead-letter queue goes back to where it came from, or to another queue, in the background.
/// Source: SQS API Reference, StartMessageMoveTask.

#include "signalbox/engine.h"
#include "signalbox/queues.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

/// row → MessageMove as JSON text.
inline constexpr Table message_moves_table{"queue_moves", {KeyPart::Integer}};

enum class MoveStatus : std::uint8_t { Running, Completed, Cancelling, Cancelled, Failed };

struct MessageMove {
  std::int64_t row = 0;
  std::string id = {};                                        ///< a UUID
  std::string source = {};                                    ///< name of the dead-letter queue
  std::optional<std::string> destination = std::nullopt;      ///< name; nothing: each message's source
  std::optional<std::int64_t> per_second_max = std::nullopt;  ///< 1 to 500
  MoveStatus status = MoveStatus::Running;
  std::int64_t moved = 0, to_move = 0;  ///< to_move: counted at the start
  std::optional<std::string> failure = std::nullopt;
  Timestamp started_at = {};
};

/// The rules. Errors: `where` is SQS's error shape.
class MessageMoves {
 public:
  explicit MessageMoves(const Queues& queues) : queues_(queues) {}
  [[nodiscard]] const Queues& queues() const { return queues_; }

  void on_change(std::function<void()> listener);
  /// Errors: NotFound, NotSupported (no dead-letter queue, a task runs already).
  [[nodiscard]] Result<MessageMove> start(Transaction& transaction, MessageMove move) const;
  /// Gives what was moved so far. Errors: NotFound, NotSupported (it is over).
  [[nodiscard]] Result<MessageMove> cancel(Transaction& transaction, std::string_view id) const;
  /// Newest first; of one source, if given.
  [[nodiscard]] std::vector<MessageMove> list(const Reader& reader, std::optional<std::string_view> source) const;
  /// Moves up to `limit` messages; the move as it is then.
  [[nodiscard]] MessageMove step(Transaction& transaction, std::int64_t row, std::size_t limit) const;

 private:
  void store(Transaction& transaction, const MessageMove& move) const;
  [[nodiscard]] Result<void> move_message(Transaction& transaction, const MessageMove& move, const ReceivedMessage& message) const;

  const Queues& queues_;
  mutable std::mutex mutex_;
  std::function<void()> listener_;
};

/// Carries them out.
class MessageMoveService {
 public:
  MessageMoveService(Engine& engine, MessageMoves& moves);
  ~MessageMoveService();
  /// On the I/O thread, after Engine::start().
  void start(boost::asio::any_io_executor executor);
  void stop();

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
