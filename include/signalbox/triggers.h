#pragma once
/// Triggers: queues whose messages call a function. AWS calls them event source mappings. [Lambda: CreateEventSourceMapping]

#include "signalbox/queues.h"
#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

inline constexpr Table triggers_table{"triggers", {KeyPart::Text}};  // id → TriggerRecord, JSON

struct TriggerRecord {
  std::string id = {};              ///< a UUID
  std::string queue = {};           ///< name
  std::string function = {};        ///< name, perhaps with `:version` or `:alias`
  std::int64_t batch_size = 10;     ///< 1 to 10,000; for FIFO queues at most 10
  std::int64_t window_seconds = 0;  ///< 0 to 300: how long a batch that is not full waits for more
  bool reports_failures = false;    ///< FunctionResponseTypes holds ReportBatchItemFailures
  bool enabled = true;
  std::optional<std::int64_t> concurrency_max =
      std::nullopt;  ///< ScalingConfig.MaximumConcurrency, 2 to 1,000; default 10 batches at a time
  std::optional<std::string> stack = std::nullopt;
  Timestamp created_at = {}, modified_at = {};
  std::vector<std::string> filters = {};  ///< event patterns; a message that fits none of them is deleted uncalled. None: all fit
};

/// What an update changes.
struct TriggerChange {
  std::optional<std::string> function = std::nullopt;
  std::optional<std::int64_t> batch_size = std::nullopt, window_seconds = std::nullopt, concurrency_max = std::nullopt;
  std::optional<bool> reports_failures = std::nullopt, enabled = std::nullopt;
  std::optional<std::vector<std::string>> filters = std::nullopt;
};

/// The rules. Errors carry AWS's texts where they are known.
class Triggers {
 public:
  explicit Triggers(const Queues& queues) : queues_(queues) {}

  /// Told after a commit that changed a trigger, on the engine's thread; must return at once.
  void on_change(std::function<void(const std::string& id)> listener);

  /// `id` and times of the record are filled in. Errors: NotFound (no such queue), AlreadyExists (the same queue and function),
  /// InvalidArgument.
  [[nodiscard]] Result<TriggerRecord> create(Transaction& transaction, TriggerRecord trigger) const;
  [[nodiscard]] Result<TriggerRecord> update(Transaction& transaction, std::string_view id, const TriggerChange& change) const;
  /// Gives what was removed. Errors: NotFound.
  [[nodiscard]] Result<TriggerRecord> remove(Transaction& transaction, std::string_view id) const;
  [[nodiscard]] Result<TriggerRecord> find(const Reader& reader, std::string_view id) const;
  /// All, or those of a queue or function (by name, without its qualifier); in order of id, after `after`.
  [[nodiscard]] std::vector<TriggerRecord> list(const Reader& reader, std::optional<std::string_view> queue,
                                                std::optional<std::string_view> function, std::string_view after, std::size_t limit) const;

 private:
  void store(Transaction& transaction, const TriggerRecord& trigger) const;
  void announce(Transaction& transaction, const std::string& id) const;

  const Queues& queues_;
  mutable std::mutex mutex_;
  std::function<void(const std::string&)> listener_;
};

}  // namespace signalbox
