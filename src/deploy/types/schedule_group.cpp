/// AWS::Scheduler::ScheduleGroup. Ref: name. Fn::GetAtt: Arn. With it go the schedules in it, as in AWS.

#include "aws/scheduler/scheduler.h"
#include "deploy/properties.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"

#include <utility>

namespace signalbox::deploy {

namespace {

class ScheduleGroupType final : public ResourceType {
 public:
  ScheduleGroupType(const AwsCalls& calls, Site site) : calls_(calls), site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Scheduler::ScheduleGroup"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    const auto id = plain_text(*request.find("Name"));
    return {.physical_id = id, .ref = Json(id), .attributes = {{"Arn", arn(id)}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return calls_.put(transaction, aws::Service::Scheduler, "CreateScheduleGroup", read(resource, none));
  }
  /// Its tags are all that can differ. One that somebody deleted meanwhile is made again.
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto& id = resource.identity.physical_id;
    const auto present = aws::scheduler::group_of(transaction, id);
    if (!present) return create(transaction, resource);
    Json::Array old_keys;
    for (const auto& tag : present->find("Tags")->elements()) old_keys.push_back(*tag.find("Key"));
    if (auto done = calls_.put(transaction, aws::Service::Scheduler, "UntagResource",
                               json_object({{"ResourceArn", arn(id)}, {"TagKeys", Json(std::move(old_keys))}}));
        !done)
      return done;
    Faults none;
    const auto wanted = read(resource, none);
    return calls_.put(transaction, aws::Service::Scheduler, "TagResource",
                      json_object({{"ResourceArn", arn(id)}, {"Tags", *wanted.find("Tags")}}));
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return calls_.remove(transaction, aws::Service::Scheduler, "DeleteScheduleGroup", json_object({{"Name", physical_id}}));
  }

 private:
  [[nodiscard]] std::string arn(const std::string& group) const { return site_.arn("scheduler", "schedule-group/" + group); }

  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json::Array tags;
    for (const auto& [key, value] : properties.tags()) tags.push_back(json_object({{"Key", key}, {"Value", value}}));
    Json request = json_object({{"Name", properties.string("Name").value_or(resource.default_name(64))}, {"Tags", Json(std::move(tags))}});
    properties.refuse_others();
    return request;
  }

  const AwsCalls& calls_;
  Site site_;
};

}  // namespace

void add_schedule_group_type(ResourceTypes& types, const AwsCalls& calls, const Site& site) {
  types.push_back(std::make_unique<ScheduleGroupType>(calls, site));
}

}  // namespace signalbox::deploy
