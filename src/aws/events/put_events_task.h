#pragma once
/// `events:putEvents`: entries' Detail may be JSON, and the execution stands among the event's resources. An entry that is refused fails the task with
/// `EventBridge.FailedEntry`, its cause being the answer. Source: Step Functions Developer Guide, "Optimized integrations: EventBridge"; recorded on AWS.

#include "signalbox/events.h"
#include "signalbox/task_handler.h"

namespace signalbox::aws {

class PutEventsTask final : public InternalTask {
 public:
  /// `events` outlives the engine's thread.
  explicit PutEventsTask(const events::Events& events) : events_(events) {}
  [[nodiscard]] TaskAnswer call(Transaction& transaction, const TaskCall& call) override;

 private:
  const events::Events& events_;
};

}  // namespace signalbox::aws
