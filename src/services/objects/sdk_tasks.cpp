#include "services/objects/sdk_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <initializer_list>
#include <iterator>

#include "services/objects/byte_range.h"
#include "services/objects/checksums.h"
#include "services/objects/object_errors.h"
#include "services/sdk_task.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"
#include "signalbox/history.h"

namespace signalbox::objects {

namespace {

namespace asio = boost::asio;

/// One call on its way: its parameters, and what to work with.
struct SdkCall {
  ObjectService& service;
  std::shared_ptr<Reader> reader;
  Json parameters;

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
    const Json* value = parameters.find(name);
    if (!value || value->is_null()) return std::nullopt;
    return plain_text(*value);
  }
  /// A blob is the value's JSON text, a string's quotes included. [recorded on AWS]
  [[nodiscard]] std::string blob(std::string_view name) const {
    const Json* value = parameters.find(name);
    return value && !value->is_null() ? value->compact_text() : std::string();
  }
  [[nodiscard]] std::string bucket() const { return text("Bucket").value_or(""); }
  [[nodiscard]] std::string key() const { return text("Key").value_or(""); }
};
using SdkAnswer = asio::awaitable<Result<Json>>;

std::string quoted_text(std::string_view etag) { return "\"" + std::string(etag) + "\""; }
/// As the SDK for Java prints an instant.
std::string instant(Timestamp time) { return format_context_time(std::chrono::floor<std::chrono::seconds>(time)); }

/// Bytes as a text: what is no UTF-8 becomes U+FFFD.
std::string as_utf8(std::string bytes) {
  if (is_utf8(bytes)) return bytes;
  std::string out;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const auto piece = std::string_view(bytes).substr(i, length);
    if (piece.size() == length && is_utf8(piece)) {
      out += piece;
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  return out;
}

void add_checksum(Json::Object& members, const std::optional<Checksum>& checksum) {
  if (!checksum) return;
  members.push_back({"Checksum" + checksum->algorithm, Json(checksum->value)});
  members.push_back({"ChecksumType", Json(checksum->composite ? "COMPOSITE" : "FULL_OBJECT")});
}

Json described(const ObjectRecord& record) {
  Json::Object members{{"AcceptRanges", Json("bytes")}, {"ContentLength", Json(record.bytes)}};
  members.push_back(
      {"ContentType", Json(record.attributes.content_type.empty() ? std::string("binary/octet-stream") : record.attributes.content_type)});
  for (const auto& [name, value] : record.attributes.headers) {
    std::string member;
    std::copy_if(name.begin(), name.end(), std::back_inserter(member), [](char c) { return c != '-'; });
    members.push_back({member, Json(value)});
  }
  members.push_back({"ETag", Json(quoted_text(record.etag))});
  members.push_back({"LastModified", Json(instant(record.modified_at))});
  Json::Object metadata;
  for (const auto& [name, value] : record.attributes.metadata) metadata.push_back({name, Json(value)});
  members.push_back({"Metadata", Json(std::move(metadata))});
  members.push_back({"ServerSideEncryption", Json("AES256")});
  return Json(std::move(members));
}

Json listed(const ObjectPage& page) {
  Json::Array contents;
  for (const auto& [key, record] : page.objects) {
    Json::Object members;
    if (record.checksum) members.push_back({"ChecksumAlgorithm", json_array({Json(record.checksum->algorithm)})});
    if (record.checksum) members.push_back({"ChecksumType", Json(record.checksum->composite ? "COMPOSITE" : "FULL_OBJECT")});
    members.push_back({"ETag", Json(quoted_text(record.etag))});
    members.push_back({"Key", Json(key)});
    members.push_back({"LastModified", Json(instant(record.modified_at))});
    members.push_back({"Size", Json(record.bytes)});
    members.push_back(
        {"StorageClass", Json(record.attributes.storage_class.empty() ? std::string("STANDARD") : record.attributes.storage_class)});
    contents.push_back(Json(std::move(members)));
  }
  return Json(std::move(contents));
}

Json prefixes(const ObjectPage& page) {
  Json::Array all;
  for (const auto& prefix : page.common_prefixes) all.push_back(json_object({{"Prefix", Json(prefix)}}));
  return Json(std::move(all));
}

ObjectAttributes attributes_of(const SdkCall& call) {
  ObjectAttributes attributes;
  attributes.content_type = call.text("ContentType").value_or("");
  attributes.storage_class = call.text("StorageClass").value_or("");
  static constexpr std::pair<const char*, const char*> kept[] = {{"CacheControl", "Cache-Control"},
                                                                 {"ContentDisposition", "Content-Disposition"},
                                                                 {"ContentEncoding", "Content-Encoding"},
                                                                 {"ContentLanguage", "Content-Language"},
                                                                 {"Expires", "Expires"}};
  for (const auto& [member, header] : kept) {
    if (auto value = call.text(member)) attributes.headers.emplace_back(header, std::move(*value));
  }
  if (const Json* metadata = call.parameters.find("Metadata"); metadata && metadata->is_object()) {
    for (const auto& [name, value] : metadata->members()) attributes.metadata.emplace_back(name, plain_text(value));
  }
  return attributes;
}

/// Parameters of reads that would change their answer, and are not offered: they must not be passed over in silence.
std::optional<Error> unoffered(const SdkCall& call, std::initializer_list<const char*> parameters) {
  for (const char* name : parameters) {
    if (call.text(name)) return object_error("NotImplemented", std::string("The parameter ") + name + " is not offered to workflows here");
  }
  return std::nullopt;
}
/// A refused HEAD has no body: the SDK for Java finds no text in it, and prints that.
Error without_text(Error refusal) {
  refusal.message = "null";
  return refusal;
}
constexpr auto read_conditions = {"IfMatch", "IfModifiedSince", "IfNoneMatch", "IfUnmodifiedSince", "PartNumber", "VersionId"};

SdkAnswer get_object(SdkCall call) {
  if (auto refused = unoffered(call, read_conditions)) co_return *refused;
  auto open = call.service.open(*call.reader, call.bucket(), call.key());
  if (!open) co_return open.error();
  auto content = open->content;
  const ByteRange whole{0, content->size()};
  const auto asked = range_of(call.text("Range").value_or(""), whole.end);
  if (!asked) co_return asked.error();
  const auto range = asked->value_or(whole);
  const auto size = range.end - range.begin;
  if (size > payload_bytes_max) co_return error(ErrorCode::TooLarge, "the object is larger than a state's result may be");
  auto bytes = co_await call.service.read(std::move(content), range.begin, range.end);
  if (!bytes) co_return bytes.error();
  auto answer = described(open->record).with("ContentLength", Json(static_cast<std::int64_t>(size)));
  if (*asked) answer = answer.with("ContentRange", Json(fmt::format("bytes {}-{}/{}", range.begin, range.end - 1, whole.end)));
  co_return answer.with("Body", Json(as_utf8(std::move(*bytes))));
}

SdkAnswer head_object(SdkCall call) {
  if (auto refused = unoffered(call, read_conditions)) co_return *refused;
  const auto record = find_object(*call.reader, call.bucket(), call.key());
  if (!record) co_return without_text(record.error());
  co_return described(*record);
}

/// `IfMatch` and `IfNoneMatch` of a write.
WriteCondition condition_of(const SdkCall& call) {
  return {.if_match = call.text("IfMatch"), .if_none_match = call.text("IfNoneMatch") == "*"};
}

SdkAnswer put_object(SdkCall call) {
  PutObject request{.bucket = call.bucket(),
                    .key = call.key(),
                    .bytes = call.blob("Body"),
                    .attributes = attributes_of(call),
                    .condition = condition_of(call)};
  request.checksum = Checksum{"CRC32", checksum_of("CRC32", request.bytes), false};  // what the SDK sends
  const auto record = co_await call.service.put(std::move(request));
  if (!record) co_return record.error();
  Json::Object members;
  add_checksum(members, record->checksum);
  members.push_back({"ETag", Json(quoted_text(record->etag))});
  members.push_back({"ServerSideEncryption", Json("AES256")});
  co_return Json(std::move(members));
}

SdkAnswer copy_object(SdkCall call) {
  auto source = percent_decode(call.text("CopySource").value_or(""), false);
  if (source.starts_with('/')) source.erase(0, 1);
  const auto slash = source.find('/');
  if (slash == std::string::npos)
    co_return object_error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  const auto record = find_object(*call.reader, source.substr(0, slash), source.substr(slash + 1));
  if (!record) co_return record.error();
  auto attributes = call.text("MetadataDirective") == "REPLACE" ? attributes_of(call) : record->attributes;
  NewObject target{.bucket = call.bucket(),
                   .key = call.key(),
                   .files = {},
                   .bytes = record->bytes,
                   .etag = record->etag,
                   .attributes = std::move(attributes),
                   .checksum = record->checksum,
                   .condition = {}};
  auto files = record->files;
  const auto copied = co_await call.service.copy(std::move(files), std::move(target));
  if (!copied) co_return copied.error();
  Json::Object members;
  add_checksum(members, copied->checksum);
  members.push_back({"ETag", Json(quoted_text(copied->etag))});
  members.push_back({"LastModified", Json(instant(copied->modified_at))});
  co_return json_object({{"CopyObjectResult", Json(std::move(members))}, {"ServerSideEncryption", Json("AES256")}});
}

SdkAnswer delete_object(SdkCall call) {
  std::function<Result<void>(EngineTransaction&)> work = [&service = call.service, bucket = call.bucket(),
                                                          key = call.key()](EngineTransaction& transaction) {
    return service.objects().remove(transaction, bucket, key);
  };
  const auto removed = co_await transact<void>(call.service.engine(), std::move(work));
  if (!removed) co_return removed.error();
  co_return Json::empty_object();
}

SdkAnswer delete_objects(SdkCall call) {
  std::vector<std::string> keys;
  const Json* wanted = call.parameters.find("Delete");
  if (const Json* list = wanted ? wanted->find("Objects") : nullptr; list && list->is_array()) {
    for (const auto& each : list->elements()) {
      if (const Json* key = each.find("Key"); key && key->is_string()) keys.emplace_back(key->as_string());
    }
  }
  if (keys.empty()) co_return object_error("MalformedXML");
  std::function<Result<void>(EngineTransaction&)> work = [&service = call.service, bucket = call.bucket(),
                                                          keys](EngineTransaction& transaction) -> Result<void> {
    for (const auto& key : keys) {
      if (auto removed = service.objects().remove(transaction, bucket, key); !removed) return removed;
    }
    return {};
  };
  const auto removed = co_await transact<void>(call.service.engine(), std::move(work));
  if (!removed) co_return removed.error();
  Json::Array deleted;
  for (const auto& key : keys) deleted.push_back(json_object({{"Key", Json(key)}}));
  co_return json_object({{"Deleted", Json(std::move(deleted))}});
}

std::int64_t max_keys_of(const SdkCall& call) {
  const Json* value = call.parameters.find("MaxKeys");
  return std::clamp<std::int64_t>(value ? value->as_integer().value_or(1'000) : 1'000, 0, 1'000);
}

SdkAnswer list_objects_v2(SdkCall call) {
  ListObjects request{.bucket = call.bucket(),
                      .prefix = call.text("Prefix").value_or(""),
                      .delimiter = call.text("Delimiter").value_or(""),
                      .after = call.text("StartAfter").value_or(""),
                      .limit = static_cast<std::size_t>(max_keys_of(call))};
  if (const auto token = call.text("ContinuationToken")) request.after = base64url_decode(*token).value_or("");
  const auto page = list_objects(*call.reader, request);
  if (!page) co_return page.error();
  Json::Object members;
  if (!page->common_prefixes.empty()) members.push_back({"CommonPrefixes", prefixes(*page)});
  if (!page->objects.empty()) members.push_back({"Contents", listed(*page)});
  members.push_back({"IsTruncated", Json(page->truncated)});
  members.push_back({"KeyCount", Json(static_cast<std::int64_t>(page->objects.size() + page->common_prefixes.size()))});
  members.push_back({"MaxKeys", Json(max_keys_of(call))});
  members.push_back({"Name", Json(request.bucket)});
  if (page->truncated) members.push_back({"NextContinuationToken", Json(base64url_encode(page->last))});
  members.push_back({"Prefix", Json(request.prefix)});
  co_return Json(std::move(members));
}

SdkAnswer list_objects_v1(SdkCall call) {
  const ListObjects request{.bucket = call.bucket(),
                            .prefix = call.text("Prefix").value_or(""),
                            .delimiter = call.text("Delimiter").value_or(""),
                            .after = call.text("Marker").value_or(""),
                            .limit = static_cast<std::size_t>(max_keys_of(call))};
  const auto page = list_objects(*call.reader, request);
  if (!page) co_return page.error();
  Json::Object members;
  if (!page->common_prefixes.empty()) members.push_back({"CommonPrefixes", prefixes(*page)});
  if (!page->objects.empty()) members.push_back({"Contents", listed(*page)});
  members.push_back({"IsTruncated", Json(page->truncated)});
  members.push_back({"Marker", Json(request.after)});
  members.push_back({"MaxKeys", Json(max_keys_of(call))});
  members.push_back({"Name", Json(request.bucket)});
  members.push_back({"Prefix", Json(request.prefix)});
  co_return Json(std::move(members));
}

SdkAnswer list_all_buckets(SdkCall call) {
  Json::Array buckets;
  for (const auto& bucket : list_buckets(*call.reader)) {
    buckets.push_back(json_object({{"CreationDate", Json(instant(bucket.created_at))}, {"Name", Json(bucket.name)}}));
  }
  co_return json_object({{"Buckets", Json(std::move(buckets))},
                         {"Owner", json_object({{"DisplayName", Json("signalbox")}, {"Id", Json(call.service.engine().site().account)}})}});
}

SdkAnswer head_bucket(SdkCall call) {
  if (!find_bucket(*call.reader, call.bucket())) co_return without_text(object_error("NoSuchBucket"));
  co_return json_object({{"BucketRegion", Json(call.service.engine().site().region)}});
}

SdkAnswer create_bucket(SdkCall call) {
  std::function<Result<void>(EngineTransaction&)> work = [&service = call.service, bucket = call.bucket()](EngineTransaction& transaction) {
    return service.objects().create_bucket(transaction, bucket);
  };
  const auto created = co_await transact<void>(call.service.engine(), std::move(work));
  if (!created) co_return created.error();
  co_return json_object({{"Location", Json("/" + call.bucket())}});
}

SdkAnswer delete_bucket(SdkCall call) {
  std::function<Result<void>(EngineTransaction&)> work = [&service = call.service, bucket = call.bucket()](EngineTransaction& transaction) {
    return service.objects().delete_bucket(transaction, bucket);
  };
  const auto deleted = co_await transact<void>(call.service.engine(), std::move(work));
  if (!deleted) co_return deleted.error();
  co_return Json::empty_object();
}

struct Action {
  const char* name;
  SdkAnswer (*run)(SdkCall);
};
constexpr Action actions[] = {{"copyObject", &copy_object},      {"createBucket", &create_bucket},    {"deleteBucket", &delete_bucket},
                              {"deleteObject", &delete_object},  {"deleteObjects", &delete_objects},  {"getObject", &get_object},
                              {"headBucket", &head_bucket},      {"headObject", &head_object},        {"listBuckets", &list_all_buckets},
                              {"listObjects", &list_objects_v1}, {"listObjectsV2", &list_objects_v2}, {"putObject", &put_object}};

/// Codes that the SDK has classes for. Source: the API model's errors.
bool is_modelled(std::string_view code) {
  return code == "NoSuchKey" || code == "NoSuchBucket" || code == "NoSuchUpload" || code == "BucketAlreadyExists" ||
         code == "BucketAlreadyOwnedByYou";
}

WorkflowError failure(const Error& error, const std::string& request_id) {
  if (error.code == ErrorCode::TooLarge) {
    return {error_names::DataLimitExceeded,
            "The state/task 'aws-sdk:s3' returned a result with a size exceeding the maximum number of bytes service limit."};
  }
  const auto shown = s3_error(error);
  return sdk_error("S3", shown.code, is_modelled(shown.code), shown.message, shown.status, request_id, true);
}

class S3Task final : public ExternalTask {
 public:
  S3Task(ObjectService& service, SdkAnswer (*run)(SdkCall)) : service_(service), run_(run) {}

  void call(const TaskCall& call, std::function<void(TaskAnswer)> done) override {
    SdkCall sdk_call{service_, std::shared_ptr<Reader>(service_.engine().reader()), call.input};
    asio::co_spawn(service_.executor(), answer(run_, std::move(sdk_call), call.request_id, std::move(done)), log_failure("aws-sdk:s3"));
  }

 private:
  static asio::awaitable<void> answer(SdkAnswer (*run)(SdkCall), SdkCall call, std::string request_id,
                                      std::function<void(TaskAnswer)> done) {
    auto result = co_await run(std::move(call));
    if (result) {
      done(std::move(*result));
    } else {
      done(failure(result.error(), request_id));
    }
  }

  ObjectService& service_;
  SdkAnswer (*run_)(SdkCall);
};

}  // namespace

void offer_s3_tasks(Engine& engine, ObjectService& service) {
  for (const auto& [name, run] : actions) engine.offer(std::string("aws-sdk:s3:") + name, std::make_unique<S3Task>(service, run));
}

}  // namespace signalbox::objects
