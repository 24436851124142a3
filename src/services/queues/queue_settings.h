#pragma once
/// A queue's attributes as texts, in and out. [SetQueueAttributes, GetQueueAttributes]

#include "signalbox/queues.h"

namespace signalbox::queues {

/// Sets what `attributes` name. An empty text takes a policy away. `reader` is asked for the dead-letter queue. Errors: InvalidArgument with
/// `InvalidAttributeName` or `InvalidAttributeValue`, and AWS's texts.
[[nodiscard]] Result<void> apply_settings(const Reader& reader, QueueRecord& queue, const QueueTextMap& attributes);
/// Every attribute but the counts.
[[nodiscard]] QueueTextMap settings_of(const QueueRecord& queue, const Site& site);

}  // namespace signalbox::queues
