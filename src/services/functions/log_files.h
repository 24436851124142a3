#pragma once
/// Functions' logs: one folder a function, its lines in segments of a bounded number. A line is `MS\tREQUEST_ID\tTEXT\n`.
/// A segment's name is the number of bytes logged before it, so a cursor (a count of bytes) stays good over rotations.

#include "signalbox/ids.h"
#include "signalbox/result.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::functions {

struct LogLimits {
  std::uint64_t segment_bytes = 1024 * 1024;
  std::size_t segments = 8;                          ///< a function; the oldest is removed when there would be more
  std::chrono::seconds age = std::chrono::days{30};  ///< of a line; since whole segments go, one may stay an eighth longer
};

struct LogLine {
  Timestamp time;
  std::string request_id;  ///< empty outside of calls
  std::string text;
};

struct LogPage {
  std::vector<LogLine> lines;
  std::uint64_t cursor = 0;  ///< to go on from
};

/// One writer (the I/O thread); read() may be called from any thread.
class LogFiles {
 public:
  LogFiles(std::string directory, LogLimits limits) : directory_(std::move(directory)), limits_(limits) {}

  /// Appends in one write. A line's line feeds become separate lines. Errors: Unavailable (disk full); the lines are lost.
  Result<void> append(std::string_view function, const std::vector<LogLine>& lines, Timestamp now);
  /// Lines after `cursor` (0: the oldest kept), oldest first, at most `limit`. If what the cursor points at is gone, it goes on with
  /// the oldest kept. An unknown function has no lines.
  [[nodiscard]] LogPage read(std::string_view function, std::uint64_t cursor, std::size_t limit) const;
  /// The last `limit` lines.
  /// Of all kept segments.
  [[nodiscard]] std::uint64_t bytes(std::string_view function) const;
  [[nodiscard]] LogPage tail(std::string_view function, std::size_t limit) const;
  /// Removes what is older than the limits allow; to be called now and then.
  void expire(Timestamp now);
  void remove(std::string_view function);

 private:
  struct Open {
    int file = -1;
    std::uint64_t start = 0, size = 0;
    Timestamp since = {};  ///< of its first line
  };
  [[nodiscard]] std::string folder(std::string_view function) const { return directory_ + "/" + std::string(function); }
  [[nodiscard]] std::vector<std::uint64_t> segments(std::string_view function) const;
  Result<Open*> open(std::string_view function, Timestamp now);
  [[nodiscard]] bool is_full(std::uint64_t size, Timestamp since, Timestamp now) const;
  void close(std::map<std::string, Open, std::less<>>::iterator entry);
  void expire_function(std::string_view function, Timestamp now, std::uint64_t open_segment);

  std::string directory_;
  LogLimits limits_;
  std::map<std::string, Open, std::less<>> open_;

 public:
  ~LogFiles();
  LogFiles(const LogFiles&) = delete;
  LogFiles& operator=(const LogFiles&) = delete;
};

}  // namespace signalbox::functions
