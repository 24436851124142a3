#pragma once
/// What a function gets from a queue and what its answer means; pure.

#include "signalbox/functions.h"
#include "signalbox/queues.h"
#include "signalbox/triggers.h"

#include <string>
#include <vector>

namespace signalbox::triggers {

/// `{"Records": […]}`. [Lambda: SQS event]
[[nodiscard]] std::string queue_event(const std::vector<ReceivedMessage>& batch, std::string_view queue, const Site& site);

/// Whether a message fits one of the trigger's filters. [Lambda: event filtering] Filters see the body as JSON where it is an object.
[[nodiscard]] bool passes(const TriggerRecord& trigger, const ReceivedMessage& message, const Site& site);

/// A UUID derived from the trigger and its messages: the same whenever the same batch is delivered again, after a crash too, so that the
/// repetition can be recognised.
[[nodiscard]] std::string request_id(const TriggerRecord& trigger, const std::vector<ReceivedMessage>& batch);

/// What becomes of the messages, by their places in the batch.
struct Verdict {
  std::vector<std::size_t> done;       ///< to be deleted
  std::vector<std::size_t> failed;     ///< to reappear; counted as received
  std::vector<std::size_t> untouched;  ///< the function never ran: to be given back
};
/// [Lambda: reporting batch item failures] In a FIFO queue everything after the first failure has failed too.
[[nodiscard]] Verdict judge(const TriggerRecord& trigger, const std::vector<ReceivedMessage>& batch, const FunctionOutcome& outcome);

/// After how long a failed message reappears: what is left of its visibility time-out, as on AWS, but with a back-off of 1, 2, 4… seconds up
/// to that time-out at the least, so that a short one does not make a failing function run hot.
[[nodiscard]] std::chrono::milliseconds reappears_after(const ReceivedMessage& message, std::chrono::milliseconds visibility_timeout,
                                                        std::chrono::milliseconds since_leased);

}  // namespace signalbox::triggers
