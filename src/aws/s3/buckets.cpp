#include <map>

#include "aws/s3/s3.h"
#include "aws/xml_text.h"
#include "services/objects/object_errors.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

using objects::object_error;

namespace {

const Site& site_of(const Call& call) { return call.api.service.engine().site(); }

Answered require_bucket(const Call& call, http::Response response) {
  if (!find_bucket(call.api.reader, call.address.bucket)) return object_error("NoSuchBucket");
  return response;
}

}  // namespace

asio::awaitable<Answered> list_buckets_operation(CallPointer call) {
  const auto prefix = call->query("prefix").value_or("");
  XmlText xml;
  xml.declaration().open("ListAllMyBucketsResult", xml_namespace);
  xml.open("Owner").element("ID", site_of(*call).account).element("DisplayName", "signalbox").close("Owner").open("Buckets");
  for (const auto& bucket : list_buckets(call->api.reader)) {
    if (!bucket.name.starts_with(prefix)) continue;
    xml.open("Bucket")
        .element("Name", bucket.name)
        .element("CreationDate", format_rfc3339(bucket.created_at))
        .element("BucketRegion", site_of(*call).region)
        .close("Bucket");
  }
  xml.close("Buckets").close("ListAllMyBucketsResult");
  co_return xml_response(xml.take());
}

// A location constraint is accepted whatever it says: every bucket is where the daemon is.
asio::awaitable<Answered> create_bucket(CallPointer call) {
  std::function<Result<void>(EngineTransaction&)> work = [call](EngineTransaction& transaction) {
    return call->api.service.objects().create_bucket(transaction, call->address.bucket);
  };
  const auto created = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!created) co_return created.error();
  http::Response response;
  response.headers.add("Location", "/" + call->address.bucket);
  co_return response;
}

asio::awaitable<Answered> head_bucket(CallPointer call) {
  http::Response response;
  response.headers.add("x-amz-bucket-region", site_of(*call).region);
  response.headers.add("Content-Type", "application/xml");
  co_return require_bucket(*call, std::move(response));
}

asio::awaitable<Answered> delete_bucket(CallPointer call) {
  std::function<Result<void>(EngineTransaction&)> work = [call](EngineTransaction& transaction) {
    return call->api.service.objects().delete_bucket(transaction, call->address.bucket);
  };
  const auto deleted = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!deleted) co_return deleted.error();
  co_return http::Response{204};
}

// us-east-1 is written as nothing. [S3 API Reference, GetBucketLocation]
asio::awaitable<Answered> get_bucket_location(CallPointer call) {
  const auto& region = site_of(*call).region;
  XmlText xml;
  xml.declaration().open("LocationConstraint", xml_namespace);
  std::string text = xml.take();
  if (region != "us-east-1") append_xml_escaped(text, region);
  co_return require_bucket(*call, xml_response(text + "</LocationConstraint>"));
}

// What S3 has set for every bucket since 2023. [S3 API Reference, GetBucketEncryption]
asio::awaitable<Answered> get_bucket_encryption(CallPointer call) {
  XmlText xml;
  xml.declaration().open("ServerSideEncryptionConfiguration", xml_namespace).open("Rule").open("ApplyServerSideEncryptionByDefault");
  xml.element("SSEAlgorithm", "AES256")
      .close("ApplyServerSideEncryptionByDefault")
      .element("BucketKeyEnabled", "false")
      .close("Rule")
      .close("ServerSideEncryptionConfiguration");
  co_return require_bucket(*call, xml_response(xml.take()));
}

// Never enabled.
asio::awaitable<Answered> get_bucket_versioning(CallPointer call) {
  XmlText xml;
  xml.declaration().open("VersioningConfiguration", xml_namespace).close("VersioningConfiguration");
  co_return require_bucket(*call, xml_response(xml.take()));
}

}  // namespace signalbox::aws::s3
