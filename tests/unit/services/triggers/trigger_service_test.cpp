#include "../support/live_engine.h"

#include "services/triggers/trigger_service.h"

#include <nlohmann/json.hpp>

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;
using Kind = FunctionOutcome::Kind;

namespace {

struct Fixture : LiveEngine {
  Triggers triggers{queues};
  std::unique_ptr<TriggerService> service;

  void start() {
    service = std::make_unique<TriggerService>(engine, queues, triggers, functions);
    service->start(io.get_executor());
    run_ready();
  }
  TriggerRecord create_trigger(TriggerRecord trigger) {
    return transact<TriggerRecord>([&](EngineTransaction& transaction) { return triggers.create(transaction, trigger); }).value();
  }
  bool is_called() {
    return run_until([&] { return !functions.waiting.empty(); });
  }
  /// Bodies of the first waiting call.
  std::string bodies() {
    std::string text;
    const auto event = nlohmann::json::parse(functions.waiting.at(0).call.payload);
    for (const auto& record : event.at("Records")) text += record.at("body").get<std::string>() + " ";
    return text;
  }
};

}  // namespace

TEST_CASE("messages call the function and are deleted when it answers") {
  Fixture f;
  f.create("work");
  f.create_trigger({.queue = "work", .function = "f"});
  f.send("work", "a");
  f.send("work", "b");
  f.start();
  REQUIRE(f.is_called());
  CHECK(f.functions.waiting[0].call.function == "f");
  CHECK(f.bodies() == "a b ");
  CHECK(f.counts("work") == "0/2/0");
  f.functions.answer(Kind::Answered);
  CHECK(f.run_until([&] { return f.counts("work") == "0/0/0"; }));
  f.send("work", "c");
  REQUIRE(f.is_called());
  CHECK(f.bodies() == "c ");
}

TEST_CASE("a failed batch reappears, the reported part of one alone does") {
  Fixture f;
  f.create("work", {{"VisibilityTimeout", "1"}});
  f.create_trigger({.queue = "work", .function = "f", .reports_failures = true});
  f.send("work", "a");
  f.send("work", "b");
  f.start();
  REQUIRE(f.is_called());
  const auto request_id = f.functions.waiting[0].call.request_id;
  f.functions.answer(Kind::FunctionError, R"({"errorType":"E"})");
  REQUIRE(f.is_called());
  CHECK(f.bodies() == "a b ");
  CHECK(f.functions.waiting[0].call.request_id == request_id);
  const auto event = nlohmann::json::parse(f.functions.waiting[0].call.payload);
  CHECK(event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2");
  f.functions.answer(Kind::Answered,
                     R"({"batchItemFailures":[{"itemIdentifier":")" + event["Records"][1]["messageId"].get<std::string>() + R"("}]})");
  REQUIRE(f.is_called());
  CHECK(f.bodies() == "b ");
}

TEST_CASE("a slow function keeps its messages beyond their visibility time-out") {
  Fixture f;
  f.create("work", {{"VisibilityTimeout", "1"}});
  f.create_trigger({.queue = "work", .function = "f"});
  f.send("work", "a");
  f.start();
  REQUIRE(f.is_called());
  const auto begun = std::chrono::steady_clock::now();
  CHECK(f.run_until([&] { return std::chrono::steady_clock::now() - begun > 2'200ms; }));
  CHECK(f.functions.waiting.size() == 1);
  CHECK(f.counts("work") == "0/1/0");
  f.functions.answer(Kind::Answered);
  CHECK(f.run_until([&] { return f.counts("work") == "0/0/0"; }));
}

TEST_CASE("a function that cannot be called leaves its messages uncounted") {
  Fixture f;
  f.create("work");
  f.create_trigger({.queue = "work", .function = "f"});
  f.send("work", "a");
  f.start();
  REQUIRE(f.is_called());
  f.functions.answer(Kind::Throttled);
  REQUIRE(f.is_called());
  const auto event = nlohmann::json::parse(f.functions.waiting[0].call.payload);
  CHECK(event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1");
}

TEST_CASE("what was leased when the daemon died is delivered again at once") {
  Fixture f;
  f.create("work", {{"VisibilityTimeout", "3600"}});
  f.create_trigger({.queue = "work", .function = "f"});
  f.send("work", "a");
  f.start();
  REQUIRE(f.is_called());
  const auto request_id = f.functions.waiting[0].call.request_id;
  f.functions.waiting.clear();  // it died with the daemon
  f.service->stop();
  f.start();
  REQUIRE(f.is_called());
  CHECK(f.functions.waiting[0].call.request_id == request_id);
}

TEST_CASE("a trigger made, disabled and removed while running takes effect") {
  Fixture f;
  f.create("work");
  f.start();
  f.send("work", "a");
  const auto trigger = f.create_trigger({.queue = "work", .function = "f"});
  REQUIRE(f.is_called());
  f.functions.answer(Kind::Answered);
  CHECK(f.run_until([&] { return f.counts("work") == "0/0/0"; }));
  REQUIRE(f.transact<TriggerRecord>([&](EngineTransaction& transaction) {
             return f.triggers.update(transaction, trigger.id, {.enabled = false});
           }).has_value());
  f.run_ready();
  f.send("work", "b");
  f.run_ready();
  CHECK(f.counts("work") == "1/0/0");
  REQUIRE(f.transact<TriggerRecord>([&](EngineTransaction& transaction) {
             return f.triggers.update(transaction, trigger.id, {.enabled = true});
           }).has_value());
  REQUIRE(f.is_called());
}

TEST_CASE("a FIFO group's next batch waits for the one before it") {
  Fixture f;
  f.create("q.fifo");
  f.create_trigger({.queue = "q.fifo", .function = "f", .batch_size = 1});
  const auto send = [&](const char* group, const char* body) {
    REQUIRE(f.transact<SentMessage>([&](EngineTransaction& transaction) {
               return f.queues.send(transaction, "q.fifo", {.body = body, .group_id = group, .deduplication_id = body});
             }).has_value());
  };
  send("a", "a1");
  send("a", "a2");
  send("b", "b1");
  f.start();
  CHECK(f.run_until([&] { return f.functions.waiting.size() == 2; }));
  f.run_ready();
  CHECK(f.functions.waiting.size() == 2);
  CHECK(f.bodies() == "a1 ");
  f.functions.answer(Kind::Answered);
  CHECK(f.run_until([&] { return f.functions.waiting.size() == 2; }));
  f.functions.waiting.pop_front();
  CHECK(f.bodies() == "a2 ");
}

TEST_CASE("a batching window gathers messages") {
  Fixture f;
  f.create("work");
  f.create_trigger({.queue = "work", .function = "f", .batch_size = 2, .window_seconds = 60});
  f.send("work", "a");
  f.start();
  CHECK(f.run_until([&] { return f.counts("work") == "0/1/0"; }));
  CHECK(f.functions.waiting.empty());
  f.send("work", "b");
  REQUIRE(f.is_called());
  CHECK(f.bodies() == "a b ");
}
