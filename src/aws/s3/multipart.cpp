#include <algorithm>
#include <charconv>

#include "aws/s3/s3.h"
#include "aws/xml_reader.h"
#include "aws/xml_text.h"
#include "base/text.h"
#include "services/objects/byte_range.h"
#include "services/objects/checksums.h"
#include "services/objects/object_errors.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

using objects::ByteRange;
using objects::object_error;
using objects::range_of;

namespace {

constexpr std::int64_t part_number_max = 10'000;
constexpr std::size_t parts_page_max = 1'000;

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Result<std::int64_t> part_number_of(const Call& call) {
  const auto number = number_of(call.query("partNumber").value_or(""));
  if (!number || *number < 1 || *number > part_number_max)
    return object_error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
  return *number;
}

Result<UploadRecord> upload_of(const Call& call) {
  return find_upload(call.api.reader, call.address.bucket, call.address.key, call.query("uploadId").value_or(""));
}

/// x-amz-checksum-algorithm and -type. CRC64NVME is of the whole object always, SHA of the parts.
Result<void> take_checksum_wishes(const Call& call, UploadRecord& upload) {
  upload.checksum_algorithm = call.header("x-amz-checksum-algorithm").value_or("");
  const auto type = call.header("x-amz-checksum-type").value_or(upload.checksum_algorithm == "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  upload.full_object_checksum = type == "FULL_OBJECT";
  if (upload.checksum_algorithm.empty()) return {};
  if (!objects::is_checksum_algorithm(upload.checksum_algorithm))
    return object_error("InvalidRequest", "Checksum algorithm provided is unsupported.");
  const bool is_crc = upload.checksum_algorithm.starts_with("CRC"), only_full = upload.checksum_algorithm == "CRC64NVME";
  if ((upload.full_object_checksum && !is_crc) || (!upload.full_object_checksum && only_full)) {
    return object_error("InvalidRequest",
                        "The " + type + " checksum type cannot be used with the " + upload.checksum_algorithm + " checksum algorithm.");
  }
  return {};
}

Result<std::vector<CompletedPart>> completed_parts_of(const std::string& body) {
  const auto root = parse_xml(body);
  if (!root || root->name != "CompleteMultipartUpload") return object_error("MalformedXML");
  std::vector<CompletedPart> parts;
  for (const auto& child : root->children) {
    if (child.name != "Part") continue;
    const auto number = number_of(child.text_of("PartNumber").value_or(""));
    if (!number || !child.find("ETag")) return object_error("MalformedXML");
    parts.push_back({*number, *child.text_of("ETag")});
  }
  return parts;
}

}  // namespace

asio::awaitable<Answered> create_multipart_upload(CallPointer call) {
  auto attributes = attributes_of(*call);
  if (!attributes) co_return attributes.error();
  UploadRecord upload{.bucket = call->address.bucket,
                      .key = call->address.key,
                      .id = {},
                      .began_at = {},
                      .attributes = std::move(*attributes),
                      .checksum_algorithm = {}};
  if (auto taken = take_checksum_wishes(*call, upload); !taken) co_return taken.error();
  std::function<Result<UploadRecord>(EngineTransaction&)> work = [call, upload](EngineTransaction& transaction) {
    return call->api.service.objects().begin_upload(transaction, upload);
  };
  const auto begun = co_await transact<UploadRecord>(call->api.service.engine(), std::move(work));
  if (!begun) co_return begun.error();
  XmlText xml;
  xml.declaration()
      .open("InitiateMultipartUploadResult", xml_namespace)
      .element("Bucket", begun->bucket)
      .element("Key", begun->key)
      .element("UploadId", begun->id)
      .close("InitiateMultipartUploadResult");
  auto response = xml_response(xml.take());
  if (!begun->checksum_algorithm.empty()) {
    response.headers.add("x-amz-checksum-algorithm", begun->checksum_algorithm);
    response.headers.add("x-amz-checksum-type", begun->full_object_checksum ? "FULL_OBJECT" : "COMPOSITE");
  }
  response.headers.add("x-amz-server-side-encryption", "AES256");
  co_return response;
}

asio::awaitable<Answered> upload_part(CallPointer call) {
  const auto number = part_number_of(*call);
  if (!number) co_return number.error();
  const auto upload = upload_of(*call);
  if (!upload) co_return upload.error();
  auto checksum = checked_body(*call, upload->checksum_algorithm);
  if (!checksum) co_return checksum.error();
  PartRecord part{.number = *number, .file = {}, .etag = {}, .modified_at = {}, .checksum = std::move(*checksum)};
  auto whose = *upload;
  auto bytes = std::move(call->request.body);
  const auto stored = co_await call->api.service.put_part(std::move(whose), std::move(part), std::move(bytes));
  if (!stored) co_return stored.error();
  http::Response response;
  response.headers.add("ETag", quoted_etag(stored->etag));
  if (stored->checksum) {
    response.headers.add("x-amz-checksum-" + ascii_lower(stored->checksum->algorithm), stored->checksum->value);
  }
  response.headers.add("x-amz-server-side-encryption", "AES256");
  co_return response;
}

asio::awaitable<Answered> upload_part_copy(CallPointer call) {
  const auto number = part_number_of(*call);
  if (!number) co_return number.error();
  const auto upload = upload_of(*call);
  if (!upload) co_return upload.error();
  const auto source = copy_source_of(*call);
  if (!source) co_return source.error();
  if (auto found = find_copy_source(*call, *source); !found) co_return found.error();
  auto open = call->api.service.open(call->api.reader, source->bucket, source->key);
  if (!open) co_return open.error();
  ByteRange range{0, open->content->size()};
  if (const auto header = call->header("x-amz-copy-source-range")) {
    const auto asked = range_of(*header, range.end);
    if (!asked) co_return asked.error();
    if (*asked) range = **asked;
  }
  auto content = open->content;
  auto bytes = co_await call->api.service.read(std::move(content), range.begin, range.end);
  if (!bytes) co_return bytes.error();
  const auto algorithm = upload->checksum_algorithm.empty() ? std::string("CRC64NVME") : upload->checksum_algorithm;
  PartRecord part{.number = *number,
                  .file = {},
                  .etag = {},
                  .modified_at = {},
                  .checksum = Checksum{algorithm, objects::checksum_of(algorithm, *bytes), false}};
  auto whose = *upload;
  const auto stored = co_await call->api.service.put_part(std::move(whose), std::move(part), std::move(*bytes));
  if (!stored) co_return stored.error();
  XmlText xml;
  xml.declaration()
      .open("CopyPartResult", xml_namespace)
      .element("LastModified", format_rfc3339(stored->modified_at))
      .element("ETag", quoted_etag(stored->etag))
      .close("CopyPartResult");
  co_return xml_response(xml.take());
}

asio::awaitable<Answered> complete_multipart_upload(CallPointer call) {
  const auto upload = upload_of(*call);
  if (!upload) co_return upload.error();
  const auto parts = completed_parts_of(call->request.body);
  if (!parts) co_return parts.error();
  std::function<Result<ObjectRecord>(EngineTransaction&)> work = [call, upload = *upload, parts = *parts](EngineTransaction& transaction) {
    return call->api.service.objects().complete_upload(transaction, upload, parts, write_condition_of(*call));
  };
  const auto record = co_await transact<ObjectRecord>(call->api.service.engine(), std::move(work));
  if (!record) co_return record.error();
  XmlText xml;
  xml.declaration().open("CompleteMultipartUploadResult", xml_namespace);
  xml.element("Location", "http://" + call->header("Host").value_or("") + call->request.path)
      .element("Bucket", upload->bucket)
      .element("Key", upload->key);
  xml.element("ETag", quoted_etag(record->etag));
  if (record->checksum)
    xml.element("Checksum" + record->checksum->algorithm, record->checksum->value)
        .element("ChecksumType", record->checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
  xml.close("CompleteMultipartUploadResult");
  auto response = xml_response(xml.take());
  response.headers.add("x-amz-server-side-encryption", "AES256");
  co_return response;
}

asio::awaitable<Answered> abort_multipart_upload(CallPointer call) {
  std::function<Result<void>(EngineTransaction&)> work = [call](EngineTransaction& transaction) {
    return call->api.service.objects().abort_upload(transaction, call->address.bucket, call->address.key,
                                                    call->query("uploadId").value_or(""));
  };
  const auto aborted = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!aborted) co_return aborted.error();
  co_return http::Response{204};
}

asio::awaitable<Answered> list_parts_operation(CallPointer call) {
  const auto upload = upload_of(*call);
  if (!upload) co_return upload.error();
  const auto after = number_of(call->query("part-number-marker").value_or("0")).value_or(0);
  const auto limit =
      std::clamp<std::int64_t>(number_of(call->query("max-parts").value_or("1000")).value_or(parts_page_max), 1, parts_page_max);
  auto parts = list_parts(call->api.reader, upload->id, after, static_cast<std::size_t>(limit) + 1);
  const bool truncated = parts.size() > static_cast<std::size_t>(limit);
  if (truncated) parts.pop_back();
  XmlText xml;
  xml.declaration()
      .open("ListPartsResult", xml_namespace)
      .element("Bucket", upload->bucket)
      .element("Key", upload->key)
      .element("UploadId", upload->id);
  xml.number("PartNumberMarker", after).number("MaxParts", limit).boolean("IsTruncated", truncated).element("StorageClass", "STANDARD");
  if (!parts.empty()) xml.number("NextPartNumberMarker", parts.back().number);
  for (const auto& part : parts) {
    xml.open("Part")
        .number("PartNumber", part.number)
        .element("LastModified", format_rfc3339(part.modified_at))
        .element("ETag", quoted_etag(part.etag));
    xml.number("Size", part.file.bytes).close("Part");
  }
  xml.close("ListPartsResult");
  co_return xml_response(xml.take());
}

asio::awaitable<Answered> list_multipart_uploads(CallPointer call) {
  if (!find_bucket(call->api.reader, call->address.bucket)) co_return object_error("NoSuchBucket");
  XmlText xml;
  xml.declaration().open("ListMultipartUploadsResult", xml_namespace).element("Bucket", call->address.bucket).boolean("IsTruncated", false);
  for (const auto& upload : list_uploads(call->api.reader, call->address.bucket, call->query("prefix").value_or(""))) {
    xml.open("Upload")
        .element("Key", upload.key)
        .element("UploadId", upload.id)
        .element("Initiated", format_rfc3339(upload.began_at))
        .element("StorageClass", "STANDARD")
        .close("Upload");
  }
  xml.close("ListMultipartUploadsResult");
  co_return xml_response(xml.take());
}

}  // namespace signalbox::aws::s3
