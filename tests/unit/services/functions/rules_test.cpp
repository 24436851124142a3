#include "services/functions/code_store.h"
#include "services/functions/failures.h"
#include "services/functions/functions.h"
#include "services/functions/log_files.h"
#include "services/functions/runtime_request.h"
#include "services/functions/tasks.h"
#include "store/memory_store.h"
#include "support/temporary_directory.h"
#include "support/test_transaction.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace signalbox;
using namespace signalbox::functions;
using signalbox::testing::TemporaryDirectory;

namespace {

FunctionConfig good() {
  return {.name = "f",
          .description = {},
          .runtime = "nodejs20.x",
          .handler = "index.handler",
          .environment = {},
          .code_hash = "h",
          .role = {},
          .stack = {},
          .reserved_concurrency = {},
          .layers = {},
          .tags = {},
          .key = {},
          .created_at = {},
          .modified_at = {}};
}

template <class Change>
std::string fault(Change change) {
  auto config = good();
  change(config);
  auto checked = check(config);
  return checked ? "" : checked.error().where;
}

void write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("Functions are named in every form that Lambda takes") {
  auto name = [](std::string_view text) {
    auto reference = parse_function_reference(text);
    return reference ? reference->name + "|" + reference->qualifier : std::string("refused");
  };
  CHECK(name("f") == "f|");
  CHECK(name("f:7") == "f|7");
  CHECK(name("f:$LATEST") == "f|$LATEST");
  CHECK(name("123456789012:function:f") == "f|");
  CHECK(name("function:f:live") == "f|live");
  CHECK(name("arn:aws:lambda:eu-west-1:123456789012:function:f") == "f|");
  CHECK(name("arn:aws-cn:lambda:x:1:function:f:live") == "f|live");
  CHECK(name("") == "refused");
  CHECK(name("f:") == "refused");
  CHECK(name("a b") == "refused");
  CHECK(name("../f") == "refused");
  CHECK(name("arn:aws:sqs:us-east-1:1:q") == "refused");
}

TEST_CASE("Configurations that Lambda refuses are refused, naming the member") {
  CHECK(fault([](FunctionConfig&) {}) == "");
  CHECK(fault([](FunctionConfig& c) { c.name = "a/b"; }) == "name");
  CHECK(fault([](FunctionConfig& c) { c.runtime = "java21"; }) == "runtime");
  CHECK(fault([](FunctionConfig& c) { c.runtime = "nodejs20.xx"; }) == "runtime");
  CHECK(fault([](FunctionConfig& c) { c.runtime = "python2.7"; }) == "runtime");
  CHECK(fault([](FunctionConfig& c) { c.handler = "nothing"; }) == "handler");
  CHECK(fault([](FunctionConfig& c) { c.timeout_seconds = 901; }) == "timeout");
  CHECK(fault([](FunctionConfig& c) { c.memory_mb = 64; }) == "memorySize");
  CHECK(fault([](FunctionConfig& c) { c.environment = {{"AWS_REGION", "x"}}; }) == "environment");
  CHECK(fault([](FunctionConfig& c) { c.environment = {{"1A", "x"}}; }) == "environment");
  CHECK(fault([](FunctionConfig& c) { c.environment = {{"BIG", std::string(4094, 'x')}}; }) == "environment");
  CHECK(fault([](FunctionConfig& c) { c.environment = {{"BIG", std::string(4093, 'x')}}; }) == "");
  CHECK(is_retired_runtime("nodejs14.x"));
  CHECK(is_retired_runtime("python3.8"));
  CHECK_FALSE(is_retired_runtime("python3.12"));
  CHECK_FALSE(is_retired_runtime("nodejs24.x"));
}

TEST_CASE("The registry keeps the key and counts revisions") {
  MemoryStore store;
  ManualClock clock{Timestamp{std::chrono::seconds(1000)}};
  testing::TestTransaction transaction(store, clock);
  auto made = create_function(transaction, good());
  REQUIRE(made.has_value());
  CHECK(create_function(transaction, good()).error().code == ErrorCode::AlreadyExists);
  CHECK(find_function_by_key(transaction, made->key.id)->name == "f");
  auto same = update_function(transaction, good());
  CHECK(same->revision == 1);
  auto changed = good();
  changed.environment = {{"AB", "x"}};
  changed.reserved_concurrency = 3;
  clock.advance(std::chrono::seconds(5));
  auto updated = update_function(transaction, changed);
  CHECK(updated->revision == 2);
  CHECK(updated->key.id == made->key.id);
  CHECK(updated->created_at == made->created_at);
  auto read = find_function(transaction, "f");
  CHECK(to_record(*read) == to_record(*updated));
  CHECK(read->reserved_concurrency == 3);
  auto other = good();
  other.name = "g";
  REQUIRE(create_function(transaction, other).has_value());
  CHECK(list_functions(transaction, "", 10).size() == 2);
  CHECK(list_functions(transaction, "f", 10).at(0).name == "g");
  CHECK(list_functions(transaction, "", 1).size() == 1);
  REQUIRE(delete_function(transaction, "f").has_value());
  CHECK_FALSE(find_function_by_key(transaction, made->key.id));
  CHECK(delete_function(transaction, "f").error().code == ErrorCode::NotFound);
}

TEST_CASE("Runtime requests are read however the bytes come") {
  const std::string stream =
      "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nHost: x\r\ncontent-length: 5\r\nLambda-Runtime-Function-Error-Type: "
      "T\r\n\r\nhello"
      "GET /next?x=1 HTTP/1.1\r\n\r\n"
      "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nLambda-Runtime-Function-Error-Type: "
      "Late\r\n\r\n"
      "POST /big HTTP/1.1\r\nConnection: close\r\nContent-Length: 30\r\n\r\n012345678901234567890123456789";
  for (std::size_t step : {std::size_t{1}, std::size_t{7}, stream.size()}) {
    RuntimeRequestParser parser(20);
    std::vector<RuntimeRequest> requests;
    for (std::size_t i = 0; i < stream.size(); i += step) {
      parser.feed(std::string_view(stream).substr(i, step));
      while (auto request = parser.take()) requests.push_back(std::move(*request));
    }
    REQUIRE(requests.size() == 4);
    CHECK(requests[0].body == "hello");
    CHECK(requests[0].function_error_type == "T");
    CHECK(requests[1].path == "/next");
    CHECK(requests[2].body == "abc0123456789");
    CHECK(requests[2].function_error_type == "Late");
    CHECK(requests[3].body_too_large);
    CHECK(requests[3].body.empty());
    CHECK_FALSE(requests[3].keep_alive);
  }
  for (const char* rubbish : {"hello\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                              "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    RuntimeRequestParser parser(20);
    parser.feed(rubbish);
    CHECK_FALSE(parser.take());
    CHECK(parser.failed());
  }
  RuntimeRequestParser parser(20);
  parser.feed("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  CHECK_FALSE(parser.take());
  CHECK(parser.take_expectation());
  CHECK_FALSE(parser.take_expectation());
}

TEST_CASE("Logs rotate, and cursors stay good") {
  TemporaryDirectory directory;
  LogFiles logs(directory.path(), {.segment_bytes = 200, .segments = 3});
  auto now = SystemClock().now();
  for (int i = 0; i < 40; ++i)
    REQUIRE(logs.append("f", {{.time = now, .request_id = "r", .text = "line " + std::to_string(i)}}, now).has_value());
  auto all = logs.read("f", 0, 1000);
  CHECK(all.lines.size() < 30);  // the oldest are gone
  CHECK(all.lines.back().text == "line 39");
  CHECK(all.lines.back().request_id == "r");
  CHECK(all.lines.back().time == now);
  auto first = logs.read("f", 0, 5);
  CHECK(first.lines.size() == 5);
  auto rest = logs.read("f", first.cursor, 1000);
  CHECK(rest.lines.size() + 5 == all.lines.size());
  CHECK(rest.lines.front().text != first.lines.back().text);
  CHECK(logs.read("f", all.cursor, 10).lines.empty());
  REQUIRE(logs.append("f", {{.time = now, .request_id = "", .text = "two\nlines\tand a tab"}}, now).has_value());
  auto more = logs.read("f", all.cursor, 10);
  REQUIRE(more.lines.size() == 2);
  CHECK(more.lines[1].text == "lines\tand a tab");
  CHECK(logs.tail("f", 3).lines.size() == 3);
  CHECK(logs.tail("f", 3).lines.back().text == "lines\tand a tab");
  CHECK(logs.read("unknown", 0, 10).lines.empty());

  // Another run goes on where this one stopped, and removes what is too old.
  LogFiles again(directory.path(), {.segment_bytes = 200, .segments = 3});
  REQUIRE(again.append("f", {{.time = now, .request_id = "", .text = "later"}}, now).has_value());
  CHECK(again.read("f", more.cursor, 10).lines.at(0).text == "later");
  again.expire(now + std::chrono::hours(24 * 31));
  CHECK(again.tail("f", 100).lines.empty());
  // The count of bytes goes on, and with it every cursor.
  REQUIRE(again.append("f", {{.time = now, .request_id = "", .text = "after a month"}}, now).has_value());
  CHECK(again.read("f", more.cursor, 10).lines.at(0).text == "after a month");
}

TEST_CASE("Log lines go by age, to the second, also those of a function that writes seldom") {
  TemporaryDirectory directory;
  using namespace std::chrono_literals;
  LogFiles logs(directory.path(), {.age = 80s});
  const auto begin = SystemClock().now();
  for (int i = 0; i < 10; ++i)
    REQUIRE(logs.append("f", {{.time = begin + i * 8s, .request_id = "", .text = std::to_string(i)}}, begin + i * 8s).has_value());
  CHECK(logs.read("f", 0, 100).lines.size() == 10);  // a segment's age is that of its last write, which is now
  logs.expire(begin + 79s);
  CHECK(logs.read("f", 0, 100).lines.size() == 10);
  logs.expire(begin + 82s);
  CHECK(logs.read("f", 0, 100).lines.empty());
}

TEST_CASE("Code is stored by content, complete and read-only") {
  TemporaryDirectory directory;
  auto source = directory.path() + "/source";
  write(source + "/index.js", "1");
  write(source + "/sub/data.txt", "2");
  std::filesystem::create_symlink("sub/data.txt", source + "/link");
  CodeStore store(directory.path() + "/code");
  auto first = store.put_folder(source);
  REQUIRE(first.has_value());
  CHECK(first->bytes == 2);
  CHECK(store.put_folder(source)->hash == first->hash);
  auto status = std::filesystem::status(store.path(first->hash) + "/index.js");
  CHECK((status.permissions() & std::filesystem::perms::owner_write) == std::filesystem::perms::none);
  CHECK(std::filesystem::read_symlink(store.path(first->hash) + "/link") == "sub/data.txt");
  write(source + "/index.js", "3");
  auto second = store.put_folder(source);
  CHECK(second->hash != first->hash);
  store.keep_only({second->hash});
  CHECK_FALSE(store.has(first->hash));
  CHECK(store.has(second->hash));

  std::filesystem::create_symlink("../../etc/passwd", source + "/sub/out");
  CHECK(store.put_folder(source).error().where == "sub/out");
  std::filesystem::remove(source + "/sub/out");
  std::filesystem::create_symlink("/etc/passwd", source + "/out");
  CHECK(store.put_folder(source).error().code == ErrorCode::InvalidArgument);
  CHECK(store.put_folder(directory.path() + "/none").error().code == ErrorCode::NotFound);
  for (const auto& entry : std::filesystem::directory_iterator(directory.path() + "/code"))
    CHECK_FALSE(entry.path().filename().string().starts_with("."));
}

TEST_CASE("Workflows get a function's answers and errors in AWS's words") {
  using Kind = FunctionOutcome::Kind;
  auto answered = function_answer({.kind = Kind::Answered, .payload = R"({"a": 1.0})"}, "arn", "id");
  CHECK(answered->text() == R"({"a": 1.0})");
  auto failed =
      function_answer({.kind = Kind::FunctionError, .payload = R"({"errorType":"OrderRejected","errorMessage":"m"})"}, "arn", "id");
  CHECK(failed.error() == WorkflowError{.error = "OrderRejected", .cause = R"({"errorType":"OrderRejected","errorMessage":"m"})"});
  CHECK(function_answer({.kind = Kind::FunctionError, .payload = R"({"errorMessage":"m"})"}, "arn", "id").error().error ==
        "Lambda.Unknown");
  CHECK(function_answer({.kind = Kind::NotFound, .message = "Function not found: arn"}, "arn", "id").error() ==
        WorkflowError{.error = "Lambda.ResourceNotFoundException",
                      .cause = "Function not found: arn (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; "
                               "Request ID: id; Proxy: null)"});
  CHECK(function_answer({.kind = Kind::Throttled, .message = "Rate Exceeded."}, "arn", "id").error().error ==
        "Lambda.TooManyRequestsException");
  auto large = "\"" + std::string(262'144, 'x') + "\"";
  CHECK(
      function_answer({.payload = large}, "arn:f", "id").error() ==
      WorkflowError{.error = "States.DataLimitExceeded",
                    .cause = "The state/task 'arn:f' returned a result with a size exceeding the maximum number of bytes service limit."});
  auto result =
      invoke_answer({.payload = R"("HelloWorld!")"}, "0190c1b2-0000-7000-8000-000000000001", "Tue, 24 Nov 2026 00:00:00 GMT", false);
  REQUIRE(result.has_value());
  CHECK(result->members().size() == 5);
  CHECK(result->find("ExecutedVersion")->as_string() == "$LATEST");
  CHECK(result->find("Payload")->as_string() == "HelloWorld!");
  CHECK(result->find("StatusCode")->as_integer() == 200);
  const auto* metadata = result->find("SdkHttpMetadata");
  CHECK(metadata->find("AllHttpHeaders")->find("Content-Length")->text() == R"(["13"])");
  CHECK(metadata->find("HttpHeaders")->find("X-Amz-Executed-Version")->as_string() == "$LATEST");
  CHECK(metadata->find("HttpStatusCode")->as_integer() == 200);
  CHECK(result->find("SdkResponseMetadata")->find("RequestId")->as_string() == "0190c1b2-0000-7000-8000-000000000001");
}

namespace {
/// Remembers the call and answers at once.
class FakeInvoker final : public FunctionInvoker {
 public:
  void invoke(FunctionCall call, std::function<void(FunctionOutcome)> done) override {
    last = call;
    done(answer);
  }
  FunctionCall last;
  FunctionOutcome answer{.payload = "1"};
};
}  // namespace

TEST_CASE("lambda:invoke passes its parameters on, and refuses what is not offered") {
  FakeInvoker invoker;
  LambdaInvokeTask task(invoker);
  TaskCall call;
  call.request_id = "0190c1b2-0000-7000-8000-000000000001";
  std::optional<TaskAnswer> answer;
  auto run = [&](const char* parameters) {
    call.input = *Json::parse(parameters);
    answer.reset();
    invoker.last = {};
    task.call(call, [&](TaskAnswer found) { answer = std::move(found); });
  };
  run(R"({"FunctionName":"f","Payload":{"x": 1},"Qualifier":"$LATEST"})");
  CHECK(invoker.last.function == "f:$LATEST");
  CHECK(invoker.last.payload == R"({"x":1})");
  CHECK(invoker.last.request_id == call.request_id);
  REQUIRE(answer->has_value());
  run(R"({"FunctionName":"f"})");
  CHECK(invoker.last.payload == "{}");
  run(R"({"Payload":1})");
  CHECK(answer->error().cause == "The field 'FunctionName' is required but was missing");
  run(R"({"FunctionName":"f","InvocationType":"Event"})");
  CHECK(answer->error().cause == "The InvocationType 'Event' of lambda:invoke is not supported here");
  CHECK(invoker.last.function.empty());
  run(R"({"FunctionName":"not a name"})");
  CHECK(answer->error().cause.value_or("").starts_with(
      "1 validation error detected: Value 'not a name' at 'functionName' failed to satisfy constraint: Member must satisfy regular"));
  run(R"({"FunctionName":"f","LogType":"All"})");
  CHECK(answer->error().error == "Lambda.AWSLambdaException");
  CHECK(
      answer->error().cause.value_or("").starts_with("1 validation error detected: Value 'All' at 'logType' failed to satisfy constraint: "
                                                     "Member must satisfy enum value set: [None, Tail]"));
  run(R"({"FunctionName":"f","InvocationType":"DryRun"})");
  CHECK((*answer)->text() == R"({"StatusCode":204})");
  // The daemon ends: nobody is told, so that the call is made again.
  invoker.answer = {.kind = FunctionOutcome::Kind::Unavailable, .message = "The daemon is stopping."};
  run(R"({"FunctionName":"f"})");
  CHECK_FALSE(answer.has_value());
}
