#include "aws/access/authorizer.h"
#include "aws/s3/s3.h"
#include "services/objects/object_errors.h"

namespace signalbox::aws::s3 {

namespace {

std::string arn_of(std::string_view bucket, std::string_view key) {
  const auto name = "arn:aws:s3:::" + std::string(bucket.empty() ? "*" : bucket);
  return key.empty() ? name : name + "/" + std::string(key);
}

}  // namespace

std::optional<Error> denied(const Api& api, std::string_view action, std::string_view bucket, std::string_view key,
                            const std::optional<std::string>& prefix) {
  if (!api.authorizer || !api.caller) return std::nullopt;
  access::Request need{std::string(action), arn_of(bucket, key)};
  if (prefix) need.keys["s3:prefix"] = {*prefix};
  const auto refusal = api.authorizer->refuse(*api.caller, {std::move(need)});
  return refusal ? std::optional(objects::object_error("AccessDenied", refusal->text)) : std::nullopt;
}

}  // namespace signalbox::aws::s3
