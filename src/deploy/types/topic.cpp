/// AWS::SNS::Topic. Ref and TopicArn: its ARN. Fn::GetAtt: TopicArn, TopicName. Its inline Subscription list is a part of it.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox::deploy {

namespace {

struct TopicProperties {
  std::string name;
  TextMap attributes, tags;
  std::vector<SubscribeRequest> subscriptions;
};

class TopicType final : public ResourceType {
 public:
  explicit TopicType(const Topics& topics) : topics_(topics) {}

  std::string_view name() const override { return "AWS::SNS::Topic"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto wanted = read(resource, faults);
    const auto arn = topics_.site().topic_arn(wanted.name);
    return {.physical_id = wanted.name, .ref = Json(arn), .attributes = {{"TopicArn", arn}, {"TopicName", wanted.name}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto wanted = read(resource);
    if (topics_.find(transaction, wanted.name))
      return error(ErrorCode::AlreadyExists, fmt::format("there is a topic '{}' already", wanted.name));
    if (const auto created = topics_.create(transaction, wanted.name, wanted.attributes, wanted.tags); !created) return created.error();
    return subscribe(transaction, wanted);
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto wanted = read(resource);
    const auto existing = topics_.find(transaction, wanted.name);
    if (!existing) return create(transaction, resource);
    const auto display = wanted.attributes.find("DisplayName");
    const auto display_name = display == wanted.attributes.end() ? std::string() : display->second;
    if (auto done = topics_.set_attribute(transaction, wanted.name, "DisplayName", display_name); !done) return done;
    std::vector<std::string> old_tags;
    for (const auto& [key, value] : existing->tags)
      if (!wanted.tags.contains(key)) old_tags.push_back(key);
    if (auto done = topics_.untag(transaction, wanted.name, old_tags); !done) return done;
    if (auto done = topics_.tag(transaction, wanted.name, wanted.tags); !done) return done;
    return subscribe(transaction, wanted);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    topics_.remove(transaction, physical_id);
    return {};
  }

 private:
  /// As CloudFormation: inline subscriptions are made, and those that an update leaves out stay; a resource AWS::SNS::Subscription goes
  /// with its template.
  Result<void> subscribe(Transaction& transaction, const TopicProperties& wanted) const {
    for (const auto& request : wanted.subscriptions)
      if (const auto made = topics_.subscribe(transaction, request); !made) return made.error();
    return {};
  }

  static TopicProperties read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    TopicProperties wanted;
    const bool fifo = properties.boolean("FifoTopic").value_or(false);
    wanted.name = properties.string("TopicName").value_or(fifo ? resource.default_name(251) + ".fifo" : resource.default_name(256));
    wanted.tags = properties.tags();
    if (fifo) wanted.attributes["FifoTopic"] = "true";
    if (const auto display = properties.string("DisplayName")) wanted.attributes["DisplayName"] = *display;
    if (const auto version = properties.string("SignatureVersion")) wanted.attributes["SignatureVersion"] = *version;
    if (const auto content_based = properties.boolean("ContentBasedDeduplication"))
      wanted.attributes["ContentBasedDeduplication"] = *content_based ? "true" : "false";
    if (const auto* list = properties.array("Subscription")) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        Properties one(list->elements()[i], fmt::format("{}/{}", properties.at("Subscription"), i), faults);
        SubscribeRequest request;
        request.topic = wanted.name;
        request.protocol = one.required("Protocol");
        request.endpoint = one.required("Endpoint");
        one.refuse_others();
        wanted.subscriptions.push_back(std::move(request));
      }
    }
    properties.ignore({"KmsMasterKeyId", "TracingConfig"});  // keys and traces of AWS
    properties.refuse_others();
    return wanted;
  }
  static TopicProperties read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }

  const Topics& topics_;
};

}  // namespace

std::unique_ptr<ResourceType> make_topic_type(const Topics& topics) { return std::make_unique<TopicType>(topics); }

}  // namespace signalbox::deploy
