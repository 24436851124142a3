/// The workflows in statemachines/ deploy as they are, with the real services' rules: what is made of each.

#include "deploy/deployer.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"

#include "services/functions/functions.h"
#include "services/keys/authenticate.h"
#include "services/queues/queue_service.h"
#include "services/routes/routes.h"
#include "signalbox/mail.h"
#include "store/memory_store.h"
#include "support/source_directory.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::deploy;

namespace {

/// The engine only asks whether there is such a task; nothing runs here.
class NoTask final : public ExternalTask {
 public:
  void call(const TaskCall&, std::function<void(TaskAnswer)>) override {}
};

struct Fixture {
  MemoryStore store;
  ManualClock clock{Timestamp{std::chrono::seconds(1'795'467'600)}};  // 2026-11-23T21:00:00Z, a Monday
  Engine engine{store, clock, EngineOptions{}};
  MasterKey master{std::string(32, 'k')};
  QueueSignals signals;
  Queues queues{Site{}, signals};
  Triggers triggers{queues};
  Schedules schedules{ScheduleEnvironment{.site = {}, .queues = queues}};
  Outbox outbox{false};
  Topics topics{TopicEnvironment{.site = {},
                                 .master_key = [this]() -> const MasterKey& { return master; },
                                 .public_url = [] { return std::string("http://public.test"); },
                                 .send_to_queue = [](Transaction&, const QueueDelivery&) -> Result<void> { return {}; }},
                outbox};
  ActivitySignals activity_signals;
  QueueService queue_service{engine, queues};
  std::unique_ptr<Reader> key_reader = store.reader();
  services::Authenticator authenticator{*key_reader, engine.changes(services::keys_table), services::WithoutKeys::AnythingPasses};
  aws::AwsServices aws_services{engine, activity_signals, queues, queue_service, topics, authenticator};
  AwsCalls calls{aws_services};
  Deployer deployer{
      engine,
      make_resource_types({.site = {}, .queues = queues, .triggers = triggers, .schedules = schedules, .topics = topics, .calls = &calls}),
      {.site = {}, .stage_code = [](const std::filesystem::path& folder) -> Result<StagedCode> {
         if (!std::filesystem::is_directory(folder)) return error(ErrorCode::NotFound, "there is no folder " + folder.string());
         return StagedCode{std::string(64, '0'), 1};
       }}};

  boost::asio::io_context io;  // until the engine has stopped: its thread may not be through with telling it of an answer that was acted on

  Fixture() {
    for (const auto* task : {"function", "lambda:invoke", "sqs:sendMessage", "sns:publish"})
      engine.offer(task, std::unique_ptr<ExternalTask>(new NoTask));
    const auto started = engine.start();
    REQUIRE(started.has_value());
  }
  ~Fixture() { engine.stop(); }

  std::vector<StackResult> deploy(const ParameterOverrides& parameters = {}) {
    io.restart();
    const auto work = boost::asio::make_work_guard(io);
    std::optional<Result<std::vector<StackResult>>> answer;
    boost::asio::co_spawn(io, deployer.deploy(test::source_directory() / "statemachines", parameters),
                          [&](std::exception_ptr failure, Result<std::vector<StackResult>> result) {
                            if (!failure) answer.emplace(std::move(result));
                            io.stop();
                          });
    io.run();
    REQUIRE(answer);
    REQUIRE(answer->has_value());
    for (const auto& result : **answer) {
      INFO(result.name << ": " << (result.failure ? result.failure->message : ""));
      CHECK_FALSE(result.failure);
    }
    return **answer;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the example workflows deploy as they are") {
  const auto results = deploy();
  REQUIRE(results.size() == 3);
  CHECK(results[0].name == "nightly-report");
  CHECK(results[1].name == "order-approval");
  CHECK(results[2].name == "wait-for-callback");
  const auto reader = engine.reader();

  for (const auto* name : {"nightly-report-Report", "order-approval-Orders", "wait-for-callback-StateMachine"}) {
    INFO(name);
    CHECK(find_state_machine(*reader, name));
  }
  const auto message = functions::find_function(*reader, "wait-for-callback-VerificationMessage");
  REQUIRE(message);
  CHECK(message->environment.at("TOPIC_ARN") == "arn:aws:sns:us-east-1:000000000000:wait-for-callback-VerificationTopic");
  CHECK(message->stack == "wait-for-callback");
  const auto submit = functions::find_function(*reader, "order-approval-SubmitOrder");
  REQUIRE(submit);
  CHECK(submit->environment.at("STATE_MACHINE_ARN") == "arn:aws:states:us-east-1:000000000000:stateMachine:order-approval-Orders");

  const auto found = triggers.list(*reader, "wait-for-callback-VerificationQueue", std::nullopt, "", 10);
  REQUIRE(found.size() == 1);
  CHECK(found[0].function == "wait-for-callback-VerificationMessage");
  CHECK(found[0].batch_size == 1);
  CHECK(queues.find(*reader, "order-approval-ApprovalQueue")->dead_letter_queue == "order-approval-UndeliveredApprovals");
  CHECK(topics.subscriptions(*reader, "wait-for-callback-VerificationTopic", 10).items.at(0).endpoint == "you@example.com");

  const auto every_ten_minutes =
      schedules.find(*reader, {.group = std::string(default_rule_group), .name = "wait-for-callback-StateMachineEveryTenMinutes"});
  REQUIRE(every_ten_minutes.has_value());
  CHECK(every_ten_minutes->definition.expression == "rate(10 minutes)");
  CHECK(every_ten_minutes->next_at.has_value());
  const auto nightly = schedules.find(*reader, {.name = "nightly-report-ReportNightly"});
  REQUIRE(nightly.has_value());
  CHECK(nightly->next_at == Timestamp{std::chrono::seconds(1'795'467'600 + 4 * 3600 + 1800)});  // Tuesday half past two in Berlin

  const auto review = routes::match_route(*reader, "POST", "/orders/7/review");
  REQUIRE(review);
  CHECK(review->route.function == "order-approval-Review");
}

TEST_CASE_METHOD(Fixture, "an example is deployed once, and changed by a parameter") {
  (void)deploy();
  for (const auto& result : deploy()) CHECK(result.result == "unchanged");
  const auto results = deploy({{"wait-for-callback.Schedule", "DISABLED"}});
  CHECK(results[1].result == "unchanged");
  REQUIRE(results[2].changes.size() == 1);
  CHECK(results[2].changes[0].logical_id == "StateMachineEveryTenMinutes");
  const auto paused =
      schedules.find(*engine.reader(), {.group = std::string(default_rule_group), .name = "wait-for-callback-StateMachineEveryTenMinutes"});
  REQUIRE(paused.has_value());
  CHECK_FALSE(paused->definition.enabled);
  CHECK_FALSE(paused->next_at.has_value());
}
