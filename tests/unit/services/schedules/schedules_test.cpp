#include "signalbox/schedules.h"
#include "signalbox/encoding.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/engine_harness.h"

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
constexpr const char* function_arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

struct ScheduleFixture {
  EngineHarness engine;  // its clock begins at 2027-01-15T08:00:00Z
  QueueSignals signals;
  Queues queues{Site{}, signals};
  Schedules schedules{{.site = Site{}, .queues = queues, .publish = {}}};

  ScheduleFixture() { REQUIRE(engine.create("m", R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})").has_value()); }

  ScheduleRecord put(ScheduleDefinition definition) {
    return engine.transact<ScheduleRecord>([&](EngineTransaction& transaction) { return schedules.put(transaction, definition); }).value();
  }
  std::string fault(ScheduleDefinition definition) {
    const auto done =
        engine.transact<ScheduleRecord>([&](EngineTransaction& transaction) { return schedules.put(transaction, definition); });
    return done ? "none" : done.error().message;
  }
  std::vector<Firing> fire() {
    return engine.transact<std::vector<Firing>>([&](EngineTransaction& transaction) { return schedules.fire_due(transaction, 10); })
        .value();
  }
  ScheduleRecord find(const ScheduleId& id) { return schedules.find(engine.memory, id).value(); }
  /// Inputs of all executions, oldest first.
  std::vector<json> inputs() {
    std::vector<json> inputs;
    for (const auto& record : list_executions(engine.memory, {}, std::nullopt, 1'000)) {
      inputs.insert(inputs.begin(), json::parse(load_execution(engine.memory, record).started.input.text()));
    }
    return inputs;
  }
  std::string next(const ScheduleId& id) {
    const auto schedule = find(id);
    return schedule.next_at ? format_rfc3339(*schedule.next_at).substr(11, 8) : "none";
  }
};

const ScheduleId rule{.group = std::string(default_rule_group), .name = "r"};
const ScheduleId schedule{.name = "s"};

ScheduleDefinition every(const ScheduleId& id, const char* expression, MissedFirings missed = MissedFirings::Once,
                         std::optional<std::string> input = "{}") {
  return {.id = id, .expression = expression, .targets = {{.arn = machine_arn, .input = std::move(input)}}, .missed_firings = missed};
}

}  // namespace

TEST_CASE("a target is called in its role, by the service that fires; a rule calls a function as itself") {
  ScheduleFixture f;
  std::vector<std::string> asked;
  Schedules guarded{
      {.site = Site{}, .queues = f.queues, .publish = {}, .rule_fired = {}, .permits = [&](const ServiceCall& call) -> Result<void> {
         asked.push_back(call.service + " " + call.source_arn + " as " + call.role_arn + " " + call.action);
         return error(ErrorCode::Forbidden, "no");
       }}};
  const auto fire = [&](const ScheduleId& id, const char* target, std::optional<std::string> role) {
    ScheduleDefinition definition = every(id, "rate(10 minutes)");
    definition.targets = {{.arn = target, .role_arn = std::move(role)}};
    (void)f.engine.transact<ScheduleRecord>([&](EngineTransaction& transaction) { return guarded.put(transaction, definition); }).value();
    f.engine.clock.advance(10min);
    (void)f.engine.transact<std::vector<Firing>>([&](EngineTransaction& transaction) { return guarded.fire_due(transaction, 10); }).value();
    (void)f.engine.transact<bool>(
        [&](EngineTransaction& transaction) -> Result<bool> { return guarded.remove(transaction, id).has_value(); });
  };
  fire(rule, machine_arn, "R");
  fire(rule, function_arn, std::nullopt);
  fire(schedule, machine_arn, "S");
  fire(schedule, function_arn, "S");
  const std::string of_rule = "events.amazonaws.com arn:aws:events:us-east-1:000000000000:rule/r as ",
                    of_schedule = "scheduler.amazonaws.com arn:aws:scheduler:us-east-1:000000000000:schedule-group/default as ";
  CHECK(asked == std::vector{of_rule + "R states:StartExecution", of_rule + " lambda:InvokeFunction",
                             of_schedule + "S states:StartExecution", of_schedule + "S lambda:InvokeFunction"});
  CHECK(f.inputs().empty());
}

TEST_CASE("a rule starts an execution each time, and not twice after a restart") {
  ScheduleFixture f;
  f.put(every(rule, "rate(10 minutes)"));
  CHECK(f.schedules.next_due(f.engine.memory) == f.engine.clock.now() + 10min);
  f.engine.clock.advance(10min - 1ms);
  CHECK(f.fire().empty());
  f.engine.clock.advance(1ms);
  CHECK(f.fire().size() == 1);
  CHECK(f.inputs() == std::vector{json::object()});
  CHECK(f.next(rule) == "08:20:00");
  REQUIRE(f.engine.restart().has_value());
  CHECK(f.fire().empty());
  f.engine.clock.advance(10min + 59s);
  const auto late = f.fire();
  REQUIRE(late.size() == 1);
  CHECK_FALSE(late[0].catch_up.has_value());
  CHECK(f.next(rule) == "08:30:00");
  CHECK(f.inputs().size() == 2);
  CHECK(f.find(rule).firings == 2);
}

TEST_CASE("if the commit of a firing fails, it fires later and once") {
  ScheduleFixture f;
  f.put(every(rule, "rate(10 minutes)"));
  f.engine.clock.advance(10min);
  const auto dropped = f.engine.transact<int>([&](EngineTransaction& transaction) -> Result<int> {
    REQUIRE(f.schedules.fire_due(transaction, 10).has_value());
    return error(ErrorCode::Internal, "something after it fails");
  });
  CHECK(dropped.has_error());
  CHECK(f.inputs().empty());
  CHECK(f.fire().size() == 1);
  CHECK(f.inputs().size() == 1);
}

TEST_CASE("firings missed while the daemon was down") {
  ScheduleFixture f;
  const auto run = [&](MissedFirings policy, std::chrono::milliseconds down) {
    f.put(every(rule, "cron(0/10 * * * ? *)", policy, std::nullopt));
    f.engine.clock.advance(down);
    while (!f.fire().empty()) {
    }
    std::string times;
    for (const auto& input : f.inputs()) times += input.at("time").get<std::string>().substr(11, 5) + " ";
    return times;
  };
  SECTION("one run for all") {
    CHECK(run(MissedFirings::Once, 35min) == "08:30 ");
    const auto record = f.find(rule);
    CHECK(record.missed == 2);
    CHECK(record.last_catch_up->missed == 3);
    CHECK(record.last_catch_up->ran == 1);
    CHECK(format_rfc3339(record.last_catch_up->first) == "2027-01-15T08:10:00.000Z");
    CHECK(f.next(rule) == "08:40:00");
  }
  SECTION("one that is late is run, and recorded") {
    CHECK(run(MissedFirings::Once, 12min) == "08:10 ");
    CHECK(f.find(rule).missed == 0);
    CHECK(f.find(rule).last_catch_up->missed == 1);
  }
  SECTION("none") {
    CHECK(run(MissedFirings::Skip, 35min) == "");
    CHECK(f.find(rule).missed == 3);
    CHECK(f.find(rule).last_catch_up->ran == 0);
    CHECK(f.find(rule).firings == 0);
    CHECK(f.next(rule) == "08:40:00");
  }
  SECTION("none but the one that is just due") {
    CHECK(run(MissedFirings::Skip, 30min) == "08:30 ");
    CHECK(f.find(rule).missed == 2);
  }
  SECTION("every one") {
    CHECK(run(MissedFirings::All, 35min) == "08:10 08:20 08:30 ");
    CHECK(f.find(rule).missed == 0);
    CHECK(f.find(rule).last_catch_up.has_value());
  }
  SECTION("years") {
    CHECK(run(MissedFirings::Once, 24h * 365).size() == 6);
    CHECK(*f.find(rule).next_at > f.engine.clock.now());
  }
}

TEST_CASE("the scheduled event and the placeholders in an input are AWS's") {
  ScheduleFixture f;
  f.put(every(rule, "rate(10 minutes)", MissedFirings::Once, std::nullopt));
  f.put(every(schedule, "rate(11 minutes)", MissedFirings::Once,
              R"({"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","n":"<aws.scheduler.attempt-number>"})"));
  f.put(every({.name = "plain"}, "rate(12 minutes)", MissedFirings::Once, std::nullopt));
  for (int i = 0; i < 12; ++i) {
    f.engine.clock.advance(1min);
    f.fire();
  }
  const auto inputs = f.inputs();
  REQUIRE(inputs.size() == 3);
  CHECK(inputs[0] == json{{"version", "0"},
                          {"id", inputs[0].at("id")},
                          {"detail-type", "Scheduled Event"},
                          {"source", "aws.events"},
                          {"account", "000000000000"},
                          {"time", "2027-01-15T08:10:00Z"},
                          {"region", "us-east-1"},
                          {"resources", {"arn:aws:events:us-east-1:000000000000:rule/r"}},
                          {"detail", json::object()}});
  CHECK(inputs[1] ==
        json{{"arn", "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s"}, {"at", "2027-01-15T08:11:00Z"}, {"n", "1"}});
  CHECK(inputs[2].at("source") == "aws.scheduler");
  CHECK(inputs[2].at("detail") == "{}");
}

TEST_CASE("a paused schedule does not fire and makes nothing up") {
  ScheduleFixture f;
  f.put(every(schedule, "rate(10 minutes)"));
  const auto change = [&](auto operation) {
    return f.engine
        .transact<ScheduleRecord>([&](EngineTransaction& transaction) { return (f.schedules.*operation)(transaction, schedule); })
        .value();
  };
  change(&Schedules::pause);
  CHECK(f.next(schedule) == "none");
  CHECK(f.schedules.next_firings(f.find(schedule), 2, f.engine.clock.now()).value() ==
        std::vector{f.engine.clock.now() + 10min, f.engine.clock.now() + 20min});
  f.engine.clock.advance(25min);
  CHECK(f.fire().empty());
  change(&Schedules::resume);
  CHECK(f.next(schedule) == "08:30:00");
  CHECK_FALSE(f.find(schedule).last_catch_up.has_value());
}

TEST_CASE("a redeployment that changes nothing does not disturb; another time begins anew") {
  ScheduleFixture f;
  f.put(every(rule, "rate(10 minutes)"));
  f.engine.clock.advance(11min);
  f.put(every(rule, "rate(10 minutes)"));
  CHECK(f.fire().size() == 1);
  CHECK(f.next(rule) == "08:20:00");
  f.put(every(rule, "rate(1 hour)"));
  CHECK(f.next(rule) == "09:11:00");
  CHECK(f.schedules.next_due(f.engine.memory) == f.engine.clock.now() + 1h);
  CHECK(f.find(rule).firings == 1);
}

TEST_CASE("a schedule ends: once, by its end, and perhaps altogether") {
  ScheduleFixture f;
  f.put(every(schedule, "at(2027-01-15T09:30:00)"));
  auto ending = every({.name = "ending"}, "rate(30 minutes)");
  ending.start_at = f.engine.clock.now() + 15min;
  ending.end_at = f.engine.clock.now() + 1h;
  ending.delete_after_completion = true;
  f.put(ending);
  CHECK(f.schedules.next_firings(f.find({.name = "ending"}), 10, f.engine.clock.now()).value().size() == 2);
  for (int i = 0; i < 100; ++i) {
    f.engine.clock.advance(1min);
    f.fire();
  }
  CHECK(f.inputs().size() == 3);
  CHECK(f.next(schedule) == "none");
  CHECK(f.schedules.find(f.engine.memory, {.name = "ending"}).has_error());
  CHECK_FALSE(f.schedules.next_due(f.engine.memory).has_value());
}

TEST_CASE("targets: queues get a message, functions are called after the commit, dead letters say why") {
  ScheduleFixture f;
  REQUIRE(f.engine
              .transact<QueueRecord>([&](EngineTransaction& transaction) {
                REQUIRE(f.queues.create(transaction, {.name = "dead"}).has_value());
                return f.queues.create(transaction, {.name = "work"});
              })
              .has_value());
  f.put({.id = rule,
         .expression = "rate(1 minute)",
         .targets = {{.id = "q", .arn = "arn:aws:sqs:us-east-1:000000000000:work", .input = "{\"a\":1}"},
                     {.id = "f", .arn = function_arn, .input = "{\"b\":2}", .dead_letter_queue = "arn:aws:sqs:us-east-1:000000000000:dead"},
                     {.id = "m",
                      .arn = "arn:aws:states:us-east-1:000000000000:stateMachine:none",
                      .dead_letter_queue = "arn:aws:sqs:us-east-1:000000000000:dead"}}});
  f.engine.clock.advance(1min);
  const auto fired = f.fire();
  REQUIRE(fired.size() == 1);
  REQUIRE(fired[0].errors.size() == 1);
  CHECK(f.find(rule).last_error->find("stateMachine:none") != std::string::npos);
  const auto receive = [&](const char* queue) {
    return f.engine
        .transact<std::vector<ReceivedMessage>>([&](EngineTransaction& transaction) { return f.queues.receive(transaction, queue, {}); })
        .value()
        .at(0);
  };
  CHECK(receive("work").body == "{\"a\":1}");
  CHECK(receive("dead").attributes.at("TARGET_ARN").value == "arn:aws:states:us-east-1:000000000000:stateMachine:none");

  const auto settle = [&](FunctionOutcome::Kind kind) {
    const auto call = f.schedules.calls(f.engine.memory).at(0);
    FunctionOutcome outcome;
    outcome.kind = kind;
    outcome.message = "why";
    REQUIRE(f.engine.transact<void>([&](EngineTransaction& transaction) { return f.schedules.settle_call(transaction, call.row, outcome); })
                .has_value());
  };
  const auto call = f.schedules.calls(f.engine.memory).at(0);
  CHECK(call.payload == "{\"b\":2}");
  CHECK(call.target.arn == function_arn);
  settle(FunctionOutcome::Kind::Throttled);
  settle(FunctionOutcome::Kind::FunctionError);
  settle(FunctionOutcome::Kind::FunctionError);
  const auto third = f.schedules.calls(f.engine.memory).at(0);
  CHECK(third.request_id == call.request_id);
  CHECK(third.next_attempt_at == f.engine.clock.now() + 2min);
  settle(FunctionOutcome::Kind::FunctionError);
  CHECK(f.schedules.calls(f.engine.memory).empty());
  const auto letter = receive("dead");
  CHECK(letter.body == "{\"b\":2}");
  CHECK(letter.attributes.at("ERROR_MESSAGE").value == "why");
  CHECK(letter.attributes.at("RULE_ARN").value == "arn:aws:events:us-east-1:000000000000:rule/r");
}

TEST_CASE("a target's retry policy says how often and how long its function is tried") {
  ScheduleFixture f;
  REQUIRE(f.engine.transact<QueueRecord>([&](EngineTransaction& transaction) { return f.queues.create(transaction, {.name = "dead"}); })
              .has_value());
  const auto policy = [](std::optional<std::int64_t> retries, std::optional<std::int64_t> seconds) {
    return ScheduleTarget{.arn = function_arn,
                          .input = "{}",
                          .dead_letter_queue = "arn:aws:sqs:us-east-1:000000000000:dead",
                          .retries_max = retries,
                          .age_max_seconds = seconds};
  };
  const auto attempts = [&](ScheduleTarget target, std::chrono::seconds between) {
    f.put({.id = rule, .expression = "rate(1 day)", .targets = {std::move(target)}});
    f.engine.clock.advance(24h);
    f.fire();
    int count = 0;
    for (; count < 1'000; ++count) {
      const auto calls = f.schedules.calls(f.engine.memory);
      if (calls.empty()) break;
      FunctionOutcome outcome;
      outcome.kind = FunctionOutcome::Kind::Throttled;
      f.engine.clock.advance(between);
      REQUIRE(
          f.engine
              .transact<void>([&](EngineTransaction& transaction) { return f.schedules.settle_call(transaction, calls[0].row, outcome); })
              .has_value());
    }
    return count;
  };
  CHECK(attempts(policy(0, std::nullopt), 1s) == 1);
  CHECK(attempts(policy(3, std::nullopt), 1s) == 4);
  CHECK(attempts(policy(std::nullopt, 60), 20s) == 3);
  CHECK(attempts(policy(std::nullopt, std::nullopt), 1s) == 186);
  const auto letters = f.engine.transact<std::vector<ReceivedMessage>>(
      [&](EngineTransaction& transaction) { return f.queues.receive(transaction, "dead", {.max_messages = 10}); });
  CHECK(letters.value().size() == 4);
  for (const auto& wrong : {policy(186, std::nullopt), policy(-1, std::nullopt), policy(std::nullopt, 59), policy(std::nullopt, 86'401)}) {
    const auto put = f.engine.transact<void>([&](EngineTransaction& transaction) -> Result<void> {
      const auto done = f.schedules.put(transaction, {.id = rule, .expression = "rate(1 day)", .targets = {wrong}});
      return done ? Result<void>() : Result<void>(done.error());
    });
    CHECK(put.has_error());
  }
}

TEST_CASE("a function that answers is called once") {
  ScheduleFixture f;
  f.put({.id = rule, .expression = "rate(1 minute)", .targets = {{.arn = function_arn}}});
  f.engine.clock.advance(1min);
  f.fire();
  const auto calls = f.schedules.calls(f.engine.memory);
  REQUIRE(calls.size() == 1);
  CHECK(json::parse(calls[0].payload).at("id") == calls[0].request_id);
  REQUIRE(f.engine.transact<void>([&](EngineTransaction& transaction) { return f.schedules.settle_call(transaction, calls[0].row, {}); })
              .has_value());
  CHECK(f.schedules.calls(f.engine.memory).empty());
}

TEST_CASE("faulty schedules are refused, by name") {
  ScheduleFixture f;
  CHECK(f.fault(every(rule, "rate(1 minutes)")).find("rate(1 minutes)") != std::string::npos);
  CHECK(f.fault(every(rule, "at(2027-01-15T09:30:00)")).find("must be rate(…) or cron(…)") != std::string::npos);
  CHECK(f.fault(every({.name = "a b"}, "rate(1 minute)")).find("'a b'") != std::string::npos);
  auto zone = every(schedule, "rate(1 minute)");
  zone.time_zone = "Europe/Nowhere";
  CHECK(f.fault(zone) == "Time zone 'Europe/Nowhere' is not known.");
  CHECK(f.fault(every(schedule, "rate(1 minute)", MissedFirings::Once, "{")).starts_with("Input must be JSON"));
  auto target = every(schedule, "rate(1 minute)");
  target.targets[0].arn = "arn:aws:ecs:us-east-1:000000000000:cluster/c";
  CHECK(f.fault(target).find("arn:aws:ecs") != std::string::npos);
  CHECK(f.schedules.list(f.engine.memory, std::nullopt, std::nullopt, 10).empty());
}

TEST_CASE("schedules are listed by group, page by page") {
  ScheduleFixture f;
  for (const char* name : {"a", "b", "c"}) f.put(every({.name = name}, "rate(1 minute)"));
  f.put(every(rule, "rate(1 minute)"));
  CHECK(f.schedules.list(f.engine.memory, std::nullopt, std::nullopt, 10).size() == 4);
  CHECK(f.schedules.list(f.engine.memory, default_rule_group, std::nullopt, 10).size() == 1);
  const auto page = f.schedules.list(f.engine.memory, default_schedule_group, ScheduleId{.name = "a"}, 1);
  REQUIRE(page.size() == 1);
  CHECK(page[0].definition.id.name == "b");
  CHECK(page[0].definition.targets[0].arn == machine_arn);
}
