// Managed policies, each of one version.
#include "aws/aws_api.h"
#include "aws/iam/iam.h"
#include "aws/iam/role_records.h"

namespace signalbox::aws::iam {

namespace {

struct Policy {
  std::string arn;
  Json kept;
};
Answer<Policy> policy_of(const Reader& reader, const Json& request) {
  Parameters parameters(request);
  auto arn = parameters.required("PolicyArn", {20, 2048});
  if (auto fault = fault_of(parameters)) return *fault;
  auto kept = find_kept(reader, policy_kind, "", arn);
  if (!kept) return no_such("Policy " + arn);
  return Policy{std::move(arn), std::move(*kept)};
}

Json policy_json(const std::string& arn, const Json& kept) {
  Json out = json_object({{"PolicyName", *kept.find("PolicyName")},
                          {"PolicyId", Json(entity_id("ANPA", arn))},
                          {"Arn", Json(arn)},
                          {"Path", *kept.find("Path")},
                          {"DefaultVersionId", "v1"},
                          {"AttachmentCount", 0},
                          {"PermissionsBoundaryUsageCount", 0},
                          {"IsAttachable", true},
                          {"CreateDate", *kept.find("CreateDate")},
                          {"UpdateDate", *kept.find("CreateDate")}});
  if (const Json* description = kept.find("Description")) out = out.with("Description", *description);
  return out;
}

Json version_json(const Json& kept) {
  return json_object({{"VersionId", "v1"}, {"IsDefaultVersion", true}, {"CreateDate", *kept.find("CreateDate")}});
}

}  // namespace

Answer<Json> create_policy(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("PolicyName", {1, 128});
  const auto document = parameters.required("PolicyDocument", {1, 131'072, true});
  const auto path = parameters.text("Path", {1, 512}).value_or("/");
  const auto description = parameters.text("Description", {0, 1000});
  if (auto fault = fault_of(parameters)) return *fault;
  const auto arn = "arn:aws:iam::" + context.services.engine.site().account + ":policy" + path + name;
  if (find_kept(transaction, policy_kind, "", arn))
    return Failure{"EntityAlreadyExists", "A policy called " + name + " already exists. Duplicate names are not allowed.", 409};
  if (auto fault = document_fault(document, access::PolicyUse::Identity)) return *fault;
  Json kept = json_object({{"PolicyName", Json(name)},
                           {"Path", Json(path)},
                           {"CreateDate", Json(time_text(transaction.now()))},
                           {"PolicyDocument", Json(document)}});
  if (description) kept = kept.with("Description", Json(*description));
  keep(transaction, policy_kind, "", arn, kept);
  return json_object({{"Policy", policy_json(arn, kept)}});
}

Answer<Json> get_policy(const OperationContext&, const Reader& reader, const Json& request) {
  const auto policy = policy_of(reader, request);
  if (!policy) return policy.error();
  return json_object({{"Policy", policy_json(policy->arn, policy->kept)}});
}

Answer<Json> get_policy_version(const OperationContext&, const Reader& reader, const Json& request) {
  const auto policy = policy_of(reader, request);
  if (!policy) return policy.error();
  Parameters parameters(request);
  const auto version = parameters.required("VersionId");
  if (auto fault = fault_of(parameters)) return *fault;
  if (version != "v1") return no_such("Policy " + policy->arn + " version " + version);
  return json_object(
      {{"PolicyVersion", version_json(policy->kept).with("Document", shown_document(policy->kept.find("PolicyDocument")->as_string()))}});
}

Answer<Json> list_policy_versions(const OperationContext&, const Reader& reader, const Json& request) {
  const auto policy = policy_of(reader, request);
  if (!policy) return policy.error();
  return whole_list("Versions", {version_json(policy->kept)});
}

Answer<Json> delete_policy(const OperationContext&, EngineTransaction& transaction, const Json& request) {
  const auto policy = policy_of(transaction, request);
  if (!policy) return policy.error();
  (void)drop_kept(transaction, policy_kind, "", policy->arn);
  return Json::empty_object();
}

Answer<Json> list_policies(const OperationContext&, const Reader& reader, const Json&) {
  Json::Array policies;
  for (const auto& [arn, kept] : list_kept(reader, policy_kind, "")) policies.push_back(policy_json(arn, kept));
  return whole_list("Policies", std::move(policies));
}

}  // namespace signalbox::aws::iam
