#include "aws/s3/s3.h"
#include "aws/xml_reader.h"
#include "aws/xml_text.h"
#include "services/objects/object_errors.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

using objects::object_error;

namespace {

constexpr std::size_t deleted_max = 1'000;

/// As S3 answers a write: every object is encrypted with S3's own keys, it says.
http::Response written(const ObjectRecord& record) {
  http::Response response;
  response.headers.add("ETag", quoted_etag(record.etag));
  add_checksum_headers(response, record.checksum);
  response.headers.add("x-amz-server-side-encryption", "AES256");
  return response;
}

/// The new object's attributes: the source's, unless the request replaces them.
Result<ObjectAttributes> copied_attributes(const Call& call, const ObjectRecord& source) {
  if (call.header("x-amz-metadata-directive") == "REPLACE") return attributes_of(call);
  auto attributes = source.attributes;
  if (auto storage_class = call.header("x-amz-storage-class")) attributes.storage_class = *storage_class;
  return attributes;
}

struct Deletion {
  std::vector<std::string> keys;
  bool quiet = false;
};

Result<Deletion> deletion_of(const Call& call) {
  if (auto checked = checked_body(call); !checked) return checked.error();
  const auto root = parse_xml(call.request.body);
  if (!root || root->name != "Delete") return object_error("MalformedXML");
  Deletion deletion;
  deletion.quiet = root->text_of("Quiet") == "true";
  for (const auto& child : root->children) {
    if (child.name != "Object") continue;
    auto key = child.text_of("Key");
    if (!key || child.find("VersionId"))
      return key ? object_error("NotImplemented", "Versions of objects are not offered here") : object_error("MalformedXML");
    deletion.keys.push_back(std::move(*key));
  }
  if (deletion.keys.empty() || deletion.keys.size() > deleted_max) return object_error("MalformedXML");
  return deletion;
}

}  // namespace

asio::awaitable<Answered> put_object(CallPointer call) {
  auto attributes = attributes_of(*call);
  if (!attributes) co_return attributes.error();
  auto checksum = checked_body(*call);
  if (!checksum) co_return checksum.error();
  PutObject request{.bucket = call->address.bucket,
                    .key = call->address.key,
                    .bytes = std::move(call->request.body),
                    .attributes = std::move(*attributes),
                    .checksum = std::move(*checksum),
                    .condition = write_condition_of(*call)};
  const auto record = co_await call->api.service.put(std::move(request));
  if (!record) co_return record.error();
  co_return written(*record);
}

asio::awaitable<Answered> copy_object(CallPointer call) {
  const auto source = copy_source_of(*call);
  if (!source) co_return source.error();
  const auto record = find_copy_source(*call, *source);
  if (!record) co_return record.error();
  const bool onto_itself = source->bucket == call->address.bucket && source->key == call->address.key;
  if (onto_itself && call->header("x-amz-metadata-directive") != "REPLACE" && !call->header("x-amz-storage-class")) {
    co_return object_error("InvalidRequest",
                           "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
                           "metadata, storage class, "
                           "website redirect location or encryption attributes.");
  }
  auto attributes = copied_attributes(*call, *record);
  if (!attributes) co_return attributes.error();
  NewObject target{.bucket = call->address.bucket,
                   .key = call->address.key,
                   .files = {},
                   .bytes = record->bytes,
                   .etag = record->etag,
                   .attributes = std::move(*attributes),
                   .checksum = record->checksum,
                   .condition = {}};
  auto files = record->files;
  const auto copied = co_await call->api.service.copy(std::move(files), std::move(target));
  if (!copied) co_return copied.error();
  XmlText xml;
  xml.declaration()
      .open("CopyObjectResult", xml_namespace)
      .element("ETag", quoted_etag(copied->etag))
      .element("LastModified", format_rfc3339(copied->modified_at));
  if (copied->checksum)
    xml.element("Checksum" + copied->checksum->algorithm, copied->checksum->value)
        .element("ChecksumType", copied->checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
  xml.close("CopyObjectResult");
  auto response = xml_response(xml.take());
  response.headers.add("x-amz-server-side-encryption", "AES256");
  co_return response;
}

asio::awaitable<Answered> delete_object(CallPointer call) {
  std::function<Result<void>(EngineTransaction&)> work = [call](EngineTransaction& transaction) {
    return call->api.service.objects().remove(transaction, call->address.bucket, call->address.key);
  };
  const auto removed = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!removed) co_return removed.error();
  co_return http::Response{204};
}

asio::awaitable<Answered> delete_objects(CallPointer call) {
  auto deletion = deletion_of(*call);
  if (!deletion) co_return deletion.error();
  std::vector<std::pair<std::string, Error>> refused;
  std::erase_if(deletion->keys, [&](const std::string& key) {
    auto why = denied(call->api, "s3:DeleteObject", call->address.bucket, key);
    if (why) refused.emplace_back(key, std::move(*why));
    return why.has_value();
  });
  std::function<Result<void>(EngineTransaction&)> work = [call, keys = deletion->keys](EngineTransaction& transaction) -> Result<void> {
    for (const auto& key : keys) {
      if (auto removed = call->api.service.objects().remove(transaction, call->address.bucket, key); !removed) return removed;
    }
    return {};
  };
  const auto removed = co_await transact<void>(call->api.service.engine(), std::move(work));
  if (!removed) co_return removed.error();
  XmlText xml;
  xml.declaration().open("DeleteResult", xml_namespace);
  if (!deletion->quiet) {
    for (const auto& key : deletion->keys) xml.open("Deleted").element("Key", key).close("Deleted");
  }
  for (const auto& [key, why] : refused)
    xml.open("Error").element("Key", key).element("Code", objects::s3_error(why).code).element("Message", why.message).close("Error");
  xml.close("DeleteResult");
  co_return xml_response(xml.take());
}

}  // namespace signalbox::aws::s3
