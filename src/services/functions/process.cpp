#include "services/functions/process.h"

#include "services/functions/landlock.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

namespace signalbox::functions {

namespace {

/// Everything the child needs, made before the fork: between fork and exec only system calls are allowed.
struct Prepared {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* directory;
  int output, ruleset, status;  // `status`: where a failure's errno is written; closed by exec
  pid_t parent;
};

void close_from(int first) {
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0u, 0u) == 0) return;
  for (int file = first; file < 4096; ++file) ::close(file);
}

/// Moves the three descriptors that survive to 1, 2 and 3; they are not in each other's way since all are above 3 before.
void arrange_descriptors(const Prepared& plan) {
  int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, 0);
  ::dup2(plan.output, 1);
  ::dup2(plan.output, 2);
  ::dup2(plan.status, 3);
  ::fcntl(3, F_SETFD, FD_CLOEXEC);
}

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void limit_resources() {
  rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 1024) {
    files.rlim_cur = 1024;  // as on AWS
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

[[noreturn]] void become(const Prepared& plan) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);  // the daemon died before that
  reset_signals();
  limit_resources();
  bool confined = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && (plan.ruleset < 0 || restrict_process(plan.ruleset));
  int failure = confined ? 0 : errno;
  arrange_descriptors(plan);
  close_from(4);
  if (failure == 0 && ::chdir(plan.directory) != 0) failure = errno;
  if (failure == 0) {
    ::execve(plan.program, plan.arguments, plan.environment);
    failure = errno;
  }
  [[maybe_unused]] auto written = ::write(3, &failure, sizeof failure);
  ::_exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (const auto& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

/// A descriptor above 3, so that arrange_descriptors() cannot overwrite it.
int above_standard(int file) {
  int copy = ::fcntl(file, F_DUPFD_CLOEXEC, 4);
  ::close(file);
  return copy;
}

std::optional<std::string> read_small_file(const char* path) {
  int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t count = 0; (count = ::read(file, part.data(), part.size())) > 0;) text.append(part.data(), static_cast<std::size_t>(count));
  ::close(file);
  return text;
}

/// Fields of /proc/PID/stat after the command, which may hold anything: state is field 3, the first here. [proc(5)]
std::optional<ProcessSample> parse_stat(pid_t id, const std::string& text) {
  auto after = text.rfind(')');
  if (after == std::string::npos) return std::nullopt;
  ProcessSample sample{.id = id};
  std::string_view rest = std::string_view(text).substr(after + 2);
  auto number = [](std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  };
  static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (int field = 3; field <= 24 && !rest.empty(); ++field) {
    auto end = std::min(rest.find(' '), rest.size());
    auto value = rest.substr(0, end);
    if (field == 6) sample.session = static_cast<pid_t>(number(value));
    if (field == 22) sample.started = number(value);
    if (field == 24) sample.resident_bytes = number(value) * page_bytes;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return sample;
}

}  // namespace

Result<Process> start_process(const ProcessPlan& plan) {
  std::array<int, 2> status{};
  if (::pipe2(status.data(), O_CLOEXEC) != 0)
    return error(ErrorCode::Unavailable, fmt::format("no pipe for a process: {}", std::strerror(errno)));
  status[1] = above_standard(status[1]);
  auto arguments = pointers(plan.arguments);
  auto environment = pointers(plan.environment);
  Prepared prepared{.program = plan.arguments.front().c_str(),
                    .arguments = arguments.data(),
                    .environment = environment.data(),
                    .directory = plan.directory.c_str(),
                    .output = plan.output,
                    .ruleset = plan.ruleset,
                    .status = status[1],
                    .parent = ::getpid()};
  pid_t child = ::fork();
  if (child == 0) become(prepared);
  ::close(status[1]);
  if (child < 0) {
    int failure = errno;
    ::close(status[0]);
    return error(ErrorCode::Unavailable, fmt::format("no process can be started: {}", std::strerror(failure)));
  }
  int failure = 0;
  ssize_t count = 0;
  do count = ::read(status[0], &failure, sizeof failure);
  while (count < 0 && errno == EINTR);
  ::close(status[0]);
  if (count == static_cast<ssize_t>(sizeof failure)) {
    ::waitpid(child, nullptr, 0);
    return error(failure == ENOENT || failure == EACCES ? ErrorCode::NotFound : ErrorCode::Unavailable,
                 fmt::format("{} cannot be started: {}", plan.arguments.front(), std::strerror(failure)));
  }
  auto handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  if (handle < 0) {
    failure = errno;
    kill_group(child);
    ::waitpid(child, nullptr, 0);
    return error(ErrorCode::Unavailable,
                 fmt::format("a process cannot be watched (pidfd_open: {}); Linux 5.3 or newer is needed", std::strerror(failure)));
  }
  ::fcntl(handle, F_SETFD, FD_CLOEXEC);
  return Process{.id = child, .handle = handle};
}

void kill_group(pid_t group) {
  if (group > 1) ::kill(-group, SIGKILL);
}

ProcessEnd reap(const Process& process) {
  int status = 0;
  pid_t result = 0;
  do result = ::waitpid(process.id, &status, 0);
  while (result < 0 && errno == EINTR);
  if (result < 0) return {};
  if (WIFSIGNALED(status)) return {.signaled = true, .status = WTERMSIG(status)};
  return {.signaled = false, .status = WEXITSTATUS(status)};
}

std::vector<ProcessSample> sample_processes() {
  std::vector<ProcessSample> samples;
  DIR* directory = ::opendir("/proc");
  if (!directory) return samples;
  while (auto* entry = ::readdir(directory)) {
    std::string_view name = entry->d_name;
    pid_t id = 0;
    if (auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
        failure != std::errc{} || end != name.data() + name.size())
      continue;
    auto text = read_small_file(fmt::format("/proc/{}/stat", id).c_str());
    if (!text) continue;
    if (auto sample = parse_stat(id, *text)) samples.push_back(*sample);
  }
  ::closedir(directory);
  return samples;
}

std::uint64_t resident_bytes(pid_t process) {
  auto text = read_small_file(fmt::format("/proc/{}/stat", process).c_str());
  auto sample = text ? parse_stat(process, *text) : std::nullopt;
  return sample ? sample->resident_bytes : 0;
}

bool environment_has(pid_t process, const std::string& variable) {
  auto text = read_small_file(fmt::format("/proc/{}/environ", process).c_str());
  if (!text) return false;
  auto wanted = '\0' + variable + '\0';
  return ('\0' + *text + '\0').find(wanted) != std::string::npos;
}

}  // namespace signalbox::functions
