#pragma once
/// The data file's twin in memory: same order, same promises, durable as long as the object lives.

#include "signalbox/store.h"

#include <map>
#include <mutex>
#include <string>

namespace signalbox {

class MemoryStore final : public Store {
 public:
  [[nodiscard]] std::optional<std::string> get(const Key& key) const override;
  void scan(const KeyRange& range, const std::function<bool(const Key& key, std::string_view record)>& visit) const override;
  [[nodiscard]] Result<void> commit(const WriteBatch& batch) override;
  [[nodiscard]] std::unique_ptr<Reader> reader() override;
  [[nodiscard]] Result<void> backup(const std::string& path) override;

 private:
  using Records = std::map<std::string, std::string>;

  // Recursive: a scan's visitor may read on.
  mutable std::recursive_mutex mutex_;
  std::map<const Table*, Records> tables_;
};

}  // namespace signalbox
