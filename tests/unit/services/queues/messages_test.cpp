#include "fixture.h"

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;

TEST_CASE("what is sent is received in order, once, until it is deleted or its visibility time-out is over") {
  QueueFixture f;
  f.create("work", {{"VisibilityTimeout", "5"}});
  CHECK(f.send("work", "This is a test message").md5_of_body == "fafb00f5732ab283681e124bf8747ed1");  // example in the SQS API Reference
  f.send("work", "b");
  f.send("work", "c");
  CHECK(f.counts("work") == "3/0/0");
  const auto first = f.receive("work", 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].body == "This is a test message");
  CHECK(first[0].receive_count == 1);
  CHECK(f.counts("work") == "1/2/0");
  CHECK(f.bodies("work") == "c");
  CHECK(f.bodies("work") == "");

  f.remove("work", first[0]);
  f.remove("work", first[0]);
  f.clock.advance(4'999ms);
  CHECK(f.bodies("work") == "");
  f.clock.advance(1ms);
  const auto again = f.receive("work");
  REQUIRE(again.size() == 2);
  CHECK(again[0].body == "b");
  CHECK(again[0].receive_count == 2);
  CHECK(again[0].first_received_at == f.clock.now() - 5s);
  CHECK(again[0].receipt_handle != first[1].receipt_handle);
  f.remove("work", first[1]);  // a standard queue takes an old handle
  f.remove("work", again[1]);
  CHECK(f.counts("work") == "0/0/0");
  for (const auto* table : {&queue_messages_table, &queue_deliveries_table, &queue_due_table}) CHECK(f.rows(*table) == 0);
}

TEST_CASE("a message that nobody has received costs one row") {
  QueueFixture f;
  f.create("work");
  for (int i = 0; i < 5; ++i) f.send("work", "x");
  CHECK(f.rows(queue_messages_table) == 5);
  for (const auto* table : {&queue_states_table, &queue_deliveries_table, &queue_due_table}) CHECK(f.rows(*table) == 0);
}

TEST_CASE("a delayed message is invisible until its delay is over, and others pass it") {
  QueueFixture f;
  const auto queue = f.create("work");
  REQUIRE(f.queues.send(f.transaction, "work", {.body = "late", .delay_seconds = 10}).has_value());
  CHECK(f.queues.next_receivable(f.transaction, queue, f.clock.now()) == f.clock.now() + 10s);
  f.send("work", "early");
  CHECK(f.queues.next_receivable(f.transaction, queue, f.clock.now()) == f.clock.now());
  CHECK(f.counts("work") == "1/0/1");
  CHECK(f.bodies("work") == "early");
  f.clock.advance(10s);
  CHECK(f.counts("work") == "1/1/0");
  CHECK(f.bodies("work") == "late");
}

TEST_CASE("the visibility time-out can be changed while a message is in flight") {
  QueueFixture f;
  f.create("work");
  f.send("work", "a");
  const auto message = f.receive("work").at(0);
  const auto change = [&](std::int64_t seconds) {
    return fault(f.queues.change_visibility(f.transaction, "work", {message.receipt_handle, seconds}));
  };
  CHECK(change(100) == "none");
  f.clock.advance(99s);
  CHECK(f.bodies("work") == "");
  CHECK(change(0) == "none");
  CHECK(f.counts("work") == "1/0/0");
  CHECK(change(5).starts_with("MessageNotInflight: "));
  CHECK(change(43'201) ==
        "InvalidParameterValue: Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.");
  f.remove("work", f.receive("work").at(0));
  CHECK(change(5).starts_with("InvalidParameterValue: "));
}

TEST_CASE("after maxReceiveCount receives a message goes to the dead-letter queue") {
  QueueFixture f;
  f.create("dead");
  f.create("work", {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"2"})"}});
  const auto sent = f.send("work", "poison");
  int told = 0;
  const auto number = f.signals.subscribe(f.queues.find(f.transaction, "dead")->id, [&] { ++told; });
  for (int i = 0; i < 2; ++i) CHECK(f.bodies("work", 10, 0) == "poison");
  CHECK(f.bodies("work") == "");
  CHECK(f.counts("work") == "0/0/0");
  REQUIRE(f.transaction.commit().has_value());
  CHECK(told == 1);
  f.signals.unsubscribe(number);
  const auto dead = f.receive("dead").at(0);
  CHECK(dead.message_id == sent.message_id);
  CHECK(dead.sent_at == f.clock.now());
  CHECK(dead.system_attributes(Site{}).at("DeadLetterQueueSourceArn") == "arn:aws:sqs:us-east-1:000000000000:work");
  CHECK(dead.system_attributes(Site{}).at("ApproximateReceiveCount") == "3");
  CHECK(f.queues.dead_letter_sources(f.transaction, "dead").value() == std::vector<std::string>{"work"});
}

TEST_CASE("what outlives its retention is not received, and swept away") {
  QueueFixture f;
  f.create("work", {{"MessageRetentionPeriod", "60"}});
  f.send("work", "a");
  f.send("work", "b");
  f.receive("work", 1, 0);
  f.clock.advance(59s);
  f.send("work", "c");
  CHECK_FALSE(f.queues.needs_sweep(f.transaction, f.clock.now()));
  f.clock.advance(1s);
  CHECK(f.queues.needs_sweep(f.transaction, f.clock.now()));
  SECTION("received first") {
    CHECK(f.bodies("work") == "c");
    CHECK(f.rows(queue_messages_table) == 1);
  }
  SECTION("swept first") {
    CHECK_FALSE(f.queues.sweep(f.transaction, 100));
    CHECK(f.rows(queue_messages_table) == 1);
    CHECK(f.rows(queue_due_table) == 0);
    CHECK(f.bodies("work") == "c");
  }
}

TEST_CASE("counts stay right however counting, receiving and deleting interleave") {
  QueueFixture f;
  f.create("work");
  for (int i = 0; i < 2'500; ++i) f.send("work", "x");
  auto taken = f.receive("work");
  CHECK(f.counts("work") == "2490/10/0");
  f.queues.sweep(f.transaction, 100'000);
  CHECK(f.counts("work") == "2490/10/0");
  f.send("work", "y");
  for (const auto& message : taken) f.remove("work", message);
  CHECK(f.counts("work") == "2491/0/0");
  CHECK_FALSE(f.queues.needs_sweep(f.transaction, f.clock.now()));
  REQUIRE(f.queues.purge(f.transaction, "work").has_value());
  CHECK(f.counts("work") == "0/0/0");
  while (f.queues.sweep(f.transaction, 500)) {
  }
  CHECK(f.rows(queue_messages_table) == 0);
  CHECK(f.rows(queue_states_table) == 0);
  CHECK(f.rows(queue_garbage_table) == 0);
  CHECK(fault(f.queues.delete_message(f.transaction, "work", taken[0].receipt_handle)) == "none");
}

TEST_CASE("a trigger's leases return at once after a restart, and are not counted") {
  QueueFixture f;
  f.create("work");
  f.send("work", "a");
  f.send("work", "b");
  const auto leased = f.queues.lease(f.transaction, "work", {.max_messages = 1, .visibility_timeout = 30s}).value();
  REQUIRE(leased.size() == 1);
  const auto other = f.receive("work").at(0);
  REQUIRE(f.queues.release_trigger_leases(f.transaction, "work").has_value());
  const auto again = f.receive("work");
  REQUIRE(again.size() == 1);
  CHECK(again[0].body == "a");
  CHECK(again[0].receive_count == 1);
  CHECK(again[0].receipt_handle != leased[0].receipt_handle);
  REQUIRE(f.queues.give_back(f.transaction, "work", {other.receipt_handle, leased[0].receipt_handle}, 0ms).has_value());
  CHECK(f.bodies("work") == "b");
}

TEST_CASE("a lease takes as many bytes as it may, but at least one message") {
  QueueFixture f;
  f.create("work");
  for (int i = 0; i < 3; ++i) f.send("work", std::string(100, 'x'));
  const auto lease = [&](std::size_t bytes) {
    return f.queues.lease(f.transaction, "work", {.max_messages = 10, .bytes_max = bytes}).value().size();
  };
  CHECK(lease(50) == 1);
  CHECK(lease(250) == 2);
}

TEST_CASE("messages at fault are refused with AWS's texts") {
  QueueFixture f;
  f.create("work", {{"MaximumMessageSize", "1024"}});
  f.create("order.fifo");
  const auto send = [&](const char* queue, SendMessage message) { return fault(f.queues.send(f.transaction, queue, message)); };
  CHECK(send("none", {.body = "x"}) == "QueueDoesNotExist: The specified queue does not exist.");
  CHECK(send("work", {}) == "MissingParameter: The request must contain the parameter MessageBody.");
  CHECK(send("work", {.body = std::string(1'025, 'x')}) ==
        "InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.");
  CHECK(send("work", {.body = "a\x01"}).starts_with("InvalidMessageContents: "));
  CHECK(send("work", {.body = "\xEF\xBF\xBE"}).starts_with("InvalidMessageContents: "));
  CHECK(send("work", {.body = "\xF4\x8F\xBF\xBF\t\r\n"}) == "none");
  CHECK(send("work", {.body = "x", .delay_seconds = 901}) ==
        "InvalidParameterValue: Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.");
  CHECK(send("work", {.body = "x", .attributes = {{"a", {"Text", "b"}}}})
            .starts_with("InvalidParameterValue: The message attribute 'a' has an invalid message attribute type"));
  CHECK(send("work", {.body = "x", .attributes = {{"a", {"Number", "b"}}}}) ==
        "InvalidParameterValue: Can't cast the value of message (user) attribute 'a' to a number.");
  CHECK(send("work", {.body = "x", .attributes = {{"a", {"String", ""}}}})
            .starts_with("InvalidParameterValue: The message attribute 'a' must contain non-empty"));
  CHECK(send("work", {.body = "x", .deduplication_id = "d"})
            .starts_with("InvalidParameterValue: Value d for parameter MessageDeduplicationId"));
  CHECK(send("order.fifo", {.body = "x"}) == "MissingParameter: The request must contain the parameter MessageGroupId.");
  CHECK(send("order.fifo", {.body = "x", .group_id = "g"}) ==
        "InvalidParameterValue: The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
        "explicitly");
  CHECK(send("order.fifo", {.body = "x", .delay_seconds = 1, .group_id = "g", .deduplication_id = "d"})
            .starts_with("InvalidParameterValue: Value 1 for parameter DelaySeconds"));
  CHECK(fault(f.queues.delete_message(f.transaction, "work", "rubbish")).starts_with("ReceiptHandleIsInvalid: "));
  CHECK(fault(f.queues.receive(f.transaction, "work", {.max_messages = 11})) ==
        "InvalidParameterValue: Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.");
  CHECK(f.counts("order.fifo") == "0/0/0");
}

TEST_CASE("MD5 of attributes and their selection") {
  // Computed independently with Python's hashlib by the algorithm in the Developer Guide.
  const MessageAttributes attributes{
      {"b", {"Binary", std::string("\x00\xff", 2)}}, {"a", {"String", "x"}}, {"n.one", {"Number.int", "42"}}};
  CHECK(md5_of_attributes(attributes) == "ec2a4b8e6f04873628c1814273c07a1c");
  CHECK(md5_of_attributes({}) == std::nullopt);
  CHECK(select_attributes(attributes, {"n.*", "b"}).size() == 2);
  CHECK(select_attributes(attributes, {"All"}) == attributes);
  CHECK(select_attributes(attributes, {}).empty());
}

TEST_CASE("batches answer entry by entry") {
  QueueFixture f;
  f.create("work");
  const auto sent = f.queues.send_batch(f.transaction, "work", {{"a", {.body = "1"}}, {"b", {}}, {"c", {.body = "3"}}});
  REQUIRE(sent.has_value());
  CHECK(sent->at(0).answer.has_value());
  CHECK(fault(sent->at(1).answer) == "MissingParameter: The request must contain the parameter MessageBody.");
  CHECK(f.counts("work") == "2/0/0");
  const auto messages = f.receive("work");
  CHECK(f.queues.change_visibility_batch(f.transaction, "work", {{"x", {messages[0].receipt_handle, 0}}}).value().at(0).answer.has_value());
  CHECK(
      f.queues.delete_batch(f.transaction, "work", {{"x", messages[0].receipt_handle}, {"y", "rubbish"}}).value().at(1).answer.has_error());
  CHECK(f.counts("work") == "0/1/0");
  CHECK(fault(f.queues.send_batch(f.transaction, "work", {})).starts_with("EmptyBatchRequest"));
  CHECK(fault(f.queues.send_batch(f.transaction, "work", {{"a", {.body = "1"}}, {"a", {.body = "2"}}})) ==
        "BatchEntryIdsNotDistinct: Id a repeated.");
  CHECK(fault(f.queues.send_batch(f.transaction, "work", BatchEntries<SendMessage>(11, {"a", {}}))) ==
        "TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 11.");
  CHECK(fault(f.queues.send_batch(f.transaction, "work", {{"a b", {.body = "1"}}})).starts_with("InvalidBatchEntryId"));
}

TEST_CASE("listeners hear of what was committed, and of nothing else") {
  QueueFixture f;
  const auto queue = f.create("work");
  REQUIRE(f.transaction.commit().has_value());
  int told = 0;
  const auto number = f.signals.subscribe(queue.id, [&] { ++told; });
  f.send("work", "a");
  CHECK(told == 0);
  f.transaction.drop();
  REQUIRE(f.transaction.commit().has_value());
  CHECK(told == 0);
  f.send("work", "a");
  REQUIRE(f.transaction.commit().has_value());
  CHECK(told == 1);
  f.signals.unsubscribe(number);
  f.send("work", "a");
  REQUIRE(f.transaction.commit().has_value());
  CHECK(told == 1);
}
