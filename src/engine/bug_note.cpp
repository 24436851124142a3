#include "engine/bug_note.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>

#include "base/assertion.h"

namespace signalbox {

namespace {

/// Plain globals, since the listener runs inside a failing assertion and must neither allocate nor lock. The row is thread-local: only the
/// engine's thread steps, and an assertion elsewhere must not blame the execution that happens to be stepped.
std::array<char, 4'096> note_path{};
thread_local std::int64_t row_being_stepped = 0;

std::string path_in(const std::string& directory) { return directory + "/bug-execution"; }

void leave_note(const char*) {
  if (row_being_stepped == 0 || note_path[0] == '\0') return;
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), row_being_stepped).ptr;
  const int file = ::open(note_path.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  (void)!::write(file, text.data(), static_cast<std::size_t>(end - text.data()));
  ::fsync(file);
  ::close(file);
}

}  // namespace

void leave_bug_notes(const std::string& directory) {
  const std::string path = path_in(directory);
  if (directory.empty() || path.size() >= note_path.size()) return;
  std::memcpy(note_path.data(), path.c_str(), path.size() + 1);
  on_failed_assertion(leave_note);
}

void stop_leaving_bug_notes() {
  on_failed_assertion(nullptr);
  note_path[0] = '\0';
}

SteppingNote::SteppingNote(ExecutionRow row) { row_being_stepped = row.value; }
SteppingNote::~SteppingNote() { row_being_stepped = 0; }

std::optional<ExecutionRow> read_bug_note(const std::string& directory) {
  std::ifstream file(path_in(directory));
  std::int64_t row = 0;
  return file >> row ? std::optional(ExecutionRow{row}) : std::nullopt;
}

void remove_bug_note(const std::string& directory) { ::unlink(path_in(directory).c_str()); }

}  // namespace signalbox
