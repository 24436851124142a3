#pragma once
/// The object store on the I/O thread: writes files on threads of its own, then rows through the engine.

#include "services/objects/object_files.h"
#include "signalbox/engine.h"
#include "signalbox/objects.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace signalbox {

/// An object to be written, its bytes in memory.
struct PutObject {
  std::string bucket, key;
  std::string bytes = {};
  ObjectAttributes attributes = {};
  std::optional<Checksum> checksum = {};
  WriteCondition condition = {};
};

/// An object opened for reading.
struct OpenObject {
  ObjectRecord record;
  std::shared_ptr<objects::ContentReader> content;
};

/// Coroutines are called on the I/O thread; open() and files() anywhere. Errors are those of Objects; Unavailable for I/O.
class ObjectService {
 public:
  /// `executor` is the I/O thread's: recovery may call tasks before start(), which then run as soon as its loop does.
  ObjectService(Engine& engine, std::filesystem::path directory, boost::asio::any_io_executor executor);
  ~ObjectService();

  /// After Engine::start(). Removes, in the background, what the process before left without a row.
  void start();
  /// Waits for the files being written.
  void stop();

  [[nodiscard]] boost::asio::awaitable<Result<ObjectRecord>> put(PutObject request);
  /// `part` says number and checksum; the rest is found out.
  [[nodiscard]] boost::asio::awaitable<Result<PartRecord>> put_part(UploadRecord upload, PartRecord part, std::string bytes);
  /// A new object with the content of `source`, which must have been read from a record of now. `target` says the rest.
  [[nodiscard]] boost::asio::awaitable<Result<ObjectRecord>> copy(std::vector<ContentFile> source, NewObject target);
  /// Bytes of an open object, read away from the I/O thread.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> read(std::shared_ptr<objects::ContentReader> content, std::uint64_t begin,
                                                                 std::uint64_t end);
  /// Errors: NoSuchBucket, NoSuchKey.
  [[nodiscard]] Result<OpenObject> open(const Reader& reader, std::string_view bucket, std::string_view key) const;

  [[nodiscard]] const Objects& objects() const { return rules_; }
  /// Before start(): as Objects::on_change().
  void on_change(std::function<void(Transaction&, const ObjectChange&)> listener) { rules_.on_change(std::move(listener)); }
  [[nodiscard]] const objects::ObjectFiles& files() const { return files_; }
  [[nodiscard]] Engine& engine() { return engine_; }
  /// Where calls that come from other threads (task integrations) are carried out.
  [[nodiscard]] boost::asio::any_io_executor executor() const;
  /// Runs `work` on a thread for files.
  void on_file_thread(std::function<void()> work);

 private:
  struct Threads;
  void remove_unless_unknown(const Error& why, const std::vector<ContentFile>& files) const;

  Engine& engine_;
  objects::ObjectFiles files_;
  Objects rules_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace signalbox
