/// AWS::SQS::Queue. Ref and QueueUrl: its URL, with a placeholder for the daemon's address. Fn::GetAtt: Arn, QueueName, QueueUrl.

#include "deploy/properties.h"
#include "deploy/types/types.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace signalbox::deploy {

namespace {

/// What a queue has while the template does not say otherwise; an update goes back to it.
constexpr std::array number_properties{std::pair{"VisibilityTimeout", "30"}, std::pair{"MessageRetentionPeriod", "345600"},
                                       std::pair{"DelaySeconds", "0"}, std::pair{"ReceiveMessageWaitTimeSeconds", "0"},
                                       std::pair{"MaximumMessageSize", "1048576"}};

class QueueType final : public ResourceType {
 public:
  explicit QueueType(const Queues& queues) : queues_(queues) {}

  std::string_view name() const override { return "AWS::SQS::Queue"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    if (!is_queue_name(request.name))
      faults.add(resource.place + "/QueueName",
                 fmt::format("'{}' is no name of a queue: 1 to 80 letters, digits, _ and - (a FIFO queue's ends in .fifo)", request.name));
    const auto url = queue_url(admin_url_placeholder, queues_.site(), request.name);
    return {.physical_id = request.name,
            .ref = Json(url),
            .attributes = {{"Arn", queues_.site().queue_arn(request.name)}, {"QueueName", request.name}, {"QueueUrl", url}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto request = read(resource);
    if (const auto existing = queues_.find(transaction, request.name); existing && existing->stack != request.stack)
      return error(ErrorCode::AlreadyExists, fmt::format("there is a queue '{}' already", request.name));
    const auto created = queues_.create(transaction, request);
    return created ? Result<void>() : Result<void>(created.error());
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    auto request = read(resource);
    const auto existing = queues_.find(transaction, request.name);
    if (!existing) return create(transaction, resource);
    for (const auto& [property, standard] : number_properties) request.attributes.try_emplace(property, standard);
    request.attributes.try_emplace("RedrivePolicy", "");
    request.attributes.erase("FifoQueue");  // said by the name, never changed
    if (auto changed = queues_.set_attributes(transaction, request.name, request.attributes); !changed) return changed;
    std::vector<std::string> old_tags;
    for (const auto& [key, value] : existing->tags)
      if (!request.tags.contains(key)) old_tags.push_back(key);
    if (!old_tags.empty())
      if (auto done = queues_.untag(transaction, request.name, old_tags); !done) return done;
    return request.tags.empty() ? Result<void>() : queues_.tag(transaction, request.name, request.tags);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (!queues_.find(transaction, physical_id)) return {};
    return queues_.remove(transaction, physical_id);
  }

 private:
  CreateQueue read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    CreateQueue request;
    const bool fifo = properties.boolean("FifoQueue").value_or(false);
    request.name = properties.string("QueueName").value_or(fifo ? resource.default_name(75) + ".fifo" : resource.default_name(80));
    request.stack = resource.stack;
    request.tags = properties.tags();
    if (fifo) request.attributes["FifoQueue"] = "true";
    for (const auto& [property, standard] : number_properties)
      if (const auto value = properties.integer(property, 0, 1'209'600)) request.attributes[property] = std::to_string(*value);
    for (const auto* property : {"ContentBasedDeduplication"})
      if (const auto value = properties.boolean(property)) request.attributes[property] = *value ? "true" : "false";
    for (const auto* property : {"DeduplicationScope", "FifoThroughputLimit"})
      if (const auto value = properties.string(property)) request.attributes[property] = *value;
    for (const auto* property : {"RedrivePolicy", "RedriveAllowPolicy"})
      if (const auto* policy = properties.object(property)) request.attributes[property] = policy->text();
    properties.ignore({"KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"});  // encryption by AWS's keys
    properties.refuse_others();
    return request;
  }
  CreateQueue read(const Resource& resource) const {
    Faults none;
    return read(resource, none);
  }

  const Queues& queues_;
};

}  // namespace

std::unique_ptr<ResourceType> make_queue_type(const Queues& queues) { return std::make_unique<QueueType>(queues); }

}  // namespace signalbox::deploy
