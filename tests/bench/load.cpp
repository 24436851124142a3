// Load over HTTP: virtual users that each go through a script of requests again and again, on keep-alive connections, as fast as they
// are answered. What a request captures of its answer fills the {placeholders} of those after it.
//
//   bench-load --users N (--seconds S | --count SCRIPTS) --step NAME HOST:PORT CAPTURE REQUEST …
//
// REQUEST is the request line without version, header lines, an empty line and the body; Host and Content-Length are added. CAPTURE is
// the name of a member of the JSON answer (empty: none). Prints one JSON object: rate, percentiles of each step, what was captured last.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "load: %s\n", why.c_str());
  std::exit(1);
}

/// A request cut at its placeholders: text, then a captured member's value, then text …
struct Template {
  std::vector<std::string> texts, members;
};

struct Step {
  std::string name, target, capture;
  Template head, body;
};

struct Options {
  std::size_t users = 1, count = 0;
  double seconds = 5;
  std::vector<Step> steps;
};

/// `{id}` is a placeholder; `{"id"…` is not.
Template cut(std::string_view text) {
  Template made;
  std::size_t begin = 0;
  for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", at + 1);
    if (end == text.npos || end == at + 1 || text[end] != '}') continue;
    made.texts.emplace_back(text.substr(begin, at - begin));
    made.members.emplace_back(text.substr(at + 1, end - at - 1));
    begin = end + 1;
  }
  made.texts.emplace_back(text.substr(begin));
  return made;
}

Step parse_step(char** words) {
  Step step{words[0], words[1], words[2], {}, {}};
  const std::string_view request = words[3];
  const auto head_end = request.find("\n\n");
  const auto head = request.substr(0, head_end);
  const auto line_end = head.find('\n');
  std::string text = std::string(head.substr(0, line_end)) + " HTTP/1.1\r\nHost: bench\r\n";
  for (std::size_t at = line_end; at < head.size();) {
    const auto end = std::min(head.find('\n', at + 1), head.size());
    text += std::string(head.substr(at + 1, end - at - 1)) + "\r\n";
    at = end;
  }
  step.head = cut(text);
  step.body = cut(head_end == request.npos ? std::string_view() : request.substr(head_end + 2));
  return step;
}

int connect_to(const std::string& target) {
  const auto colon = target.rfind(':');
  if (colon == target.npos) fail("a target is HOST:PORT, not " + target);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(target.c_str() + colon + 1)));
  ::inet_pton(AF_INET, target.substr(0, colon).c_str(), &address.sin_addr);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot connect to " + target + ": " + std::strerror(errno));
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

std::string member(std::string_view json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const auto at = json.find(key);
  if (at == std::string_view::npos) fail("no member " + name + " in " + std::string(json));
  const auto begin = at + key.size();
  return std::string(json.substr(begin, json.find('"', begin) - begin));
}

using Captured = std::map<std::string, std::string>;

void append(std::string& out, const Template& text, const Captured& captured) {
  for (std::size_t i = 0; i < text.texts.size(); ++i) {
    out += text.texts[i];
    if (i < text.members.size()) out += captured.at(text.members[i]);
  }
}

double percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

struct User {
  std::vector<int> connections;  ///< by step
  std::size_t step = 0;
  std::string received;
  Captured captured;
  Steady::time_point sent;
};

class Load {
 public:
  explicit Load(Options options)
      : options_(std::move(options)), users_(options_.users), milliseconds_(options_.steps.size()), epoll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < users_.size(); ++i) connect(i);
  }

  void run() {
    const auto began = Steady::now();
    const auto end = began + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(options_.seconds));
    for (auto& user : users_) send_request(user);
    std::vector<epoll_event> events(users_.size() * options_.steps.size());
    while (options_.count > 0 ? done_ < options_.count : Steady::now() < end) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
      for (int i = 0; i < count; ++i) receive(users_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    report(std::chrono::duration<double>(Steady::now() - began).count());
  }

 private:
  /// One connection to each server that the script speaks to.
  void connect(std::size_t number) {
    std::map<std::string, int> by_target;
    for (const auto& step : options_.steps) {
      const auto [at, is_new] = by_target.try_emplace(step.target, -1);
      if (is_new) {
        at->second = connect_to(step.target);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = number;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, at->second, &event);
      }
      users_[number].connections.push_back(at->second);
    }
  }

  void send_request(User& user) {
    const Step& step = options_.steps[user.step];
    body_.clear();
    append(body_, step.body, user.captured);
    request_.clear();
    append(request_, step.head, user.captured);
    if (!body_.empty()) request_ += "Content-Length: " + std::to_string(body_.size()) + "\r\n";
    request_ += "\r\n";
    request_ += body_;
    user.sent = Steady::now();
    if (::send(user.connections[user.step], request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size()))
      fail("short send");
  }

  void receive(User& user) {
    char chunk[16384];
    const auto got = ::recv(user.connections[user.step], chunk, sizeof chunk, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) fail("the server closed a connection");
    user.received.append(chunk, static_cast<std::size_t>(got));
    std::string_view body;
    if (!complete_body(user.received, body)) return;
    milliseconds_[user.step].push_back(std::chrono::duration<double, std::milli>(Steady::now() - user.sent).count());
    const Step& step = options_.steps[user.step];
    if (!step.capture.empty()) last_[step.capture] = user.captured[step.capture] = member(body, step.capture);
    user.step = (user.step + 1) % options_.steps.size();
    if (user.step == 0) ++done_;
    user.received.clear();
    send_request(user);
  }

  void report(double seconds) {
    std::printf("{\"users\":%zu,\"scripts\":%zu,\"seconds\":%.3f,\"per_second\":%.1f", users_.size(), done_, seconds,
                static_cast<double>(done_) / seconds);
    for (std::size_t i = 0; i < options_.steps.size(); ++i) {
      std::printf(",\"%s\":{\"p50_ms\":%.3f,\"p99_ms\":%.3f}", options_.steps[i].name.c_str(), percentile(milliseconds_[i], 0.5),
                  percentile(milliseconds_[i], 0.99));
    }
    std::printf(",\"captured\":{");
    const char* separator = "";
    for (const auto& [name, value] : last_) std::printf("%s\"%s\":\"%s\"", std::exchange(separator, ","), name.c_str(), value.c_str());
    std::printf("}}\n");
  }

  Options options_;
  std::vector<User> users_;
  std::vector<std::vector<double>> milliseconds_;  ///< latencies, by step
  int epoll_;
  std::size_t done_ = 0;
  Captured last_;
  std::string request_, body_;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const int left = argc - i - 1;
    if (name == "--step" && left >= 4) {
      options.steps.push_back(parse_step(argv + i + 1));
      i += 4;
    } else if (left >= 1 && name == "--users") {
      options.users = static_cast<std::size_t>(std::atoi(argv[++i]));
    } else if (left >= 1 && name == "--count") {
      options.count = static_cast<std::size_t>(std::atoi(argv[++i]));
    } else if (left >= 1 && name == "--seconds") {
      options.seconds = std::atof(argv[++i]);
    } else {
      fail("unknown option or missing value: " + std::string(name));
    }
  }
  if (options.steps.empty()) fail("no --step");
  return options;
}

}  // namespace

int main(int argc, char** argv) { Load(parse(argc, argv)).run(); }
