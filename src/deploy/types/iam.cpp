/// AWS::IAM::Role, Policy, ManagedPolicy. Ref: name (of a managed policy its ARN). Fn::GetAtt: a role's Arn and RoleId, a managed policy's PolicyArn.

#include "aws/iam/iam.h"
#include "aws/kept.h"
#include "deploy/properties.h"
#include "deploy/types/aws_calls.h"
#include "deploy/types/types.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

constexpr auto iam = aws::Service::Iam;

/// What a stack's resource put on a role: taken away again when it changes or goes, while what others put there stays. (kind, physical id, "")
constexpr std::string_view parts_kind = "cloudformation-iam-parts";

struct RolePart {
  std::string role;
  std::string inline_name;  ///< of an inline policy; empty: a managed one is attached
  Json document;
  std::string attached_arn;
};

class RoleParts {
 public:
  explicit RoleParts(const AwsCalls& calls) : calls_(calls) {}

  Result<void> put(EngineTransaction& transaction, const std::string& owner, const std::vector<RolePart>& parts) const {
    if (auto done = take_away(transaction, owner); !done) return done;
    Json::Array kept;
    for (const auto& part : parts) {
      const bool is_inline = !part.inline_name.empty();
      auto done =
          is_inline
              ? calls_.write(
                    transaction, iam, "PutRolePolicy",
                    json_object({{"RoleName", part.role}, {"PolicyName", part.inline_name}, {"PolicyDocument", part.document.text()}}))
              : calls_.write(transaction, iam, "AttachRolePolicy",
                             json_object({{"RoleName", part.role}, {"PolicyArn", part.attached_arn}}));
      if (!done) return done.error();
      kept.push_back(json_object({{"role", part.role}, {"inline", part.inline_name}, {"attached", part.attached_arn}}));
    }
    aws::keep(transaction, parts_kind, owner, "", Json(std::move(kept)));
    return {};
  }

  Result<void> take_away(EngineTransaction& transaction, const std::string& owner) const {
    const auto kept = aws::find_kept(transaction, parts_kind, owner, "");
    if (!kept) return {};
    for (const auto& part : kept->elements()) {
      const Json &role = *part.find("role"), &inline_name = *part.find("inline");
      const bool is_inline = !inline_name.as_string().empty();
      auto done = is_inline
                      ? calls_.remove(transaction, iam, "DeleteRolePolicy", json_object({{"RoleName", role}, {"PolicyName", inline_name}}))
                      : calls_.remove(transaction, iam, "DetachRolePolicy",
                                      json_object({{"RoleName", role}, {"PolicyArn", *part.find("attached")}}));
      if (!done) return done;
    }
    (void)aws::drop_kept(transaction, parts_kind, owner, "");
    return {};
  }

 private:
  const AwsCalls& calls_;
};

std::vector<std::string> texts_of(Properties& properties, std::string_view name) {
  std::vector<std::string> texts;
  if (const auto* values = properties.array(name))
    for (const auto& value : values->elements()) texts.push_back(plain_text(value));
  return texts;
}

/// A policy's document as template authors write it: an object, or its text.
Json document_of(Properties& properties, std::string_view name) {
  const auto* value = properties.any(name);
  if (!value) {
    properties.fault(name, "this property is required");
    return Json::empty_object();
  }
  if (value->is_object()) return *value;
  const auto parsed = Json::parse(plain_text(*value));
  if (parsed && parsed->is_object()) return *parsed;
  properties.fault(name, "a policy document is an object");
  return Json::empty_object();
}

class RoleType final : public ResourceType {
 public:
  explicit RoleType(const AwsCalls& calls) : calls_(calls), parts_(calls) {}

  std::string_view name() const override { return "AWS::IAM::Role"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto role = read(resource, faults);
    return {.physical_id = role.name,
            .ref = Json(role.name),
            .attributes = {{"Arn", arn_of(role)}, {"RoleId", aws::iam::entity_id("AROA", role.name)}}};
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    const auto role = read(resource);
    if (auto made = calls_.write(transaction, iam, "CreateRole", role.request); !made) return made.error();
    return parts_.put(transaction, owner(role.name), role.parts);
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto role = read(resource);
    const Json policy = json_object({{"RoleName", role.name}, {"PolicyDocument", *role.request.find("AssumeRolePolicyDocument")}});
    if (auto done = calls_.write(transaction, iam, "UpdateAssumeRolePolicy", policy); !done) return done.error();
    Json change = json_object({{"RoleName", role.name}});
    for (const auto* member : {"Description", "MaxSessionDuration"})
      if (const auto* value = role.request.find(member)) change = change.with(member, *value);
    if (auto done = calls_.write(transaction, iam, "UpdateRole", change); !done) return done.error();
    if (auto done = set_boundary(transaction, role); !done) return done;
    return parts_.put(transaction, owner(role.name), role.parts);
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (auto done = parts_.take_away(transaction, owner(physical_id)); !done) return done;
    return calls_.remove(transaction, iam, "DeleteRole", json_object({{"RoleName", physical_id}}));
  }

 private:
  struct Role {
    std::string name, path;
    Json request;  ///< of CreateRole
    std::vector<RolePart> parts;
  };
  static std::string owner(const std::string& name) { return "role " + name; }
  Result<void> set_boundary(EngineTransaction& transaction, const Role& role) const {
    Json change = json_object({{"RoleName", role.name}});
    const auto* boundary = role.request.find("PermissionsBoundary");
    const auto done = boundary ? calls_.write(transaction, iam, "PutRolePermissionsBoundary", change.with("PermissionsBoundary", *boundary))
                               : calls_.write(transaction, iam, "DeleteRolePermissionsBoundary", std::move(change));
    return done ? Result<void>() : Result<void>(done.error());
  }
  std::string arn_of(const Role& role) const {
    return "arn:aws:iam::" + calls_.services().engine.site().account + ":role" + role.path + role.name;
  }

  static Role read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    Role role;
    role.name = properties.string("RoleName").value_or(resource.default_name(64));
    role.path = properties.string("Path").value_or("/");
    role.request = json_object({{"RoleName", role.name},
                                {"Path", role.path},
                                {"AssumeRolePolicyDocument", document_of(properties, "AssumeRolePolicyDocument").text()}});
    if (const auto description = properties.string("Description")) role.request = role.request.with("Description", *description);
    if (const auto duration = properties.integer("MaxSessionDuration", 3600, 43'200))
      role.request = role.request.with("MaxSessionDuration", *duration);
    Json::Array tags;
    for (const auto& [key, value] : properties.tags()) tags.push_back(json_object({{"Key", key}, {"Value", value}}));
    if (!tags.empty()) role.request = role.request.with("Tags", Json(std::move(tags)));
    for (auto& arn : texts_of(properties, "ManagedPolicyArns"))
      role.parts.push_back({.role = role.name, .inline_name = {}, .document = {}, .attached_arn = std::move(arn)});
    if (const auto* policies = properties.array("Policies"))
      for (const auto& policy : policies->elements()) {
        Properties one(policy, properties.at("Policies"), faults);
        role.parts.push_back({.role = role.name,
                              .inline_name = one.required("PolicyName"),
                              .document = document_of(one, "PolicyDocument"),
                              .attached_arn = {}});
        one.refuse_others();
      }
    if (const auto boundary = properties.string("PermissionsBoundary")) role.request = role.request.with("PermissionsBoundary", *boundary);
    properties.refuse_others();
    return role;
  }
  static Role read(const Resource& resource) {
    Faults none;
    return read(resource, none);
  }

  const AwsCalls& calls_;
  RoleParts parts_;
};

/// AWS::IAM::Policy: an inline policy of the roles that it names.
class PolicyType final : public ResourceType {
 public:
  explicit PolicyType(const AwsCalls& calls) : parts_(calls) {}

  std::string_view name() const override { return "AWS::IAM::Policy"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    (void)read(resource, faults);
    return {.physical_id = resource.default_name(), .ref = Json(resource.default_name()), .attributes = {{"Id", resource.default_name()}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    return parts_.put(transaction, owner(resource.identity.physical_id), read(resource, none));
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override { return create(transaction, resource); }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    return parts_.take_away(transaction, owner(physical_id));
  }

 private:
  static std::string owner(const std::string& id) { return "policy " + id; }

  static std::vector<RolePart> read(const Resource& resource, Faults& faults) {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    const auto name = properties.required("PolicyName");
    const auto document = document_of(properties, "PolicyDocument");
    std::vector<RolePart> parts;
    for (auto& role : texts_of(properties, "Roles"))
      parts.push_back({.role = std::move(role), .inline_name = name, .document = document, .attached_arn = {}});
    properties.refuse_others();  // users and groups are not offered here
    return parts;
  }

  RoleParts parts_;
};

class ManagedPolicyType final : public ResourceType {
 public:
  explicit ManagedPolicyType(const AwsCalls& calls) : calls_(calls), parts_(calls) {}

  std::string_view name() const override { return "AWS::IAM::ManagedPolicy"; }
  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto policy = read(resource, faults);
    return {.physical_id = policy.arn, .ref = Json(policy.arn), .attributes = {{"PolicyArn", policy.arn}}};
  }
  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    Faults none;
    const auto policy = read(resource, none);
    if (auto made = calls_.write(transaction, iam, "CreatePolicy", policy.request); !made) return made.error();
    return parts_.put(transaction, owner(policy.arn), policy.parts);
  }
  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    if (auto gone = remove(transaction, resource.identity.physical_id); !gone) return gone;  // a policy has one version here
    return create(transaction, resource);
  }
  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    if (auto done = parts_.take_away(transaction, owner(physical_id)); !done) return done;
    return calls_.remove(transaction, iam, "DeletePolicy", json_object({{"PolicyArn", physical_id}}));
  }

 private:
  struct Policy {
    std::string arn;
    Json request;
    std::vector<RolePart> parts;
  };
  static std::string owner(const std::string& arn) { return "managed " + arn; }

  Policy read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    const auto name = properties.string("ManagedPolicyName").value_or(resource.default_name(128));
    const auto path = properties.string("Path").value_or("/");
    Policy policy;
    policy.arn = "arn:aws:iam::" + calls_.services().engine.site().account + ":policy" + path + name;
    policy.request =
        json_object({{"PolicyName", name}, {"Path", path}, {"PolicyDocument", document_of(properties, "PolicyDocument").text()}});
    if (const auto description = properties.string("Description")) policy.request = policy.request.with("Description", *description);
    for (auto& role : texts_of(properties, "Roles"))
      policy.parts.push_back({.role = std::move(role), .inline_name = {}, .document = {}, .attached_arn = policy.arn});
    properties.refuse_others();
    return policy;
  }

  const AwsCalls& calls_;
  RoleParts parts_;
};

}  // namespace

void add_iam_types(ResourceTypes& types, const AwsCalls& calls) {
  types.push_back(std::make_unique<RoleType>(calls));
  types.push_back(std::make_unique<PolicyType>(calls));
  types.push_back(std::make_unique<ManagedPolicyType>(calls));
}

}  // namespace signalbox::deploy
