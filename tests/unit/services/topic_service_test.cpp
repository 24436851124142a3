#include "engine_fixture.h"

#include "services/topics/deliveries.h"
#include "services/topics/publish_task.h"
#include "services/topics/subscription_pages.h"
#include "services/topics/subscription_token.h"
#include "services/topics/topic_service.h"
#include "topics_fixture.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace signalbox;
using signalbox::testing::EngineFixture;
using signalbox::testing::TopicsFixture;
namespace asio = boost::asio;

namespace {

/// Functions that answer as they are told.
struct FakeFunctions final : FunctionInvoker {
  std::vector<FunctionCall> calls;
  std::vector<FunctionOutcome> outcomes;  ///< used up one by one; then Answered
  asio::io_context* context = nullptr;
  void invoke(FunctionCall call, std::function<void(FunctionOutcome)> done) override {
    calls.push_back(call);
    FunctionOutcome outcome;
    if (!outcomes.empty()) {
      outcome = outcomes.front();
      outcomes.erase(outcomes.begin());
    }
    asio::post(*context, [outcome, done = std::move(done)] { done(outcome); });
  }
};

struct ServiceFixture : EngineFixture {
  explicit ServiceFixture(bool smtp = false) : outbox(smtp), service(engine, outbox, options()) {
    functions.context = &context;
    start();
    reader = engine.reader();
    service.start(context.get_executor());
    REQUIRE(run<bool>([this](EngineTransaction& transaction) -> Result<bool> {
              return service.topics().create(transaction, "orders").has_value();
            }).value());
  }
  ~ServiceFixture() {
    service.stop();
    until([this] { return service.is_stopped(); });
  }

  FakeFunctions functions;
  std::vector<http::ClientRequest> requests;
  std::vector<int> statuses;  ///< used up one by one; then 200
  std::vector<QueueDelivery> queued;
  Outbox outbox;
  TopicService service;
  std::unique_ptr<Reader> reader;

  TopicServiceOptions options() {
    TopicServiceOptions made;
    made.public_url = [] { return std::string("http://public.test"); };
    made.send_to_queue = [this](Transaction&, const QueueDelivery& delivery) -> Result<void> {
      queued.push_back(delivery);
      return {};
    };
    made.functions = &functions;
    made.send_http = [this](http::ClientRequest request) { return answer(std::move(request)); };
    return made;
  }
  asio::awaitable<Result<http::Response>> answer(http::ClientRequest request) {
    requests.push_back(std::move(request));
    http::Response response;
    if (!statuses.empty()) {
      response.status = statuses.front();
      statuses.erase(statuses.begin());
    }
    co_return response;
  }

  Subscription subscribe(const std::string& protocol, const std::string& endpoint, TextMap attributes = {}) {
    return run<Subscription>([&](EngineTransaction& transaction) {
             return service.topics().subscribe(transaction,
                                               {.topic = "orders", .protocol = protocol, .endpoint = endpoint, .attributes = attributes});
           })
        .value();
  }
  void publish(const std::string& message) {
    REQUIRE(run<PublishedMessage>(
        [&](EngineTransaction& transaction) { return service.topics().publish(transaction, {.topic = "orders", .message = message}); }));
  }
  std::string confirm_token(const Subscription& subscription, std::chrono::hours age = std::chrono::hours{0}) {
    return make_subscription_token(engine.master_key(),
                                   {.action = SubscriptionAction::Confirm, .row = subscription.row, .issued_at = clock.now() - age});
  }
  bool nothing_due() const { return !next_delivery_due(*reader); }
  bool is_confirmed(const Subscription& subscription) const {
    const auto now = service.topics().find_subscription(*reader, subscription.row);
    return now && now->confirmed_at;
  }
  static constexpr const char* dead_letters = R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead"})";
};

struct PageFixture : ServiceFixture {
  explicit PageFixture(bool confirm) : ServiceFixture(true), pages(engine, service.topics(), confirm) { pages.install(router); }

  SubscriptionPages pages;
  http::Router router;

  http::Response ask(http::Request request) {
    std::optional<http::Response> response;
    const auto done = [&](std::exception_ptr failure, http::Response got) {
      if (failure) std::rethrow_exception(failure);
      response = std::move(got);
    };
    if (request.path == "/") asio::co_spawn(context, pages.action_handler()(std::move(request)), done);
    else asio::co_spawn(context, router.route(std::move(request)), done);
    REQUIRE(until([&] { return response.has_value(); }));
    return *response;
  }
  http::Response ask(const std::string& method, const std::string& path, std::vector<std::pair<std::string, std::string>> query,
                     const std::string& body = "", const std::string& header = "", const std::string& value = "") {
    http::Request request;
    request.method = method;
    request.target = request.path = path;
    request.query = std::move(query);
    request.body = body;
    if (!header.empty()) request.headers.add(header, value);
    return ask(std::move(request));
  }
  static std::string nonce_in(const http::Response& page) {
    const auto at = page.body.find("value=\"");
    REQUIRE(at != std::string::npos);
    return page.body.substr(at + 7, page.body.find('"', at + 7) - at - 7);
  }
};

}  // namespace

TEST_CASE("A function gets the event, with one request id however often it is called") {
  ServiceFixture f;
  f.subscribe("lambda", "arn:aws:lambda:us-east-1:000000000000:function:work");
  f.publish("hello");
  REQUIRE(f.until([&] { return f.nothing_due() && f.functions.calls.size() == 1; }));
  CHECK(f.functions.calls[0].function == "arn:aws:lambda:us-east-1:000000000000:function:work");
  CHECK(nlohmann::json::parse(f.functions.calls[0].payload)["Records"][0]["Sns"]["Message"] == "hello");
}

TEST_CASE("A function that does not exist is given up at once, to the dead-letter queue") {
  ServiceFixture f;
  f.functions.outcomes = {{.kind = FunctionOutcome::Kind::NotFound, .message = "Function not found"}};
  f.subscribe("lambda", "arn:aws:lambda:us-east-1:000000000000:function:work", {{"RedrivePolicy", ServiceFixture::dead_letters}});
  f.publish("hello");
  REQUIRE(f.until([&] { return f.nothing_due(); }));
  REQUIRE(f.queued.size() == 1);
  CHECK(f.queued[0].queue == "dead");
  CHECK(nlohmann::json::parse(f.queued[0].body)["Message"] == "hello");
}

TEST_CASE("An endpoint is asked to confirm, then gets messages with SNS's headers") {
  ServiceFixture f;
  const auto subscription = f.subscribe("https", "https://example.test/hook");
  REQUIRE(f.until([&] { return f.requests.size() == 1 && f.nothing_due(); }));
  CHECK(f.requests[0].headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation");
  CHECK_FALSE(f.requests[0].headers.get("x-amz-sns-subscription-arn"));
  const auto confirmation = nlohmann::json::parse(f.requests[0].body);
  CHECK(confirmation["SubscribeURL"].get<std::string>().starts_with(
      "http://public.test/?Action=ConfirmSubscription&TopicArn=arn%3Aaws%3Asns"));
  REQUIRE(f.run<Subscription>([&](EngineTransaction& transaction) {
    return f.service.topics().confirm(transaction, "orders", confirmation["Token"].get<std::string>());
  }));

  f.publish("hello");
  REQUIRE(f.until([&] { return f.requests.size() == 2 && f.nothing_due(); }));
  CHECK(f.requests[1].url == "https://example.test/hook");
  CHECK(f.requests[1].headers.get("x-amz-sns-message-type") == "Notification");
  CHECK(f.requests[1].headers.get("x-amz-sns-subscription-arn") == subscription_arn(f.service.topics().site(), subscription));
  CHECK(nlohmann::json::parse(f.requests[1].body)["Message"] == "hello");
}

TEST_CASE("What an endpoint refuses for good is given up; what fails is tried as its delivery policy says") {
  ServiceFixture f;
  const auto subscription =
      f.subscribe("http", "http://example.test/hook",
                  {{"RedrivePolicy", ServiceFixture::dead_letters},
                   {"DeliveryPolicy", R"({"healthyRetryPolicy":{"numRetries":2,"minDelayTarget":0,"maxDelayTarget":0}})"}});
  REQUIRE(f.until([&] { return f.requests.size() == 1 && f.nothing_due(); }));
  REQUIRE(f.run<Subscription>(
      [&](EngineTransaction& transaction) { return f.service.topics().confirm(transaction, "orders", f.confirm_token(subscription)); }));
  f.statuses = {500, 503, 200};
  f.publish("stubborn");
  REQUIRE(f.until([&] { return f.requests.size() == 4 && f.nothing_due(); }));
  CHECK(f.queued.empty());
  CHECK(f.requests[1].body == f.requests[3].body);
  f.statuses = {500, 500, 500};
  f.publish("broken");
  REQUIRE(f.until([&] { return f.requests.size() == 7 && f.nothing_due(); }));
  CHECK(f.queued.size() == 1);
  f.statuses = {404};
  f.publish("gone");
  REQUIRE(f.until([&] { return f.requests.size() == 8 && f.nothing_due(); }));
  CHECK(f.queued.size() == 2);
}

TEST_CASE("In resume mode a person's GET confirms and unsubscribes; HEAD and prefetches do not") {
  PageFixture f(false);
  const auto subscription = f.subscribe("email", "ann@example.test");
  const auto token = f.confirm_token(subscription);
  CHECK(f.ask("HEAD", "/subscriptions/confirm", {{"token", token}}).status == 200);
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", token}}, "", "Sec-Purpose", "prefetch;prerender").body.find("<form") !=
        std::string::npos);
  CHECK_FALSE(f.is_confirmed(subscription));
  const auto page = f.ask("GET", "/subscriptions/confirm", {{"token", token}});
  CHECK(page.status == 200);
  CHECK(f.is_confirmed(subscription));
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", token}}).body.find("confirmed") != std::string::npos);  // again

  const auto unsubscribe = make_subscription_token(
      f.engine.master_key(), {.action = SubscriptionAction::Unsubscribe, .row = subscription.row, .issued_at = subscription.created_at});
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", unsubscribe}}).status == 404);  // the other link's token
  CHECK(f.ask("GET", "/subscriptions/unsubscribe", {{"token", unsubscribe}}).status == 200);
  CHECK_FALSE(f.service.topics().find_subscription(*f.reader, subscription.row));
  CHECK(f.ask("GET", "/subscriptions/unsubscribe", {{"token", unsubscribe}}).status == 200);  // again
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", token}}).status == 410);
}

TEST_CASE("In confirm mode no GET decides, only the page's POST with its nonce") {
  PageFixture f(true);
  const auto subscription = f.subscribe("email", "ann@example.test");
  const auto token = f.confirm_token(subscription);
  const auto page = f.ask("GET", "/subscriptions/confirm", {{"token", token}});
  CHECK(page.status == 200);
  CHECK(page.body.find("ann@example.test") != std::string::npos);
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", token}}, "", "Accept", "application/json").body == "{\"status\":\"waiting\"}\n");
  f.ask("GET", "/", {{"Action", "ConfirmSubscription"}, {"TopicArn", f.service.topics().site().topic_arn("orders")}, {"Token", token}});
  f.ask("POST", "/subscriptions/confirm", {{"token", token}});
  f.ask("POST", "/subscriptions/confirm", {{"token", token}}, "nonce=9999999999.AAAA");
  CHECK_FALSE(f.is_confirmed(subscription));
  // Another token's nonce is no good here.
  f.ask("POST", "/subscriptions/confirm", {{"token", token}}, "nonce=" + make_page_nonce(f.engine.master_key(), "other", f.clock.now()));
  CHECK_FALSE(f.is_confirmed(subscription));
  f.ask("POST", "/subscriptions/confirm", {{"token", token}}, "nonce=" + PageFixture::nonce_in(page));
  CHECK(f.is_confirmed(subscription));
}

TEST_CASE("Rubbish gets one same 404, an old link 410") {
  PageFixture f(false);
  const auto subscription = f.subscribe("email", "ann@example.test");
  const auto token = f.confirm_token(subscription);
  const auto rubbish = f.ask("GET", "/subscriptions/confirm", {{"token", "rubbish"}});
  CHECK(rubbish.status == 404);
  CHECK(f.ask("GET", "/subscriptions/confirm", {}).body == rubbish.body);
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", token.substr(0, token.size() - 2) + "AA"}}).body == rubbish.body);
  CHECK(f.ask("GET", "/subscriptions/confirm", {{"token", f.confirm_token(subscription, std::chrono::hours{49})}}).status == 410);
  CHECK_FALSE(f.is_confirmed(subscription));
}

TEST_CASE("A program confirms by SNS's own link, in either mode") {
  PageFixture f(true);
  const auto subscription = f.subscribe("http", "http://example.test/hook");
  const auto arn = f.service.topics().site().topic_arn("orders");
  CHECK(f.ask("GET", "/", {{"Action", "ConfirmSubscription"}, {"TopicArn", arn}, {"Token", "rubbish"}}).status == 400);
  const auto answer = f.ask("GET", "/", {{"Action", "ConfirmSubscription"}, {"TopicArn", arn}, {"Token", f.confirm_token(subscription)}});
  CHECK(answer.status == 200);
  CHECK(answer.body.find("<SubscriptionArn>" + subscription_arn(f.service.topics().site(), subscription) + "</SubscriptionArn>") !=
        std::string::npos);
  CHECK(f.is_confirmed(subscription));
  CHECK(f.ask("GET", "/", {{"Action", "DeleteTopic"}, {"TopicArn", arn}}).status == 404);
}

TEST_CASE("sns:publish answers and fails as recorded on AWS") {
  TopicsFixture f;
  f.queues["q"];
  REQUIRE(f.topics.create(f.transaction, "orders"));
  f.subscribe("orders", "sqs", "arn:aws:sqs:us-east-1:000000000000:q");
  PublishTask task(f.topics);
  const auto call = [&](const std::string& input) {
    TaskCall made;
    made.input = Json::parse(input).value();
    made.request_id = "11111111-2222-4333-8444-555555555555";
    return task.call(f.transaction, made);
  };
  const auto good = call(R"({"TopicArn":"arn:aws:sns:us-east-1:000000000000:orders","Message":{"a": [1, "x"]},
                             "MessageAttributes":{"n":{"DataType":"String","StringValue":"v"}}})");
  REQUIRE(good.has_value());
  CHECK(good->find("MessageId")->is_string());
  CHECK(good->find("SdkHttpMetadata")->find("HttpStatusCode")->as_integer() == 200);
  CHECK(good->find("SdkResponseMetadata")->find("RequestId")->as_string() == "11111111-2222-4333-8444-555555555555");
  const auto envelope = nlohmann::json::parse(f.queues["q"].at(0).body);
  CHECK(envelope["Message"] == R"({"a":[1,"x"]})");
  CHECK(envelope["MessageAttributes"]["n"]["Value"] == "v");

  const auto missing = call(R"({"TopicArn":"arn:aws:sns:us-east-1:000000000000:none","Message":"m"})");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().error == "SNS.NotFoundException");
  CHECK(missing.error().cause ==
        "Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: "
        "11111111-2222-4333-8444-555555555555; Proxy: null)");
  CHECK(call(R"({"TopicArn":"orders","Message":"m"})").error().error == "SNS.InvalidParameterException");
  CHECK(call(R"({"Message":"m"})")
            .error()
            .cause->starts_with("Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"));
}
