#pragma once
/// What becomes of a task between TaskScheduled and its end: the answers of its resource, of callbacks, and of the clock.

#include "signalbox/state_machine.h"

namespace signalbox::core {

/// Whether the task goes on after its resource has answered, and so has a token: .sync, .sync:2, .waitForTaskToken. As recorded on
/// AWS, a .sync task may be completed by its token too. An activity's token goes to its worker only.
[[nodiscard]] bool waits_for_callback(const TaskResource& resource);

}  // namespace signalbox::core
