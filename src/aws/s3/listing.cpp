#include <algorithm>
#include <charconv>

#include "aws/s3/s3.h"
#include "aws/xml_text.h"
#include "services/objects/object_errors.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

using objects::object_error;

namespace {

constexpr std::size_t page_max = 1'000;

/// What both versions of the operation ask.
struct Listing {
  ListObjects request;
  bool encode = false;  ///< encoding-type=url: keys are percent-encoded, since XML cannot hold every byte

  [[nodiscard]] std::string text(std::string_view key) const {
    if (!encode) return std::string(key);
    std::string out;
    while (!key.empty()) {  // slashes stay, as S3 leaves them
      const auto slash = key.find('/');
      out += percent_encode(key.substr(0, slash));
      if (slash == std::string_view::npos) break;
      out += '/';
      key.remove_prefix(slash + 1);
    }
    return out;
  }
};

Result<Listing> listing_of(const Call& call) {
  Listing listing{.request = {.bucket = call.address.bucket,
                              .prefix = call.query("prefix").value_or(""),
                              .delimiter = call.query("delimiter").value_or("")},
                  .encode = call.query("encoding-type") == "url"};
  if (const auto max = call.query("max-keys")) {
    std::int64_t number = -1;
    const auto parsed = std::from_chars(max->data(), max->data() + max->size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != max->data() + max->size() || number < 0)
      return object_error("InvalidArgument", "Provided max-keys not an integer or within integer range");
    listing.request.limit = std::min<std::size_t>(static_cast<std::size_t>(number), page_max);
  }
  return listing;
}

void append_owner(XmlText& xml, const Call& call) {
  xml.open("Owner").element("ID", call.api.service.engine().site().account).element("DisplayName", "signalbox").close("Owner");
}

void append_contents(XmlText& xml, const Call& call, const Listing& listing, const ObjectPage& page, bool with_owner) {
  for (const auto& [key, record] : page.objects) {
    xml.open("Contents")
        .element("Key", listing.text(key))
        .element("LastModified", format_rfc3339(record.modified_at))
        .element("ETag", quoted_etag(record.etag));
    if (record.checksum) {
      xml.element("ChecksumAlgorithm", record.checksum->algorithm)
          .element("ChecksumType", record.checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
    }
    xml.number("Size", record.bytes)
        .element("StorageClass", record.attributes.storage_class.empty() ? "STANDARD" : record.attributes.storage_class);
    if (with_owner) append_owner(xml, call);
    xml.close("Contents");
  }
  for (const auto& prefix : page.common_prefixes)
    xml.open("CommonPrefixes").element("Prefix", listing.text(prefix)).close("CommonPrefixes");
}

void append_head(XmlText& xml, const Listing& listing, const ObjectPage& page) {
  xml.declaration()
      .open("ListBucketResult", xml_namespace)
      .element("Name", listing.request.bucket)
      .element("Prefix", listing.text(listing.request.prefix));
  if (!listing.request.delimiter.empty()) xml.element("Delimiter", listing.text(listing.request.delimiter));
  if (listing.encode) xml.element("EncodingType", "url");
  xml.number("MaxKeys", static_cast<std::int64_t>(listing.request.limit)).boolean("IsTruncated", page.truncated);
}

}  // namespace

asio::awaitable<Answered> list_objects_v2(CallPointer call) {
  auto listing = listing_of(*call);
  if (!listing) co_return listing.error();
  const auto start_after = call->query("start-after").value_or(""), token = call->query("continuation-token").value_or("");
  listing->request.after = start_after;
  if (!token.empty()) {
    const auto last = base64url_decode(token);
    if (!last) co_return object_error("InvalidArgument", "The continuation token provided is incorrect");
    listing->request.after = *last;
  }
  const auto page = list_objects(call->api.reader, listing->request);
  if (!page) co_return page.error();
  XmlText xml;
  append_head(xml, *listing, *page);
  xml.number("KeyCount", static_cast<std::int64_t>(page->objects.size() + page->common_prefixes.size()));
  if (!start_after.empty()) xml.element("StartAfter", listing->text(start_after));
  if (!token.empty()) xml.element("ContinuationToken", token);
  if (page->truncated) xml.element("NextContinuationToken", base64url_encode(page->last));
  append_contents(xml, *call, *listing, *page, call->query("fetch-owner") == "true");
  xml.close("ListBucketResult");
  co_return xml_response(xml.take());
}

asio::awaitable<Answered> list_objects_v1(CallPointer call) {
  auto listing = listing_of(*call);
  if (!listing) co_return listing.error();
  listing->request.after = call->query("marker").value_or("");
  const auto page = list_objects(call->api.reader, listing->request);
  if (!page) co_return page.error();
  XmlText xml;
  append_head(xml, *listing, *page);
  xml.element("Marker", listing->text(listing->request.after));
  if (page->truncated && !listing->request.delimiter.empty()) xml.element("NextMarker", listing->text(page->last));
  append_contents(xml, *call, *listing, *page, true);
  xml.close("ListBucketResult");
  co_return xml_response(xml.take());
}

}  // namespace signalbox::aws::s3
