#pragma once
/// The object store: buckets and objects as S3 has them, without versions. What is known of an object is a row; its content lies in files in the
/// data directory, written and synced before the row is committed, so that a row never names bytes that are not there. Files that no row names
/// (a crash came between) are removed at the next start.

#include "signalbox/ids.h"
#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

inline constexpr Table buckets_table{"buckets", {KeyPart::Text}};                 // name → BucketRecord
inline constexpr Table objects_table{"objects", {KeyPart::Text, KeyPart::Text}};  // (bucket, key) → ObjectRecord
inline constexpr Table uploads_table{"object_uploads",
                                     {KeyPart::Text, KeyPart::Text, KeyPart::Text}};    // (bucket, key, upload id) → UploadRecord
inline constexpr Table parts_table{"object_parts", {KeyPart::Text, KeyPart::Integer}};  // (upload id, part number) → PartRecord

struct BucketRecord {
  std::string name;
  Timestamp created_at;
  std::string policy = {};    ///< JSON text; empty: none
  bool tells_events = false;  ///< EventBridge, of its objects
};

/// A file of the object store, whole; an object made of several has been uploaded in parts.
struct ContentFile {
  std::string name;
  std::int64_t bytes = 0;
};

struct Checksum {
  std::string algorithm;   ///< `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1`, `SHA256`
  std::string value;       ///< base64; of a composite one with `-PARTS` behind it
  bool composite = false;  ///< of the parts' checksums, not of the object
};

/// What whoever writes an object says of it, besides its bytes.
struct ObjectAttributes {
  std::string content_type;  ///< empty: `binary/octet-stream`
  std::vector<std::pair<std::string, std::string>> headers =
      {};  ///< Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires
  std::vector<std::pair<std::string, std::string>> metadata = {};  ///< user's own: `x-amz-meta-` and its names in lower case
  std::string storage_class = {};  ///< as asked for; stored and shown, otherwise without meaning. Empty: STANDARD
};

struct ObjectRecord {
  std::vector<ContentFile> files;
  std::int64_t bytes = 0;
  std::string etag;  ///< without quotes: the MD5, or `MD5-PARTS`
  Timestamp modified_at;
  ObjectAttributes attributes;
  std::optional<Checksum> checksum;
};

struct UploadRecord {
  std::string bucket, key, id;
  Timestamp began_at;
  ObjectAttributes attributes;
  std::string checksum_algorithm;  ///< empty: none asked for
  bool full_object_checksum = false;
};

struct PartRecord {
  std::int64_t number = 0;
  ContentFile file;
  std::string etag;
  Timestamp modified_at;
  std::optional<Checksum> checksum;
};

/// What an object must be, or must not be, for a write to be done. [S3 conditional requests]
struct WriteCondition {
  std::optional<std::string> if_match = {};  ///< an ETag, with its quotes or without; `*`: any
  bool if_none_match = false;                ///< nothing may be there: `If-None-Match: *`
};

struct NewObject {
  std::string bucket, key;
  std::vector<ContentFile> files;
  std::int64_t bytes = 0;
  std::string etag;
  ObjectAttributes attributes;
  std::optional<Checksum> checksum;
  WriteCondition condition;
  std::string_view reason = "PutObject";  ///< the operation, for who is told of it
};

/// What befell an object of a bucket that tells of such things.
struct ObjectChange {
  std::string_view bucket, key;
  const ObjectRecord* created = nullptr;  ///< null: it was deleted
  std::string_view reason;                ///< the operation
};

/// A part as CompleteMultipartUpload names it.
struct CompletedPart {
  std::int64_t number = 0;
  std::string etag;
};

/// The rules. An Error's `where` is S3's code (object_errors.h), its message S3's text. Thread rule: the engine's thread.
class Objects {
 public:
  /// `remove_files` is called after a commit that has made them garbage.
  explicit Objects(std::function<void(std::vector<ContentFile>)> remove_files) : remove_files_(std::move(remove_files)) {}

  /// One that exists already is left as it is, as in us-east-1. Errors: InvalidBucketName.
  [[nodiscard]] Result<void> create_bucket(Transaction& transaction, std::string_view name) const;
  /// Its unfinished uploads go with it. Errors: NoSuchBucket, BucketNotEmpty.
  [[nodiscard]] Result<void> delete_bucket(Transaction& transaction, std::string_view name) const;
  /// A JSON text, or nothing. Errors: NoSuchBucket.
  [[nodiscard]] Result<void> set_bucket_policy(Transaction& transaction, std::string_view name, std::string policy) const;
  /// Whether EventBridge is told of its objects. Errors: NoSuchBucket.
  [[nodiscard]] Result<void> set_bucket_events(Transaction& transaction, std::string_view name, bool on) const;
  /// Called in the transaction that changes an object of a bucket that tells of it.
  void on_change(std::function<void(Transaction&, const ObjectChange&)> listener) { listener_ = std::move(listener); }
  /// Replaces what was there. Errors: NoSuchBucket, KeyTooLongError, PreconditionFailed, NoSuchKey (If-Match on nothing).
  [[nodiscard]] Result<ObjectRecord> put(Transaction& transaction, NewObject object) const;
  /// No error if it is not there. Errors: NoSuchBucket.
  [[nodiscard]] Result<void> remove(Transaction& transaction, std::string_view bucket, std::string_view key) const;
  [[nodiscard]] Result<UploadRecord> begin_upload(Transaction& transaction, UploadRecord upload) const;
  /// Errors: NoSuchUpload.
  [[nodiscard]] Result<PartRecord> put_part(Transaction& transaction, const UploadRecord& upload, PartRecord part) const;
  /// Errors: NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, PreconditionFailed.
  [[nodiscard]] Result<ObjectRecord> complete_upload(Transaction& transaction, const UploadRecord& upload,
                                                     const std::vector<CompletedPart>& parts, WriteCondition condition) const;
  /// Errors: NoSuchUpload.
  [[nodiscard]] Result<void> abort_upload(Transaction& transaction, std::string_view bucket, std::string_view key,
                                          std::string_view id) const;

 private:
  void remove_after_commit(Transaction& transaction, std::vector<ContentFile> files) const;
  void tell(Transaction& transaction, const BucketRecord& bucket, const ObjectChange& change) const;
  [[nodiscard]] Result<void> change_bucket(Transaction& transaction, std::string_view name,
                                           const std::function<void(BucketRecord&)>& change) const;

  std::function<void(Transaction&, const ObjectChange&)> listener_;
  std::function<void(std::vector<ContentFile>)> remove_files_;
};

/// The bucket of CDK's bootstrap is there always, without being listed: a stack of CDK's finds here what a bootstrapped account has.
[[nodiscard]] std::optional<BucketRecord> find_bucket(const Reader& reader, std::string_view name);
/// In order of name.
[[nodiscard]] std::vector<BucketRecord> list_buckets(const Reader& reader);
/// Errors: NoSuchBucket, NoSuchKey.
[[nodiscard]] Result<ObjectRecord> find_object(const Reader& reader, std::string_view bucket, std::string_view key);
/// Errors: NoSuchUpload.
[[nodiscard]] Result<UploadRecord> find_upload(const Reader& reader, std::string_view bucket, std::string_view key, std::string_view id);
[[nodiscard]] std::vector<UploadRecord> list_uploads(const Reader& reader, std::string_view bucket, std::string_view prefix);
/// After part `after`, at most `limit`.
[[nodiscard]] std::vector<PartRecord> list_parts(const Reader& reader, std::string_view upload_id, std::int64_t after, std::size_t limit);

struct ListObjects {
  std::string bucket;
  std::string prefix = {}, delimiter = {};
  std::string after = {};  ///< keys and common prefixes behind this one
  std::size_t limit = 1'000;
};
struct ListedObject {
  std::string key;
  ObjectRecord record;
};
struct ObjectPage {
  std::vector<ListedObject> objects;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string last;  ///< pass as `after` for the following page
};
/// In order of the keys' bytes. Errors: NoSuchBucket.
[[nodiscard]] Result<ObjectPage> list_objects(const Reader& reader, const ListObjects& request);

}  // namespace signalbox
