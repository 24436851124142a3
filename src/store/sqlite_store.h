#pragma once
/// The data file: DIR/signalbox.db, SQLite in WAL mode with synchronous=FULL. docs/data_file.md describes its tables.

#include "signalbox/store.h"

#include <memory>
#include <string>

namespace signalbox {

struct SqliteOptions {
  std::string directory;
  bool allow_network_file_system = false;
  int cache_kib = 4'096;  ///< page cache of the writing connection
  int reader_cache_kib = 1'024;
};

class SqliteStore final : public Store {
 public:
  /// Takes the directory's lock, makes or opens the file, brings its schema up to date. Errors: those of DataDirectory::open and of
  /// migrate, Internal for a file that cannot be opened.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(SqliteOptions options);
  ~SqliteStore() override;

  [[nodiscard]] std::optional<std::string> get(const Key& key) const override;
  void scan(const KeyRange& range, const std::function<bool(const Key& key, std::string_view record)>& visit) const override;
  [[nodiscard]] Result<void> commit(const WriteBatch& batch) override;
  [[nodiscard]] std::unique_ptr<Reader> reader() override;
  [[nodiscard]] Result<void> backup(const std::string& path) override;

 private:
  struct Implementation;
  explicit SqliteStore(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signalbox
