#pragma once
/// S3's REST protocol over the object store. Source: Amazon S3 API Reference. Versions, access control lists, tags and the other bucket
/// configurations are not offered: asking for one answers NotImplemented, which names it.

#include "aws/s3/address.h"
#include "http/http.h"
#include "services/keys/authenticate.h"
#include "services/objects/object_service.h"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::aws {
class Authorizer;
struct Caller;
}  // namespace signalbox::aws

namespace signalbox::aws::s3 {

namespace asio = boost::asio;

inline constexpr std::string_view xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/// What operations work with; all of it outlives the request.
struct Api {
  ObjectService& service;
  const Reader& reader;  ///< of the I/O thread
  const services::Authenticator& authenticator;
  Authorizer* authorizer = nullptr;  ///< null, as the caller: everything may be done
  std::shared_ptr<const Caller> caller = {};
};

/// An authenticated request on its way, its body decoded.
struct Call {
  Api api;
  http::Request request;
  Address address;
  std::vector<std::pair<std::string, std::string>> trailers;

  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
};
using CallPointer = std::shared_ptr<Call>;
using Answered = Result<http::Response>;

/// Answers an authenticated request. The coroutine owns it.
asio::awaitable<http::Response> answer(Api api, http::Request request);
/// Why the caller may not, as an error of S3's. `bucket`, `key`: empty for all of them, for the bucket itself. `prefix`: of what is to be listed.
[[nodiscard]] std::optional<Error> denied(const Api& api, std::string_view action, std::string_view bucket, std::string_view key,
                                          const std::optional<std::string>& prefix = {});
/// S3's XML for an error.
[[nodiscard]] http::Response failure(const Error& error, const http::Request& request);
/// A request that authentication refused, in S3's codes.
[[nodiscard]] http::Response refusal(const Error& error, const http::Request& request);

[[nodiscard]] http::Response xml_response(std::string body);
[[nodiscard]] std::string quoted_etag(std::string_view etag);  ///< `"etag"`

// What requests say (request_parts.cpp).
/// Content-Type and the others that are kept. Errors: NotImplemented (tags, locks, customer keys), MetadataTooLarge.
[[nodiscard]] Result<ObjectAttributes> attributes_of(const Call& call);
/// Content-MD5, x-amz-content-sha256 and the checksum that came with the body, checked; the checksum to keep: `algorithm`'s if given, else the client's, else CRC64NVME.
[[nodiscard]] Result<Checksum> checked_body(const Call& call, std::string_view algorithm = {});
[[nodiscard]] WriteCondition write_condition_of(const Call& call);
/// `bucket/key`, from x-amz-copy-source. Errors: InvalidArgument.
[[nodiscard]] Result<Address> copy_source_of(const Call& call);
/// The source of a copy, its x-amz-copy-source-if-… conditions checked. Errors: PreconditionFailed, NoSuchKey, NoSuchBucket.
[[nodiscard]] Result<ObjectRecord> find_copy_source(const Call& call, const Address& source);
void add_checksum_headers(http::Response& response, const std::optional<Checksum>& checksum);
/// If-Match and its like: nothing, or the status that answers instead (304, 412). `prefix`: `x-amz-copy-source-` or empty. RFC 9110, 13.2.2.
[[nodiscard]] std::optional<int> failed_condition(const Call& call, const ObjectRecord& record, std::string_view prefix = {});

// Operations.
asio::awaitable<Answered> list_buckets_operation(CallPointer call);
asio::awaitable<Answered> create_bucket(CallPointer call);
asio::awaitable<Answered> head_bucket(CallPointer call);
asio::awaitable<Answered> delete_bucket(CallPointer call);
asio::awaitable<Answered> put_bucket_policy(CallPointer call);
asio::awaitable<Answered> get_bucket_policy(CallPointer call);
asio::awaitable<Answered> delete_bucket_policy(CallPointer call);
asio::awaitable<Answered> put_bucket_notification(CallPointer call);
asio::awaitable<Answered> get_bucket_notification(CallPointer call);
asio::awaitable<Answered> get_bucket_location(CallPointer call);
asio::awaitable<Answered> get_bucket_encryption(CallPointer call);
asio::awaitable<Answered> get_bucket_versioning(CallPointer call);
asio::awaitable<Answered> list_objects_v1(CallPointer call);
asio::awaitable<Answered> list_objects_v2(CallPointer call);
asio::awaitable<Answered> delete_objects(CallPointer call);
asio::awaitable<Answered> put_object(CallPointer call);
asio::awaitable<Answered> copy_object(CallPointer call);
asio::awaitable<Answered> get_object(CallPointer call);
asio::awaitable<Answered> head_object(CallPointer call);
asio::awaitable<Answered> delete_object(CallPointer call);
asio::awaitable<Answered> create_multipart_upload(CallPointer call);
asio::awaitable<Answered> upload_part(CallPointer call);
asio::awaitable<Answered> upload_part_copy(CallPointer call);
asio::awaitable<Answered> complete_multipart_upload(CallPointer call);
asio::awaitable<Answered> abort_multipart_upload(CallPointer call);
asio::awaitable<Answered> list_parts_operation(CallPointer call);
asio::awaitable<Answered> list_multipart_uploads(CallPointer call);

}  // namespace signalbox::aws::s3
