#include "aws/s3/s3.h"

#include <algorithm>
#include <iterator>

#include "aws/xml_text.h"
#include "http/text.h"
#include "services/objects/object_errors.h"

namespace signalbox::aws::s3 {

using objects::object_error;

namespace {

enum class Level { Service, Bucket, Object };

/// `marker`: a query name that must be there; those of the table come before the plain operation. `copies`: x-amz-copy-source is given.
/// `action`: the permission that it needs; empty: its own affair. Source: Service Authorization Reference, Amazon S3.
struct Operation {
  std::string_view method;
  Level level;
  std::string_view marker;
  bool copies;
  std::string_view action;
  asio::awaitable<Answered> (*handle)(CallPointer);
};

constexpr Operation operations[] = {
    {"GET", Level::Service, "", false, "s3:ListAllMyBuckets", &list_buckets_operation},
    {"GET", Level::Bucket, "location", false, "s3:GetBucketLocation", &get_bucket_location},
    {"GET", Level::Bucket, "encryption", false, "s3:GetEncryptionConfiguration", &get_bucket_encryption},
    {"GET", Level::Bucket, "versioning", false, "s3:GetBucketVersioning", &get_bucket_versioning},
    {"GET", Level::Bucket, "policy", false, "s3:GetBucketPolicy", &get_bucket_policy},
    {"PUT", Level::Bucket, "policy", false, "s3:PutBucketPolicy", &put_bucket_policy},
    {"DELETE", Level::Bucket, "policy", false, "s3:DeleteBucketPolicy", &delete_bucket_policy},
    {"GET", Level::Bucket, "notification", false, "s3:GetBucketNotification", &get_bucket_notification},
    {"PUT", Level::Bucket, "notification", false, "s3:PutBucketNotification", &put_bucket_notification},
    {"GET", Level::Bucket, "uploads", false, "s3:ListBucketMultipartUploads", &list_multipart_uploads},
    {"GET", Level::Bucket, "list-type", false, "s3:ListBucket", &list_objects_v2},
    {"POST", Level::Bucket, "delete", false, "", &delete_objects},
    {"GET", Level::Bucket, "", false, "s3:ListBucket", &list_objects_v1},
    {"PUT", Level::Bucket, "", false, "s3:CreateBucket", &create_bucket},
    {"HEAD", Level::Bucket, "", false, "s3:ListBucket", &head_bucket},
    {"DELETE", Level::Bucket, "", false, "s3:DeleteBucket", &delete_bucket},
    {"POST", Level::Object, "uploads", false, "s3:PutObject", &create_multipart_upload},
    {"POST", Level::Object, "uploadId", false, "s3:PutObject", &complete_multipart_upload},
    {"PUT", Level::Object, "uploadId", true, "s3:PutObject", &upload_part_copy},
    {"PUT", Level::Object, "uploadId", false, "s3:PutObject", &upload_part},
    {"DELETE", Level::Object, "uploadId", false, "s3:AbortMultipartUpload", &abort_multipart_upload},
    {"GET", Level::Object, "uploadId", false, "s3:ListMultipartUploadParts", &list_parts_operation},
    {"PUT", Level::Object, "", true, "s3:PutObject", &copy_object},
    {"PUT", Level::Object, "", false, "s3:PutObject", &put_object},
    {"GET", Level::Object, "", false, "s3:GetObject", &get_object},
    {"HEAD", Level::Object, "", false, "s3:GetObject", &head_object},
    {"DELETE", Level::Object, "", false, "s3:DeleteObject", &delete_object},
};

/// Query names that mean another operation, which is not offered.
constexpr std::string_view not_offered[] = {"accelerate",
                                            "acl",
                                            "analytics",
                                            "attributes",
                                            "cors",
                                            "intelligent-tiering",
                                            "inventory",
                                            "legal-hold",
                                            "lifecycle",
                                            "logging",
                                            "metadataConfiguration",
                                            "metadataTable",
                                            "metrics",
                                            "object-lock",
                                            "ownershipControls",
                                            "policyStatus",
                                            "publicAccessBlock",
                                            "renameObject",
                                            "replication",
                                            "requestPayment",
                                            "restore",
                                            "retention",
                                            "select",
                                            "session",
                                            "tagging",
                                            "torrent",
                                            "versionId",
                                            "versions",
                                            "website"};

Level level_of(const Address& address) {
  if (address.bucket.empty()) return Level::Service;
  return address.key.empty() ? Level::Bucket : Level::Object;
}

bool has_query(const Call& call, std::string_view name) { return name.empty() || call.request.query_value(name).has_value(); }

Result<const Operation*> find_operation(const Call& call) {
  for (const auto name : not_offered) {
    if (has_query(call, name))
      return object_error("NotImplemented",
                          "The query parameter '" + std::string(name) + "' asks for an operation that is not offered here");
  }
  const auto level = level_of(call.address);
  const bool copies = call.header("x-amz-copy-source").has_value();
  // The plain operation is not what a query name of another one asks for.
  const bool is_another =
      call.request.method == "PUT" && level == Level::Bucket &&
      (call.request.query_value("versioning") || call.request.query_value("location") || call.request.query_value("encryption"));
  const auto found = std::find_if(std::begin(operations), std::end(operations), [&](const Operation& each) {
    return each.method == call.request.method && each.level == level && (!each.copies || copies) && has_query(call, each.marker);
  });
  if (found == std::end(operations) || is_another) return object_error("MethodNotAllowed");
  return &*found;
}

/// `aws-chunked` bodies are decoded, their trailers kept.
Result<void> decode_body(Call& call) {
  const auto hash = call.header("x-amz-content-sha256").value_or("");
  const auto encoding = call.header("Content-Encoding").value_or("");
  if (!hash.starts_with("STREAMING-") && !http::has_token(encoding, "aws-chunked")) return {};
  auto decoded = call.api.authenticator.decode_chunked(call.request);
  if (!decoded)
    return decoded.error().code == ErrorCode::Forbidden ? object_error("SignatureDoesNotMatch")
                                                        : object_error("IncompleteBody", decoded.error().message);
  if (const auto said = call.header("x-amz-decoded-content-length"); said && *said != std::to_string(decoded->body.size()))
    return object_error("IncompleteBody");
  call.request.body = std::move(decoded->body);
  call.trailers = std::move(decoded->trailers);
  return {};
}

/// What is read of a copy's source needs its own permission.
std::optional<Error> denied_call(const Call& call, const Operation& operation) {
  if (!call.api.authorizer || !call.api.caller) return std::nullopt;
  if (auto refused = operation.action.empty()
                         ? std::nullopt
                         : denied(call.api, operation.action, call.address.bucket, call.address.key, call.query("prefix")))
    return refused;
  if (!operation.copies) return std::nullopt;
  const auto source = copy_source_of(call);
  return source ? denied(call.api, "s3:GetObject", source->bucket, source->key) : std::nullopt;
}

/// Whoever may not list a bucket does not learn which objects are not in it. [GetObject, permissions]
Error unless_hidden(const Call& call, Error error) {
  if (!call.api.authorizer || !call.api.caller || objects::s3_error(error).code != "NoSuchKey") return error;
  return denied(call.api, "s3:ListBucket", call.address.bucket, {}).value_or(std::move(error));
}

void add_request_ids(http::Response& response, const http::Request& request) {
  response.headers.add("x-amz-request-id", request.request_id);
  response.headers.add("x-amz-id-2", request.request_id);
}

}  // namespace

std::optional<std::string> Call::header(std::string_view name) const {
  const auto found = request.headers.get(name);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

std::optional<std::string> Call::query(std::string_view name) const {
  const auto found = request.query_value(name);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

asio::awaitable<http::Response> answer(Api api, http::Request request) {
  auto call = std::make_shared<Call>(Call{api, std::move(request), {}, {}});
  call->address = address_of(call->request);
  const auto operation = find_operation(*call);
  if (!operation) co_return failure(operation.error(), call->request);
  if (auto decoded = decode_body(*call); !decoded) co_return failure(decoded.error(), call->request);
  if (const auto refused = denied_call(*call, **operation)) co_return failure(*refused, call->request);
  auto answered = co_await (*operation)->handle(call);
  if (!answered) co_return failure(unless_hidden(*call, answered.error()), call->request);
  add_request_ids(*answered, call->request);
  co_return std::move(*answered);
}

http::Response failure(const Error& error, const http::Request& request) {
  const auto shown = objects::s3_error(error);
  const auto address = address_of(request);
  XmlText xml;
  xml.declaration().open("Error").element("Code", shown.code).element("Message", shown.message);
  if (shown.code == "NoSuchBucket" || shown.code == "BucketNotEmpty" || shown.code == "InvalidBucketName")
    xml.element("BucketName", address.bucket);
  if (shown.code == "NoSuchKey") xml.element("Key", address.key);
  xml.element("RequestId", request.request_id).element("HostId", request.request_id).close("Error");
  http::Response response{shown.status};
  response.headers.add("Content-Type", "application/xml");
  response.body = xml.take();
  add_request_ids(response, request);
  return response;
}

http::Response refusal(const Error& error, const http::Request& request) {
  if (error.where == "InvalidSignatureException") return failure(object_error("SignatureDoesNotMatch"), request);
  if (error.where == "ExpiredTokenException") return failure(object_error("ExpiredToken"), request);
  if (error.where == "UnrecognizedClientException") return failure(object_error("InvalidAccessKeyId"), request);
  return failure(object_error("AccessDenied"), request);
}

http::Response xml_response(std::string body) {
  http::Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(body);
  return response;
}

std::string quoted_etag(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

}  // namespace signalbox::aws::s3
