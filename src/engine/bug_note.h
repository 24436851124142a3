#pragma once
/// The note that a failed assertion leaves for the next start: which execution was being stepped.

#include "signalbox/ids.h"

#include <optional>
#include <string>

namespace signalbox {

/// From now on a failed assertion while a SteppingNote lives writes its row to DIRECTORY/bug-execution. One engine in a process at a time.
void leave_bug_notes(const std::string& directory);
void stop_leaving_bug_notes();

/// Marks an execution as being stepped, for the assertion listener.
class SteppingNote {
 public:
  explicit SteppingNote(ExecutionRow row);
  ~SteppingNote();
  SteppingNote(const SteppingNote&) = delete;
  SteppingNote& operator=(const SteppingNote&) = delete;
};

/// What the process before left, if anything.
[[nodiscard]] std::optional<ExecutionRow> read_bug_note(const std::string& directory);
void remove_bug_note(const std::string& directory);

}  // namespace signalbox
