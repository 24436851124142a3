/// Source: Service Authorization Reference, Amazon SQS. Batches need what one of them needs.

#include "aws/access/permissions.h"
#include "services/queues/queue_url.h"

#include <array>

namespace signalbox::aws::permissions {

namespace {

std::string queue_of_url(const NeedContext& context, const Json& request) {
  return context.site.queue_arn(queue_name_of(member_text(request, "QueueUrl")).value_or(""));
}
std::string queue_of_name(const NeedContext& context, const Json& request) {
  return context.site.queue_arn(member_text(request, "QueueName"));
}
std::string source_queue(const NeedContext&, const Json& request) { return member_text(request, "SourceArn"); }
std::string all_queues(const NeedContext& context, const Json&) { return context.site.queue_arn(""); }

constexpr std::array rows{NeedRow{"CancelMessageMoveTask", "", &all_queues},
                          NeedRow{"ChangeMessageVisibilityBatch", "ChangeMessageVisibility", &queue_of_url},
                          NeedRow{"CreateQueue", "", &queue_of_name},
                          NeedRow{"DeleteMessageBatch", "DeleteMessage", &queue_of_url},
                          NeedRow{"GetQueueUrl", "", &queue_of_name},
                          NeedRow{"ListMessageMoveTasks", "", &source_queue},
                          NeedRow{"ListQueues", "", &all_queues},
                          NeedRow{"SendMessageBatch", "SendMessage", &queue_of_url},
                          NeedRow{"StartMessageMoveTask", "", &source_queue}};

}  // namespace

Needs sqs(const NeedContext& context, std::string_view operation, const Json& request) {
  return needs_by(rows, "sqs", &queue_of_url, context, operation, request);
}

}  // namespace signalbox::aws::permissions
