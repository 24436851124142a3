#pragma once
/// The AWS API over a real engine and a store in memory: what a client would get, without the wire.

#include "aws/aws_api.h"
#include "services/keys/authenticate.h"
#include "services/topics/queue_sender.h"
#include "services/topics/topic_service.h"
#include "signalbox/mail.h"
#include "store/memory_store.h"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace signalbox::aws::testing {

class ApiFixture {
 public:
  ApiFixture() {
    engine.offer("activity", make_activity_task(activity_signals));
    REQUIRE(engine.start().has_value());
    reader = engine.reader();
    queue_service.start(context.get_executor());
    authenticator =
        std::make_unique<services::Authenticator>(*reader, engine.changes(services::keys_table), services::WithoutKeys::AnythingPasses);
    api = std::make_unique<AwsApi>(AwsServices{engine, activity_signals, queues, queue_service, topics.topics(), *authenticator});
  }
  ~ApiFixture() {
    queue_service.stop();
    engine.stop();
  }

  http::Response send(http::Request request) {
    request.request_id = "the-request";
    auto future = boost::asio::co_spawn(context, api->handler()(std::move(request)), boost::asio::use_future);
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      context.restart();
      context.run_one();
    }
    return future.get();
  }

  static http::Request json_request(const std::string& target, std::string body) {
    http::Request request;
    request.method = "POST";
    request.target = request.path = "/";
    request.headers.add("Host", "localhost:8083");
    request.headers.add("X-Amz-Target", target);
    request.headers.add("Content-Type", "application/x-amz-json-1.0");
    request.body = std::move(body);
    return request;
  }
  /// JSON protocol: the answer's body, or `CODE: message` of a failure.
  std::string json(const std::string& target, const std::string& body) {
    const auto response = send(json_request(target, body));
    if (response.status == 200) return response.body;
    const auto parsed = Json::parse(response.body);
    const std::string type(parsed->find("__type")->as_string());
    return type.substr(type.find('#') + 1) + ": " + std::string(parsed->find("message")->as_string());
  }
  std::string sfn(const std::string& operation, const std::string& body) { return json("AWSStepFunctions." + operation, body); }

  http::Response query(const std::string& path, const std::string& form) {
    http::Request request;
    request.method = "POST";
    request.target = request.path = path;
    request.headers.add("Host", "localhost:8083");
    request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    request.body = form;
    return send(std::move(request));
  }

  boost::asio::io_context context{1};
  MemoryStore store;
  SystemClock clock;
  Engine engine{store, clock, EngineOptions{}};
  ActivitySignals activity_signals;
  QueueSignals queue_signals;
  Queues queues{Site{}, queue_signals};
  QueueService queue_service{engine, queues};
  Outbox outbox{false};
  TopicService topics{engine, outbox,
                      TopicServiceOptions{.public_url = [] { return std::string("http://localhost"); },
                                          .send_to_queue = queue_sender(queues),
                                          .functions = nullptr,
                                          .send_http = {}}};
  std::unique_ptr<Reader> reader;
  std::unique_ptr<services::Authenticator> authenticator;
  std::unique_ptr<AwsApi> api;
};

/// The text of a member of a JSON object.
inline std::string member(const std::string& json, const char* name) {
  const auto parsed = Json::parse(json);
  INFO(json);
  REQUIRE(parsed.has_value());
  const Json* found = parsed->find(name);
  REQUIRE(found);
  return plain_text(*found);
}

}  // namespace signalbox::aws::testing
