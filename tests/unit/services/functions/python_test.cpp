#include "harness.h"

#include <chrono>
#include <thread>

#include "services/functions/process.h"

using namespace signalbox;
using namespace signalbox::testing;
using Kind = FunctionOutcome::Kind;

namespace {

const char* const handlers = R"PY(
import json, logging, os, subprocess, sys, time
from decimal import Decimal

class OrderRejected(Exception):
    pass

logging.getLogger().setLevel(logging.INFO)

def plain(event, context):
    print("printed")
    logging.info("logged")
    return {"event": event, "id": context.aws_request_id, "mb": context.memory_limit_in_mb, "left": context.get_remaining_time_in_millis(), "two": Decimal(2)}

def raises(event, context):
    raise OrderRejected("too dear")

def unserialisable(event, context):
    return {1, 2}

def leaves(event, context):
    sys.exit(4)

def killed(event, context):
    os.kill(os.getpid(), 9)

def hangs(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with open(os.environ["TMPDIR"] + "/pid", "w") as file:
        file.write(str(child.pid))
    print("grandchild", child.pid, flush=True)
    time.sleep(60)

def fills(event, context):
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1024)) * 8192)

def count(event, context):
    count.calls = getattr(count, "calls", 0) + 1
    return count.calls
)PY";

}  // namespace

TEST_CASE("Python handlers answer as on Lambda") {
  FunctionHarness harness;
  auto make = [&](const std::string& function, functions::FunctionConfig config = {}) {
    harness.make(function, "python3.12", "pkg/app." + function, {{"pkg/app.py", handlers}}, std::move(config));
  };

  SECTION("an answer, a context, print and logging") {
    make("plain");
    auto outcome = harness.call("plain", R"({"x":"ü"})");
    INFO(outcome.payload);
    REQUIRE(outcome.kind == Kind::Answered);
    auto answer = parsed(outcome.payload);
    CHECK(answer["event"]["x"] == "ü");
    CHECK(answer["mb"] == "128");
    CHECK(answer["two"] == 2);
    CHECK(answer["left"].get<int>() > 1000);
    CHECK(outcome.log_tail.find("printed\n") != std::string::npos);
    CHECK(outcome.log_tail.find("Z\t" + answer["id"].get<std::string>() + "\tlogged\n") != std::string::npos);
  }
  SECTION("errors") {
    make("raises");
    auto outcome = harness.call("raises");
    REQUIRE(outcome.kind == Kind::FunctionError);
    auto raised = parsed(outcome.payload);
    CHECK(raised["errorType"] == "OrderRejected");
    CHECK(raised["errorMessage"] == "too dear");
    CHECK(raised["requestId"].get<std::string>().size() == 36);
    REQUIRE(raised["stackTrace"].size() == 1);
    CHECK(raised["stackTrace"][0].get<std::string>().find("in raises\n    raise OrderRejected(\"too dear\")\n") != std::string::npos);
    make("unserialisable");
    auto marshal = parsed(harness.call("unserialisable").payload);
    CHECK(marshal["errorType"] == "Runtime.MarshalError");
    CHECK(marshal["errorMessage"] == "Unable to marshal response: Object of type set is not JSON serializable");
    make("leaves");
    CHECK(parsed(harness.call("leaves").payload)["errorMessage"].get<std::string>().ends_with(
        "Error: Runtime exited with error: exit status 4"));
    make("killed");
    CHECK(parsed(harness.call("killed").payload)["errorMessage"].get<std::string>().ends_with(
        "Error: Runtime exited with error: signal: killed"));
  }
  SECTION("what cannot be started says why") {
    harness.make("gone", "python3.12", "none.handler", {{"app.py", ""}});
    CHECK(
        parsed(harness.call("gone").payload) ==
        parsed(
            R"({"errorType":"Runtime.ImportModuleError","errorMessage":"Unable to import module 'none': No module named 'none'","requestId":"","stackTrace":[]})"));
    harness.make("missing", "python3.12", "app.handler", {{"app.py", ""}});
    CHECK(parsed(harness.call("missing").payload)["errorMessage"] == "Handler 'handler' missing on module 'app'");
    harness.make("syntax", "python3.12", "app.handler", {{"app.py", "def handler(:\n"}});
    CHECK(parsed(harness.call("syntax").payload)["errorType"] == "Runtime.UserCodeSyntaxError");
  }
  SECTION("a timeout ends the whole group") {
    functions::FunctionConfig config;
    config.timeout_seconds = 1;
    make("hangs", config);
    auto begun = std::chrono::steady_clock::now();
    auto outcome = harness.call("hangs");
    auto took = std::chrono::steady_clock::now() - begun;
    REQUIRE(outcome.kind == Kind::FunctionError);
    auto payload = parsed(outcome.payload);
    CHECK(payload["errorType"] == "Sandbox.Timedout");
    CHECK(payload["errorMessage"].get<std::string>().ends_with(" Error: Task timed out after 1.00 seconds"));
    CHECK(took >= std::chrono::seconds(1));
    CHECK(outcome.log_tail.find("Status: timeout") != std::string::npos);
    auto place = outcome.log_tail.find("grandchild ");
    REQUIRE(place != std::string::npos);
    auto grandchild = std::stoi(outcome.log_tail.substr(place + 11));
    // Killed; it is a zombie at most, until whoever inherited it looks. The kernel takes its memory back in its own time.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (functions::resident_bytes(grandchild) != 0 && std::chrono::steady_clock::now() < patience)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(functions::resident_bytes(grandchild) == 0);
  }
  SECTION("a process that holds more than its memory is killed") {
    functions::FunctionConfig config;
    config.timeout_seconds = 20;
    make("fills", config);
    CHECK(parsed(harness.call("fills").payload)["errorType"] == "Runtime.OutOfMemory");
  }
  SECTION("new code is used by the next call") {
    make("count");
    CHECK(harness.call("count").payload == "1");
    CHECK(harness.call("count").payload == "2");
    make("count");  // the same again: the process stays
    CHECK(harness.call("count").payload == "3");
    harness.make("count", "python3.12", "app.handler", {{"app.py", "def handler(event, context): return 'new'"}});
    CHECK(harness.call("count").payload == R"("new")");
  }
}
