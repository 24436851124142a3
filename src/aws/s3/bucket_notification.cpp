// Whom a bucket tells of its objects: EventBridge, or nobody. [S3 API Reference, PutBucketNotificationConfiguration]

#include "aws/s3/s3.h"
#include "aws/xml_reader.h"
#include "aws/xml_text.h"
#include "services/objects/object_errors.h"
#include "signalbox/async.h"

namespace signalbox::aws::s3 {

using objects::object_error;

namespace {

Result<bool> asks_for_events(const std::string& body) {
  const auto root = parse_xml(body);
  if (!root || root->name != "NotificationConfiguration") return object_error("MalformedXML");
  for (const auto& child : root->children)
    if (child.name != "EventBridgeConfiguration")
      return object_error("NotImplemented",
                          "Buckets tell EventBridge of their objects here, and nobody else: " + child.name + " is not offered");
  return !root->children.empty();
}

}  // namespace

asio::awaitable<Answered> put_bucket_notification(CallPointer call) {
  const auto wanted = asks_for_events(call->request.body);
  if (!wanted) co_return wanted.error();
  std::function<Result<void>(EngineTransaction&)> work = [call, on = *wanted](EngineTransaction& transaction) {
    return call->api.service.objects().set_bucket_events(transaction, call->address.bucket, on);
  };
  const auto set = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!set) co_return set.error();
  co_return http::Response{200};
}

asio::awaitable<Answered> get_bucket_notification(CallPointer call) {
  const auto bucket = find_bucket(call->api.reader, call->address.bucket);
  if (!bucket) co_return object_error("NoSuchBucket");
  XmlText xml;
  xml.declaration().open("NotificationConfiguration", xml_namespace);
  if (bucket->tells_events) xml.element("EventBridgeConfiguration", "");
  xml.close("NotificationConfiguration");
  co_return xml_response(xml.take());
}

}  // namespace signalbox::aws::s3
