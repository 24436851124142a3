#include "fixture.h"

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;

TEST_CASE("a FIFO group is locked while any of its messages is in flight") {
  QueueFixture f;
  f.create("q.fifo");
  for (const char* body : {"a1", "a2", "b1", "a3"}) f.send_fifo("q.fifo", std::string(1, body[0]), body, body);
  const auto first = f.receive("q.fifo", 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].body + first[1].body == "a1a2");
  CHECK(first[0].group_id == "a");
  CHECK(f.counts("q.fifo") == "2/2/0");
  CHECK(f.bodies("q.fifo") == "b1");
  CHECK(f.bodies("q.fifo") == "");
  f.remove("q.fifo", first[0]);
  CHECK(f.bodies("q.fifo") == "");
  f.remove("q.fifo", first[1]);
  CHECK(f.bodies("q.fifo") == "a3");
}

TEST_CASE("a FIFO group goes on in order after its visibility time-out, and an expired handle deletes nothing") {
  QueueFixture f;
  const auto queue = f.create("q.fifo");
  for (const char* body : {"a1", "a2", "a3"}) f.send_fifo("q.fifo", "a", body, body);
  const auto first = f.receive("q.fifo", 2);
  REQUIRE(f.queues.change_visibility(f.transaction, "q.fifo", {first[1].receipt_handle, 60}).has_value());
  CHECK(f.queues.next_receivable(f.transaction, queue, f.clock.now()) == f.clock.now() + 60s);
  f.clock.advance(30s);
  CHECK(fault(f.queues.delete_message(f.transaction, "q.fifo", first[0].receipt_handle)).find("The receipt handle has expired.") !=
        std::string::npos);
  CHECK(f.bodies("q.fifo") == "");
  f.clock.advance(30s);
  CHECK(f.bodies("q.fifo") == "a1 a2 a3");
}

TEST_CASE("the same deduplication id within five minutes is one message") {
  QueueFixture f;
  f.create("q.fifo", {{"ContentBasedDeduplication", "true"}});
  const auto first = f.queues.send(f.transaction, "q.fifo", {.body = "x", .group_id = "a"}).value();
  f.clock.advance(299s);
  const auto second = f.queues.send(f.transaction, "q.fifo", {.body = "x", .group_id = "b"}).value();
  CHECK(second.message_id == first.message_id);
  CHECK(second.sequence_number == first.sequence_number);
  CHECK(first.sequence_number->size() == 20);
  CHECK(f.counts("q.fifo") == "1/0/0");
  f.clock.advance(1s);
  const auto third = f.queues.send(f.transaction, "q.fifo", {.body = "x", .group_id = "a"}).value();
  CHECK(third.message_id != first.message_id);
  CHECK(*third.sequence_number > *first.sequence_number);
  CHECK(f.rows(queue_deduplication_order_table) == 2);
  f.queues.sweep(f.transaction, 100);
  CHECK(f.rows(queue_deduplication_order_table) == 1);
  CHECK(f.rows(queue_deduplication_table) == 1);
  f.clock.advance(5min);
  f.queues.sweep(f.transaction, 100);
  CHECK(f.rows(queue_deduplication_order_table) == 0);
  CHECK(f.rows(queue_deduplication_table) == 0);
}

TEST_CASE("deduplication per group tells groups apart") {
  QueueFixture f;
  f.create("q.fifo", {{"DeduplicationScope", "messageGroup"}});
  f.send_fifo("q.fifo", "a", "1", "x");
  f.send_fifo("q.fifo", "b", "1", "y");
  f.send_fifo("q.fifo", "b", "1", "z");
  CHECK(f.bodies("q.fifo") == "x y");
}

TEST_CASE("a FIFO queue's dead letters keep their group, and the next of the group follows") {
  QueueFixture f;
  f.create("dead.fifo");
  f.create("q.fifo", {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead.fifo","maxReceiveCount":1})"}});
  f.send_fifo("q.fifo", "a", "1", "a1");
  f.send_fifo("q.fifo", "a", "2", "a2");
  CHECK(f.bodies("q.fifo", 1, 0) == "a1");
  CHECK(f.bodies("q.fifo") == "a2");
  const auto dead = f.receive("dead.fifo").at(0);
  CHECK(dead.body == "a1");
  CHECK(dead.group_id == "a");
  CHECK(f.rows(queue_groups_table) == 2);
}

TEST_CASE("a FIFO queue's delay, retention and purge") {
  QueueFixture f;
  f.create("q.fifo", {{"DelaySeconds", "10"}, {"MessageRetentionPeriod", "60"}});
  f.send_fifo("q.fifo", "a", "1", "a1");
  f.clock.advance(5s);
  f.send_fifo("q.fifo", "a", "2", "a2");
  CHECK(f.counts("q.fifo") == "0/0/2");
  CHECK(f.bodies("q.fifo") == "");
  f.clock.advance(5s);
  const auto first = f.receive("q.fifo");
  REQUIRE(first.size() == 1);
  CHECK(f.counts("q.fifo") == "0/1/1");
  f.remove("q.fifo", first[0]);
  CHECK(f.bodies("q.fifo") == "");
  f.clock.advance(5s);
  CHECK(f.bodies("q.fifo", 10, 0) == "a2");
  f.clock.advance(50s);
  f.queues.sweep(f.transaction, 100);
  for (const auto* table :
       {&queue_messages_table, &queue_deliveries_table, &queue_due_table, &queue_groups_table, &queue_group_messages_table})
    CHECK(f.rows(*table) == 0);
  f.send_fifo("q.fifo", "a", "3", "a3");
  REQUIRE(f.queues.remove(f.transaction, "q.fifo").has_value());
  f.queues.sweep(f.transaction, 100);
  for (const auto* table : {&queue_messages_table, &queue_due_table, &queue_groups_table, &queue_deduplication_table})
    CHECK(f.rows(*table) == 0);
}
