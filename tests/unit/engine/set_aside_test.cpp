#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <vector>

#include "engine/bug_note.h"
#include "signalbox/express.h"
#include "support/catch_results.h"
#include "support/engine_harness.h"
#include "support/temporary_directory.h"

using namespace signalbox;
using testing::EngineHarness;
namespace definitions = testing::definitions;
using namespace std::chrono_literals;

TEST_CASE("a failed assertion leaves the row of the execution being stepped") {
  const testing::TemporaryDirectory directory;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    leave_bug_notes(directory.path());
    const SteppingNote note(ExecutionRow{4711});
    SIGNALBOX_ASSERT(1 + 1 == 3);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(read_bug_note(directory.path()) == ExecutionRow{4711});
  remove_bug_note(directory.path());
  CHECK(read_bug_note(directory.path()) == std::nullopt);
}

TEST_CASE("an execution that met a bug is set aside, the others go on, and it is resumed by hand") {
  const testing::TemporaryDirectory directory;
  EngineHarness engine(EngineOptions{.data_directory = directory.path()});
  REQUIRE(engine.create("m", definitions::callback));
  const auto bad = engine.start("m")->record.row, good = engine.start("m")->record.row;
  std::ofstream(directory.path() + "/bug-execution") << bad.value;
  REQUIRE(engine.restart());
  CHECK(read_bug_note(directory.path()) == std::nullopt);
  CHECK(engine.core->counters().set_aside_executions == 1);
  CHECK(engine.record(bad).set_aside);
  CHECK(engine.succeed(engine.sent_tokens()[0], "1").error().code == ErrorCode::Unavailable);
  REQUIRE(engine.succeed(engine.sent_tokens()[1], "1"));
  CHECK(engine.record(good).status == ExecutionStatus::Succeeded);
  engine.advance(299s);

  const auto resume = [&](ExecutionRow row) {
    return engine.transact<void>([&](EngineTransaction& transaction) { return transaction.resume_execution(row); });
  };
  CHECK(resume(good).error().code == ErrorCode::Conflict);
  REQUIRE(engine.restart());  // it stays set aside
  CHECK(engine.core->counters().set_aside_executions == 1);
  REQUIRE(resume(bad));
  CHECK(engine.core->counters().set_aside_executions == 0);
  CHECK_FALSE(engine.record(bad).set_aside);
  engine.advance(1s);  // its timer runs again
  CHECK(engine.record(bad).status == ExecutionStatus::TimedOut);
}

TEST_CASE("a parent that was set aside learns of its child's end when it is resumed") {
  const testing::TemporaryDirectory directory;
  EngineHarness engine(EngineOptions{.data_directory = directory.path()});
  REQUIRE(engine.create("child", definitions::callback));
  REQUIRE(engine.create("parent", definitions::parent));
  const auto parent = engine.start("parent")->record.row;
  std::ofstream(directory.path() + "/bug-execution") << parent.value;
  REQUIRE(engine.restart());
  REQUIRE(engine.succeed(engine.sent_tokens()[0], R"("done")"));
  CHECK(engine.record(parent).status == ExecutionStatus::Running);
  REQUIRE(engine.transact<void>([&](EngineTransaction& transaction) { return transaction.resume_execution(parent); }));
  CHECK(engine.record(parent).status == ExecutionStatus::Succeeded);
}

TEST_CASE("one that is set aside can be stopped") {
  const testing::TemporaryDirectory directory;
  EngineHarness engine(EngineOptions{.data_directory = directory.path()});
  REQUIRE(engine.create("m", definitions::callback));
  const auto row = engine.start("m")->record.row;
  std::ofstream(directory.path() + "/bug-execution") << row.value;
  REQUIRE(engine.restart());
  REQUIRE(engine.transact<Timestamp>([&](EngineTransaction& transaction) { return transaction.stop_execution(row, {}); }));
  CHECK(engine.record(row).status == ExecutionStatus::Aborted);
  CHECK(engine.core->counters().set_aside_executions == 0);
}

TEST_CASE("an express execution that met a bug is not begun again") {
  const testing::TemporaryDirectory directory;
  EngineHarness engine(EngineOptions{.data_directory = directory.path()});
  REQUIRE(engine.transact<StateMachineRecord>([](EngineTransaction& transaction) {
    return create_state_machine(transaction, Site{},
                                {.name = "m",
                                 .definition = definitions::function,
                                 .role_arn = "arn:aws:iam::000000000000:role/r",
                                 .type = StateMachineType::Express});
  }));
  const auto bad = engine.start("m")->record.row, good = engine.start("m")->record.row;
  std::ofstream(directory.path() + "/bug-execution") << bad.value;
  REQUIRE(engine.restart());
  engine.settle();
  CHECK(engine.runner.waiting.size() == 1);
  std::vector<std::int64_t> stored;
  engine.memory.scan({.prefix = Key(express_executions_table)}, [&](const Key& key, std::string_view) {
    stored.push_back(key.integer(0));
    return true;
  });
  CHECK(stored == std::vector<std::int64_t>{good.value});
}
