#pragma once
#include "signalbox/queues.h"

#include <catch2/catch.hpp>

#include "store/memory_store.h"
#include "support/test_transaction.h"

namespace signalbox::testing {

/// Queues over a store in memory, and a clock that stands still.
struct QueueFixture {
  ManualClock clock{Timestamp{std::chrono::seconds{1'795'000'000}}};
  MemoryStore store;
  QueueSignals signals;
  Queues queues{Site{}, signals};
  TestTransaction transaction{store, clock};

  QueueRecord create(const std::string& name, QueueTextMap attributes = {}) {
    if (name.ends_with(".fifo")) attributes["FifoQueue"] = "true";
    return queues.create(transaction, {.name = name, .attributes = std::move(attributes)}).value();
  }
  SentMessage send(const std::string& queue, const std::string& body) { return queues.send(transaction, queue, {.body = body}).value(); }
  SentMessage send_fifo(const std::string& queue, const std::string& group, const std::string& id, const std::string& body) {
    return queues.send(transaction, queue, {.body = body, .group_id = group, .deduplication_id = id}).value();
  }
  std::vector<ReceivedMessage> receive(const std::string& queue, std::int64_t max = 10,
                                       std::optional<std::int64_t> visibility = std::nullopt) {
    return queues.receive(transaction, queue, {.max_messages = max, .visibility_timeout = visibility}).value();
  }
  std::string bodies(const std::string& queue, std::int64_t max = 10, std::optional<std::int64_t> visibility = std::nullopt) {
    std::string text;
    for (const auto& message : receive(queue, max, visibility)) text += (text.empty() ? "" : " ") + message.body;
    return text;
  }
  void remove(const std::string& queue, const ReceivedMessage& message) {
    REQUIRE(queues.delete_message(transaction, queue, message.receipt_handle).has_value());
  }
  /// `visible/not visible/delayed`
  std::string counts(const std::string& queue) {
    const auto map = queues.attributes(transaction, queue, {"All"}, clock.now()).value();
    return map.at("ApproximateNumberOfMessages") + "/" + map.at("ApproximateNumberOfMessagesNotVisible") + "/" +
           map.at("ApproximateNumberOfMessagesDelayed");
  }
  std::size_t rows(const Table& table) {
    std::size_t number = 0;
    transaction.scan({.prefix = Key(table)}, [&](const Key&, std::string_view) { return ++number, true; });
    return number;
  }
};

/// `InvalidParameterValue: text`
template <class T>
std::string fault(const Result<T>& result) {
  return result ? "none" : result.error().where + ": " + result.error().message;
}

}  // namespace signalbox::testing
