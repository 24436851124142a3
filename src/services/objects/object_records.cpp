#include "services/objects/object_records.h"

#include "signalbox/record.h"

namespace signalbox::objects {

namespace {

/// Stored as the first byte of each record; an encoding that changes gets a new number and keeps reading the old ones.
constexpr std::uint8_t bucket_version = 2, object_version = 1, upload_version = 1, part_version = 1;

using Pairs = std::vector<std::pair<std::string, std::string>>;

void write_pairs(RecordWriter& writer, const Pairs& pairs) {
  writer.integer(static_cast<std::int64_t>(pairs.size()));
  for (const auto& [name, value] : pairs) writer.text(name).text(value);
}

Pairs read_pairs(RecordReader& reader) {
  Pairs pairs;
  for (auto left = reader.integer(); left > 0; --left) {
    std::string name(reader.text());
    pairs.emplace_back(std::move(name), reader.text());
  }
  return pairs;
}

void write_attributes(RecordWriter& writer, const ObjectAttributes& attributes) {
  writer.text(attributes.content_type).text(attributes.storage_class);
  write_pairs(writer, attributes.headers);
  write_pairs(writer, attributes.metadata);
}

ObjectAttributes read_attributes(RecordReader& reader) {
  ObjectAttributes attributes;
  attributes.content_type = reader.text();
  attributes.storage_class = reader.text();
  attributes.headers = read_pairs(reader);
  attributes.metadata = read_pairs(reader);
  return attributes;
}

void write_checksum(RecordWriter& writer, const std::optional<Checksum>& checksum) {
  writer.boolean(checksum.has_value());
  if (checksum) writer.text(checksum->algorithm).text(checksum->value).boolean(checksum->composite);
}

std::optional<Checksum> read_checksum(RecordReader& reader) {
  if (!reader.boolean()) return std::nullopt;
  Checksum checksum;
  checksum.algorithm = reader.text();
  checksum.value = reader.text();
  checksum.composite = reader.boolean();
  return checksum;
}

ContentFile read_file(RecordReader& reader) {
  ContentFile file;
  file.name = reader.text();
  file.bytes = reader.integer();
  return file;
}

}  // namespace

std::string encode_bucket(const BucketRecord& record) {
  return RecordWriter(bucket_version).timestamp(record.created_at).text(record.policy).boolean(record.tells_events).take();
}

BucketRecord decode_bucket(std::string name, std::string_view bytes) {
  RecordReader reader(bytes);
  BucketRecord record{std::move(name), reader.timestamp()};
  if (reader.version() == 1) return record;
  record.policy = reader.text();
  record.tells_events = reader.boolean();
  return record;
}

std::string encode_object(const ObjectRecord& record) {
  RecordWriter writer(object_version);
  writer.integer(static_cast<std::int64_t>(record.files.size()));
  for (const auto& file : record.files) writer.text(file.name).integer(file.bytes);
  writer.integer(record.bytes).text(record.etag).timestamp(record.modified_at);
  write_attributes(writer, record.attributes);
  write_checksum(writer, record.checksum);
  return writer.take();
}

ObjectRecord decode_object(std::string_view bytes) {
  RecordReader reader(bytes);
  ObjectRecord record;
  for (auto left = reader.integer(); left > 0; --left) record.files.push_back(read_file(reader));
  record.bytes = reader.integer();
  record.etag = reader.text();
  record.modified_at = reader.timestamp();
  record.attributes = read_attributes(reader);
  record.checksum = read_checksum(reader);
  return record;
}

std::string encode_upload(const UploadRecord& record) {
  RecordWriter writer(upload_version);
  writer.timestamp(record.began_at).text(record.checksum_algorithm).boolean(record.full_object_checksum);
  write_attributes(writer, record.attributes);
  return writer.take();
}

UploadRecord decode_upload(const Key& key, std::string_view bytes) {
  RecordReader reader(bytes);
  UploadRecord record;
  record.bucket = key.text(0);
  record.key = key.text(1);
  record.id = key.text(2);
  record.began_at = reader.timestamp();
  record.checksum_algorithm = reader.text();
  record.full_object_checksum = reader.boolean();
  record.attributes = read_attributes(reader);
  return record;
}

std::string encode_part(const PartRecord& record) {
  RecordWriter writer(part_version);
  writer.text(record.file.name).integer(record.file.bytes).text(record.etag).timestamp(record.modified_at);
  write_checksum(writer, record.checksum);
  return writer.take();
}

PartRecord decode_part(std::int64_t number, std::string_view bytes) {
  RecordReader reader(bytes);
  PartRecord record;
  record.number = number;
  record.file = read_file(reader);
  record.etag = reader.text();
  record.modified_at = reader.timestamp();
  record.checksum = read_checksum(reader);
  return record;
}

}  // namespace signalbox::objects
