#pragma once
/// A Transaction over any store, for tests of services' rules: what an engine would do with their writes, without one.

#include "signalbox/clock.h"
#include "signalbox/encoding.h"
#include "signalbox/event.h"
#include "signalbox/transaction.h"

#include "engine/overlay.h"

#include <utility>
#include <vector>

namespace signalbox::testing {

class TestTransaction final : public Transaction {
 public:
  TestTransaction(Store& store, const Clock& clock) : store_(store), clock_(clock), overlay_(store) {}

  /// Events that the rules delivered; nothing steps them.
  std::vector<std::pair<ExecutionRow, Event>> delivered;

  std::optional<std::string> get(const Key& key) const override { return overlay_.get(key); }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    overlay_.scan(range, visit);
  }
  Timestamp now() const override { return clock_.now(); }
  void put(Key key, std::string record) override { overlay_.put(std::move(key), std::move(record)); }
  void erase(Key key) override { overlay_.erase(std::move(key)); }
  std::int64_t next_row(const Table& table) override { return rows_.next(table, overlay_); }
  void on_commit(std::function<void()> action) override { actions_.push_back(std::move(action)); }
  void deliver(ExecutionRow execution, Event event) override { delivered.emplace_back(execution, std::move(event)); }
  Uuid new_uuid() override { return Uuid{random_uuid()}; }

  /// Commits what was written so far and runs the on_commit actions; the transaction may be used on.
  Result<void> commit() {
    overlay_.keep_operation();
    rows_.operation_kept();
    auto result = store_.commit(overlay_.batch());
    overlay_.clear();
    for (const auto& action : std::exchange(actions_, {})) {
      if (result) action();
    }
    return result;
  }
  /// Drops what was written since the last commit, as for an operation that failed.
  void drop() {
    overlay_.drop_operation();
    rows_.operation_dropped();
    actions_.clear();
    delivered.clear();
  }

 private:
  Store& store_;
  const Clock& clock_;
  Overlay overlay_;
  RowCounters rows_;
  std::vector<std::function<void()>> actions_;
};

}  // namespace signalbox::testing
