#include "../support/live_engine.h"

#include "services/schedules/schedule_service.h"

using namespace signalbox;
using namespace signalbox::testing;
using namespace std::chrono_literals;
using Kind = FunctionOutcome::Kind;

TEST_CASE("the service fires what became due, and calls the function again after a restart until it answers") {
  LiveEngine f;
  Schedules schedules({.site = Site{}, .queues = f.queues, .publish = {}});
  const ScheduleId id{.name = "s"};
  REQUIRE(f.transact<ScheduleRecord>([&](EngineTransaction& transaction) -> Result<ScheduleRecord> {
             return schedules.put(transaction, {.id = id,
                                                .expression = "rate(1 minute)",
                                                .start_at = transaction.now() + 1s,
                                                .targets = {{.arn = "arn:aws:lambda:us-east-1:000000000000:function:f", .input = "{}"}}});
           }).has_value());
  auto service = std::make_unique<ScheduleService>(f.engine, schedules, f.functions);
  service->start(f.io.get_executor());
  REQUIRE(f.run_until([&] { return !f.functions.waiting.empty(); }));
  const auto call = f.functions.waiting[0].call;
  CHECK(call.payload == "{}");
  CHECK(f.functions.waiting.size() == 1);
  CHECK(schedules.find(f.store, id).value().firings == 1);

  f.functions.waiting.clear();  // the daemon died before the answer
  service->stop();
  service = std::make_unique<ScheduleService>(f.engine, schedules, f.functions);
  service->start(f.io.get_executor());
  REQUIRE(f.run_until([&] { return !f.functions.waiting.empty(); }));
  CHECK(f.functions.waiting[0].call.request_id == call.request_id);
  f.functions.answer(Kind::Answered);
  CHECK(f.run_until([&] { return schedules.calls(f.store).empty(); }));
  service->stop();
  f.run_ready();
}
