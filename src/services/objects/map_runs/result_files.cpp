#include "services/objects/map_runs/result_files.h"

#include <stdexcept>

#include "services/objects/checksums.h"
#include "services/objects/map_runs/item_stream.h"
#include "signalbox/encoding.h"

namespace signalbox::objects {

namespace {

/// What is gathered in memory before it becomes a file of the object store.
constexpr std::size_t piece_bytes = 4 * 1024 * 1024;

/// An object being written in pieces.
class ObjectBeingWritten {
 public:
  ObjectBeingWritten(const ObjectFiles& files, std::string key, bool lines) : files_(files), key_(std::move(key)), lines_(lines) {}

  void add(std::string_view value) {
    buffer_ += lines_ ? "" : count_ == 0 ? "[" : ",";
    buffer_ += value;
    if (lines_) buffer_ += '\n';
    ++count_;
    if (buffer_.size() >= piece_bytes) flush();
  }
  void add_whole(std::string_view text) {
    buffer_ += text;
    flush();
  }
  void end() {
    if (count_ > 0 && !lines_) buffer_ += ']';
    flush();
  }

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::int64_t bytes() const { return object_.bytes; }
  [[nodiscard]] NewObject take(const std::string& bucket) {
    object_.bucket = bucket;
    object_.key = key_;
    object_.etag = object_.files.size() == 1
                       ? hex_encode(digests_)
                       : hex_encode(digest(DigestAlgorithm::Md5, digests_)) + "-" + std::to_string(object_.files.size());
    object_.attributes.content_type = "application/json";
    return std::move(object_);
  }

 private:
  void flush() {
    if (buffer_.empty()) return;
    auto written = files_.write(buffer_);
    if (!written) throw std::runtime_error(written.error().message);
    object_.files.push_back(std::move(*written));
    object_.bytes += static_cast<std::int64_t>(buffer_.size());
    digests_ += digest(DigestAlgorithm::Md5, buffer_);
    buffer_.clear();
  }

  const ObjectFiles& files_;
  std::string key_;
  bool lines_;
  std::string buffer_, digests_;
  NewObject object_;
  std::int64_t count_ = 0;
};

struct ResultObjects {
  ObjectBeingWritten succeeded, failed, pending;
};

void add_output(ObjectBeingWritten& out, const std::string& transformation, const Reader& reader, const Site& site,
                const ExecutionRecord& child) {
  if (transformation == "NONE") return out.add(described_result(reader, site, child).text());
  const Json output = read_payloads(reader, child).output.value_or(Json());
  if (transformation != "FLATTEN" || !output.is_array()) return out.add(output.text());
  for (const auto& element : output.elements()) out.add(element.text());
}

void add_child(ResultObjects& out, const std::string& transformation, const Reader& reader, const Site& site, const MapRunItem& item) {
  const auto child = item.execution.value == 0 ? std::nullopt : find_execution(reader, item.execution);
  if (!child)
    return out.pending.add(
        json_object({{"Input", Json(item.input ? item.input->text() : std::string())}, {"Status", Json("PENDING")}}).text());
  if (child->status == ExecutionStatus::Succeeded) return add_output(out.succeeded, transformation, reader, site, *child);
  out.failed.add(described_result(reader, site, *child).text());
}

Json listed(const ObjectBeingWritten& object) {
  if (object.count() == 0) return Json::empty_array();
  return json_array({json_object({{"Key", Json(object.key())}, {"Size", Json(object.bytes())}})});
}

Json manifest(const std::string& bucket, const std::string& arn, const ResultObjects& results) {
  return json_object({{"DestinationBucket", Json(bucket)},
                      {"MapRunArn", Json(arn)},
                      {"ResultFiles", json_object({{"FAILED", listed(results.failed)},
                                                   {"PENDING", listed(results.pending)},
                                                   {"SUCCEEDED", listed(results.succeeded)}})}});
}

std::vector<ContentFile> files_of(const std::vector<NewObject>& objects) {
  std::vector<ContentFile> files;
  for (const auto& object : objects) files.insert(files.end(), object.files.begin(), object.files.end());
  return files;
}

}  // namespace

WorkflowError result_writer_failed(std::string cause) { return {error_names::ResultWriterFailed, std::move(cause)}; }

void write_results(ObjectService& service, MapRunRow row, std::function<void(Evaluated<MapRunStorage::Written>)> done) {
  const auto reader = service.engine().reader();
  const auto run = find_map_run(*reader, row);
  if (!run) return done(result_writer_failed("the map run does not exist any more"));
  const auto plan = find_map_run_plan(*reader, row);
  const Json parameters = plan.writer ? plan.writer->parameters.value_or(Json()) : Json(),
             config = plan.writer ? plan.writer->config : Json();
  const auto bucket = member_text(parameters, "Bucket");
  auto folder = member_text(parameters, "Prefix");
  while (folder.ends_with('/')) folder.pop_back();
  folder += (folder.empty() ? "" : "/") + run->id + "/";
  const auto transformation = member_text(config, "Transformation").empty() ? std::string("NONE") : member_text(config, "Transformation");
  const bool lines = member_text(config, "OutputType") == "JSONL";
  const std::string ending = lines ? "_0.jsonl" : "_0.json";

  const auto& files = service.files();
  const Site& site = service.engine().site();
  ResultObjects results{{files, folder + "SUCCEEDED" + ending, lines},
                        {files, folder + "FAILED" + ending, lines},
                        {files, folder + "PENDING" + ending, lines}};
  for_each_child(*reader, row, 0, [&](std::int64_t, const MapRunItem& item) {
    add_child(results, transformation, *reader, site, item);
    return true;
  });
  std::vector<NewObject> objects;
  for (auto* object : {&results.succeeded, &results.failed, &results.pending}) object->end();
  ObjectBeingWritten index(files, folder + "manifest.json", false);
  index.add_whole(manifest(bucket, run->arn(site), results).text());
  const auto written = results.succeeded.count() + results.failed.count();
  for (auto* object : {&results.succeeded, &results.failed, &results.pending}) {
    if (object->count() > 0) objects.push_back(object->take(bucket));
  }
  objects.push_back(index.take(bucket));

  std::function<Result<void>(EngineTransaction&)> work = [&service, objects](EngineTransaction& transaction) -> Result<void> {
    for (const auto& object : objects) {
      if (auto put = service.objects().put(transaction, object); !put) return put.error();
    }
    return {};
  };
  MapRunStorage::Written answer{json_object({{"Bucket", Json(bucket)}, {"Key", Json(folder + "manifest.json")}}), written};
  service.engine().transact<void>(std::move(work), [&service, objects, answer, done](Result<void> result) {
    if (result) return done(answer);
    if (result.error().code != ErrorCode::Unavailable) service.files().remove(files_of(objects));
    done(result_writer_failed(s3_refusal(result.error())));
  });
}

}  // namespace signalbox::objects
