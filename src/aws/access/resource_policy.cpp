#include "aws/access/resource_policy.h"

#include "aws/kept.h"
#include "services/functions/function.h"
#include "services/topics/records.h"
#include "signalbox/objects.h"
#include "signalbox/site.h"

namespace signalbox::aws {

namespace {

std::optional<access::Policy> parsed(std::string_view document) {
  auto policy = access::parse_policy(document, access::PolicyUse::Resource);
  return policy ? std::optional(std::move(*policy)) : std::nullopt;
}

std::optional<access::Policy> of_queue(const Reader& reader, const Queues& queues, const std::string& name) {
  const auto queue = queues.find(reader, name);
  if (!queue) return std::nullopt;
  const auto policy = queue->settings.find("Policy");
  return policy == queue->settings.end() || policy->second.empty() ? std::nullopt : parsed(policy->second);
}

/// One that was never set is SNS's own, which names the account alone and so leaves it to roles' policies.
std::optional<access::Policy> of_topic(const Reader& reader, const std::string& name) {
  const auto topic = topic_records::get_topic(reader, name);
  if (!topic) return std::nullopt;
  const auto policy = topic->attributes.find("Policy");
  return policy == topic->attributes.end() || policy->second.empty() ? std::nullopt : parsed(policy->second);
}

std::optional<access::Policy> of_function(const Reader& reader, std::string_view arn) {
  const auto reference = functions::parse_function_reference(arn);
  if (!reference) return std::nullopt;
  const auto policy = find_kept(reader, function_policy_kind, reference->name, reference->qualifier);
  return policy ? parsed(policy->text()) : std::nullopt;
}

std::optional<access::Policy> of_bucket(const Reader& reader, std::string_view resource) {
  const auto bucket = find_bucket(reader, resource.substr(0, resource.find('/')));
  return bucket && !bucket->policy.empty() ? parsed(bucket->policy) : std::nullopt;
}

}  // namespace

std::optional<access::Policy> resource_policy(const Reader& reader, const Queues& queues, std::string_view text) {
  Arn arn;
  if (!parse_arn(text, arn)) return std::nullopt;
  if (arn.service == "sqs") return of_queue(reader, queues, arn.resource);
  if (arn.service == "sns") return of_topic(reader, arn.resource);
  if (arn.service == "lambda") return of_function(reader, text);
  if (arn.service == "s3") return of_bucket(reader, arn.resource);
  return std::nullopt;
}

}  // namespace signalbox::aws
