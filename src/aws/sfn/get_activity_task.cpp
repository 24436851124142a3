#include "aws/sfn/sfn.h"
#include "services/activities/activity_poll.h"

namespace signalbox::aws::sfn {

asio::awaitable<Answer<std::string>> get_activity_task(Api api, Json request) {
  constexpr std::chrono::seconds wait{60};  // [GetActivityTask]
  Parameters parameters(request);
  const auto arn = parameters.required("activityArn", arn_length);
  auto worker = parameters.text("workerName", {1, 256});
  if (auto fault = parameters.fault()) co_return *fault;
  const auto name = activity_name(arn);
  if (!name) co_return name.error();
  if (!find_activity(api.reader, *name)) co_return activity_missing(arn);
  auto task = co_await poll_activity(api.engine, api.reader, api.activity_signals, *name, std::move(worker), wait);
  if (!task) co_return general_failure(task.error());
  if (!*task) co_return std::string("{}");
  co_return ObjectText().text("taskToken", (*task)->token.value).quoted("input", (*task)->input).take();
}

}  // namespace signalbox::aws::sfn
