#include "services/objects/object_service.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <unordered_set>

#include "services/objects/object_errors.h"
#include "services/objects/object_records.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox {

namespace asio = boost::asio;
using namespace objects;

namespace {

/// Writers wait for the disk, not for the processor.
constexpr std::size_t file_threads = 4;

std::string md5_hex(std::string_view bytes) { return hex_encode(digest(DigestAlgorithm::Md5, bytes)); }

/// Those of `files` that no row names.
std::vector<ContentFile> without_row(const Reader& reader, std::vector<ContentFile> files, const std::atomic<bool>& stopping) {
  std::unordered_set<std::string> named;
  reader.scan({.prefix = Key(objects_table)}, [&](const Key&, std::string_view record) {
    for (auto& file : decode_object(record).files) named.insert(std::move(file.name));
    return !stopping;
  });
  reader.scan({.prefix = Key(parts_table)}, [&](const Key& key, std::string_view record) {
    named.insert(decode_part(key.integer(1), record).file.name);
    return !stopping;
  });
  if (stopping) return {};
  std::erase_if(files, [&](const ContentFile& file) { return named.contains(file.name); });
  return files;
}

}  // namespace

struct ObjectService::Threads {
  explicit Threads(asio::any_io_executor io) : executor(std::move(io)) {}

  asio::any_io_executor executor;
  asio::thread_pool pool{file_threads};
  std::atomic<bool> stopping = false;

  /// Runs `work` on a file thread and resumes where it was called.
  template <class T>
  asio::awaitable<T> run(std::function<T()> work) {
    auto caller = co_await asio::this_coro::executor;
    auto initiate = [this, caller, work = std::move(work)](auto handler) mutable {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      asio::post(pool, [caller, shared, work = std::move(work)]() mutable {
        asio::post(caller, [shared, result = std::make_shared<T>(work())]() mutable { (*shared)(std::move(*result)); });
      });
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(T)>(std::move(initiate), asio::use_awaitable);
  }
};

ObjectService::ObjectService(Engine& engine, std::filesystem::path directory, asio::any_io_executor executor)
    : engine_(engine),
      files_(std::move(directory)),
      rules_([this](std::vector<ContentFile> files) { on_file_thread([this, files = std::move(files)] { files_.remove(files); }); }),
      threads_(std::make_unique<Threads>(std::move(executor))) {}

ObjectService::~ObjectService() { stop(); }

asio::any_io_executor ObjectService::executor() const { return threads_->executor; }

void ObjectService::on_file_thread(std::function<void()> work) { asio::post(threads_->pool, std::move(work)); }

void ObjectService::start() {
  // Listed now, before this process writes any: what has no row is left over.
  auto left = files_.list();
  if (left.empty()) return;
  on_file_thread([this, left = std::move(left), reader = std::shared_ptr<Reader>(engine_.reader())]() mutable {
    try {
      const auto orphans = without_row(*reader, std::move(left), threads_->stopping);
      files_.remove(orphans);
      if (!orphans.empty()) spdlog::info("object store: removed {} files that no object names", orphans.size());
    } catch (const StoreFailure& failure) {
      spdlog::error("object store: files that no object names stay: {}", failure.what());
    }
  });
}

void ObjectService::stop() {
  threads_->stopping = true;
  threads_->pool.join();
}

Result<OpenObject> ObjectService::open(const Reader& reader, std::string_view bucket, std::string_view key) const {
  constexpr int tries = 5;
  for (int i = 0;; ++i) {
    auto record = find_object(reader, bucket, key);
    if (!record) return record.error();
    auto content = ContentReader::open(files_, record->files);
    if (content) return OpenObject{std::move(*record), std::move(*content)};
    if (content.error().code != ErrorCode::NotFound || i == tries) return content.error();
  }
}

// After a failed commit it is not known what is on the disk: then the files stay, and the next start sweeps them if no row names them.
void ObjectService::remove_unless_unknown(const Error& why, const std::vector<ContentFile>& files) const {
  if (why.code != ErrorCode::Unavailable) files_.remove(files);
}

asio::awaitable<Result<ObjectRecord>> ObjectService::put(PutObject request) {
  auto shared = std::make_shared<PutObject>(std::move(request));
  NewObject object{.bucket = shared->bucket,
                   .key = shared->key,
                   .files = {},
                   .bytes = static_cast<std::int64_t>(shared->bytes.size()),
                   .etag = {},
                   .attributes = shared->attributes,
                   .checksum = shared->checksum,
                   .condition = shared->condition};
  std::function<Result<ContentFile>()> write = [this, shared] { return files_.write(shared->bytes); };
  auto written = co_await threads_->run<Result<ContentFile>>(std::move(write));
  if (!written) co_return written.error();
  object.etag = md5_hex(shared->bytes);
  object.files = {*written};
  std::function<Result<ObjectRecord>(EngineTransaction&)> work = [this, object](EngineTransaction& transaction) {
    return rules_.put(transaction, object);
  };
  auto record = co_await transact<ObjectRecord>(engine_, std::move(work));
  if (!record) remove_unless_unknown(record.error(), {*written});
  co_return record;
}

asio::awaitable<Result<PartRecord>> ObjectService::put_part(UploadRecord upload, PartRecord part, std::string bytes) {
  auto shared = std::make_shared<std::string>(std::move(bytes));
  std::function<Result<ContentFile>()> write = [this, shared] { return files_.write(*shared); };
  auto written = co_await threads_->run<Result<ContentFile>>(std::move(write));
  if (!written) co_return written.error();
  part.file = *written;
  part.etag = md5_hex(*shared);
  std::function<Result<PartRecord>(EngineTransaction&)> work = [this, upload, part](EngineTransaction& transaction) {
    return rules_.put_part(transaction, upload, part);
  };
  auto record = co_await transact<PartRecord>(engine_, std::move(work));
  if (!record) remove_unless_unknown(record.error(), {*written});
  co_return record;
}

asio::awaitable<Result<ObjectRecord>> ObjectService::copy(std::vector<ContentFile> source, NewObject target) {
  target.reason = "CopyObject";
  std::function<Result<std::vector<ContentFile>>()> link = [this, source]() -> Result<std::vector<ContentFile>> {
    std::vector<ContentFile> linked;
    for (const auto& file : source) {
      auto copied = files_.link(file);
      if (!copied) {
        files_.remove(linked);
        return copied.error();
      }
      linked.push_back(std::move(*copied));
    }
    return linked;
  };
  auto linked = co_await threads_->run<Result<std::vector<ContentFile>>>(std::move(link));
  if (!linked) co_return linked.error();
  target.files = *linked;
  std::function<Result<ObjectRecord>(EngineTransaction&)> work = [this, target](EngineTransaction& transaction) {
    return rules_.put(transaction, target);
  };
  auto record = co_await transact<ObjectRecord>(engine_, std::move(work));
  if (!record) remove_unless_unknown(record.error(), *linked);
  co_return record;
}

asio::awaitable<Result<std::string>> ObjectService::read(std::shared_ptr<ContentReader> content, std::uint64_t begin, std::uint64_t end) {
  std::function<Result<std::string>()> work = [content, begin, end]() -> Result<std::string> {
    std::string bytes(end - begin, '\0');
    for (std::size_t done = 0; done < bytes.size();) {
      const auto got = content->read(begin + done, std::span(bytes).subspan(done));
      if (!got || *got == 0) return error(ErrorCode::Unavailable, "the object's content cannot be read");
      done += *got;
    }
    return bytes;
  };
  auto bytes = co_await threads_->run<Result<std::string>>(std::move(work));
  co_return bytes;
}

}  // namespace signalbox
