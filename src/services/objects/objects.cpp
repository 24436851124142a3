#include "signalbox/objects.h"

#include <algorithm>
#include <array>

#include "services/objects/checksums.h"
#include "services/objects/object_errors.h"
#include "services/objects/object_records.h"
#include "signalbox/encoding.h"

namespace signalbox {

using namespace objects;

namespace {

constexpr std::size_t key_bytes_max = 1'024;
constexpr std::int64_t part_bytes_min = 5 * 1024 * 1024;  // all but the last. [S3 multipart upload limits]

bool is_address(std::string_view name) {
  return std::count(name.begin(), name.end(), '.') == 3 && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// Source: S3 User Guide, "General purpose bucket naming rules".
bool is_bucket_name(std::string_view name) {
  constexpr std::array reserved_prefixes{"xn--", "sthree-", "amzn-s3-demo-"};
  constexpr std::array reserved_suffixes{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"};
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 63 || !is_plain(name.front()) || !is_plain(name.back()) || is_address(name)) return false;
  if (!std::all_of(name.begin(), name.end(), [&](char c) { return is_plain(c) || c == '-' || c == '.'; }) ||
      name.find("..") != std::string_view::npos)
    return false;
  return std::none_of(reserved_prefixes.begin(), reserved_prefixes.end(), [&](const char* prefix) { return name.starts_with(prefix); }) &&
         std::none_of(reserved_suffixes.begin(), reserved_suffixes.end(), [&](const char* suffix) { return name.ends_with(suffix); });
}

std::string unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

Result<void> check_condition(const WriteCondition& condition, const std::optional<std::string>& stored) {
  if (condition.if_none_match && stored) return object_error("PreconditionFailed");
  if (!condition.if_match) return {};
  if (!stored) return object_error("NoSuchKey");
  const auto wanted = unquoted(*condition.if_match);
  if (wanted != "*" && decode_object(*stored).etag != wanted) return object_error("PreconditionFailed");
  return {};
}

std::vector<ContentFile> files_of(const std::vector<PartRecord>& parts) {
  std::vector<ContentFile> files;
  for (const auto& part : parts) files.push_back(part.file);
  return files;
}

/// The parts that were asked for, in their order.
Result<std::vector<PartRecord>> chosen_parts(const Reader& reader, const UploadRecord& upload, const std::vector<CompletedPart>& asked) {
  if (asked.empty()) return object_error("MalformedXML");
  std::vector<PartRecord> parts;
  for (const auto& each : asked) {
    if (!parts.empty() && each.number <= parts.back().number) return object_error("InvalidPartOrder");
    const auto stored = reader.get(Key(parts_table, upload.id, each.number));
    if (!stored) return object_error("InvalidPart");
    parts.push_back(decode_part(each.number, *stored));
    if (parts.back().etag != unquoted(each.etag)) return object_error("InvalidPart");
    if (parts.size() > 1 && parts[parts.size() - 2].file.bytes < part_bytes_min) return object_error("EntityTooSmall");
  }
  return parts;
}

/// MD5 of the parts' MD5s. [S3 User Guide, checksums of multipart uploads]
std::string composite_etag(const std::vector<PartRecord>& parts) {
  std::string all;
  for (const auto& part : parts) all += bytes_of_hex(part.etag);
  return hex_encode(digest(DigestAlgorithm::Md5, all)) + "-" + std::to_string(parts.size());
}

}  // namespace

void Objects::remove_after_commit(Transaction& transaction, std::vector<ContentFile> files) const {
  if (files.empty()) return;
  transaction.on_commit([remove = remove_files_, files = std::move(files)] { remove(files); });
}

Result<void> Objects::create_bucket(Transaction& transaction, std::string_view name) const {
  if (!is_bucket_name(name)) return object_error("InvalidBucketName");
  const Key key(buckets_table, name);
  if (!transaction.get(key)) transaction.put(key, encode_bucket({std::string(name), transaction.now()}));
  return {};
}

Result<void> Objects::change_bucket(Transaction& transaction, std::string_view name,
                                    const std::function<void(BucketRecord&)>& change) const {
  const Key key(buckets_table, name);
  const auto stored = transaction.get(key);
  if (!stored) return object_error("NoSuchBucket");
  auto bucket = decode_bucket(std::string(name), *stored);
  change(bucket);
  transaction.put(key, encode_bucket(bucket));
  return {};
}

Result<void> Objects::set_bucket_policy(Transaction& transaction, std::string_view name, std::string policy) const {
  return change_bucket(transaction, name, [&](BucketRecord& bucket) { bucket.policy = std::move(policy); });
}

Result<void> Objects::set_bucket_events(Transaction& transaction, std::string_view name, bool on) const {
  return change_bucket(transaction, name, [&](BucketRecord& bucket) { bucket.tells_events = on; });
}

void Objects::tell(Transaction& transaction, const BucketRecord& bucket, const ObjectChange& change) const {
  if (bucket.tells_events && listener_) listener_(transaction, change);
}

Result<void> Objects::delete_bucket(Transaction& transaction, std::string_view name) const {
  const Key key(buckets_table, name);
  if (!transaction.get(key)) return object_error("NoSuchBucket");
  bool is_empty = true;
  transaction.scan({.prefix = Key(objects_table, name)}, [&](const Key&, std::string_view) { return is_empty = false; });
  if (!is_empty) return object_error("BucketNotEmpty");
  for (const auto& upload : list_uploads(transaction, name, "")) {
    if (auto aborted = abort_upload(transaction, name, upload.key, upload.id); !aborted) return aborted;
  }
  transaction.erase(key);
  return {};
}

Result<ObjectRecord> Objects::put(Transaction& transaction, NewObject object) const {
  const auto bucket = find_bucket(transaction, object.bucket);
  if (!bucket) return object_error("NoSuchBucket");
  if (object.key.size() > key_bytes_max) return object_error("KeyTooLongError");
  const Key key(objects_table, object.bucket, object.key);
  const auto stored = transaction.get(key);
  if (auto checked = check_condition(object.condition, stored); !checked) return checked.error();
  ObjectRecord record{.files = std::move(object.files),
                      .bytes = object.bytes,
                      .etag = std::move(object.etag),
                      .modified_at = transaction.now(),
                      .attributes = std::move(object.attributes),
                      .checksum = std::move(object.checksum)};
  transaction.put(key, encode_object(record));
  if (stored) remove_after_commit(transaction, decode_object(*stored).files);
  tell(transaction, *bucket, {.bucket = object.bucket, .key = object.key, .created = &record, .reason = object.reason});
  return record;
}

Result<void> Objects::remove(Transaction& transaction, std::string_view bucket, std::string_view name) const {
  const auto record = find_bucket(transaction, bucket);
  if (!record) return object_error("NoSuchBucket");
  const Key key(objects_table, bucket, name);
  const auto stored = transaction.get(key);
  if (!stored) return {};
  transaction.erase(key);
  remove_after_commit(transaction, decode_object(*stored).files);
  tell(transaction, *record, {.bucket = bucket, .key = name, .created = nullptr, .reason = "DeleteObject"});
  return {};
}

Result<UploadRecord> Objects::begin_upload(Transaction& transaction, UploadRecord upload) const {
  if (!find_bucket(transaction, upload.bucket)) return object_error("NoSuchBucket");
  if (upload.key.size() > key_bytes_max) return object_error("KeyTooLongError");
  upload.began_at = transaction.now();
  upload.id = base64url_encode(transaction.new_uuid().value);
  transaction.put(Key(uploads_table, upload.bucket, upload.key, upload.id), encode_upload(upload));
  return upload;
}

Result<PartRecord> Objects::put_part(Transaction& transaction, const UploadRecord& upload, PartRecord part) const {
  if (!transaction.get(Key(uploads_table, upload.bucket, upload.key, upload.id))) return object_error("NoSuchUpload");
  const Key key(parts_table, upload.id, part.number);
  if (const auto stored = transaction.get(key)) remove_after_commit(transaction, {decode_part(part.number, *stored).file});
  part.modified_at = transaction.now();
  transaction.put(key, encode_part(part));
  return part;
}

Result<ObjectRecord> Objects::complete_upload(Transaction& transaction, const UploadRecord& upload, const std::vector<CompletedPart>& asked,
                                              WriteCondition condition) const {
  if (!transaction.get(Key(uploads_table, upload.bucket, upload.key, upload.id))) return object_error("NoSuchUpload");
  const auto parts = chosen_parts(transaction, upload, asked);
  if (!parts) return parts.error();
  NewObject object{.bucket = upload.bucket,
                   .key = upload.key,
                   .files = files_of(*parts),
                   .bytes = 0,
                   .etag = composite_etag(*parts),
                   .attributes = upload.attributes,
                   .checksum = checksum_of_parts(upload, *parts),
                   .condition = std::move(condition),
                   .reason = "CompleteMultipartUpload"};
  for (const auto& part : *parts) object.bytes += part.file.bytes;
  auto record = put(transaction, std::move(object));
  if (!record) return record;
  // Parts that were uploaded and not chosen are garbage.
  std::vector<ContentFile> left;
  for (const auto& part : list_parts(transaction, upload.id, 0, SIZE_MAX)) {
    const bool is_used = std::any_of(parts->begin(), parts->end(), [&](const PartRecord& used) { return used.number == part.number; });
    if (!is_used) left.push_back(part.file);
    transaction.erase(Key(parts_table, upload.id, part.number));
  }
  transaction.erase(Key(uploads_table, upload.bucket, upload.key, upload.id));
  remove_after_commit(transaction, std::move(left));
  return record;
}

Result<void> Objects::abort_upload(Transaction& transaction, std::string_view bucket, std::string_view key, std::string_view id) const {
  const Key place(uploads_table, bucket, key, id);
  if (!transaction.get(place)) return object_error(find_bucket(transaction, bucket) ? "NoSuchUpload" : "NoSuchBucket");
  const auto parts = list_parts(transaction, id, 0, SIZE_MAX);
  for (const auto& part : parts) transaction.erase(Key(parts_table, id, part.number));
  transaction.erase(place);
  remove_after_commit(transaction, files_of(parts));
  return {};
}

}  // namespace signalbox
