#pragma once
/// Queues and their messages: the rules of SQS over Reader and Transaction. Source of behaviour and texts: SQS API Reference and
/// Developer Guide. Long polling is in src/services/queues/queue_service.h.
///
/// Errors: `message` is AWS's text, and `where` the name of SQS's error shape (`QueueDoesNotExist`, `InvalidParameterValue`, …);
/// sqs_error() gives what goes with it on the wire.

#include "signalbox/ids.h"
#include "signalbox/result.h"
#include "signalbox/site.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace signalbox {

/// The tables' records are explained in docs/data_file.md. `row` numbers the messages' storage of a queue: a purge gives the queue
/// a new one and leaves the old one to the sweeper.
inline constexpr Table queues_table{"queues", {KeyPart::Text}, true};           // name → QueueRecord
inline constexpr Table queue_states_table{"queue_states", {KeyPart::Integer}};  // row → how far receiving and counting got
inline constexpr Table queue_messages_table{"queue_messages",
                                            {KeyPart::Integer, KeyPart::Integer}};  // (row, number) → message; written once
inline constexpr Table queue_deliveries_table{
    "queue_deliveries", {KeyPart::Integer, KeyPart::Integer}};  // (row, number) → lease of a message that was received or delayed
inline constexpr Table queue_due_table{
    "queue_due",
    {KeyPart::Integer, KeyPart::Integer, KeyPart::Integer}};  // (row, ms, number) → when those, or a FIFO group, can be received
inline constexpr Table queue_groups_table{"queue_groups",
                                          {KeyPart::Integer, KeyPart::Text}};  // (row, group) → when a FIFO group can be received
inline constexpr Table queue_group_messages_table{"queue_group_messages",
                                                  {KeyPart::Integer, KeyPart::Text, KeyPart::Integer}};  // (row, group, number) → nothing
inline constexpr Table queue_deduplication_table{"queue_deduplication",
                                                 {KeyPart::Integer, KeyPart::Text}};  // (row, id) → the message it stands for
inline constexpr Table queue_deduplication_order_table{"queue_deduplication_order",
                                                       {KeyPart::Integer, KeyPart::Integer}};  // (row, number) → id, oldest first
inline constexpr Table queue_garbage_table{"queue_garbage", {KeyPart::Integer}};  // rows of purged and deleted queues, to be emptied

using QueueTextMap = std::map<std::string, std::string>;

struct QueueRecord {
  std::string name = {};
  std::int64_t row = 0;  ///< where its messages lie; a purge changes it
  std::int64_t id = 0;   ///< the row it was created with; part of receipt handles
  bool fifo = false;
  std::chrono::seconds visibility_timeout{30}, delay{0}, retention{345'600}, receive_wait{0};
  std::int64_t message_bytes_max = 1'048'576;
  /// From RedrivePolicy; the text itself stands in `settings`.
  std::optional<std::string> dead_letter_queue = std::nullopt;  ///< name
  std::int64_t receive_count_max = 0;
  bool content_based_deduplication = false, deduplication_per_group = false;
  QueueTextMap settings = {};  ///< RedrivePolicy, RedriveAllowPolicy, Policy, Kms…: as given
  QueueTextMap tags = {};
  Timestamp created_at = {}, modified_at = {};
  std::optional<std::string> stack = std::nullopt;  ///< the template folder it came from
};

/// For `Binary…` types `value` holds the raw bytes.
struct MessageAttribute {
  std::string data_type = {};  ///< `String`, `Number`, `Binary`, perhaps with `.custom`
  std::string value = {};
  [[nodiscard]] bool is_binary() const { return data_type.starts_with("Binary"); }
  friend bool operator==(const MessageAttribute&, const MessageAttribute&) = default;
};
using MessageAttributes = std::map<std::string, MessageAttribute>;

struct CreateQueue {
  std::string name = {};
  QueueTextMap attributes = {};  ///< as the API names them
  QueueTextMap tags = {};
  std::optional<std::string> stack = std::nullopt;
};

struct SendMessage {
  std::string body = {};
  std::optional<std::int64_t> delay_seconds = std::nullopt;
  MessageAttributes attributes = {};
  std::optional<std::string> trace_header = std::nullopt;  ///< MessageSystemAttributes' AWSTraceHeader
  std::optional<std::string> group_id = std::nullopt, deduplication_id = std::nullopt;
};
struct SentMessage {
  std::string message_id = {};
  std::string md5_of_body = {};  ///< lower-case hex
  std::optional<std::string> md5_of_attributes = std::nullopt, md5_of_system_attributes = std::nullopt;
  std::optional<std::string> sequence_number = std::nullopt;  ///< FIFO only
};

struct ReceiveMessages {
  std::int64_t max_messages = 1;                                  ///< 1 to 10
  std::optional<std::int64_t> visibility_timeout = std::nullopt;  ///< seconds; default: the queue's
};
struct ReceivedMessage {
  std::string message_id = {}, receipt_handle = {}, body = {}, md5_of_body = {};
  MessageAttributes attributes = {};
  Timestamp sent_at = {}, first_received_at = {};
  std::int64_t receive_count = 1;
  std::optional<std::string> group_id = std::nullopt, deduplication_id = std::nullopt, sequence_number = std::nullopt,
                             trace_header = std::nullopt;
  std::optional<std::string> dead_letter_source = std::nullopt;  ///< ARN of the queue it failed in

  /// `SentTimestamp` and so on with their texts, as ReceiveMessage and function events show them.
  [[nodiscard]] QueueTextMap system_attributes(const Site& site) const;
};

/// For triggers, which are not bound to ten messages a receive (but ten of a FIFO queue).
struct LeaseMessages {
  std::int64_t max_messages = 10;
  std::size_t bytes_max = 6'000'000;  ///< of bodies and attributes; the first message is taken whatever its size
  std::chrono::milliseconds visibility_timeout{30'000};
};

/// One of a batch's entries and what became of it.
template <class T>
struct BatchAnswer {
  std::string id = {};
  Result<T> answer;
};
template <class T>
using BatchEntries = std::vector<std::pair<std::string, T>>;  ///< id, entry
struct VisibilityChange {
  std::string receipt_handle;
  std::int64_t seconds = 0;
};

/// On the wire: JSON's `__type` is `com.amazonaws.sqs#` + shape, Query's `Code` (and `x-amzn-query-error`) is `query_code`.
struct SqsError {
  std::string shape, query_code;
  int status = 400;
};
[[nodiscard]] SqsError sqs_error(const Error& error);

/// MD5OfMessageAttributes: hex; nothing for no attributes. [SQS Developer Guide: Calculating the MD5 message digest for message attributes]
[[nodiscard]] std::optional<std::string> md5_of_attributes(const MessageAttributes& attributes);
/// Those that ReceiveMessage's MessageAttributeNames ask for: names, `All`, `.*`, `prefix.*`.
[[nodiscard]] MessageAttributes select_attributes(const MessageAttributes& attributes, const std::vector<std::string>& names);
/// Likewise for (Message)SystemAttributeNames: names or `All`.
[[nodiscard]] QueueTextMap select_system_attributes(const QueueTextMap& attributes, const std::vector<std::string>& names);

/// Who waits for messages of a queue. Listeners are called on the engine's thread after a commit that may have made messages
/// receivable, now or later; they must return at once. Costs next to nothing while nobody listens. Any thread.
class QueueSignals {
 public:
  using Listener = std::function<void()>;
  /// Gives a number for unsubscribe(), after which the listener is not called any more. A listener must not call back.
  [[nodiscard]] std::uint64_t subscribe(std::int64_t queue_id, Listener listener);
  void unsubscribe(std::uint64_t number);
  void notify(std::int64_t queue_id) const;

 private:
  struct Entry {
    std::uint64_t number;
    Listener listener;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, std::vector<Entry>> listeners_;
  std::uint64_t last_number_ = 0;
};

/// The rules. Queues are named by their name; queue_url.h turns URLs and ARNs into it. Operations on a queue that does not exist answer
/// NotFound (`QueueDoesNotExist`). Stateless but for the signals; functions that take a Reader may be used on any thread.
class Queues {
 public:
  /// `resolve`: what stored texts hold in place of the daemon's own URLs becomes these in the body of what is sent, so that digests are of what is received.
  Queues(Site site, QueueSignals& signals, std::function<std::string(std::string_view)> resolve = {})
      : site_(std::move(site)), signals_(signals), resolve_(std::move(resolve)) {}
  [[nodiscard]] const Site& site() const { return site_; }
  [[nodiscard]] QueueSignals& signals() const { return signals_; }

  /// The same name with attributes that agree gives the existing queue. A name may be used again at once after its deletion; AWS
  /// makes one wait for 60 seconds. Errors: AlreadyExists, InvalidArgument. [CreateQueue]
  [[nodiscard]] Result<QueueRecord> create(Transaction& transaction, const CreateQueue& request) const;
  [[nodiscard]] Result<void> remove(Transaction& transaction, std::string_view name) const;  // [DeleteQueue]
  /// At once, and as often as one likes: AWS takes up to 60 seconds and refuses a second purge meanwhile. [PurgeQueue]
  [[nodiscard]] Result<void> purge(Transaction& transaction, std::string_view name) const;
  [[nodiscard]] Result<void> set_attributes(Transaction& transaction, std::string_view name, const QueueTextMap& attributes) const;
  [[nodiscard]] Result<QueueRecord> find(const Reader& reader, std::string_view name) const;
  /// In order of name, after `after`. [ListQueues]
  [[nodiscard]] std::vector<QueueRecord> list(const Reader& reader, std::string_view prefix, std::string_view after,
                                              std::size_t limit) const;
  /// Names or `All`; an unknown name is an error. [GetQueueAttributes]
  [[nodiscard]] Result<QueueTextMap> attributes(const Reader& reader, std::string_view name, const std::vector<std::string>& names,
                                                Timestamp now) const;
  [[nodiscard]] Result<void> tag(Transaction& transaction, std::string_view name, const QueueTextMap& tags) const;
  [[nodiscard]] Result<void> untag(Transaction& transaction, std::string_view name, const std::vector<std::string>& keys) const;
  /// Names of the queues whose dead-letter queue this is. [ListDeadLetterSourceQueues]
  [[nodiscard]] Result<std::vector<std::string>> dead_letter_sources(const Reader& reader, std::string_view name) const;

  /// Errors: InvalidArgument, TooLarge, NotFound. Nothing is written on error. [SendMessage]
  [[nodiscard]] Result<SentMessage> send(Transaction& transaction, std::string_view name, SendMessage message) const;
  /// Does not wait. Moves what was received too often to the dead-letter queue. [ReceiveMessage]
  [[nodiscard]] Result<std::vector<ReceivedMessage>> receive(Transaction& transaction, std::string_view name,
                                                             const ReceiveMessages& request) const;
  /// The same for a trigger of this daemon.
  [[nodiscard]] Result<std::vector<ReceivedMessage>> lease(Transaction& transaction, std::string_view name,
                                                           const LeaseMessages& request) const;
  /// A message that is gone already is no error. Errors: InvalidArgument (`ReceiptHandleIsInvalid`). [DeleteMessage]
  [[nodiscard]] Result<void> delete_message(Transaction& transaction, std::string_view name, std::string_view receipt_handle) const;
  /// Counted from now; 0 makes it visible at once. [ChangeMessageVisibility]
  [[nodiscard]] Result<void> change_visibility(Transaction& transaction, std::string_view name, const VisibilityChange& change) const;
  /// Gives messages back after `delay` as if they had not been received: their receive count goes down. Handles of messages that are gone
  /// or were received again by somebody else are passed over.
  [[nodiscard]] Result<void> give_back(Transaction& transaction, std::string_view name, const std::vector<std::string>& receipt_handles,
                                       std::chrono::milliseconds delay) const;

  /// For whoever holds leases: visible again after `delay` from now, be it to go on holding them (`still_held`) or to let them reappear.
  /// Handles are passed over as above.
  [[nodiscard]] Result<void> set_visibility(Transaction& transaction, std::string_view name,
                                            const std::vector<std::string>& receipt_handles, std::chrono::milliseconds delay,
                                            bool still_held) const;
  /// After a restart: what triggers had leased is receivable at once and not counted, since the functions died with the daemon.
  [[nodiscard]] Result<void> release_trigger_leases(Transaction& transaction, std::string_view name) const;

  /// Errors of the whole batch: InvalidArgument (EmptyBatchRequest, TooManyEntriesInBatchRequest, BatchEntryIdsNotDistinct,
  /// InvalidBatchEntryId), TooLarge (BatchRequestTooLong). Answers stand in the order of entries.
  [[nodiscard]] Result<std::vector<BatchAnswer<SentMessage>>> send_batch(Transaction& transaction, std::string_view name,
                                                                         const BatchEntries<SendMessage>& entries) const;
  [[nodiscard]] Result<std::vector<BatchAnswer<void>>> delete_batch(Transaction& transaction, std::string_view name,
                                                                    const BatchEntries<std::string>& receipt_handles) const;
  [[nodiscard]] Result<std::vector<BatchAnswer<void>>> change_visibility_batch(Transaction& transaction, std::string_view name,
                                                                               const BatchEntries<VisibilityChange>& changes) const;

  /// The earliest moment at which a receive may find something (now or before: at once); nothing if the queue is empty.
  [[nodiscard]] std::optional<Timestamp> next_receivable(const Reader& reader, const QueueRecord& queue, Timestamp now) const;

  /// Whether sweep() would find work; for the I/O thread's reader.
  [[nodiscard]] bool needs_sweep(const Reader& reader, Timestamp now) const;
  /// Empties purged and deleted queues, deletes what outlived its retention, forgets old deduplication ids, moves the counting
  /// forward: at most about `limit` rows. Says whether more is left.
  bool sweep(Transaction& transaction, std::size_t limit) const;

 private:
  Site site_;
  QueueSignals& signals_;
  std::function<std::string(std::string_view)> resolve_;
};

}  // namespace signalbox
