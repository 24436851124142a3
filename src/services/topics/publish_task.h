#pragma once
/// `arn:aws:states:::sns:publish` and its `.waitForTaskToken` form: publishing inside the step's own transaction.

#include "signalbox/task_handler.h"
#include "signalbox/topics.h"

namespace signalbox {

/// Reads TopicArn (or TargetArn), Message (any JSON that is no string becomes its text), Subject, MessageStructure, MessageAttributes,
/// MessageGroupId, MessageDeduplicationId. Raises `SNS.NotFoundException`, `SNS.InvalidParameterException`, … with AWS's causes.
/// Source: Step Functions Developer Guide, Call Amazon SNS; answers as recorded on AWS.
class PublishTask final : public InternalTask {
 public:
  explicit PublishTask(const Topics& topics) : topics_(topics) {}
  [[nodiscard]] TaskAnswer call(Transaction& transaction, const TaskCall& call) override;

 private:
  const Topics& topics_;
};

}  // namespace signalbox
