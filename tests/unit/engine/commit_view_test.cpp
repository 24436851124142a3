#include "engine/commit_view.h"

#include <catch2/catch.hpp>

#include "store/memory_store.h"

using namespace signalbox;

namespace {

constexpr Table settings{"settings", {KeyPart::Text}, true}, counts{"counts", {KeyPart::Text}};

class CountingStore final : public Store {
 public:
  std::optional<std::string> get(const Key& key) const override {
    ++reads;
    return memory.get(key);
  }
  void scan(const KeyRange& range, const std::function<bool(const Key&, std::string_view)>& visit) const override {
    memory.scan(range, visit);
  }
  Result<void> commit(const WriteBatch& batch) override { return memory.commit(batch); }
  std::unique_ptr<Reader> reader() override { return memory.reader(); }
  Result<void> backup(const std::string& path) override { return memory.backup(path); }

  MemoryStore memory;
  mutable int reads = 0;
};

WriteBatch writing(const Key& key, const std::string& record) {
  WriteBatch batch;
  batch.put(key, record);
  return batch;
}

const Key colour(settings, "colour"), other(settings, "other");

}  // namespace

TEST_CASE("a record of a table that seldom changes is read again after a commit that writes to the table") {
  CountingStore store;
  CommitView view(store);
  const auto commit = [&](const WriteBatch& batch) {
    REQUIRE(store.commit(batch));
    view.changed(batch);
  };
  commit(writing(colour, "red"));
  for (int i = 0; i < 3; ++i) CHECK(view.get(colour) == "red");
  CHECK(store.reads == 1);

  commit(writing(Key(counts, "n"), "1"));
  CHECK(view.get(colour) == "red");
  CHECK(store.reads == 1);
  for (int i = 0; i < 3; ++i) CHECK(view.get(Key(counts, "n")) == "1");
  CHECK(store.reads == 4);

  commit(writing(colour, "green"));
  CHECK(view.get(colour) == "green");
  WriteBatch erasing;
  erasing.erase(colour);
  commit(erasing);
  CHECK(!view.get(colour));
  commit(writing(colour, "blue"));  // a record that was missing may come
  CHECK(view.get(colour) == "blue");
}

TEST_CASE("what a commit beside writes is seen while it is made, and no longer if it fails") {
  CountingStore store;
  CommitView view(store);
  REQUIRE(store.commit(writing(colour, "red")));
  CHECK(view.get(colour) == "red");
  REQUIRE(view.is_ready());

  for (const bool succeeds : {false, true}) {
    const WriteBatch& batch = view.begin(writing(colour, "green"));
    CHECK(view.get(colour) == "green");
    CHECK(!view.get(other));
    if (succeeds) REQUIRE(store.commit(batch));
    CHECK(view.get(colour) == "green");
    (void)view.end();
    CHECK(view.get(colour) == (succeeds ? "green" : "red"));
  }
}

TEST_CASE("a view does not keep records without end") {
  CountingStore store;
  CommitView view(store);
  WriteBatch batch;
  for (int i = 0; i < 5'000; ++i) batch.put(Key(settings, std::to_string(i)), std::to_string(i * i));
  REQUIRE(store.commit(batch));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5'000; ++i) REQUIRE(view.get(Key(settings, std::to_string(i))) == std::to_string(i * i));
  }
  CHECK(store.reads == 10'000);
}
