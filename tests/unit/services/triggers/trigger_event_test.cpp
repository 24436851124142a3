#include "../queues/fixture.h"

#include "signalbox/encoding.h"

#include "services/triggers/trigger_event.h"

#include <nlohmann/json.hpp>

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

std::vector<ReceivedMessage> batch_of(std::size_t size) {
  std::vector<ReceivedMessage> batch;
  for (std::size_t i = 0; i < size; ++i) batch.push_back({.message_id = "m" + std::to_string(i), .body = "b"});
  return batch;
}

/// `done/failed/untouched`, by their places.
std::string judged(const std::string& payload, const char* queue = "work", FunctionOutcome::Kind kind = FunctionOutcome::Kind::Answered,
                   bool reports = true) {
  FunctionOutcome outcome;
  outcome.kind = kind;
  outcome.payload = payload;
  const auto verdict = triggers::judge({.queue = queue, .reports_failures = reports}, batch_of(3), outcome);
  std::string text;
  for (const auto& places : {verdict.done, verdict.failed, verdict.untouched}) {
    for (const auto place : places) text += std::to_string(place);
    text += "/";
  }
  return text;
}

}  // namespace

TEST_CASE("the event of a queue has AWS's shape") {
  QueueFixture f;
  f.create("work");
  REQUIRE(f.queues
              .send(f.transaction, "work",
                    {.body = "{\"a\": \"\xC3\xA9\n\"}", .attributes = {{"s", {"String", "x"}}, {"b", {"Binary", "\x01"}}}})
              .has_value());
  const auto batch = f.receive("work");
  const auto record = json::parse(triggers::queue_event(batch, "work", Site{})).at("Records").at(0);
  const auto ms = std::to_string(f.clock.now().time_since_epoch().count());
  CHECK(
      record ==
      json{
          {"messageId", batch[0].message_id},
          {"receiptHandle", batch[0].receipt_handle},
          {"body", "{\"a\": \"\xC3\xA9\n\"}"},
          {"attributes",
           {{"ApproximateReceiveCount", "1"},
            {"SentTimestamp", ms},
            {"SenderId", "000000000000"},
            {"ApproximateFirstReceiveTimestamp", ms}}},
          {"messageAttributes",
           {{"s", {{"stringValue", "x"}, {"stringListValues", json::array()}, {"binaryListValues", json::array()}, {"dataType", "String"}}},
            {"b",
             {{"binaryValue", "AQ=="}, {"stringListValues", json::array()}, {"binaryListValues", json::array()}, {"dataType", "Binary"}}}}},
          {"md5OfMessageAttributes", *md5_of_attributes(batch[0].attributes)},
          {"md5OfBody", batch[0].md5_of_body},
          {"eventSource", "aws:sqs"},
          {"eventSourceARN", "arn:aws:sqs:us-east-1:000000000000:work"},
          {"awsRegion", "us-east-1"}});
}

TEST_CASE("the request id depends on the trigger and its messages alone") {
  const auto id = [](const char* trigger, std::vector<ReceivedMessage> batch) { return triggers::request_id({.id = trigger}, batch); };
  auto received_again = batch_of(2);
  received_again[0].receive_count = 2;
  CHECK(id("a", batch_of(2)) == id("a", received_again));
  CHECK(id("a", batch_of(2)) != id("b", batch_of(2)));
  CHECK(id("a", batch_of(2)) != id("a", batch_of(3)));
}

TEST_CASE("a function's answer decides over its messages") {
  using Kind = FunctionOutcome::Kind;
  CHECK(judged("whatever", "work", Kind::Answered, false) == "012///");
  for (const char* fine : {"null", "{}", R"({"batchItemFailures":[]})", R"({"batchItemFailures":null})"}) CHECK(judged(fine) == "012///");
  CHECK(judged(R"({"batchItemFailures":[{"itemIdentifier":"m1"}]})") == "02/1//");
  CHECK(judged(R"({"batchItemFailures":[{"itemIdentifier":"m1"}]})", "work.fifo") == "0/12//");
  for (const char* wrong :
       {"x", "[]", R"({"batchItemFailures":[{"itemIdentifier":"m9"}]})", R"({"batchItemFailures":[{"itemIdentifier":""}]})",
        R"({"batchItemFailures":["m1"]})", R"({"batchItemFailures":[{"id":"m1"}]})"}) {
    CHECK(judged(wrong) == "/012//");
  }
  CHECK(judged("{}", "work", Kind::FunctionError) == "/012//");
  for (const auto kind : {Kind::NotFound, Kind::Throttled, Kind::Unavailable}) CHECK(judged("", "work", kind) == "//012/");
}

TEST_CASE("a failed message reappears after its visibility time-out, and with a back-off at least") {
  const auto after = [](std::int64_t receives, auto timeout, auto since) {
    return triggers::reappears_after({.receive_count = receives}, timeout, since);
  };
  CHECK(after(1, 30s, 10s) == 20s);
  CHECK(after(1, 30s, 40s) == 1s);
  CHECK(after(4, 30s, 29s) == 8s);
  CHECK(after(9, 30s, 29s) == 30s);
  CHECK(after(1, 0s, 0s) == 1s);
}

TEST_CASE("triggers are created, changed and removed") {
  QueueFixture f;
  f.create("work");
  f.create("order.fifo");
  Triggers triggers(f.queues);
  std::vector<std::string> told;
  triggers.on_change([&](const std::string& id) { told.push_back(id); });
  const auto created = triggers.create(f.transaction, {.queue = "work", .function = "f"}).value();
  CHECK(fault(triggers.create(f.transaction, {.queue = "work", .function = "f"})).find("already exists") != std::string::npos);
  CHECK(fault(triggers.create(f.transaction, {.queue = "none", .function = "f"})).starts_with("QueueDoesNotExist"));
  CHECK(fault(triggers.create(f.transaction, {.queue = "work", .function = "g", .batch_size = 11})).find("Maximum batch window") !=
        std::string::npos);
  CHECK(fault(triggers.create(f.transaction, {.queue = "order.fifo", .function = "g", .batch_size = 11, .window_seconds = 1}))
            .starts_with("BatchSize"));
  CHECK(triggers.update(f.transaction, created.id, {.batch_size = 5, .enabled = false}).value().batch_size == 5);
  CHECK(told.empty());
  REQUIRE(f.transaction.commit().has_value());
  CHECK(told == std::vector{created.id, created.id});
  const auto stored = triggers.find(f.store, created.id).value();
  CHECK(stored.batch_size == 5);
  CHECK_FALSE(stored.enabled);
  CHECK(stored.created_at == f.clock.now());
  CHECK(triggers.list(f.store, "work", "f", "", 10).size() == 1);
  CHECK(triggers.list(f.store, "work", "g", "", 10).empty());
  REQUIRE(triggers.remove(f.transaction, created.id).has_value());
  CHECK(triggers.find(f.transaction, created.id).has_error());
}
