#include <fmt/format.h>

#include <charconv>

#include "aws/s3/s3.h"
#include "base/text.h"
#include "services/objects/byte_range.h"
#include "services/objects/object_errors.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

using objects::ByteRange;
using objects::object_error;
using objects::range_of;

namespace {

/// Part of an open object, read while it is sent.
class ObjectSource final : public http::BodySource {
 public:
  ObjectSource(std::shared_ptr<objects::ContentReader> content, ByteRange range) : content_(std::move(content)), range_(range) {}
  std::uint64_t size() const override { return range_.end - range_.begin; }
  std::optional<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    const auto left = size() - offset;
    return content_->read(range_.begin + offset, into.first(std::min<std::size_t>(into.size(), static_cast<std::size_t>(left))));
  }

 private:
  std::shared_ptr<objects::ContentReader> content_;
  ByteRange range_;
};

/// `response-content-type` and its like override what is stored. [S3 API Reference, GetObject]
std::string overridden(const Call& call, std::string_view header, std::string stored) {
  return call.query("response-" + ascii_lower(header)).value_or(std::move(stored));
}

void add_description(http::Response& response, const Call& call, const ObjectRecord& record) {
  auto& headers = response.headers;
  headers.add("Last-Modified", format_http_date(record.modified_at));
  headers.add("ETag", quoted_etag(record.etag));
  headers.add("Accept-Ranges", "bytes");
  headers.add("Content-Type", overridden(call, "Content-Type",
                                         record.attributes.content_type.empty() ? "binary/octet-stream" : record.attributes.content_type));
  for (const char* name : {"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"}) {
    std::string stored;
    for (const auto& [known, value] : record.attributes.headers) {
      if (known == name) stored = value;
    }
    auto value = overridden(call, name, std::move(stored));
    if (!value.empty()) headers.add(name, std::move(value));
  }
  for (const auto& [name, value] : record.attributes.metadata) headers.add("x-amz-meta-" + name, value);
  if (!record.attributes.storage_class.empty() && record.attributes.storage_class != "STANDARD")
    headers.add("x-amz-storage-class", record.attributes.storage_class);
  headers.add("x-amz-server-side-encryption", "AES256");
}

/// What of the object is asked for: all of it, a range, or one of its parts.
struct Selection {
  ByteRange range;
  bool partial = false;
  std::size_t parts = 0;  ///< if one was asked for: how many there are
};

Result<Selection> part_selection(const ObjectRecord& record, const std::string& part_number) {
  std::size_t number = 0;
  const auto parsed = std::from_chars(part_number.data(), part_number.data() + part_number.size(), number);
  if (parsed.ec != std::errc() || number == 0)
    return object_error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
  const bool in_parts = record.etag.find('-') != std::string::npos;
  const std::size_t parts = in_parts ? record.files.size() : 1;
  if (number > parts) return object_error("InvalidRange", "The requested partnumber is not satisfiable");
  Selection selection{.range = {}, .partial = true, .parts = in_parts ? parts : 0};
  for (std::size_t i = 0; i < number && i < record.files.size(); ++i) {
    selection.range.begin = selection.range.end;
    selection.range.end += static_cast<std::uint64_t>(record.files[i].bytes);
  }
  return selection;
}

Result<Selection> selection_of(const Call& call, const ObjectRecord& record) {
  const auto size = static_cast<std::uint64_t>(record.bytes);
  if (const auto part = call.query("partNumber")) return part_selection(record, *part);
  const auto header = call.header("Range");
  if (!header) return Selection{{0, size}};
  const auto range = range_of(*header, size);
  if (!range) return range.error();
  return *range ? Selection{**range, true} : Selection{{0, size}};
}

Answered read_object(const Call& call) {
  auto open = call.api.service.open(call.api.reader, call.address.bucket, call.address.key);
  if (!open) return open.error();
  http::Response response;
  if (const auto status = failed_condition(call, open->record)) {
    if (*status == 412) return object_error("PreconditionFailed");
    response.status = *status;
    add_description(response, call, open->record);
    return response;
  }
  const auto selection = selection_of(call, open->record);
  if (!selection) return selection.error();
  add_description(response, call, open->record);
  const auto& range = selection->range;
  if (selection->partial && range.end > range.begin) {
    response.status = 206;
    response.headers.add("Content-Range", fmt::format("bytes {}-{}/{}", range.begin, range.end - 1, open->record.bytes));
  }
  if (selection->parts > 0) response.headers.add("x-amz-mp-parts-count", std::to_string(selection->parts));
  if (!selection->partial && call.header("x-amz-checksum-mode") == "ENABLED") add_checksum_headers(response, open->record.checksum);
  response.source = std::make_shared<ObjectSource>(open->content, range);
  return response;
}

}  // namespace

asio::awaitable<Answered> get_object(CallPointer call) { co_return read_object(*call); }

// The server leaves the body out; its length is said.
asio::awaitable<Answered> head_object(CallPointer call) { co_return read_object(*call); }

}  // namespace signalbox::aws::s3
