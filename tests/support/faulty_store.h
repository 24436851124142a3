#pragma once
/// A store that fails when a test says so.

#include "signalbox/store.h"

#include <functional>
#include <memory>

namespace signalbox::testing {

/// Wraps any store. `fails` is asked before each commit; if it says so, nothing is written and the commit answers Unavailable. `committed`
/// is called after each commit that succeeded, before its caller learns of it: a test may throw from there, which is a crash.
class FaultyStore final : public Store {
 public:
  explicit FaultyStore(Store& store) : store_(store) {}

  std::function<bool(const WriteBatch&)> fails;
  std::function<void()> committed;
  std::uint64_t commits = 0;

  std::optional<std::string> get(const Key& key) const override { return store_.get(key); }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    store_.scan(range, visit);
  }
  Result<void> commit(const WriteBatch& batch) override {
    if (fails && fails(batch)) return error(ErrorCode::Unavailable, "database or disk is full");
    auto result = store_.commit(batch);
    if (result) ++commits;
    if (result && committed) committed();
    return result;
  }
  std::unique_ptr<Reader> reader() override { return store_.reader(); }
  Result<void> backup(const std::string& path) override { return store_.backup(path); }

 private:
  Store& store_;
};

}  // namespace signalbox::testing
