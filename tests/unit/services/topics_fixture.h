#pragma once
/// A store, a clock, the rules of topics and an outbox, and queues that only note what they got.

#include "signalbox/clock.h"
#include "signalbox/mail.h"
#include "signalbox/topics.h"

#include "store/memory_store.h"
#include "support/print_result.h"
#include "support/test_transaction.h"

#include <map>
#include <string>
#include <vector>

namespace signalbox::testing {

struct TopicsFixture {
  explicit TopicsFixture(bool smtp = false) : outbox(smtp) {}

  MemoryStore store;
  ManualClock clock{Timestamp{std::chrono::milliseconds{1'800'000'000'000}}};
  MasterKey master{std::string(32, 'k')};
  std::string admin_url = "http://admin.test";
  std::map<std::string, std::vector<QueueDelivery>> queues;
  Outbox outbox;
  Topics topics{TopicEnvironment{.site = {},
                                 .master_key = [this]() -> const MasterKey& { return master; },
                                 .public_url = [] { return std::string("http://public.test"); },
                                 .send_to_queue = [this](Transaction&, const QueueDelivery& delivery) -> Result<void> {
                                   const auto queue = queues.find(delivery.queue);
                                   if (queue == queues.end())
                                     return error(ErrorCode::NotFound, "The specified queue does not exist.", "QueueUrl");
                                   queue->second.push_back(delivery);
                                   return {};
                                 },
                                 .resolve =
                                     [this](std::string_view text) {
                                       std::string resolved(text);
                                       const std::string placeholder = "${signalbox:admin-url}";
                                       for (auto at = resolved.find(placeholder); at != std::string::npos; at = resolved.find(placeholder))
                                         resolved.replace(at, placeholder.size(), admin_url);
                                       return resolved;
                                     }},
                outbox};
  TestTransaction transaction{store, clock};

  Subscription subscribe(const std::string& topic, const std::string& protocol, const std::string& endpoint, TextMap attributes = {}) {
    return topics.subscribe(transaction, {.topic = topic, .protocol = protocol, .endpoint = endpoint, .attributes = std::move(attributes)})
        .value();
  }
  std::vector<OutboxMail> mails() const { return list_outbox(transaction, 100).mails; }
};

}  // namespace signalbox::testing
