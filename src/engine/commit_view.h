#pragma once
/// What the engine reads while another thread commits a batch.

#include "signalbox/store.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/overlay.h"

namespace signalbox {

/// The store; and while a batch is on its way into it, that batch laid over what a connection of the engine's own reads. Whether the connection
/// sees the batch already or not makes no difference. Records of tables that seldom change are kept once read.
class CommitView final : public Reader {
 public:
  explicit CommitView(Store& store) : store_(store) {}

  [[nodiscard]] std::optional<std::string> get(const Key& key) const override;
  void scan(const KeyRange& range, const std::function<bool(const Key& key, std::string_view record)>& visit) const override {
    now().scan(range, visit);
  }

  /// Whether there is the connection, which is made when it is first asked for.
  [[nodiscard]] bool is_ready();
  /// From here on nothing is read from the store itself, so that another thread may write the batch, which stays where it is until end().
  /// Precondition: is_ready().
  const WriteBatch& begin(WriteBatch batch);
  /// The batch has been written, or has failed.
  [[nodiscard]] WriteBatch end();
  /// A commit of the batch without begin() and end() has been tried.
  void changed(const WriteBatch& batch);

 private:
  [[nodiscard]] const Reader& now() const;

  Store& store_;
  std::unique_ptr<Reader> beside_;
  std::optional<Overlay> under_way_;
  mutable std::map<const Table*, std::map<std::string, std::string>> kept_;  ///< records by encoded key
};

}  // namespace signalbox
