/// AWS::SSM::Parameter, AWS::S3::Bucket, AWS::StepFunctions::Activity: things with a name that hold something. Ref: name (of an activity its ARN).

#include "aws/kept.h"
#include "base/text.h"
#include "deploy/properties.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"

#include "services/objects/object_service.h"
#include "signalbox/activities.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::deploy {

namespace {

class ParameterType final : public ResourceType {
 public:
  explicit ParameterType(const AwsCalls& calls) : calls_(calls) {}

  std::string_view name() const override { return "AWS::SSM::Parameter"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    const auto id = plain_text(*request.find("Name"));
    return {.physical_id = id, .ref = Json(id), .attributes = {{"Type", *request.find("Type")}, {"Value", *request.find("Value")}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override { return put(transaction, resource, false); }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return put(transaction, resource, true); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return calls_.remove(transaction, aws::Service::Ssm, "DeleteParameter", json_object({{"Name", physical_id}}));
  }

 private:
  Result<void> put(EngineTransaction& transaction, const Resource& resource, bool overwrite) const {
    Faults none;
    return calls_.put(transaction, aws::Service::Ssm, "PutParameter", read(resource, none).with("Overwrite", overwrite));
  }

  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json request = json_object({{"Name", properties.string("Name").value_or(resource.default_name())},
                                {"Type", properties.string("Type").value_or("String")},
                                {"Value", properties.required("Value")}});
    for (const auto* name : {"Description", "Tier", "DataType"})
      if (const auto value = properties.string(name)) request = request.with(name, *value);
    properties.ignore({"AllowedPattern", "Policies", "Tags"});
    properties.refuse_others();
    return request;
  }

  const AwsCalls& calls_;
};

/// `EventBridgeConfiguration` of a NotificationConfiguration, in a template or in CDK's form, which says no more than that it is there.
bool tells_events(const Json& properties) {
  const auto* configuration = properties.find("NotificationConfiguration");
  const auto* events = configuration ? configuration->find("EventBridgeConfiguration") : nullptr;
  const auto* enabled = events ? events->find("EventBridgeEnabled") : nullptr;
  return events && (!enabled || !(*enabled == Json(false) || *enabled == Json("false")));
}

/// Buckets tell EventBridge of their objects, and nobody else.
void check_notifications(Properties& properties) {
  const auto* configuration = properties.object("NotificationConfiguration");
  if (!configuration) return;
  Properties kinds(*configuration, properties.at("NotificationConfiguration"), properties.faults());
  (void)kinds.object("EventBridgeConfiguration");
  for (const auto* name : {"LambdaFunctionConfigurations", "QueueConfigurations", "TopicConfigurations", "LambdaConfigurations"})
    if (const auto* wanted = configuration->find(name); wanted && !(wanted->is_array() && wanted->size() == 0))
      kinds.fault(name, "buckets tell EventBridge of their objects here, by EventBridgeConfiguration, and nobody else");
  kinds.ignore({"LambdaFunctionConfigurations", "QueueConfigurations", "TopicConfigurations", "LambdaConfigurations"});
  kinds.refuse_others();
}

/// (kind, bucket): it bears the tag by which CDK says that it may be emptied. CDK takes the tag away before the resource that empties it, where the bucket stays.
constexpr std::string_view emptied_kind = "bucket-emptied";

bool may_be_emptied(const Json& properties) {
  const auto* tags = properties.find("Tags");
  if (!tags || !tags->is_array()) return false;
  return std::any_of(tags->elements().begin(), tags->elements().end(), [](const Json& tag) {
    const auto *key = tag.find("Key"), *value = tag.find("Value");
    return key && value && *key == Json("aws-cdk:auto-delete-objects") && plain_text(*value) == "true";
  });
}

/// What CDK makes of a bucket's `eventBridgeEnabled`. Physical id: the bucket's name.
class BucketNotificationsType final : public ResourceType {
 public:
  explicit BucketNotificationsType(const ObjectService& objects) : objects_(objects) {}

  std::string_view name() const override { return "Custom::S3BucketNotifications"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    const auto bucket = properties.required("BucketName");
    check_notifications(properties);
    properties.ignore({"ServiceToken", "Managed", "SkipDestinationValidation"});
    properties.refuse_others();
    return {.physical_id = bucket, .ref = Json(bucket), .attributes = {}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    return objects_.objects().set_bucket_events(transaction, resource.identity.physical_id, tells_events(resource.properties));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& bucket) const override {
    return find_bucket(transaction, bucket) ? objects_.objects().set_bucket_events(transaction, bucket, false) : Result<void>();
  }

 private:
  const ObjectService& objects_;
};

class BucketType final : public ResourceType {
 public:
  BucketType(const ObjectService& objects, Site site) : objects_(objects), site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::S3::Bucket"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto bucket = read(resource, faults);
    return {.physical_id = bucket,
            .ref = Json(bucket),
            .attributes = {{"Arn", "arn:aws:s3:::" + bucket},
                           {"DomainName", bucket + ".s3.amazonaws.com"},
                           {"RegionalDomainName", fmt::format("{}.s3.{}.amazonaws.com", bucket, site_.region)}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    if (find_bucket(transaction, resource.identity.physical_id))
      return error(ErrorCode::AlreadyExists, fmt::format("there is a bucket '{}' already", resource.identity.physical_id));
    if (auto made = objects_.objects().create_bucket(transaction, resource.identity.physical_id); !made) return made;
    return update(transaction, resource);
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    if (may_be_emptied(resource.properties)) aws::keep(transaction, emptied_kind, resource.identity.physical_id, "", Json(true));
    else (void)aws::drop_kept(transaction, emptied_kind, resource.identity.physical_id, "");
    return objects_.objects().set_bucket_events(transaction, resource.identity.physical_id, tells_events(resource.properties));
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    (void)aws::drop_kept(transaction, emptied_kind, physical_id, "");
    return find_bucket(transaction, physical_id) ? objects_.objects().delete_bucket(transaction, physical_id) : Result<void>();
  }

 private:
  static std::string read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    auto standard = ascii_lower(resource.default_name(63));
    std::replace(standard.begin(), standard.end(), '_', '-');
    auto bucket = properties.string("BucketName").value_or(std::move(standard));
    check_notifications(properties);
    // Who may read it, how it is encrypted and what it costs are AWS's affairs.
    properties.ignore({"AccessControl", "BucketEncryption", "OwnershipControls", "PublicAccessBlockConfiguration", "Tags"});
    properties.refuse_others();
    return bucket;
  }

  const ObjectService& objects_;
  Site site_;
};

/// CDK's `autoDeleteObjects`: empties a bucket that bears CDK's tag before its stack removes that. Physical id: the bucket's name.
class AutoDeleteObjectsType final : public ResourceType {
 public:
  explicit AutoDeleteObjectsType(const ObjectService& objects) : objects_(objects) {}

  std::string_view name() const override { return "Custom::S3AutoDeleteObjects"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    const auto bucket = properties.required("BucketName");
    properties.ignore({"ServiceToken"});
    properties.refuse_others();
    return {.physical_id = bucket, .ref = Json(bucket), .attributes = {}};
  }
  Result<void> create(EngineTransaction&, const Resource&) const override { return {}; }
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }
  Result<void> remove(EngineTransaction& transaction, const std::string& bucket) const override {
    if (!find_bucket(transaction, bucket) || !aws::find_kept(transaction, emptied_kind, bucket, "")) return {};
    constexpr std::size_t page = 1'000;
    for (;;) {
      const auto listed = list_objects(transaction, {.bucket = bucket, .limit = page});
      if (!listed) return listed.error();
      if (listed->objects.empty()) return {};
      for (const auto& object : listed->objects)
        if (auto removed = objects_.objects().remove(transaction, bucket, object.key); !removed) return removed;
    }
  }

 private:
  const ObjectService& objects_;
};

class ActivityType final : public ResourceType {
 public:
  explicit ActivityType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::StepFunctions::Activity"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto activity = read(resource, faults);
    const auto arn = site_.activity_arn(activity.name);
    return {.physical_id = activity.name, .ref = Json(arn), .attributes = {{"Arn", arn}, {"Name", activity.name}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto made = create_activity(transaction, read(resource, none));
    return made ? Result<void>() : Result<void>(made.error());
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    delete_activity(transaction, physical_id);
    return {};
  }

 private:
  static Activity read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Activity activity;
    activity.name = properties.string("Name").value_or(resource.default_name(80));
    properties.ignore({"Tags", "EncryptionConfiguration"});
    properties.refuse_others();
    return activity;
  }

  Site site_;
};

}  // namespace

void add_stored_types(ResourceTypes& types, const AwsCalls& calls, const Site& site) {
  types.push_back(std::make_unique<ParameterType>(calls));
  if (calls.services().objects) types.push_back(std::make_unique<BucketType>(*calls.services().objects, site));
  if (calls.services().objects) types.push_back(std::make_unique<AutoDeleteObjectsType>(*calls.services().objects));
  if (calls.services().objects) types.push_back(std::make_unique<BucketNotificationsType>(*calls.services().objects));
  types.push_back(std::make_unique<ActivityType>(site));
}

}  // namespace signalbox::deploy
