#include <algorithm>

#include "services/objects/object_errors.h"
#include "services/objects/object_records.h"

namespace signalbox {

using namespace objects;

namespace {

/// `cdk-QUALIFIER-assets-ACCOUNT-REGION`, where CDK uploads what its stacks consist of.
bool is_bootstrap_bucket(std::string_view name) { return name.starts_with("cdk-") && name.find("-assets-") != std::string_view::npos; }

}  // namespace

std::optional<BucketRecord> find_bucket(const Reader& reader, std::string_view name) {
  const auto stored = reader.get(Key(buckets_table, name));
  if (!stored && is_bootstrap_bucket(name)) return BucketRecord{.name = std::string(name), .created_at = {}};
  if (!stored) return std::nullopt;
  return decode_bucket(std::string(name), *stored);
}

std::vector<BucketRecord> list_buckets(const Reader& reader) {
  std::vector<BucketRecord> buckets;
  reader.scan({.prefix = Key(buckets_table)}, [&](const Key& key, std::string_view record) {
    buckets.push_back(decode_bucket(key.text(0), record));
    return true;
  });
  return buckets;
}

Result<ObjectRecord> find_object(const Reader& reader, std::string_view bucket, std::string_view key) {
  if (const auto stored = reader.get(Key(objects_table, bucket, key))) return decode_object(*stored);
  return object_error(find_bucket(reader, bucket) ? "NoSuchKey" : "NoSuchBucket");
}

Result<UploadRecord> find_upload(const Reader& reader, std::string_view bucket, std::string_view key, std::string_view id) {
  const Key place(uploads_table, bucket, key, id);
  const auto stored = reader.get(place);
  if (!stored) return object_error(find_bucket(reader, bucket) ? "NoSuchUpload" : "NoSuchBucket");
  return decode_upload(place, *stored);
}

std::vector<UploadRecord> list_uploads(const Reader& reader, std::string_view bucket, std::string_view prefix) {
  std::vector<UploadRecord> uploads;
  reader.scan({.prefix = Key(uploads_table, bucket)}, [&](const Key& key, std::string_view record) {
    if (key.text(1).starts_with(prefix)) uploads.push_back(decode_upload(key, record));
    return true;
  });
  return uploads;
}

std::vector<PartRecord> list_parts(const Reader& reader, std::string_view upload_id, std::int64_t after, std::size_t limit) {
  std::vector<PartRecord> parts;
  reader.scan({.prefix = Key(parts_table, upload_id), .after = Key(parts_table, upload_id, after)},
              [&](const Key& key, std::string_view record) {
                if (parts.size() == limit) return false;
                parts.push_back(decode_part(key.integer(1), record));
                return true;
              });
  return parts;
}

namespace {

/// Keys are UTF-8, in which this byte never stands: behind it is all that begins alike.
constexpr char behind_all = '\xff';

class Listing {
 public:
  Listing(const Reader& reader, const ListObjects& request) : reader_(reader), request_(request) {}

  ObjectPage read() {
    if (request_.limit == 0) return std::move(page_);
    std::string after = first_after();
    // A key that is the prefix itself stands just before the range.
    if (after == request_.prefix && request_.after < request_.prefix) {
      if (const auto stored = reader_.get(Key(objects_table, request_.bucket, request_.prefix))) take(request_.prefix, *stored);
    }
    while (!page_.truncated) {
      skip_to_.clear();
      scan_after(after);
      if (skip_to_.empty()) break;
      after = skip_to_;
    }
    return std::move(page_);
  }

 private:
  /// Where the scan begins: behind the page before, and not before the prefix. A page that ended with a common prefix goes on behind all of it.
  [[nodiscard]] std::string first_after() const {
    std::string after = request_.after;
    if (!request_.delimiter.empty() && after.starts_with(request_.prefix) && after.size() > request_.prefix.size() &&
        after.ends_with(request_.delimiter))
      after += behind_all;
    return std::max(after, request_.prefix);
  }

  void scan_after(const std::string& after) {
    KeyRange range{.prefix = Key(objects_table, request_.bucket)};
    if (!after.empty()) range.after = Key(objects_table, request_.bucket, after);
    reader_.scan(range, [&](const Key& key, std::string_view record) {
      const auto name = key.text(1);
      if (!name.starts_with(request_.prefix)) return false;
      take(name, record);
      return !page_.truncated && skip_to_.empty();
    });
  }

  void take(const std::string& key, std::string_view record) {
    if (page_.objects.size() + page_.common_prefixes.size() == request_.limit) {
      page_.truncated = true;
      return;
    }
    const auto end = request_.delimiter.empty() ? std::string::npos : key.find(request_.delimiter, request_.prefix.size());
    if (end == std::string::npos) {
      page_.objects.push_back({key, decode_object(record)});
      page_.last = key;
      return;
    }
    page_.last = key.substr(0, end + request_.delimiter.size());
    page_.common_prefixes.push_back(page_.last);
    skip_to_ = page_.last + behind_all;
  }

  const Reader& reader_;
  const ListObjects& request_;
  ObjectPage page_;
  std::string skip_to_;  ///< behind the common prefix just found
};

}  // namespace

Result<ObjectPage> list_objects(const Reader& reader, const ListObjects& request) {
  if (!find_bucket(reader, request.bucket)) return object_error("NoSuchBucket");
  return Listing(reader, request).read();
}

}  // namespace signalbox
