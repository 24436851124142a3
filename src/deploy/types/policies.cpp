/// Policies of queues, topics and buses: AWS::SQS::QueuePolicy, QueueInlinePolicy, AWS::SNS::TopicPolicy, TopicInlinePolicy, AWS::S3::BucketPolicy, AWS::Events::EventBusPolicy;
/// AWS::Logs::ResourcePolicy and AWS::Lambda::Permission. They are kept by their services, which show them. Ref: an id of the policy.

#include "deploy/properties.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"

#include "aws/kept.h"
#include "services/functions/functions.h"
#include "services/objects/object_service.h"
#include "services/queues/queue_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::deploy {

namespace {

/// Which queues or topics a stack's policy was given to, by its physical id.
constexpr std::string_view kept_kind = "stack-policy";

/// A policy document in place, or its text.
std::string document_of(Properties& properties, std::string_view name = "PolicyDocument") {
  const auto* given = properties.any(name);
  if (!given) {
    properties.fault(name, "this property is required");
    return {};
  }
  if (given->is_object()) return given->compact_text();
  const auto text = plain_text(*given);
  if (!given->is_string() || !Json::parse(text)) properties.fault(name, "a policy document is expected");
  return text;
}

/// A queue's or a topic's policy is one of its attributes, so each has one at most.
class AttributePolicyType : public ResourceType {
 public:
  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    return {.physical_id = resource.default_name(),
            .ref = Json(resource.default_name()),
            .attributes = {{"Id", Json(resource.default_name())}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto policy = read(resource, none);
    Json::Array names;
    for (const auto& name : policy.names) {
      if (auto set = set_policy(transaction, name, policy.document); !set) return set;
      names.emplace_back(name);
    }
    aws::keep(transaction, kept_kind, resource.identity.physical_id, "", Json(std::move(names)));
    return {};
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    if (auto removed = remove(transaction, resource.identity.physical_id); !removed) return removed;
    return create(transaction, resource);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto names = aws::find_kept(transaction, kept_kind, physical_id, "");
    if (!names) return {};
    for (const auto& name : names->elements())
      if (auto set = set_policy(transaction, std::string(name.as_string()), ""); !set && set.error().code != ErrorCode::NotFound)
        return set;
    (void)aws::drop_kept(transaction, kept_kind, physical_id, "");
    return {};
  }

 protected:
  /// Empty: none.
  [[nodiscard]] virtual Result<void> set_policy(EngineTransaction& transaction, const std::string& name,
                                                const std::string& document) const = 0;
  /// A queue's or topic's name by what Ref gives for it, or its ARN.
  [[nodiscard]] virtual std::optional<std::string> name_of(const std::string& given) const = 0;
  /// `Queues`: a list; or the one name that an inline policy has.
  [[nodiscard]] virtual std::string_view list_property() const = 0;
  [[nodiscard]] virtual std::string_view single_property() const = 0;

 private:
  struct Policy {
    std::vector<std::string> names;
    std::string document;
  };

  Policy read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Policy policy;
    policy.document = document_of(properties);
    const bool is_inline = name().ends_with("InlinePolicy");
    const auto property = is_inline ? single_property() : list_property();
    Json::Array given;
    if (is_inline) given.emplace_back(properties.required(property));
    else if (const auto* list = properties.array(property)) given = list->elements();
    else properties.fault(property, "this property is required");
    for (const auto& one : given) {
      if (const auto found = name_of(plain_text(one))) policy.names.push_back(*found);
      else properties.fault(property, fmt::format("{} is not what this policy can be given to", one.text()));
    }
    properties.refuse_others();
    return policy;
  }
};

class QueuePolicyType final : public AttributePolicyType {
 public:
  QueuePolicyType(const Queues& queues, std::string_view name) : queues_(queues), name_(name) {}
  std::string_view name() const override { return name_; }

 protected:
  Result<void> set_policy(EngineTransaction& transaction, const std::string& queue, const std::string& document) const override {
    return queues_.set_attributes(transaction, queue, {{"Policy", document}});
  }
  std::optional<std::string> name_of(const std::string& given) const override { return queue_name_of(given); }
  std::string_view list_property() const override { return "Queues"; }
  std::string_view single_property() const override { return "Queue"; }

 private:
  const Queues& queues_;
  std::string_view name_;
};

/// `Bucket`: the name, which Ref gives.
class BucketPolicyType final : public ResourceType {
 public:
  explicit BucketPolicyType(const ObjectService& objects) : objects_(objects) {}

  std::string_view name() const override { return "AWS::S3::BucketPolicy"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    const auto bucket = properties.required("Bucket");
    (void)document_of(properties);
    properties.refuse_others();
    return {.physical_id = bucket, .ref = Json(bucket), .attributes = {}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    Properties properties(resource.properties, resource.place, none);
    return objects_.objects().set_bucket_policy(transaction, resource.identity.physical_id, document_of(properties));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& bucket) const override {
    return find_bucket(transaction, bucket) ? objects_.objects().set_bucket_policy(transaction, bucket, {}) : Result<void>();
  }

 private:
  const ObjectService& objects_;
};

class TopicPolicyType final : public AttributePolicyType {
 public:
  TopicPolicyType(const Topics& topics, std::string_view name) : topics_(topics), name_(name) {}
  std::string_view name() const override { return name_; }

 protected:
  Result<void> set_policy(EngineTransaction& transaction, const std::string& topic, const std::string& document) const override {
    return topics_.set_attribute(transaction, topic, "Policy", document);
  }
  std::optional<std::string> name_of(const std::string& given) const override {
    auto name = topic_name_of_arn(given);
    return name ? std::optional(std::move(*name)) : std::nullopt;
  }
  std::string_view list_property() const override { return "Topics"; }
  std::string_view single_property() const override { return "TopicArn"; }

 private:
  const Topics& topics_;
  std::string_view name_;
};

/// `A|B`
std::pair<std::string, std::string> parts_of(const std::string& physical_id) {
  const auto bar = physical_id.find('|');
  return {physical_id.substr(0, bar), bar == std::string::npos ? std::string() : physical_id.substr(bar + 1)};
}

/// A statement of a function's policy. Physical id: the function, with its qualifier, and the statement's id.
class PermissionType final : public ResourceType {
 public:
  explicit PermissionType(const AwsCalls& calls) : calls_(calls) {}

  std::string_view name() const override { return "AWS::Lambda::Permission"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    const auto id = plain_text(*request.find("StatementId"));
    const auto* qualifier = request.find("Qualifier");
    const auto function = plain_text(*request.find("FunctionName")) + (qualifier ? ":" + plain_text(*qualifier) : std::string());
    return {.physical_id = function + "|" + id, .ref = Json(id), .attributes = {{"Id", Json(id)}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return calls_.put(transaction, aws::Service::Lambda, "AddPermission", read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    if (auto removed = remove(transaction, resource.identity.physical_id); !removed) return removed;
    return create(transaction, resource);
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [given, id] = parts_of(physical_id);
    const auto function = functions::parse_function_reference(given);
    if (!function) return {};
    Json request = json_object({{"FunctionName", function->name}, {"StatementId", id}});
    if (!function->qualifier.empty()) request = request.with("Qualifier", Json(function->qualifier));
    return calls_.remove(transaction, aws::Service::Lambda, "RemovePermission", request);
  }

 private:
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    const auto given = properties.required("FunctionName");
    const auto function = functions::parse_function_reference(given);
    if (!function && !given.empty()) properties.fault("FunctionName", fmt::format("'{}' is no name or ARN of a function", given));
    Json request = json_object({{"FunctionName", function ? function->name : given},
                                {"StatementId", resource.default_name(100)},
                                {"Action", properties.required("Action")},
                                {"Principal", properties.required("Principal")}});
    if (function && !function->qualifier.empty()) request = request.with("Qualifier", Json(function->qualifier));
    for (const auto* name : {"SourceArn", "SourceAccount", "EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType"})
      if (const auto text = properties.string(name)) request = request.with(name, Json(*text));
    if (const auto by_url = properties.boolean("InvokedViaFunctionUrl")) request = request.with("InvokedViaFunctionUrl", Json(*by_url));
    properties.refuse_others();
    return request;
  }

  const AwsCalls& calls_;
};

/// A statement of a bus's policy. Physical id: bus and statement's id.
class BusPolicyType final : public ResourceType {
 public:
  explicit BusPolicyType(const events::Events& events) : events_(events) {}

  std::string_view name() const override { return "AWS::Events::EventBusPolicy"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto policy = read(resource, faults);
    return {.physical_id = policy.bus + "|" + policy.id, .ref = Json(policy.id), .attributes = {}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto policy = read(resource, none);
    return set(transaction, policy.bus, policy.id, policy.statement);
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    const auto [bus, id] = parts_of(physical_id);
    return events_.find_bus(transaction, bus) ? set(transaction, bus, id, std::nullopt) : Result<void>();
  }

 private:
  struct Policy {
    std::string bus, id;
    std::optional<Json> statement;
  };

  Result<void> set(EngineTransaction& transaction, const std::string& name, const std::string& id,
                   const std::optional<Json>& statement) const {
    auto bus = events_.find_bus(transaction, name);
    if (!bus) return error(ErrorCode::NotFound, fmt::format("Event bus {} does not exist.", name));
    const Json document =
        bus->policy ? Json::from_stored(*bus->policy) : json_object({{"Version", "2012-10-17"}, {"Statement", Json::empty_array()}});
    Json::Array statements;
    if (const auto* all = document.find("Statement"); all && all->is_array()) statements = all->elements();
    std::erase_if(statements, [&](const Json& one) { return one.find("Sid") && *one.find("Sid") == Json(id); });
    if (statement) statements.push_back(*statement);
    bus->policy = statements.empty() ? std::nullopt : std::optional(document.with("Statement", Json(std::move(statements))).text());
    return events_.store_bus(transaction, *bus);
  }

  Policy read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Policy policy{.bus = properties.string("EventBusName").value_or(std::string(events::default_bus)),
                  .id = properties.required("StatementId"),
                  .statement = std::nullopt};
    if (const auto slash = policy.bus.rfind('/'); policy.bus.starts_with("arn:") && slash != std::string::npos)
      policy.bus.erase(0, slash + 1);
    if (const auto* statement = properties.object("Statement")) {
      policy.statement = statement->with("Sid", Json(policy.id));
    } else {
      const auto principal = properties.required("Principal");
      policy.statement =
          json_object({{"Sid", policy.id},
                       {"Effect", "Allow"},
                       {"Principal", principal == "*" ? Json("*") : json_object({{"AWS", "arn:aws:iam::" + principal + ":root"}})},
                       {"Action", properties.required("Action")},
                       {"Resource", events_.bus_arn(policy.bus)}});
      if (const auto* condition = properties.object("Condition"))
        policy.statement = policy.statement->with(
            "Condition", json_object({{plain_text(condition->find("Type") ? *condition->find("Type") : Json("StringEquals")),
                                       json_object({{plain_text(condition->find("Key") ? *condition->find("Key") : Json("")),
                                                     condition->find("Value") ? *condition->find("Value") : Json("")}})}}));
    }
    properties.refuse_others();
    return policy;
  }

  const events::Events& events_;
};

class LogPolicyType final : public ResourceType {
 public:
  explicit LogPolicyType(const AwsCalls& calls) : calls_(calls) {}

  std::string_view name() const override { return "AWS::Logs::ResourcePolicy"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto id = plain_text(*read(resource, faults).find("policyName"));
    return {.physical_id = id, .ref = Json(id), .attributes = {}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return calls_.put(transaction, aws::Service::Logs, "PutResourcePolicy", read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return calls_.remove(transaction, aws::Service::Logs, "DeleteResourcePolicy", json_object({{"policyName", physical_id}}));
  }

 private:
  static Json read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Json request = json_object({{"policyName", properties.required("PolicyName")}, {"policyDocument", document_of(properties)}});
    properties.refuse_others();
    return request;
  }

  const AwsCalls& calls_;
};

}  // namespace

void add_policy_types(ResourceTypes& types, const Queues& queues, const Topics& topics, const AwsCalls& calls) {
  for (const auto* name : {"AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"})
    types.push_back(std::make_unique<QueuePolicyType>(queues, name));
  for (const auto* name : {"AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"})
    types.push_back(std::make_unique<TopicPolicyType>(topics, name));
  types.push_back(std::make_unique<PermissionType>(calls));
  types.push_back(std::make_unique<LogPolicyType>(calls));
  if (calls.services().objects) types.push_back(std::make_unique<BucketPolicyType>(*calls.services().objects));
  if (calls.services().events) types.push_back(std::make_unique<BusPolicyType>(*calls.services().events));
}

}  // namespace signalbox::deploy
