#include "signalbox/activities.h"

#include <catch2/catch.hpp>

#include "support/engine_harness.h"

using namespace signalbox;
using signalbox::testing::EngineHarness;

namespace {

const std::string definition =
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:work","TimeoutSeconds":60,"End":true}}})";

struct Fixture {
  ActivitySignals signals;
  EngineHarness engine;

  Fixture() {
    engine.core->tasks().offer("activity", make_activity_task(signals));
    REQUIRE(engine.transact<Activity>([](EngineTransaction& transaction) { return create_activity(transaction, {.name = "work"}); })
                .has_value());
    REQUIRE(engine.create("machine", definition).has_value());
  }

  std::optional<ActivityTask> take(const std::string& worker = "w") {
    auto taken = engine.transact<std::optional<ActivityTask>>([&](EngineTransaction& transaction) -> Result<std::optional<ActivityTask>> {
      return take_activity_task(transaction, "work", worker);
    });
    engine.settle();
    return std::move(*taken);
  }
  ExecutionRecord record(const StartedExecution& started) { return *find_execution(engine.memory, started.record.row); }
};

}  // namespace

TEST_CASE("a worker takes tasks in order and answers them by token") {
  Fixture f;
  const auto first = f.engine.start("machine", R"({"n":1})"), second = f.engine.start("machine", R"({"n":2})");
  f.engine.settle();
  CHECK(has_activity_task(f.engine.memory, "work"));
  const auto task = f.take();
  REQUIRE(task.has_value());
  CHECK(task->input.text() == R"({"n":1})");
  CHECK(f.take()->input.text() == R"({"n":2})");
  CHECK(!f.take().has_value());
  CHECK(!has_activity_task(f.engine.memory, "work"));

  REQUIRE(
      f.engine.transact<TaskCompletion>([&](EngineTransaction& transaction) { return transaction.succeed_task(task->token, Json("done")); })
          .has_value());
  f.engine.settle();
  CHECK(f.record(*first).status == ExecutionStatus::Succeeded);
  CHECK(f.record(*second).status == ExecutionStatus::Running);
  std::string types;
  for (const auto& event : read_history(f.engine.memory, f.record(*first), 1, false, 100)) types += event_type_name(event) + " ";
  CHECK(types ==
        "ExecutionStarted TaskStateEntered ActivityScheduled ActivityStarted ActivitySucceeded TaskStateExited ExecutionSucceeded ");
}

TEST_CASE("a task that times out before a worker takes it is taken off") {
  Fixture f;
  const auto started = f.engine.start("machine");
  f.engine.settle();
  f.engine.advance(std::chrono::seconds(61));
  CHECK(f.record(*started).status == ExecutionStatus::Failed);
  CHECK(!has_activity_task(f.engine.memory, "work"));
  CHECK(!f.take().has_value());
}

TEST_CASE("waiting tasks survive a restart") {
  Fixture f;
  const auto started = f.engine.start("machine");
  f.engine.settle();
  REQUIRE(f.engine.restart().has_value());
  f.engine.core->tasks().offer("activity", make_activity_task(f.signals));
  f.engine.settle();
  const auto task = f.take();
  REQUIRE(task.has_value());
  REQUIRE(f.engine.transact<TaskCompletion>([&](EngineTransaction& transaction) { return transaction.succeed_task(task->token, Json(1)); })
              .has_value());
  CHECK(f.record(*started).status == ExecutionStatus::Succeeded);
}

TEST_CASE("an activity that does not exist fails its task") {
  Fixture f;
  f.engine.transact<bool>([](EngineTransaction& transaction) -> Result<bool> {
    delete_activity(transaction, "work");
    return true;
  });
  const auto started = f.engine.start("machine");
  f.engine.settle();
  CHECK(f.record(*started).status == ExecutionStatus::Failed);
  const auto payloads = read_payloads(f.engine.memory, f.record(*started));
  CHECK(payloads.error.error == "States.Runtime");
}

TEST_CASE("activities are made once, listed by name, checked by name") {
  Fixture f;
  const auto make = [&](const std::string& name) {
    return f.engine.transact<Activity>([&](EngineTransaction& transaction) { return create_activity(transaction, {.name = name}); });
  };
  const auto created = find_activity(f.engine.memory, "work")->created_at;
  f.engine.clock.advance(std::chrono::seconds(5));
  CHECK(make("work")->created_at == created);
  CHECK(make("a b").error().message == "Invalid Name: 'a b'");
  REQUIRE(make("another").has_value());
  CHECK(list_activities(f.engine.memory, "", 10).size() == 2);
  CHECK(list_activities(f.engine.memory, "another", 10).front().name == "work");
  CHECK(list_activities(f.engine.memory, "", 1).front().name == "another");
}

TEST_CASE("each task wakes one poller; a wake that is not used goes to the next") {
  ActivitySignals signals;
  std::string woken;
  const auto a = signals.subscribe("work", [&] { woken += 'a'; });
  const auto b = signals.subscribe("work", [&] { woken += 'b'; });
  const auto c = signals.subscribe("other", [&] { woken += 'c'; });
  signals.notify("work");
  CHECK(woken == "a");
  signals.notify("work");
  CHECK(woken == "ab");
  signals.notify("work");  // both are awake and will look
  CHECK(woken == "ab");
  signals.requeue("work", a);
  signals.requeue("work", b);
  signals.notify("work");
  CHECK(woken == "aba");
  signals.unsubscribe("work", a, true);
  CHECK(woken == "abab");
  signals.unsubscribe("work", b, true);
  signals.unsubscribe("other", c, true);
  signals.notify("work");
  signals.notify("other");
  CHECK(woken == "abab");
}
