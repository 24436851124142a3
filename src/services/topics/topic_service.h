#pragma once
/// Topics at work: the rules wired to the engine, what they offer to workflows, and the deliverer, which carries messages to functions
/// and HTTP endpoints.

#include "http/http.h"
#include "services/topics/queue_sender.h"
#include "signalbox/engine.h"
#include "signalbox/functions.h"
#include "signalbox/mail.h"
#include "signalbox/topics.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox {

using HttpSender = std::function<boost::asio::awaitable<Result<http::Response>>(http::ClientRequest)>;

struct TopicServiceOptions {
  std::function<std::string()> public_url;  ///< no slash at its end; called on both threads
  /// Sends to a queue within the transaction: queue_sender(queues).
  std::function<Result<void>(Transaction&, const QueueDelivery&)> send_to_queue;
  std::function<std::string(std::string_view)> resolve = {};  ///< see TopicEnvironment
  FunctionInvoker* functions = nullptr;                       ///< outlives the service
  ServiceCallGuard permits = {};                              ///< of deliveries; empty: all are permitted
  HttpSender send_http;                                       ///< http::send
  std::size_t concurrency = 16;                               ///< deliveries under way at once
};

/// Delivers at least once: a repetition after a crash carries the same message id and request id.
class TopicService {
 public:
  /// Offers `sns:publish` to `engine`: construct before Engine::start(). Engine and outbox outlive the service.
  TopicService(Engine& engine, Outbox& outbox, TopicServiceOptions options);
  ~TopicService();
  TopicService(const TopicService&) = delete;
  TopicService& operator=(const TopicService&) = delete;

  [[nodiscard]] const Topics& topics() const;
  /// After Engine::start(): asks for missing confirmations, begins to deliver.
  void start(boost::asio::any_io_executor executor);
  /// Begins nothing new. To be called on the executor's thread.
  void stop();
  /// After stop(): no delivery is under way any more. Cut off earlier, some might be repeated at the next start.
  [[nodiscard]] bool is_stopped() const;

 private:
  struct Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace signalbox
