#include "harness.h"

#include "services/functions/landlock.h"

using namespace signalbox;
using namespace signalbox::testing;
using Kind = FunctionOutcome::Kind;

namespace {

const char* const handlers = R"JS(
const util = require('util');
exports.async = async (event, context) => { console.log('hello', {a: 1}); return {event, id: context.awsRequestId, name: context.functionName, mb: context.memoryLimitInMB}; };
exports.callback = (event, context, callback) => { setTimeout(() => callback(null, {got: event.x}), 5); };
exports.callbackError = (event, context, callback) => callback('only words');
exports.sync = () => 'ignored unless a promise';
exports.succeed = (event, context) => context.succeed('ok');
exports.throws = () => { throw new TypeError('no good'); };
exports.rejects = async () => { class OrderRejected extends Error { constructor(m) { super(m); this.name = 'OrderRejected'; } } throw new OrderRejected('too dear'); };
exports.unhandled = async () => { Promise.reject(new Error('forgotten')); await new Promise((r) => setTimeout(r, 10000)); };
exports.exits = async () => process.exit(3);
exports.nothing = () => {};
exports.big = async () => 'x'.repeat(7 * 1024 * 1024);
exports.circular = async () => { const a = {}; a.a = a; return a; };
exports.environment = async () => process.env;
exports.notAFunction = 42;
exports.late = async () => { setTimeout(() => console.log('after the answer'), 20); return 1; };
exports.files = async (event) => { const fs = require('fs'); const out = {};
  for (const path of event.read) { try { fs.readdirSync(path); out[path] = 'read'; } catch (e) { out[path] = e.code; } }
  fs.writeFileSync(require('os').tmpdir() + '/mine', 'x'); out.cwd = process.cwd();
  try { fs.writeFileSync('here', 'x'); out.write = 'written'; } catch (e) { out.write = e.code; }
  return out; };
)JS";

}  // namespace

TEST_CASE("Node handlers of every style answer as on Lambda") {
  FunctionHarness harness;
  auto make = [&](const std::string& function) { harness.make(function, "nodejs20.x", "index." + function, {{"index.js", handlers}}); };

  SECTION("async, with a context and console lines in the log") {
    make("async");
    auto outcome = harness.call("async", R"({"x":"ü"})");
    INFO(outcome.payload);
    REQUIRE(outcome.kind == Kind::Answered);
    auto answer = parsed(outcome.payload);
    CHECK(answer["event"]["x"] == "ü");
    CHECK(answer["name"] == "async");
    CHECK(answer["mb"] == "128");
    auto id = answer["id"].get<std::string>();
    CHECK(outcome.log_tail.find("\t" + id + "\tINFO\thello { a: 1 }") != std::string::npos);
    CHECK(outcome.log_tail.find("START RequestId: " + id + " Version: $LATEST") == 0);
    CHECK(outcome.log_tail.find("END RequestId: " + id) != std::string::npos);
    CHECK(outcome.log_tail.find("Init Duration: ") != std::string::npos);
    // The second call meets a warm process.
    auto second = harness.call("async", "[]");
    CHECK(second.log_tail.find("Init Duration: ") == std::string::npos);
    CHECK(harness.service().counters().cold_starts == 1);
  }
  SECTION("callback, succeed, and a handler that answers nothing") {
    make("callback");
    CHECK(harness.call("callback", R"({"x":7})").payload == R"({"got":7})");
    make("succeed");
    CHECK(harness.call("succeed").payload == R"("ok")");
    make("nothing");
    CHECK(harness.call("nothing").payload == "null");
    make("sync");
    CHECK(harness.call("sync").payload == "null");
  }
  SECTION("errors keep their type, message and trace") {
    make("throws");
    auto thrown = harness.call("throws");
    REQUIRE(thrown.kind == Kind::FunctionError);
    CHECK(parsed(thrown.payload)["errorType"] == "TypeError");
    CHECK(parsed(thrown.payload)["errorMessage"] == "no good");
    CHECK(parsed(thrown.payload)["trace"][0] == "TypeError: no good");
    make("rejects");
    auto rejected = parsed(harness.call("rejects").payload);
    CHECK(rejected["errorType"] == "OrderRejected");
    CHECK(rejected["errorMessage"] == "too dear");
    make("callbackError");
    auto words = parsed(harness.call("callbackError").payload);
    CHECK(words["errorType"] == "string");
    CHECK(words["errorMessage"] == "only words");
    make("circular");
    CHECK(parsed(harness.call("circular").payload)["errorType"] == "Runtime.MarshalError");
    // After an error the process is kept, after a crash it is not.
    CHECK(harness.service().counters().workers == 4);
  }
  SECTION("crashes are told apart") {
    make("unhandled");
    auto unhandled = parsed(harness.call("unhandled").payload);
    CHECK(unhandled["errorType"] == "Runtime.UnhandledPromiseRejection");
    CHECK(unhandled["errorMessage"] == "Error: forgotten");
    make("exits");
    auto outcome = harness.call("exits");
    auto exited = parsed(outcome.payload);
    CHECK(exited["errorType"] == "Runtime.ExitError");
    CHECK(exited["errorMessage"].get<std::string>().ends_with(" Error: Runtime exited with error: exit status 3"));
    CHECK(outcome.log_tail.find("Status: error\tError Type: Runtime.ExitError") != std::string::npos);
    CHECK(harness.call("exits").kind == Kind::FunctionError);
  }
  SECTION("an answer over 6 MB") {
    make("big");
    auto outcome = harness.call("big");
    CHECK(
        outcome.payload ==
        R"({"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."})");
    make("async");
    CHECK(harness.call("big").kind == Kind::FunctionError);  // the process lives on
    CHECK(harness.service().counters().cold_starts == 1);
  }
  SECTION("output after the answer is logged, too") {
    make("late");
    CHECK(harness.call("late").payload == "1");
    harness.run_until([&] { return harness.log("late").find("after the answer") != std::string::npos; });
  }
  SECTION("nothing of the daemon's environment or files is within reach") {
    ::setenv("SIGNALBOX_TEST_SECRET", "hidden", 1);
    functions::FunctionConfig config;
    config.environment = {{"MINE", "yes"}};
    harness.make("environment", "nodejs20.x", "index.environment", {{"index.js", handlers}}, config);
    auto environment = parsed(harness.call("environment").payload);
    CHECK_FALSE(environment.contains("SIGNALBOX_TEST_SECRET"));
    CHECK(environment["MINE"] == "yes");
    CHECK(environment["AWS_LAMBDA_FUNCTION_NAME"] == "environment");
    CHECK(environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:8083");
    CHECK(environment["AWS_ACCESS_KEY_ID"].get<std::string>().size() == 20);
    CHECK(environment["_HANDLER"] == "index.environment");
    CHECK(environment["TZ"] == ":UTC");
    make("files");
    auto files = parsed(harness.call("files", R"({"read":["/root","/usr",")" + harness.directory() + R"(/data","/home"]})").payload);
    if (functions::landlock_version() > 0) {
      CHECK(files["/root"] == "EACCES");
      CHECK(files[harness.directory() + "/data"] == "EACCES");
      CHECK(files["write"] == "EACCES");
    }
    CHECK(files["/usr"] == "read");
    CHECK(files["cwd"].get<std::string>().find("/functions/code/") != std::string::npos);
  }
}

TEST_CASE("Node modules of every form are found") {
  FunctionHarness harness;
  SECTION("ESM by file name, with top-level await and a default export's members") {
    harness.make("esm", "nodejs22.x", "index.handler",
                 {{"index.mjs", "const x = await Promise.resolve(5); export const handler = async () => x;"}});
    CHECK(harness.call("esm").payload == "5");
  }
  SECTION("ESM by package.json, in a folder") {
    harness.make("typed", "nodejs22.x", "src/app.handler",
                 {{"package.json", R"({"type":"module"})"},
                  {"src/app.js", "import { join } from 'node:path'; export const handler = async (e) => join('a', e.b);"}});
    CHECK(harness.call("typed", R"({"b":"c"})").payload == R"("a/c")");
  }
  SECTION("CommonJS by file name, nested exports, own node_modules") {
    harness.make("cjs", "nodejs20.x", "index.api.handler",
                 {{"index.cjs", "exports.api = { handler: async () => require('thing') };"},
                  {"node_modules/thing/index.js", "module.exports = 'own';"}});
    CHECK(harness.call("cjs").payload == R"("own")");
  }
  SECTION("what cannot be started says why") {
    auto fails = [&](const std::string& name, const std::string& handler, const FunctionHarness::Files& files) {
      harness.make(name, "nodejs20.x", handler, files);
      auto outcome = harness.call(name);
      REQUIRE(outcome.kind == Kind::FunctionError);
      INFO(outcome.payload);
      return parsed(outcome.payload);
    };
    CHECK(fails("gone", "other.handler", {{"index.js", ""}})["errorType"] == "Runtime.ImportModuleError");
    CHECK(fails("missing", "index.handler", {{"index.js", "exports.x = 1;"}})["errorMessage"] ==
          "index.handler is undefined or not exported");
    CHECK(fails("number", "index.notAFunction", {{"index.js", handlers}})["errorMessage"] == "index.notAFunction is not a function");
    CHECK(fails("syntax", "index.handler", {{"index.js", "exports.handler = ("}})["errorType"] == "Runtime.UserCodeSyntaxError");
    CHECK(fails("import", "index.handler", {{"index.js", "require('not-there')"}})["errorType"] == "Runtime.ImportModuleError");
    CHECK(fails("init", "index.handler", {{"index.js", "throw new RangeError('at load')"}})["errorType"] == "RangeError");
    auto exits = fails("leaves", "index.handler", {{"index.js", "process.exit(7)"}});
    CHECK(exits["errorType"] == "Runtime.ExitError");
    CHECK(exits["errorMessage"].get<std::string>().find("exit status 7") != std::string::npos);
    CHECK(harness.log("init").find("INIT_REPORT") != std::string::npos);
  }
}

TEST_CASE("The SDK's layer is found after a function's own modules, by require and import alike") {
  TemporaryDirectory layer;
  auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories(layer.path() + "/node_modules/" + name);
    std::ofstream(layer.path() + "/node_modules/" + name + "/index.js") << text;
  };
  write("@aws-sdk/client-sfn", "module.exports = { from: 'layer' };");
  write("thing", "module.exports = { from: 'layer' };");
  functions::FunctionOptions options;
  options.node_layer = layer.path() + "/node_modules";
  FunctionHarness harness(options);
  harness.make("required", "nodejs20.x", "index.handler",
               {{"index.js", "exports.handler = async () => [require('@aws-sdk/client-sfn').from, require('thing').from];"},
                {"node_modules/thing/index.js", "module.exports = { from: 'own' };"}});
  CHECK(harness.call("required").payload == R"(["layer","own"])");
  harness.make(
      "imported", "nodejs20.x", "index.handler",
      {{"index.mjs",
        "import sfn from '@aws-sdk/client-sfn'; import thing from 'thing'; export const handler = async () => [sfn.from, thing.from];"},
       {"node_modules/thing/index.js", "module.exports = { from: 'own' };"}});
  CHECK(harness.call("imported").payload == R"(["layer","own"])");
}
