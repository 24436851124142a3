// Functions as a whole: made, shown, changed, deleted.
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <memory>

#include "aws/lambda/lambda.h"
#include "services/functions/service.h"
#include "services/objects/object_service.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

bool wants_version(const Json& request) {
  const Json* publish = request.find("Publish");
  return publish && publish->is_boolean() && publish->as_boolean();
}

/// The configuration as answered: of the version, where the request asked for one to be published.
Answer<Json> shown(const OperationContext& context, EngineTransaction& transaction, const functions::FunctionConfig& config,
                   const Json& request) {
  if (!wants_version(request)) return configuration_json(context, config, false);
  const auto version = functions::publish_version(transaction, config.name, std::nullopt);
  if (!version) return failure_of(version.error());
  return configuration_json(context, *version, true);
}

void take_code(functions::FunctionConfig& config, const UploadedCode& code, const Json& request) {
  config.code_hash = code.hash;
  config.code_sha256 = code.sha256;
  config.code_bytes = code.bytes;
  if (const Json* architectures = request.find("Architectures"); architectures && architectures->is_array())
    config.settings["Architectures"] = architectures->text();
}

Answer<functions::FunctionConfig> read_new_function(const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto name = parameters.required("FunctionName", {1, 140});
  (void)parameters.required("Role");
  if (!parameters.object("Code")) parameters.violation("null", "code", "Member must not be null");
  const Json* tags = parameters.object("Tags");
  if (auto fault = parameters.fault()) return *fault;
  const auto reference = functions::parse_function_reference(name);
  if (!reference) return invalid_parameter(reference.error().message);
  functions::FunctionConfig config;
  config.name = reference->name;
  for (const char* member : {"Runtime", "Handler"}) {
    const Json* found = request.find(member);
    if (!found || found->is_null())
      return invalid_parameter(std::string(member) + " is mandatory for functions created with deployment packages.");
  }
  if (tags) {
    for (const auto& [key, value] : tags->members()) config.tags[key] = plain_text(value);
  }
  return with_configuration(reader, std::move(config), request);
}

/// The object that S3Bucket and S3Key name.
Answer<std::string> object_of(const OperationContext& context, const Json& bucket, const Json& key) {
  const auto failed = [&](const Error& error) {
    return invalid_parameter("Error occurred while GetObject. S3 Error Code: " +
                             (error.where.empty() ? std::string("NoSuchKey") : error.where) + ". S3 Error Message: " + error.message);
  };
  if (!context.services.objects) return invalid_parameter("S3Bucket is not supported here: there is no object store");
  const auto reader = context.services.engine.reader();
  const auto opened = context.services.objects->open(*reader, bucket.as_string(), key.as_string());
  if (!opened) return failed(opened.error());
  auto bytes = opened->content->read_all();
  if (!bytes) return failed(bytes.error());
  return std::move(*bytes);
}

Answer<std::string> archive_of(const OperationContext& context, const Json& code) {
  const Json* zip = code.find("ZipFile");
  const Json* bucket = code.find("S3Bucket");
  const Json* key = code.find("S3Key");
  if (zip && zip->is_string()) {
    auto archive = base64_decode(zip->as_string());
    if (!archive)
      return invalid_parameter("Could not unzip uploaded file. Please check your file, then try to upload again. (it is not base64)");
    return std::move(*archive);
  }
  if (bucket && key && bucket->is_string() && key->is_string()) return object_of(context, *bucket, *key);
  return invalid_parameter("Please provide a source for function code.");
}

Answer<UploadedCode> unpack(const OperationContext& context, const Json& code) {
  if (code.find("ImageUri")) return invalid_parameter("ImageUri is not supported here: functions run without containers");
  const auto archive = archive_of(context, code);
  if (!archive) return archive.error();
  const auto stored = context.services.functions->code().put_archive(*archive);
  if (!stored) return failure_of(stored.error());
  return UploadedCode{.hash = stored->hash,
                      .sha256 = base64_encode(digest(DigestAlgorithm::Sha256, *archive)),
                      .bytes = static_cast<std::int64_t>(archive->size())};
}

/// Runs `work` on a thread for files and resumes where it was called.
asio::awaitable<Answer<UploadedCode>> on_file_thread(ObjectService& objects, std::function<Answer<UploadedCode>()> work) {
  auto caller = co_await asio::this_coro::executor;
  auto initiate = [&objects, caller, work = std::move(work)](auto handler) mutable {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    objects.on_file_thread([caller, shared, work = std::move(work)] {
      auto result = std::make_shared<Answer<UploadedCode>>(work());
      asio::post(caller, [shared, result] { (*shared)(std::move(*result)); });
    });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Answer<UploadedCode>)>(std::move(initiate),
                                                                                                     asio::use_awaitable);
}

}  // namespace

asio::awaitable<Answer<UploadedCode>> upload(OperationContext context, Json code) {
  std::function<Answer<UploadedCode>()> work = [context, code = std::move(code)] { return unpack(context, code); };
  if (!context.services.objects) co_return work();  // nothing to wait for in tests without an object store
  auto uploaded = co_await on_file_thread(*context.services.objects, std::move(work));
  co_return uploaded;
}

asio::awaitable<Answer<Json>> create_function(OperationContext context, Json request) {
  const auto reader = context.services.engine.reader();
  auto config = read_new_function(*reader, request);
  if (!config) co_return config.error();
  if (functions::find_function(*reader, config->name))
    co_return failure_of(error(ErrorCode::AlreadyExists, "Function already exist: " + config->name));
  const auto code = co_await upload(context, *request.find("Code"));
  if (!code) co_return code.error();
  take_code(*config, *code, request);
  std::function<Answer<Json>(EngineTransaction&)> work = [context, config = *config,
                                                          request](EngineTransaction& transaction) -> Answer<Json> {
    const auto created = functions::create_function(transaction, config);
    if (!created) return failure_of(created.error());
    return shown(context, transaction, *created, request);
  };
  auto answer = co_await write(context.services.engine, std::move(work));
  co_return answer;
}

asio::awaitable<Answer<Json>> update_function_code(OperationContext context, Json request) {
  const auto reference = reference_of(request);
  if (!reference) co_return reference.error();
  const auto reader = context.services.engine.reader();
  if (auto found = function_of(context, *reader, *reference); !found) co_return found.error();
  const auto code = co_await upload(context, request);
  if (!code) co_return code.error();
  std::function<Answer<Json>(EngineTransaction&)> work = [context, name = reference->name, code = *code,
                                                          request](EngineTransaction& transaction) -> Answer<Json> {
    auto config = function_of(context, transaction, {name, {}});
    if (!config) return config.error();
    if (auto checked = check_revision(request, revision_id(config->key.id, config->revision)); !checked) return checked.error();
    take_code(*config, code, request);
    const Json* dry = request.find("DryRun");
    if (dry && dry->is_boolean() && dry->as_boolean()) return configuration_json(context, *config, false);
    const auto updated = functions::update_function(transaction, std::move(*config));
    if (!updated) return failure_of(updated.error());
    return shown(context, transaction, *updated, request);
  };
  auto answer = co_await write(context.services.engine, std::move(work));
  co_return answer;
}

Answer<Json> update_function_configuration(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  auto config = function_of(context, transaction, *reference);
  if (!config) return config.error();
  if (auto checked = check_revision(request, revision_id(config->key.id, config->revision)); !checked) return checked.error();
  auto changed = with_configuration(transaction, std::move(*config), request);
  if (!changed) return changed.error();
  const auto updated = functions::update_function(transaction, std::move(*changed));
  if (!updated) return failure_of(updated.error());
  return configuration_json(context, *updated, false);
}

asio::awaitable<Answer<Json>> delete_function(OperationContext context, Json request) {
  const auto reference = reference_of(request);
  if (!reference) co_return reference.error();
  std::function<Answer<Json>(EngineTransaction&)> work = [context, reference = *reference](EngineTransaction& transaction) -> Answer<Json> {
    if (auto found = function_of(context, transaction, reference); !found) return found.error();
    if (reference.qualifier == "$LATEST") return invalid_parameter("$LATEST version cannot be deleted without deleting the function.");
    if (!reference.qualifier.empty()) {
      std::int64_t version = 0;
      const auto& text = reference.qualifier;
      if (std::from_chars(text.data(), text.data() + text.size(), version).ptr != text.data() + text.size())
        return invalid_parameter("Deletion of aliases is not currently supported.");
      // Deleting a version that is gone is no error. [recorded on AWS]
      const auto deleted = functions::delete_version(transaction, reference.name, version);
      if (!deleted && deleted.error().code != ErrorCode::NotFound) return failure_of(deleted.error());
      return Json::empty_object();
    }
    if (const auto deleted = functions::delete_function(transaction, reference.name); !deleted) return failure_of(deleted.error());
    forget_policies(transaction, reference.name);
    return Json::empty_object();
  };
  auto answer = co_await write(context.services.engine, std::move(work));
  if (answer && reference->qualifier.empty()) context.services.functions->forget(reference->name);
  co_return answer;
}

Answer<Json> get_function(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  const auto config = qualified_function_of(context, reader, *reference);
  if (!config) return config.error();
  Json out = json_object(
      {{"Configuration", configuration_json(context, *config, !reference->qualifier.empty())},
       {"Code", json_object({{"RepositoryType", "S3"}, {"Location", Json(context.base_url + "/v1/functions/" + config->name)}})}});
  const auto latest = functions::find_function(reader, reference->name);
  if (latest && !latest->tags.empty()) out = out.with("Tags", tags_json(latest->tags));
  if (latest && latest->reserved_concurrency)
    out = out.with("Concurrency", json_object({{"ReservedConcurrentExecutions", Json(*latest->reserved_concurrency)}}));
  return out;
}

Answer<Json> get_function_configuration(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  const auto config = qualified_function_of(context, reader, *reference);
  if (!config) return config.error();
  return configuration_json(context, *config, !reference->qualifier.empty());
}

Answer<Json> list_functions(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const Json* version = request.find("FunctionVersion");
  const bool all = version && version->is_string() && version->as_string() == "ALL";
  Json::Array shown_functions;
  const auto found = functions::list_functions(reader, page->after, page->limit + 1);
  const auto count = std::min(found.size(), page->limit);
  for (std::size_t i = 0; i < count; ++i) {
    shown_functions.push_back(configuration_json(context, found[i], all));
    if (!all) continue;
    for (const auto& each : functions::list_versions(reader, found[i].name, 0, SIZE_MAX))
      shown_functions.push_back(configuration_json(context, each, true));
  }
  Json out = json_object({{"Functions", Json(std::move(shown_functions))}});
  return found.size() > count ? out.with("NextMarker", Json(base64url_encode(found[count - 1].name))) : out;
}

}  // namespace signalbox::aws::lambda
