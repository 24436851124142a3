#include "services/functions/log_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

namespace signalbox::functions {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t open_files_max = 64;

std::string segment_path(const std::string& folder, std::uint64_t start) { return fmt::format("{}/{:016}.log", folder, start); }

void append_line(std::string& out, const LogLine& line) {
  std::string_view rest = line.text;
  do {
    auto end = rest.find('\n');
    out += fmt::format("{}\t{}\t{}\n", line.time.time_since_epoch().count(), line.request_id, rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  } while (!rest.empty());
}

/// A line that a power cut left half written is passed over.
std::optional<LogLine> parse_line(std::string_view text) {
  std::int64_t time = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), time);
  auto first = static_cast<std::size_t>(end - text.data());
  if (failure != std::errc{} || first >= text.size() || text[first] != '\t') return std::nullopt;
  auto second = text.find('\t', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return LogLine{.time = Timestamp{std::chrono::milliseconds{time}},
                 .request_id = std::string(text.substr(first + 1, second - first - 1)),
                 .text = std::string(text.substr(second + 1))};
}

std::string read_from(const std::string& path, std::uint64_t offset) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  file.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// When a segment's first line was written.
std::optional<Timestamp> first_line_at(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::int64_t time = 0;
  if (!(file >> time)) return std::nullopt;
  return Timestamp{std::chrono::milliseconds{time}};
}

Timestamp written_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Timestamp::max();
  return Timestamp{std::chrono::seconds{status.st_mtim.tv_sec}};
}

}  // namespace

LogFiles::~LogFiles() {
  for (const auto& [name, open] : open_) ::close(open.file);
}

std::vector<std::uint64_t> LogFiles::segments(std::string_view function) const {
  std::vector<std::uint64_t> starts;
  std::error_code failure;
  for (fs::directory_iterator entry(folder(function), failure), end; !failure && entry != end; entry.increment(failure)) {
    auto name = entry->path().stem().string();
    std::uint64_t start = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), start).ec == std::errc{}) starts.push_back(start);
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

std::uint64_t LogFiles::bytes(std::string_view function) const {
  std::uint64_t sum = 0;
  for (const auto start : segments(function)) {
    std::error_code failure;
    const auto size = fs::file_size(segment_path(folder(function), start), failure);
    if (!failure) sum += size;
  }
  return sum;
}

Result<void> LogFiles::append(std::string_view function, const std::vector<LogLine>& lines, Timestamp now) {
  std::string text;
  for (const auto& line : lines) append_line(text, line);
  if (text.empty()) return {};
  auto opened = open(function, now);
  if (!opened) return opened.error();
  auto& log = **opened;
  for (std::size_t written = 0; written < text.size();) {
    auto count = ::write(log.file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return error(ErrorCode::Unavailable, fmt::format("the log of function {} cannot be written: {}", function, std::strerror(errno)),
                   folder(function));
    written += static_cast<std::size_t>(count);
    log.size += static_cast<std::uint64_t>(count);
  }
  return {};
}

/// By size, or by age: lines go with their segment, so a function that writes seldom must not keep one for ever.
bool LogFiles::is_full(std::uint64_t size, Timestamp since, Timestamp now) const {
  return size >= limits_.segment_bytes || now - since >= limits_.age / 8;
}

/// The segment to append to: the last one, or a new one if that is full.
Result<LogFiles::Open*> LogFiles::open(std::string_view function, Timestamp now) {
  auto found = open_.find(function);
  std::uint64_t start = 0;
  Timestamp since = now;
  if (found != open_.end()) {
    if (!is_full(found->second.size, found->second.since, now)) return &found->second;
    start = found->second.start + found->second.size;
    close(found);
  } else {
    std::error_code failure;
    fs::create_directories(folder(function), failure);
    if (auto starts = segments(function); !starts.empty()) {
      start = starts.back();
      const auto path = segment_path(folder(function), start);
      const auto size = fs::file_size(path, failure);
      since = first_line_at(path).value_or(now);
      if (!failure && size > 0 && is_full(size, since, now)) start += size, since = now;
    }
  }
  if (open_.size() >= open_files_max) close(open_.begin());
  expire_function(function, now, start);
  int file = ::open(segment_path(folder(function), start).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return error(ErrorCode::Unavailable, fmt::format("the log of function {} cannot be opened: {}", function, std::strerror(errno)),
                 folder(function));
  struct stat status {};
  ::fstat(file, &status);
  auto [entry, added] = open_.emplace(
      std::string(function), Open{.file = file, .start = start, .size = static_cast<std::uint64_t>(status.st_size), .since = since});
  return &entry->second;
}

void LogFiles::close(std::map<std::string, Open, std::less<>>::iterator entry) {
  ::close(entry->second.file);
  open_.erase(entry);
}

void LogFiles::expire_function(std::string_view function, Timestamp now, std::uint64_t open_segment) {
  auto starts = segments(function);
  std::erase(starts, open_segment);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    auto path = segment_path(folder(function), starts[i]);
    bool too_many = starts.size() - i >= limits_.segments;
    if (too_many || written_at(path) < now - limits_.age) ::unlink(path.c_str());
  }
}

void LogFiles::expire(Timestamp now) {
  std::error_code failure;
  for (fs::directory_iterator entry(directory_, failure), end; !failure && entry != end; entry.increment(failure)) {
    auto name = entry->path().filename().string();
    if (auto open = open_.find(name); open != open_.end()) close(open);
    // The last segment carries the count of bytes that cursors go by: an empty one takes its place.
    std::uint64_t next = 0;
    if (auto starts = segments(name); !starts.empty()) {
      const auto path = segment_path(folder(name), starts.back());
      next = starts.back();
      if (const auto size = fs::file_size(path, failure); !failure && size > 0 && written_at(path) < now - limits_.age) {
        next += size;
        std::ofstream(segment_path(folder(name), next), std::ios::app);
      }
    }
    expire_function(name, now, next);
  }
}

void LogFiles::remove(std::string_view function) {
  if (auto found = open_.find(function); found != open_.end()) close(found);
  std::error_code ignored;
  fs::remove_all(folder(function), ignored);
}

LogPage LogFiles::read(std::string_view function, std::uint64_t cursor, std::size_t limit) const {
  LogPage page{.lines = {}, .cursor = cursor};
  auto starts = segments(function);
  for (std::size_t i = 0; i < starts.size() && page.lines.size() < limit; ++i) {
    bool passed = i + 1 < starts.size() && starts[i + 1] <= page.cursor;
    if (passed) continue;
    auto position = std::max(page.cursor, starts[i]);
    auto text = read_from(segment_path(folder(function), starts[i]), position - starts[i]);
    std::string_view rest = text;
    for (auto end = rest.find('\n'); end != std::string_view::npos && page.lines.size() < limit; end = rest.find('\n')) {
      if (auto line = parse_line(rest.substr(0, end))) page.lines.push_back(std::move(*line));
      position += end + 1;
      rest.remove_prefix(end + 1);
    }
    page.cursor = position;
  }
  return page;
}

LogPage LogFiles::tail(std::string_view function, std::size_t limit) const {
  LogPage page;
  auto starts = segments(function);
  // From the newest segment back, until there are enough lines.
  for (auto start = starts.rbegin(); start != starts.rend() && page.lines.size() < limit; ++start) {
    auto older = read(function, *start, std::numeric_limits<std::size_t>::max());
    page = std::move(older);
  }
  if (page.lines.size() > limit) page.lines.erase(page.lines.begin(), page.lines.end() - static_cast<std::ptrdiff_t>(limit));
  return page;
}

}  // namespace signalbox::functions
