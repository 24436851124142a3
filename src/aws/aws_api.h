#pragma once
/// The AWS wire protocols on the admin listener: Step Functions (JSON 1.0), SQS (JSON 1.0 and Query), SNS (Query), Lambda (REST JSON).

#include "http/http.h"
#include "services/queues/queue_service.h"
#include "signalbox/activities.h"
#include "signalbox/engine.h"
#include "signalbox/queues.h"
#include "signalbox/topics.h"

#include <memory>

namespace signalbox::services {
class Authenticator;
}
namespace signalbox {
class MessageMoves;
class ObjectService;
class Triggers;
class Schedules;
namespace functions {
class AsyncCalls;
class FunctionService;
}  // namespace functions
namespace events {
class Events;
}
namespace gateway {
class GatewayService;
}
}  // namespace signalbox

namespace signalbox::aws {

class Authorizer;
class CloudFormation;

/// All of them outlive the AwsApi.
struct AwsServices {
  Engine& engine;
  ActivitySignals& activity_signals;
  const Queues& queues;
  QueueService& queue_service;
  const Topics& topics;
  const services::Authenticator& authenticator;
  functions::FunctionService* functions = nullptr;     ///< null: Lambda is not offered
  ObjectService* objects = nullptr;                    ///< null: S3 is not offered
  const functions::AsyncCalls* async_calls = nullptr;  ///< with functions, as is this:
  const Triggers* triggers = nullptr;
  const events::Events* events = nullptr;  ///< null: EventBridge is not offered
  const Schedules* schedules = nullptr;    ///< null: Scheduler is not offered
  const MessageMoves* moves = nullptr;
  CloudFormation* cloudformation = nullptr;    ///< null: CloudFormation is not offered
  gateway::GatewayService* gateway = nullptr;  ///< null: methods cannot be tried
  Authorizer* authorizer = nullptr;            ///< of the thread that uses it; null: `--iam=off`, everybody may do everything
};

/// Used on the I/O thread, after Engine::start().
class AwsApi {
 public:
  explicit AwsApi(AwsServices services);
  ~AwsApi();

  /// For `POST /`, for queue URLs (`POST /ACCOUNT/QUEUE`), and for whatever else AWS clients may ask: what is no AWS request is
  /// answered with AWS's UnknownOperationException. The AwsApi outlives it.
  [[nodiscard]] http::Handler handler();
  /// The same without asking who sent it, for API Gateway's integrations: in the role that is named, as the account itself without one.
  [[nodiscard]] std::function<boost::asio::awaitable<http::Response>(http::Request, std::string role_arn)> role_handler();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox::aws
