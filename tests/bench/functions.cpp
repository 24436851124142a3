// Warm invocations: rate and latency through the service, beside a bare loop that feeds the same Node process over one blocking socket.
//
//   bench-functions [invocations]     prints one JSON object

#include "services/functions/functions.h"
#include "services/functions/interpreters.h"
#include "services/functions/process.h"
#include "services/functions/service.h"
#include "signalbox/clock.h"
#include "signalbox/encoding.h"
#include "store/memory_store.h"
#include "support/temporary_directory.h"
#include "support/test_transaction.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace signalbox;
using std::chrono::steady_clock;

namespace {

double microseconds(steady_clock::time_point from, steady_clock::time_point to) {
  return std::chrono::duration<double, std::micro>(to - from).count();
}

struct Measured {
  double per_second, p50_ms, p99_ms;
};

Measured measured(std::vector<double> latencies, double seconds) {
  std::sort(latencies.begin(), latencies.end());
  auto at = [&](double share) { return latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))]; };
  return {static_cast<double>(latencies.size()) / seconds, at(0.5) / 1000, at(0.99) / 1000};
}

/// `concurrency` calls are always under way.
Measured through_the_service(const std::string& function, functions::FunctionService& service, boost::asio::io_context& io, int invocations,
                             int concurrency) {
  std::vector<double> latencies;
  int begun = 0;
  std::function<void()> one = [&] {
    if (begun == invocations) return;
    ++begun;
    auto start = steady_clock::now();
    service.invoke({.function = function, .payload = R"({"x":1})", .request_id = random_uuid()}, [&, start](FunctionOutcome outcome) {
      if (outcome.kind != FunctionOutcome::Kind::Answered) {
        fmt::print(stderr, "{}: {}{}\n", function, outcome.payload, outcome.message);
        std::exit(1);
      }
      latencies.push_back(microseconds(start, steady_clock::now()));
      one();
    });
  };
  auto start = steady_clock::now();
  for (int i = 0; i < concurrency; ++i) one();
  while (latencies.size() < static_cast<std::size_t>(invocations)) io.run_one();
  auto seconds = microseconds(start, steady_clock::now()) / 1e6;
  return measured(std::move(latencies), seconds);
}

/// Reads one request; the answer to an event comes together with the request for the next, so what counts is the second's end.
bool read_until(int socket, std::string& buffer, std::string_view end) {
  std::array<char, 4096> part{};
  while (buffer.find(end) == std::string::npos) {
    auto count = ::read(socket, part.data(), part.size());
    if (count <= 0) return false;
    buffer.append(part.data(), static_cast<std::size_t>(count));
  }
  buffer.erase(0, buffer.find(end) + end.size());
  return true;
}

/// The least that any daemon must do: write an event, read the answer, on a thread that does nothing else.
Measured bare_loop(const std::string& code, const std::string& bootstrap, const std::string& node, int invocations) {
  int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener, 1);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  auto process = functions::start_process({.arguments = {node, bootstrap},
                                           .environment = {fmt::format("AWS_LAMBDA_RUNTIME_API=127.0.0.1:{}", ntohs(address.sin_port)),
                                                           "_HANDLER=index.handler", "LAMBDA_TASK_ROOT=" + code},
                                           .directory = code,
                                           .output = 2,
                                           .ruleset = -1});
  if (!process) {
    fmt::print(stderr, "{}\n", process.error().message);
    std::exit(1);
  }
  int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  std::string buffer;
  constexpr std::string_view next = "invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  read_until(socket, buffer, next);
  std::vector<double> latencies;
  auto start = steady_clock::now();
  std::string accepted;
  for (int i = 0; i < invocations; ++i) {
    auto begin = steady_clock::now();
    auto event = accepted +
                 "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 0190c1b2-0000-7000-8000-000000000001\r\nLambda-Runtime-Deadline-Ms: "
                 "9999999999999\r\nContent-Length: 7\r\n\r\n{\"x\":1}";
    accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    if (::write(socket, event.data(), event.size()) < 0 || !read_until(socket, buffer, next)) std::exit(1);
    latencies.push_back(microseconds(begin, steady_clock::now()));
  }
  const auto result = measured(std::move(latencies), microseconds(start, steady_clock::now()) / 1e6);
  functions::kill_group(process->id);
  (void)functions::reap(*process);
  ::close(socket);
  ::close(listener);
  return result;
}

void print(std::string& json, const std::string& what, const Measured& m) {
  json += fmt::format(R"({}"{} invocations/s": {:.0f}, "{} p50 ms": {:.4f}, "{} p99 ms": {:.4f})", json.empty() ? "{" : ", ", what,
                      m.per_second, what, m.p50_ms, what, m.p99_ms);
}

}  // namespace

int main(int argc, char** argv) {
  int invocations = argc > 1 ? std::atoi(argv[1]) : 5000;
  testing::TemporaryDirectory directory;
  std::string source = directory.path() + "/source";
  std::filesystem::create_directories(source);
  std::ofstream(source + "/index.js") << "exports.handler = async (event) => event;\n";
  std::ofstream(source + "/index.py") << "def handler(event, context):\n    return event\n";

  SystemClock clock;
  MemoryStore store;
  boost::asio::io_context io(1);
  functions::FunctionService service;
  functions::FunctionOptions options{.data_directory = directory.path() + "/data"};
  if (auto started = service.start(io.get_executor(), store.reader(), clock, options); !started)
    return fmt::print(stderr, "{}\n", started.error().message), 1;
  auto code = service.code().put_folder(source);
  testing::TestTransaction transaction(store, clock);
  for (const auto& [name, runtime] : {std::pair{"node", "nodejs20.x"}, std::pair{"python", "python3.12"}}) {
    functions::FunctionConfig config;
    config.name = name;
    config.runtime = runtime;
    config.handler = "index.handler";
    config.code_hash = code->hash;
    if (auto made = functions::create_function(transaction, config); !made) return fmt::print(stderr, "{}\n", made.error().message), 1;
  }
  if (!transaction.commit()) return 1;

  auto node = functions::find_interpreter({"node"}, std::getenv("PATH"));
  if (!node) return fmt::print(stderr, "no node\n"), 1;
  std::string json;
  const auto bare = bare_loop(source, directory.path() + "/data/functions/runtime/node_bootstrap.cjs", node->program, invocations);
  print(json, "bare loop, node:", bare);
  for (const std::string function : {"node", "python"}) {
    through_the_service(function, service, io, 200, 1);  // warm
    const auto one = through_the_service(function, service, io, invocations, 1);
    print(json, function + ", 1 at a time:", one);
    if (function == "node")
      json += fmt::format(R"(, "added by the service, node: p50 ms": {:.4f}, "node, 1 at a time: of the bare loop": {:.3f})",
                          one.p50_ms - bare.p50_ms, one.per_second / bare.per_second);
    print(json, function + ", 4 at a time:", through_the_service(function, service, io, invocations, 4));
  }
  fmt::print("{}}}\n", json);
  service.stop();
  io.poll();
}
