#pragma once
/// Outputs of step(): what the outside must now do. Time-outs and waits are no commands: the engine asks next_due().

#include "signalbox/history.h"
#include "signalbox/ids.h"
#include "signalbox/json.h"
#include "signalbox/map_run_plan.h"
#include "signalbox/state_machine.h"

#include <optional>
#include <string>
#include <variant>

namespace signalbox::commands {

/// Call the task's resource. Internal or external is the resource's affair (task_handler.h). Safe to repeat.
struct InvokeTask {
  TaskAttempt attempt;
  TaskResource resource;
  Json input;       ///< effective input: the parameters
  TaskToken token;  ///< of this attempt; already inside `input` if the template asked for it
  std::string state_name;
  std::optional<std::string> credentials_role_arn;
};
/// The task is over for this execution (timed out, aborted): an activity is taken off its queue, a .sync child is stopped
/// as AWS does; a running function is left alone.
struct CancelTask {
  TaskAttempt attempt;
  TaskResource resource;
};
/// A distributed Map's run begins: internal, it is a record of its own from now on. Its end comes back as events::MapRunEnded.
struct StartMapRun {
  TaskAttempt attempt;
  std::string map_run_arn;
  MapRunPlan plan;
};
/// The run, which is over or ending, goes on with the children that did not succeed. Its end comes back as events::MapRunEnded.
struct RedriveMapRun {
  TaskAttempt attempt;
};
/// The run is over for this execution (aborted): its children are stopped.
struct StopMapRun {
  TaskAttempt attempt;
};
/// The step's bound was reached: send events::Continue in a later transaction.
struct Continue {};
/// The execution has ended: its parent, if any, is told; its record is closed.
struct Close {};

}  // namespace signalbox::commands

namespace signalbox {

using Command = std::variant<commands::InvokeTask, commands::CancelTask, commands::StartMapRun, commands::RedriveMapRun,
                             commands::StopMapRun, commands::Continue, commands::Close>;

}  // namespace signalbox
