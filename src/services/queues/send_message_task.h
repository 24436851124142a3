#pragma once
/// `sqs:sendMessage` as workflows call it, plain and with `.waitForTaskToken`.

#include "signalbox/queues.h"
#include "signalbox/task_handler.h"

namespace signalbox {

/// Parameters: QueueUrl, MessageBody (a text, or any JSON, which is sent as compact text), DelaySeconds, MessageAttributes, MessageGroupId,
/// MessageDeduplicationId. The result has the members that were recorded on AWS, SDK metadata included; its request id is the call's.
///
/// Errors, as the AWS SDK for Java names them: `SQS.QueueDoesNotExistException`, `SQS.InvalidMessageContentsException`, else
/// `SQS.AmazonSQSException`; the cause is AWS's text with service, status, code and request id. Register as `sqs:sendMessage`.
class SendMessageTask final : public InternalTask {
 public:
  explicit SendMessageTask(const Queues& queues) : queues_(queues) {}
  [[nodiscard]] TaskAnswer call(Transaction& transaction, const TaskCall& call) override;

 private:
  const Queues& queues_;
};

}  // namespace signalbox
