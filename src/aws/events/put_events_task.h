#pragma once
/// `events:putEvents`: entries' Detail may be JSON, and the execution stands among the event's resources. An entry that is refused fails the task with
/// `EventBridge.FailedEntry`, its cause being the answer. Source: Step Functions Developer Guide, "Optimized integrations: EventBridge"; recorded on AWS.

#include "aws/resolved_input.h"
#include "signalbox/events.h"
#include "signalbox/task_handler.h"

#include <utility>

namespace signalbox::aws {

class PutEventsTask final : public InternalTask {
 public:
  /// `events` outlives the engine's thread. Events hold the daemon's own URLs as `resolve` gives them.
  PutEventsTask(const events::Events& events, UrlResolver resolve) : events_(events), resolve_(std::move(resolve)) {}
  [[nodiscard]] TaskAnswer call(Transaction& transaction, const TaskCall& call) override;

 private:
  const events::Events& events_;
  UrlResolver resolve_;
};

}  // namespace signalbox::aws
