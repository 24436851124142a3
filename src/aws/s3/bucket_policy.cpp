// A bucket's policy, which counts with --iam. [S3 API Reference, PutBucketPolicy]

#include "aws/s3/s3.h"
#include "services/access/policy.h"
#include "services/objects/object_errors.h"
#include "signalbox/async.h"

namespace signalbox::aws::s3 {

using objects::object_error;

namespace {

asio::awaitable<Answered> set_policy(CallPointer call, std::string policy) {
  std::function<Result<void>(EngineTransaction&)> work = [call, policy = std::move(policy)](EngineTransaction& transaction) {
    return call->api.service.objects().set_bucket_policy(transaction, call->address.bucket, policy);
  };
  const auto set = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!set) co_return set.error();
  co_return http::Response{204};
}

}  // namespace

asio::awaitable<Answered> put_bucket_policy(CallPointer call) {
  const auto policy = access::parse_policy(std::string_view(call->request.body), access::PolicyUse::Resource);
  if (!policy) co_return object_error("MalformedPolicy", policy.error().message);
  auto answered = co_await set_policy(call, call->request.body);
  co_return answered;
}

asio::awaitable<Answered> get_bucket_policy(CallPointer call) {
  const auto bucket = find_bucket(call->api.reader, call->address.bucket);
  if (!bucket) co_return object_error("NoSuchBucket");
  if (bucket->policy.empty()) co_return object_error("NoSuchBucketPolicy");
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = bucket->policy;
  co_return response;
}

asio::awaitable<Answered> delete_bucket_policy(CallPointer call) {
  std::string none;
  auto answered = co_await set_policy(call, std::move(none));
  co_return answered;
}

}  // namespace signalbox::aws::s3
