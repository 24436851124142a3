#include "harness.h"

#include "services/functions/installation.h"
#include "services/functions/process.h"

#include <array>
#include <csignal>
#include <thread>

using namespace signalbox;
using namespace signalbox::testing;
using Kind = FunctionOutcome::Kind;

namespace {

/// A runtime in Python that speaks HTTP as a library would: chunked bodies, a connection a request.
const char* const bootstrap = R"PY(#!/usr/bin/python3
import http.client, os
address = os.environ["AWS_LAMBDA_RUNTIME_API"]
def ask(method, path, body=None, headers={}, chunked=False):
    connection = http.client.HTTPConnection(address)
    connection.request(method, "/2018-06-01/runtime/" + path, body=body, headers=headers, encode_chunked=chunked)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()
while True:
    status, headers, event = ask("GET", "invocation/next")
    id = headers["Lambda-Runtime-Aws-Request-Id"]
    if event == b'"chunked"':
        ask("POST", f"invocation/{id}/response", iter([b'{"a":', b'1}']), {"Transfer-Encoding": "chunked"}, True)
    elif event == b'"bad"':
        ask("POST", f"invocation/{id}/response", b"{not json")
    elif event == b'"wrong"':
        status, _, body = ask("POST", "invocation/00000000-0000-0000-0000-000000000000/response", b"1")
        ask("POST", f"invocation/{id}/response", str(status).encode())
    elif event == b'"unknown"':
        status, _, body = ask("GET", "no/such/thing")
        ask("POST", f"invocation/{id}/response", str(status).encode())
    else:
        ask("POST", f"invocation/{id}/error", b'{"errorType":"Custom","errorMessage":"m"}', {"Lambda-Runtime-Function-Error-Type": "Custom"})
)PY";

}  // namespace

TEST_CASE("A bootstrap of one's own is served the Runtime API") {
  FunctionHarness harness;
  harness.make("own", "provided.al2023", "", {{"bootstrap", bootstrap}});
  CHECK(harness.call("own", R"("chunked")").payload == R"({"a":1})");
  auto bad = harness.call("own", R"("bad")");
  CHECK(bad.kind == Kind::FunctionError);
  CHECK(parsed(bad.payload)["errorType"] == "Runtime.InvalidResponse");
  CHECK(parsed(bad.payload)["errorMessage"].get<std::string>().find("{not json") != std::string::npos);
  CHECK(harness.call("own", R"("wrong")").payload == "400");
  CHECK(harness.call("own", R"("unknown")").payload == "404");
  CHECK(harness.call("own", "1").payload == R"({"errorType":"Custom","errorMessage":"m"})");

  harness.make("empty", "provided", "", {{"readme", ""}});
  CHECK(parsed(harness.call("empty").payload)["errorType"] == "Runtime.InvalidEntrypoint");
}

TEST_CASE("Calls that never run say so") {
  FunctionHarness harness;
  auto gone = harness.call("nothing");
  CHECK(gone.kind == Kind::NotFound);
  CHECK(gone.message == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nothing");
  functions::FunctionConfig config;
  config.reserved_concurrency = 0;
  harness.make("closed", "python3.12", "app.handler", {{"app.py", "def handler(e, c): return 1"}}, config);
  CHECK(harness.call("closed").kind == Kind::Throttled);
  CHECK(harness.call("closed:7").kind == Kind::NotFound);
}

TEST_CASE("Places are shared: a busy function does not keep another out") {
  int answered_before_other = 0, busy = 0;
  bool other = false;
  functions::FunctionOptions options;
  options.workers_max = 1;
  FunctionHarness harness(options);
  const char* const code = "def handler(event, context): return event";
  harness.make("busy", "python3.12", "app.handler", {{"app.py", code}});
  harness.make("other", "python3.12", "app.handler", {{"app.py", code}});
  std::function<void(FunctionOutcome)> again = [&](FunctionOutcome outcome) {
    CHECK(outcome.kind == Kind::Answered);
    ++busy;
    if (!other) harness.invoke("busy", "1", again);
  };
  for (int i = 0; i < 4; ++i) harness.invoke("busy", "1", again);
  harness.run_until([&] { return busy > 0; });
  harness.invoke("other", "2", [&](FunctionOutcome outcome) {
    CHECK(outcome.payload == "2");
    answered_before_other = busy;
    other = true;
  });
  harness.run_until([&] { return other && harness.service().counters().waiting == 0 && harness.service().counters().busy == 0; });
  CHECK(answered_before_other > 0);
}

TEST_CASE("A function whose start had to wait for another's is started when that is done") {
  functions::FunctionOptions options;
  options.starting_max = 1;
  FunctionHarness harness(options);
  const std::vector<std::string> names{"first", "second", "third"};
  for (const auto& name : names) harness.make(name, "python3.12", "app.handler", {{"app.py", "def handler(event, context): return event"}});
  int answered = 0;
  for (const auto& name : names) {
    harness.invoke(name, "1", [&](FunctionOutcome outcome) {
      CHECK(outcome.kind == Kind::Answered);
      ++answered;
    });
  }
  harness.run_until([&] { return answered == 3; });
}

TEST_CASE("What a killed daemon left running is ended at the next start") {
  TemporaryDirectory directory;
  functions::Layout layout{.root = directory.path()};
  std::filesystem::create_directories(layout.temporary() + "/old");
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  auto process = functions::start_process({.arguments = {"/bin/sleep", "60"},
                                           .environment = {"AWS_LAMBDA_RUNTIME_API=127.0.0.1:1"},
                                           .directory = "/",
                                           .output = pipe[1],
                                           .ruleset = -1});
  REQUIRE(process.has_value());
  functions::note_processes(layout, {{.session = process->id, .runtime_api = "127.0.0.1:2"}});
  CHECK(functions::end_leftovers(layout) == 0);  // a stranger with the same number
  functions::note_processes(layout, {{.session = process->id, .runtime_api = "127.0.0.1:1"}});
  CHECK(functions::end_leftovers(layout) == 1);
  CHECK(functions::reap(*process).status == SIGKILL);
  CHECK_FALSE(std::filesystem::exists(layout.temporary() + "/old"));
  CHECK(functions::end_leftovers(layout) == 0);
  ::close(process->handle);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("A function's process dies with the thread that started it") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  std::optional<Result<functions::Process>> process;
  std::thread([&] {
    process = functions::start_process(
        {.arguments = {"/bin/sleep", "60"}, .environment = {}, .directory = "/", .output = pipe[1], .ruleset = -1});
  }).join();
  REQUIRE(process->has_value());
  auto end = functions::reap(**process);
  CHECK(end.signaled);
  CHECK(end.status == SIGKILL);
  ::close((*process)->handle);
  ::close(pipe[0]);
  ::close(pipe[1]);
}
