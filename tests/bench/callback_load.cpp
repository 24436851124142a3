// Load for the callback benchmark: virtual users that each start an execution, read it for its token, and open the verification
// link, one after the other, on keep-alive connections, as fast as they are answered.
//
//   bench-callback_load --admin HOST:PORT --public HOST:PORT --users N --seconds S (--machine NAME | --bare)
//   bench-callback_load … --starts-only COUNT      starts executions and leaves them waiting; prints the last one's token
//
// With --bare the target is bench-bare_server: two durable requests and a read in between. Prints one JSON object.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

struct Target {
  std::string host;
  std::uint16_t port = 0;
};

struct Options {
  Target admin, open;
  std::string machine;
  bool bare = false;
  std::size_t users = 1;
  double seconds = 5;
  std::size_t starts_only = 0;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "callback_load: %s\n", why.c_str());
  std::exit(1);
}

Target parse_target(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) fail("a target is HOST:PORT");
  return {std::string(text.substr(0, colon)), static_cast<std::uint16_t>(std::atoi(std::string(text.substr(colon + 1)).c_str()))};
}

int connect_to(const Target& target) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  ::inet_pton(AF_INET, target.host.c_str(), &address.sin_addr);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("cannot connect to " + target.host + ": " + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/// The body of a whole response in `buffer`, or nothing while it is incomplete. Fails on an error status.
bool complete_body(const std::string& buffer, std::string_view& body) {
  const auto header_end = buffer.find("\r\n\r\n");
  if (header_end == std::string::npos) return false;
  if (buffer.size() < 12 || buffer[9] != '2') fail("unexpected answer: " + buffer);
  std::size_t length = 0;
  for (std::size_t at = 0; at < header_end;) {
    const auto line_end = buffer.find("\r\n", at);
    if (strncasecmp(buffer.data() + at, "content-length:", 15) == 0) length = static_cast<std::size_t>(std::atoll(buffer.data() + at + 15));
    at = line_end + 2;
  }
  if (buffer.size() < header_end + 4 + length) return false;
  body = std::string_view(buffer).substr(header_end + 4, length);
  return true;
}

std::string member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const auto at = json.find(key);
  if (at == std::string_view::npos) fail("no member " + std::string(name) + " in " + std::string(json));
  const auto begin = at + key.size();
  return std::string(json.substr(begin, json.find('"', begin) - begin));
}

enum class Stage { Start, Read, Resume };

struct User {
  int admin = -1, open = -1;
  Stage stage = Stage::Start;
  std::string received, id, token;
  Steady::time_point sent;
};

struct Latencies {
  std::vector<double> start, read, resume;
};

double percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), users_(options_.users), epoll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < users_.size(); ++i) {
      users_[i].admin = connect_to(options_.admin);
      users_[i].open = options_.bare ? users_[i].admin : connect_to(options_.open);
      watch(users_[i].admin, i);
      if (!options_.bare) watch(users_[i].open, i);
    }
  }

  void run() {
    const auto began = Steady::now();
    const auto end = began + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(options_.seconds));
    for (auto& user : users_) send_request(user);
    std::vector<epoll_event> events(users_.size() * 2);
    while (options_.starts_only ? latencies_.start.size() < options_.starts_only || last_token_.empty() : Steady::now() < end) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
      for (int i = 0; i < count; ++i) receive(users_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    report(std::chrono::duration<double>(Steady::now() - began).count());
  }

 private:
  void watch(int fd, std::size_t user) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = user;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void send_request(User& user) {
    std::string request;
    if (user.stage == Stage::Start) {
      const std::string body = "{\"input\":{\"requestId\":\"4be0643f-1d98-573b-97cd-ca98a65347dd\",\"amount\":12.50}}";
      request = "POST " + (options_.bare ? std::string("/start") : "/v1/state-machines/" + options_.machine + "/executions") +
                " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else if (user.stage == Stage::Read) {
      request = "GET " + (options_.bare ? "/read?id=" : std::string("/v1/executions/")) + user.id + " HTTP/1.1\r\nHost: bench\r\n\r\n";
    } else {
      request = "GET " + std::string(options_.bare ? "/resume" : "/verification") + "?requestId=4be0643f&timestamp=1763946123&token=" + user.token +
                " HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n\r\n";
    }
    user.sent = Steady::now();
    const int fd = user.stage == Stage::Resume ? user.open : user.admin;
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) fail("short send");
  }

  void receive(User& user) {
    char chunk[16384];
    const int fd = user.stage == Stage::Resume ? user.open : user.admin;
    const auto got = ::recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) fail("the server closed a connection");
    user.received.append(chunk, static_cast<std::size_t>(got));
    std::string_view body;
    if (!complete_body(user.received, body)) return;
    const double ms = std::chrono::duration<double, std::milli>(Steady::now() - user.sent).count();
    if (user.stage == Stage::Start) {
      latencies_.start.push_back(ms);
      user.id = member(body, "id");
      // Of starts only, each user reads the token of its last one.
      user.stage = options_.starts_only && latencies_.start.size() < options_.starts_only ? Stage::Start : Stage::Read;
    } else if (user.stage == Stage::Read) {
      latencies_.read.push_back(ms);
      user.token = last_token_ = member(body, "token");
      user.stage = Stage::Resume;
      if (options_.starts_only) return;
    } else {
      latencies_.resume.push_back(ms);
      user.stage = Stage::Start;
    }
    user.received.clear();
    send_request(user);
  }

  void report(double seconds) {
    const auto workflows = latencies_.resume.size();
    if (options_.starts_only) {
      std::printf("{\"starts\":%zu,\"per_second\":%.1f,\"last_token\":\"%s\"}\n", latencies_.start.size(), static_cast<double>(latencies_.start.size()) / seconds,
                  last_token_.c_str());
      return;
    }
    std::printf("{\"users\":%zu,\"workflows\":%zu,\"seconds\":%.3f,\"per_second\":%.1f,\"start_p50_ms\":%.3f,\"start_p99_ms\":%.3f,\"read_p50_ms\":%.3f,"
                "\"resume_p50_ms\":%.3f,\"resume_p99_ms\":%.3f}\n",
                users_.size(), workflows, seconds, static_cast<double>(workflows) / seconds, percentile(latencies_.start, 0.5), percentile(latencies_.start, 0.99),
                percentile(latencies_.read, 0.5), percentile(latencies_.resume, 0.5), percentile(latencies_.resume, 0.99));
  }

  Options options_;
  std::vector<User> users_;
  int epoll_;
  Latencies latencies_;
  std::string last_token_;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--bare") {
      options.bare = true;
      continue;
    }
    if (i + 1 == argc) fail("missing value of " + std::string(name));
    const std::string_view value = argv[++i];
    if (name == "--admin") options.admin = parse_target(value);
    else if (name == "--public") options.open = parse_target(value);
    else if (name == "--machine") options.machine = value;
    else if (name == "--users") options.users = static_cast<std::size_t>(std::atoi(argv[i]));
    else if (name == "--starts-only") options.starts_only = static_cast<std::size_t>(std::atoi(argv[i]));
    else if (name == "--seconds") options.seconds = std::atof(argv[i]);
    else fail("unknown option " + std::string(name));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) { Load(parse(argc, argv)).run(); }
