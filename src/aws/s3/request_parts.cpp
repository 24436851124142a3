#include <algorithm>
#include <array>

#include "aws/s3/s3.h"
#include "base/text.h"
#include "http/text.h"
#include "services/objects/checksums.h"
#include "services/objects/object_errors.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

using namespace objects;

namespace {

constexpr std::size_t metadata_bytes_max = 2'048;
constexpr std::string_view metadata_prefix = "x-amz-meta-";
constexpr std::array kept_headers{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"};
/// What would be lost in silence.
constexpr std::array refused_headers{"x-amz-tagging",
                                     "x-amz-object-lock-mode",
                                     "x-amz-object-lock-retain-until-date",
                                     "x-amz-object-lock-legal-hold",
                                     "x-amz-website-redirect-location",
                                     "x-amz-server-side-encryption-customer-algorithm",
                                     "x-amz-server-side-encryption-customer-key"};

/// Without `aws-chunked`, which is about the request only.
std::string content_encoding(std::string_view header) {
  std::string out;
  while (!header.empty()) {
    const auto comma = header.find(',');
    const auto token = http::trim(header.substr(0, comma));
    if (!http::equal_ignoring_case(token, "aws-chunked") && !token.empty()) out += (out.empty() ? "" : ", ") + std::string(token);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
  }
  return out;
}

std::string checksum_header(std::string_view algorithm) { return "x-amz-checksum-" + ascii_lower(algorithm); }

/// The checksum that the client computed: a header, or a trailer behind the body.
std::optional<Checksum> given_checksum(const Call& call) {
  for (const auto& algorithm : checksum_algorithms()) {
    const auto name = checksum_header(algorithm);
    if (const auto value = call.header(name)) return Checksum{algorithm, *value, false};
    const auto trailer = std::find_if(call.trailers.begin(), call.trailers.end(), [&](const auto& each) { return each.first == name; });
    if (trailer != call.trailers.end()) return Checksum{algorithm, trailer->second, false};
  }
  return std::nullopt;
}

Result<void> check_digests(const Call& call) {
  const auto& body = call.request.body;
  if (const auto md5 = call.header("Content-MD5")) {
    const auto wanted = base64_decode(*md5);
    if (!wanted || wanted->size() != 16) return object_error("InvalidDigest");
    if (*wanted != digest(DigestAlgorithm::Md5, body)) return object_error("BadDigest");
  }
  const auto hash = call.header("x-amz-content-sha256").value_or("");
  constexpr std::size_t hex_digits = 64;
  if (hash.size() == hex_digits && ascii_lower(hash) != hex_encode(digest(DigestAlgorithm::Sha256, body)))
    return object_error("XAmzContentSHA256Mismatch");
  return {};
}

/// Of an HTTP date, whole seconds.
std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& text) {
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29) return std::nullopt;  // Sun, 06 Nov 1994 08:49:37 GMT
  const auto month = std::find_if(months.begin(), months.end(), [&](const char* name) { return text.compare(8, 3, name) == 0; });
  if (month == months.end()) return std::nullopt;
  const auto number = static_cast<int>(month - months.begin()) + 1;
  const auto time = parse_rfc3339(text.substr(12, 4) + "-" + (number < 10 ? "0" : "") + std::to_string(number) + "-" + text.substr(5, 2) +
                                  "T" + text.substr(17, 8) + "Z");
  return time ? std::optional(std::chrono::floor<std::chrono::seconds>(*time)) : std::nullopt;
}

/// Whether a list of ETags, or `*`, names this one.
bool names_etag(std::string_view list, const std::string& etag) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto each = http::trim(list.substr(0, comma));
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == "*" || each == etag || each == quoted_etag(etag)) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

}  // namespace

Result<ObjectAttributes> attributes_of(const Call& call) {
  for (const char* name : refused_headers) {
    if (call.header(name))
      return object_error("NotImplemented", std::string("The header '") + name + "' asks for what is not offered here");
  }
  ObjectAttributes attributes;
  attributes.content_type = call.header("Content-Type").value_or("");
  attributes.storage_class = call.header("x-amz-storage-class").value_or("");
  for (const char* name : kept_headers) {
    auto value = call.header(name).value_or("");
    if (std::string_view(name) == "Content-Encoding") value = content_encoding(value);
    if (!value.empty()) attributes.headers.emplace_back(name, std::move(value));
  }
  std::size_t metadata_bytes = 0;
  for (const auto& [name, value] : call.request.headers.all()) {
    auto lowered = ascii_lower(name);
    if (!lowered.starts_with(metadata_prefix)) continue;
    lowered.erase(0, metadata_prefix.size());
    metadata_bytes += lowered.size() + value.size();
    attributes.metadata.emplace_back(std::move(lowered), value);
  }
  if (metadata_bytes > metadata_bytes_max) return object_error("MetadataTooLarge");
  return attributes;
}

Result<Checksum> checked_body(const Call& call, std::string_view algorithm) {
  if (auto checked = check_digests(call); !checked) return checked.error();
  const auto given = given_checksum(call);
  if (given && checksum_of(given->algorithm, call.request.body) != given->value) {
    return object_error("BadDigest", "The " + given->algorithm + " you specified did not match the calculated checksum.");
  }
  if (given && (algorithm.empty() || algorithm == given->algorithm)) return *given;
  auto wanted = algorithm.empty() ? ascii_upper(call.header("x-amz-sdk-checksum-algorithm").value_or("")) : std::string(algorithm);
  if (wanted.empty()) wanted = "CRC64NVME";  // what S3 computes when nobody asks. [S3 User Guide, default integrity protections]
  if (!is_checksum_algorithm(wanted))
    return object_error("InvalidRequest",
                        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
                        "CRC64NVME, SHA1, SHA256]");
  return Checksum{wanted, checksum_of(wanted, call.request.body), false};
}

WriteCondition write_condition_of(const Call& call) {
  return {.if_match = call.header("If-Match"), .if_none_match = call.header("If-None-Match") == "*"};
}

Result<Address> copy_source_of(const Call& call) {
  auto source = call.header("x-amz-copy-source").value_or("");
  if (const auto version = source.find("?versionId="); version != std::string::npos) {
    return object_error("NotImplemented", "Versions of objects are not offered here");
  }
  auto text = percent_decode(source, false);
  if (text.starts_with('/')) text.erase(0, 1);
  const auto slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
    return object_error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  }
  return Address{text.substr(0, slash), text.substr(slash + 1)};
}

Result<ObjectRecord> find_copy_source(const Call& call, const Address& source) {
  auto record = find_object(call.api.reader, source.bucket, source.key);
  if (record && failed_condition(call, *record, "x-amz-copy-source-")) return object_error("PreconditionFailed");
  return record;
}

void add_checksum_headers(http::Response& response, const std::optional<Checksum>& checksum) {
  if (!checksum) return;
  response.headers.add(checksum_header(checksum->algorithm), checksum->value);
  response.headers.add("x-amz-checksum-type", checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
}

std::optional<int> failed_condition(const Call& call, const ObjectRecord& record, std::string_view prefix) {
  constexpr int not_modified = 304, precondition_failed = 412;
  const auto header = [&](const char* name) { return call.header(std::string(prefix) + name); };
  const auto modified = std::chrono::floor<std::chrono::seconds>(record.modified_at);
  const auto match = header("If-Match"), none_match = header("If-None-Match");
  if (match && !names_etag(*match, record.etag)) return precondition_failed;
  if (const auto since = header("If-Unmodified-Since"); since && !match) {
    const auto time = parse_http_date(*since);
    if (time && modified > *time) return precondition_failed;
  }
  if (none_match && names_etag(*none_match, record.etag)) return not_modified;
  if (const auto since = header("If-Modified-Since"); since && !none_match) {
    const auto time = parse_http_date(*since);
    if (time && modified <= *time) return not_modified;
  }
  return std::nullopt;
}

}  // namespace signalbox::aws::s3
