#include "../support/live_engine.h"

#include "services/queues/queue_service.h"

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;

namespace {

struct Poll {
  std::optional<Result<std::vector<ReceivedMessage>>> answer;
  std::chrono::steady_clock::time_point ended;
};

boost::asio::awaitable<void> poll(QueueService& service, std::string queue, std::int64_t seconds, Poll& out) {
  const ReceiveMessages request;
  out.answer = co_await service.receive(std::move(queue), request, seconds);
  out.ended = std::chrono::steady_clock::now();
}

struct Fixture : LiveEngine {
  QueueService service{engine, queues};
  Fixture() { service.start(io.get_executor()); }
  void begin(const char* queue, std::int64_t seconds, Poll& out) {
    boost::asio::co_spawn(io, poll(service, queue, seconds, out), [](std::exception_ptr failure) { CHECK_FALSE(failure); });
  }
};

}  // namespace

TEST_CASE("a long poll ends when a message comes") {
  Fixture f;
  f.create("work");
  Poll first, second;
  f.begin("work", 20, first);
  f.begin("work", 20, second);
  f.run_ready();
  CHECK_FALSE(first.answer.has_value());
  f.send("work", "a");
  CHECK(f.run_until([&] { return first.answer || second.answer; }));
  f.run_ready();
  CHECK(first.answer.has_value() != second.answer.has_value());  // one message ends one of them
  f.send("work", "b");
  CHECK(f.run_until([&] { return first.answer && second.answer; }));
  CHECK(first.answer->value().size() + second.answer->value().size() == 2);
}

TEST_CASE("a long poll sees a message become visible") {
  Fixture f;
  f.create("work");
  REQUIRE(f.transact<SentMessage>([&](EngineTransaction& transaction) {
             return f.queues.send(transaction, "work", {.body = "late", .delay_seconds = 1});
           }).has_value());
  const auto begun = std::chrono::steady_clock::now();
  Poll out;
  f.begin("work", 20, out);
  REQUIRE(f.run_until([&] { return out.answer.has_value(); }));
  CHECK(out.answer->value().at(0).body == "late");
  CHECK(out.ended - begun < 5s);
}

TEST_CASE("a long poll ends empty after its time, when the service stops, and with an error when its queue is deleted") {
  Fixture f;
  f.create("work");
  Poll out;
  SECTION("its time") {
    f.begin("work", 1, out);
    REQUIRE(f.run_until([&] { return out.answer.has_value(); }));
    CHECK(out.answer->value().empty());
  }
  SECTION("stop") {
    f.begin("work", 20, out);
    f.run_ready();
    f.service.stop();
    REQUIRE(f.run_until([&] { return out.answer.has_value(); }));
    CHECK(out.answer->value().empty());
  }
  SECTION("deleted") {
    f.begin("work", 20, out);
    f.run_ready();
    REQUIRE(f.transact<void>([&](EngineTransaction& transaction) { return f.queues.remove(transaction, "work"); }).has_value());
    REQUIRE(f.run_until([&] { return out.answer.has_value(); }));
    CHECK(out.answer->error().where == "QueueDoesNotExist");
  }
  SECTION("too long") {
    f.begin("work", 21, out);
    REQUIRE(f.run_until([&] { return out.answer.has_value(); }));
    CHECK(out.answer->error().message == "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.");
  }
}

TEST_CASE("what was purged is swept away in the background") {
  LiveEngine f;
  f.create("work");
  for (int i = 0; i < 1'200; ++i) f.send("work", "x");
  REQUIRE(f.transact<void>([&](EngineTransaction& transaction) { return f.queues.purge(transaction, "work"); }).has_value());
  QueueService service(f.engine, f.queues);
  service.start(f.io.get_executor());
  const auto rows = [&] {
    std::size_t number = 0;
    f.store.scan({.prefix = Key(queue_messages_table)}, [&](const Key&, std::string_view) { return ++number, true; });
    return number;
  };
  CHECK(f.run_until([&] { return rows() == 0; }));
}
