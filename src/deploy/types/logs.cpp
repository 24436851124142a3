/// AWS::Logs::LogGroup and LogStream; CDK's Custom::LogRetention, which sets the retention of a group that it does not own. Ref: name. Fn::GetAtt: a
/// group's Arn, which ends in `:*`.

#include "deploy/properties.h"
#include "deploy/types/types.h"

#include "signalbox/logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace signalbox::deploy {

namespace {

/// What PutRetentionPolicy takes. [CloudWatch Logs API Reference]
constexpr std::array retention_days{1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

std::optional<std::int64_t> read_retention(Properties& properties) {
  const auto days = properties.integer("RetentionInDays", 1, 3653);
  if (days && std::find(retention_days.begin(), retention_days.end(), static_cast<int>(*days)) == retention_days.end())
    properties.fault("RetentionInDays", fmt::format("{} is none of the numbers of days that CloudWatch Logs offers", *days));
  return days;
}

/// A group that is there already is taken over: functions make theirs when they first write.
Result<void> put_group(EngineTransaction& transaction, logs::GroupRecord wanted) {
  auto existing = logs::find_group(transaction, wanted.name);
  if (!existing) {
    const auto created = logs::create_group(transaction, std::move(wanted));
    return created ? Result<void>() : Result<void>(created.error());
  }
  existing->retention_days = wanted.retention_days;
  existing->tags = std::move(wanted.tags);
  return logs::update_group(transaction, *existing);
}

class LogGroupType final : public ResourceType {
 public:
  explicit LogGroupType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "AWS::Logs::LogGroup"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto group = read(resource, faults);
    return {
        .physical_id = group.name, .ref = Json(group.name), .attributes = {{"Arn", site_.arn("logs", "log-group:" + group.name + ":*")}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return put_group(transaction, read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return logs::find_group(transaction, physical_id) ? logs::delete_group(transaction, physical_id) : Result<void>();
  }

 private:
  static logs::GroupRecord read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    logs::GroupRecord group;
    group.name = properties.string("LogGroupName").value_or(resource.default_name());
    group.retention_days = read_retention(properties);
    group.tags = properties.tags();
    properties.ignore({"LogGroupClass", "KmsKeyId", "DataProtectionPolicy"});  // storage classes and encryption of AWS's
    properties.refuse_others();
    return group;
  }

  Site site_;
};

/// Physical id: group and stream with a line break between them.
class LogStreamType final : public ResourceType {
 public:
  std::string_view name() const override { return "AWS::Logs::LogStream"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto [group, stream] = read(resource, faults);
    return {.physical_id = group + "\n" + stream, .ref = Json(stream), .attributes = {}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto [group, stream] = read(resource, none);
    const auto created = logs::create_stream(transaction, group, stream);
    return created ? Result<void>() : Result<void>(created.error());
  }
  Result<void> update(EngineTransaction&, const Resource&) const override { return {}; }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto end = physical_id.find('\n');
    const auto removed = logs::delete_stream(transaction, physical_id.substr(0, end), physical_id.substr(end + 1));
    return removed || removed.error().code == ErrorCode::NotFound ? Result<void>() : removed;
  }

 private:
  static std::pair<std::string, std::string> read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    auto group = properties.required("LogGroupName");
    auto stream = properties.string("LogStreamName").value_or(resource.default_name());
    properties.refuse_others();
    return {std::move(group), std::move(stream)};
  }
};

class LogRetentionType final : public ResourceType {
 public:
  explicit LogRetentionType(Site site) : site_(std::move(site)) {}

  std::string_view name() const override { return "Custom::LogRetention"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto group = read(resource, faults);
    return {.physical_id = group.name,
            .ref = Json(group.name),
            .attributes = {{"LogGroupName", group.name},
                           {"Arn", site_.arn("logs", "log-group:" + group.name + ":*")},
                           {"LogGroupArn", site_.arn("logs", "log-group:" + group.name + ":*")}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return put_group(transaction, read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction&, const std::string&) const override { return {}; }  // the group stays, as with CDK's own

 private:
  static logs::GroupRecord read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    logs::GroupRecord group;
    group.name = properties.required("LogGroupName");
    group.retention_days = read_retention(properties);
    properties.ignore({"ServiceToken", "LogGroupRegion", "SdkRetry", "RemovalPolicy"});
    properties.refuse_others();
    return group;
  }

  Site site_;
};

}  // namespace

void add_log_types(ResourceTypes& types, const Site& site) {
  types.push_back(std::make_unique<LogGroupType>(site));
  types.push_back(std::make_unique<LogStreamType>());
  types.push_back(std::make_unique<LogRetentionType>(site));
}

}  // namespace signalbox::deploy
