#include "services/objects/map_runs/item_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "services/objects/map_runs/text_lines.h"
#include "services/objects/object_errors.h"
#include "signalbox/encoding.h"

namespace signalbox::objects {

namespace {

using Items = Evaluated<std::optional<Json>>;

Items no_more() { return Items(boost::system::in_place_value, std::nullopt); }
Items item(Json value) { return Items(boost::system::in_place_value, std::move(value)); }

/// RFC 6901: the value that a JSON Pointer names; null if there is none.
const Json* at_pointer(const Json& root, std::string_view pointer) {
  const Json* at = &root;
  while (at != nullptr && !pointer.empty()) {
    if (!pointer.starts_with('/')) return nullptr;
    const auto end = std::min(pointer.find('/', 1), pointer.size());
    std::string token;
    for (std::size_t i = 1; i < end; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < end;
      token += escape ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
    }
    const bool is_index = at->is_array() && !token.empty() && token.size() < 10 &&
                          std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
    at = is_index ? at->at(std::stoul(token)) : at->find(token);
    pointer.remove_prefix(end);
  }
  return at;
}

/// InputType JSON: an array, whole in memory.
class JsonItems final : public ItemStream {
 public:
  explicit JsonItems(Json items) : items_(std::move(items)) {}
  Items next() override { return place_ < items_.size() ? item(items_.elements()[place_++]) : no_more(); }

 private:
  Json items_;
  std::size_t place_ = 0;
};

/// InputType JSONL: a value a line; empty lines are skipped.
class JsonLines final : public ItemStream {
 public:
  explicit JsonLines(ObjectBytes bytes) : bytes_(std::move(bytes)) {}
  Items next() override {
    while (auto line = read_line(bytes_)) {
      if (line->find_first_not_of(" \t") == std::string::npos) continue;
      auto value = Json::parse(std::move(*line));
      if (!value) return item_reader_failed("Attempting to parse invalid JSON: " + value.error().message);
      return item(std::move(*value));
    }
    return no_more();
  }

 private:
  ObjectBytes bytes_;
};

/// InputType CSV: an object a record. What a record lacks is an empty text, what it has too much is dropped.
class CsvItems final : public ItemStream {
 public:
  CsvItems(ObjectBytes bytes, char delimiter, std::vector<std::string> headers)
      : bytes_(std::move(bytes)), delimiter_(delimiter), headers_(std::move(headers)) {}

  /// CSVHeaderLocation FIRST_ROW.
  void read_headers() { headers_ = read_csv_record(bytes_, delimiter_).value_or(std::vector<std::string>()); }
  [[nodiscard]] const std::vector<std::string>& headers() const { return headers_; }

  Items next() override {
    const auto fields = read_csv_record(bytes_, delimiter_);
    if (!fields) return no_more();
    Json::Object members;
    for (std::size_t i = 0; i < headers_.size(); ++i)
      members.push_back({headers_[i], Json(i < fields->size() ? (*fields)[i] : std::string())});
    return item(Json(std::move(members)));
  }

 private:
  ObjectBytes bytes_;
  char delimiter_;
  std::vector<std::string> headers_;
};

/// s3:listObjectsV2: an item an object, page by page.
class ListedObjects final : public ItemStream {
 public:
  ListedObjects(std::shared_ptr<Reader> reader, ListObjects request) : reader_(std::move(reader)), request_(std::move(request)) {}

  Items next() override {
    while (place_ == page_.objects.size()) {
      if (at_end_) return no_more();
      auto page = list_objects(*reader_, request_);
      if (!page) return item_reader_failed(s3_refusal(page.error()));
      page_ = std::move(*page);
      place_ = 0;
      at_end_ = !page_.truncated;
      request_.after = page_.last;
    }
    const auto& [key, record] = page_.objects[place_++];
    const auto seconds = std::chrono::floor<std::chrono::seconds>(record.modified_at).time_since_epoch().count();
    return item(json_object(
        {{"Etag", Json("\"" + record.etag + "\"")},
         {"Key", Json(key)},
         {"LastModified", Json(seconds)},
         {"Size", Json(record.bytes)},
         {"StorageClass", Json(record.attributes.storage_class.empty() ? std::string("STANDARD") : record.attributes.storage_class)}}));
  }

 private:
  std::shared_ptr<Reader> reader_;
  ListObjects request_;
  ObjectPage page_;
  std::size_t place_ = 0;
  bool at_end_ = false;
};

Evaluated<char> delimiter_of(const Json& config) {
  static const std::map<std::string, char> delimiters{{"COMMA", ','}, {"PIPE", '|'}, {"SEMICOLON", ';'}, {"SPACE", ' '}, {"TAB", '\t'}};
  const auto name = member_text(config, "CSVDelimiter");
  if (name.empty()) return ',';
  const auto found = delimiters.find(name);
  if (found == delimiters.end()) return item_reader_failed("CSVDelimiter '" + name + "' is not supported");
  return found->second;
}

Evaluated<std::shared_ptr<ContentReader>> open_object(const ObjectService& service, const Reader& reader, const std::string& bucket,
                                                      const std::string& key) {
  auto open = service.open(reader, bucket, key);
  if (!open) return item_reader_failed(s3_refusal(open.error()));
  return open->content;
}

Evaluated<std::unique_ptr<ItemStream>> open_csv(ObjectBytes bytes, const Json& config) {
  const auto delimiter = delimiter_of(config);
  if (!delimiter) return delimiter.error();
  std::vector<std::string> headers;
  if (const Json* given = config.find("CSVHeaders"); given && given->is_array()) {
    for (const auto& header : given->elements()) headers.push_back(plain_text(header));
  }
  auto items = std::make_unique<CsvItems>(std::move(bytes), *delimiter, std::move(headers));
  if (member_text(config, "CSVHeaderLocation") != "GIVEN") items->read_headers();
  const std::set<std::string> distinct(items->headers().begin(), items->headers().end());
  if (distinct.size() != items->headers().size()) return item_reader_failed("CSV headers cannot contain duplicates.");
  return std::unique_ptr<ItemStream>(std::move(items));
}

Evaluated<std::unique_ptr<ItemStream>> open_json(ObjectBytes bytes, const Json& config) {
  auto root = Json::parse(bytes.rest());
  if (!root) return item_reader_failed("Attempting to parse invalid JSON: " + root.error().message);
  const auto pointer = member_text(config, "ItemsPointer");
  const Json* items = at_pointer(*root, pointer);
  if (!items) return item_reader_failed("ItemsPointer '" + pointer + "' does not reference a value of the object");
  if (!items->is_array()) return item_reader_failed("Attempting to map over non-iterable node.");
  return std::unique_ptr<ItemStream>(std::make_unique<JsonItems>(*items));
}

Evaluated<std::unique_ptr<ItemStream>> open_content(ObjectBytes bytes, const std::string& type, const Json& config) {
  if (type == "CSV") return open_csv(std::move(bytes), config);
  if (type == "JSONL") return std::unique_ptr<ItemStream>(std::make_unique<JsonLines>(std::move(bytes)));
  if (type == "JSON") return open_json(std::move(bytes), config);
  return item_reader_failed("InputType '" + type + "' is not supported here");
}

/// Objects one after another, each opened when its turn comes: inventory files, or all objects of a listing (LOAD_AND_FLATTEN).
class ManyObjects final : public ItemStream {
 public:
  using Open = std::function<Evaluated<std::unique_ptr<ItemStream>>(const Json& which)>;
  ManyObjects(std::unique_ptr<ItemStream> objects, Open open) : objects_(std::move(objects)), open_(std::move(open)) {}

  Items next() override {
    for (;;) {
      if (current_) {
        auto found = current_->next();
        if (!found || *found) return found;
        current_.reset();
      }
      auto which = objects_->next();
      if (!which || !*which) return which;
      auto opened = open_(**which);
      if (!opened) return opened.error();
      current_ = std::move(*opened);
    }
  }

 private:
  std::unique_ptr<ItemStream> objects_, current_;
  Open open_;
};

/// `Bucket, Key` as an inventory's fileSchema names its columns.
std::vector<std::string> schema_columns(const std::string& schema) {
  std::vector<std::string> columns;
  for (std::size_t start = 0; start < schema.size();) {
    const auto end = std::min(schema.find(',', start), schema.size());
    const auto first = schema.find_first_not_of(' ', start);
    if (first < end) columns.push_back(schema.substr(first, end - first));
    start = end + 1;
  }
  return columns;
}

/// An S3 inventory's manifest.json: its data files are CSV of the columns that fileSchema names. Source: S3 User Guide, "Locating your inventory list".
Evaluated<std::unique_ptr<ItemStream>> open_inventory(const ObjectService& service, std::shared_ptr<Reader> reader,
                                                      std::shared_ptr<ContentReader> content) {
  const auto manifest = Json::parse(ObjectBytes(std::move(content)).rest());
  if (!manifest) return item_reader_failed("Attempting to parse invalid JSON: " + manifest.error().message);
  const Json* files = manifest->find("files");
  if (!files || !files->is_array()) return item_reader_failed("The manifest has no list of files.");
  if (member_text(*manifest, "fileFormat") != "CSV")
    return item_reader_failed("Inventories of format '" + member_text(*manifest, "fileFormat") + "' are not supported here");
  auto bucket = member_text(*manifest, "destinationBucket");
  bucket = bucket.substr(bucket.rfind(':') + 1);  // an ARN
  const auto columns = schema_columns(member_text(*manifest, "fileSchema"));
  auto open = [&service, reader, bucket, columns](const Json& file) -> Evaluated<std::unique_ptr<ItemStream>> {
    auto data = open_object(service, *reader, bucket, member_text(file, "key"));
    if (!data) return data.error();
    return std::unique_ptr<ItemStream>(std::make_unique<CsvItems>(ObjectBytes(std::move(*data)), ',', columns));
  };
  return std::unique_ptr<ItemStream>(std::make_unique<ManyObjects>(std::make_unique<JsonItems>(*files), std::move(open)));
}

/// Athena's manifest: a line a data file, `s3://bucket/key`.
Evaluated<std::unique_ptr<ItemStream>> open_athena(const ObjectService& service, std::shared_ptr<Reader> reader,
                                                   std::shared_ptr<ContentReader> content, const Json& config) {
  Json::Array files;
  ObjectBytes bytes(std::move(content));
  constexpr std::string_view scheme = "s3://";
  while (const auto line = read_line(bytes)) {
    if (line->starts_with(scheme)) files.emplace_back(line->substr(scheme.size()));
  }
  auto open = [&service, reader, config](const Json& file) -> Evaluated<std::unique_ptr<ItemStream>> {
    const std::string place(file.as_string());
    const auto slash = std::min(place.find('/'), place.size());
    auto data = open_object(service, *reader, place.substr(0, slash), slash == place.size() ? std::string() : place.substr(slash + 1));
    if (!data) return data.error();
    const auto type = member_text(config, "InputType");
    return open_content(ObjectBytes(std::move(*data)), type == "MANIFEST" ? "CSV" : type, config);
  };
  return std::unique_ptr<ItemStream>(std::make_unique<ManyObjects>(std::make_unique<JsonItems>(Json(std::move(files))), std::move(open)));
}

Evaluated<std::unique_ptr<ItemStream>> open_listing(const ObjectService& service, std::shared_ptr<Reader> reader,
                                                    const MapRunPlan::Reader& plan) {
  ListObjects request{.bucket = member_text(plan.parameters, "Bucket"),
                      .prefix = member_text(plan.parameters, "Prefix"),
                      .after = member_text(plan.parameters, "StartAfter")};
  if (const auto found = find_bucket(*reader, request.bucket); !found) return item_reader_failed(s3_refusal(object_error("NoSuchBucket")));
  const auto bucket = request.bucket;
  auto listed = std::make_unique<ListedObjects>(reader, std::move(request));
  if (member_text(plan.config, "Transformation") != "LOAD_AND_FLATTEN") return std::unique_ptr<ItemStream>(std::move(listed));
  auto open = [&service, reader, bucket, config = plan.config](const Json& object) -> Evaluated<std::unique_ptr<ItemStream>> {
    auto content = open_object(service, *reader, bucket, member_text(object, "Key"));
    if (!content) return content.error();
    return open_content(ObjectBytes(std::move(*content)), member_text(config, "InputType"), config);
  };
  return std::unique_ptr<ItemStream>(std::make_unique<ManyObjects>(std::move(listed), std::move(open)));
}

}  // namespace

WorkflowError item_reader_failed(std::string cause) { return {error_names::ItemReaderFailed, std::move(cause)}; }

std::string s3_refusal(const Error& error) {
  const auto shown = s3_error(error);
  const auto id = random_uuid();
  return fmt::format("{} (Service: Amazon S3; Status Code: {}; Error Code: {}; Request ID: {}; S3 Extended Request ID: {}; Proxy: null)",
                     shown.message, shown.status, shown.code, id, id);
}

Evaluated<std::unique_ptr<ItemStream>> open_items(const ObjectService& service, std::shared_ptr<Reader> reader,
                                                  const MapRunPlan::Reader& plan) {
  if (plan.lists) return open_listing(service, std::move(reader), plan);
  auto content = open_object(service, *reader, member_text(plan.parameters, "Bucket"), member_text(plan.parameters, "Key"));
  if (!content) return content.error();
  auto type = member_text(plan.config, "InputType");
  const auto manifest = member_text(plan.config, "ManifestType");
  if (manifest == "ATHENA_DATA") return open_athena(service, std::move(reader), std::move(*content), plan.config);
  if (type == "MANIFEST" || manifest == "S3_INVENTORY") return open_inventory(service, std::move(reader), std::move(*content));
  return open_content(ObjectBytes(std::move(*content)), type.empty() ? "JSON" : type, plan.config);
}

Evaluated<Json> items_of_text(std::string text, const Json& config) {
  const auto type = member_text(config, "InputType");
  auto stream = open_content(ObjectBytes(std::move(text)), type.empty() ? "JSON" : type, config);
  if (!stream) return stream.error();
  Json::Array items;
  for (;;) {
    auto found = (*stream)->next();
    if (!found) return found.error();
    if (!*found) return Json(std::move(items));
    items.push_back(std::move(**found));
  }
}

}  // namespace signalbox::objects
