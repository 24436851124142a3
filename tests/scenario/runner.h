#pragma once
/// Scenario files: what happens to a state machine, and the trace that it leaves. Text in, trace out; with SIGNALBOX_UPDATE=1 the
/// expected traces are rewritten, and you read the diff.
///
///   # What the file claims.
///   machine
///   { definition, as JSON, up to an empty line }
///
///   start {"x": 1}
///   ----
///   the facts and, after `>`, the commands of the step
///
///   tick 00:31
///   ----
///   ...
///
/// Commands; each may have `at=[HH:]MM:SS[.mmm]` after its name, which moves the clock (it begins at 00:00):
///   start [INPUT]                     StartExecution
///   tick TIME                         TimerFired at that time
///   continue                          Continue, until none is asked for
///   taken ATTEMPT [WORKER]            TaskTaken
///   answer ATTEMPT JSON               TaskAnswered
///   refuse ATTEMPT KIND ERROR CAUSE   TaskRefused; KIND as in TaskFailureKind
///   succeed ATTEMPT JSON              CallbackSucceeded
///   fail ATTEMPT [ERROR [CAUSE]]      CallbackFailed
///   map-run ATTEMPT JSON              MapRunEnded, with the run's result
///   map-run-fails ATTEMPT ERROR CAUSE MapRunEnded, failed
///   heartbeat ATTEMPT                 Heartbeat
///   stop [ERROR [CAUSE]]              Stop
///   restart                           forgets the execution and folds its stored history again
///   due, pending, context FRAME       print next_due(), pending_commands(), the context object
///   result                            prints the status, and output or error
///   count NAME                        prints how many events of that type there are so far
/// `quiet ` before a command leaves out the facts of its trace (for those of thousands).
/// In JSON, `"<N bytes>"` stands for a text of N bytes.
///
/// After every command the stored history is folded and compared with the execution.

#include <string>

namespace signalbox::test {

/// The file with the traces as they are now. Throws std::runtime_error if the file cannot be understood.
[[nodiscard]] std::string run_scenario(const std::string& text);

}  // namespace signalbox::test
