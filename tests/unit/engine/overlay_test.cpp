#include "engine/overlay.h"

#include <catch2/catch.hpp>

#include <random>

#include "store/memory_store.h"
#include "support/test_transaction.h"

using namespace signalbox;

namespace {

constexpr Table numbers{"numbers", {KeyPart::Integer, KeyPart::Integer}};

std::vector<std::pair<std::string, std::string>> scanned(const Reader& reader, const KeyRange& range, std::size_t limit) {
  std::vector<std::pair<std::string, std::string>> found;
  if (limit == 0) return found;
  reader.scan(range, [&](const Key& key, std::string_view record) {
    found.emplace_back(key.bytes(), record);
    return found.size() < limit;
  });
  return found;
}

}  // namespace

TEST_CASE("an overlay reads as if its writes had been committed") {
  std::mt19937 random(7);
  const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
  for (int round = 0; round < 300; ++round) {
    MemoryStore store, expected;
    Overlay overlay(store);
    for (int write = 0; write < 60; ++write) {
      const Key key(numbers, below(3), below(12));
      WriteBatch batch;
      const bool erased = below(3) == 0;
      const std::string record = std::to_string(write);
      if (erased) batch.erase(key);
      else batch.put(key, record);
      REQUIRE(expected.commit(batch));
      if (write < 20) {
        REQUIRE(store.commit(batch));
        continue;
      }
      if (erased) overlay.erase(key);
      else overlay.put(key, record);
      if (write == 40) overlay.keep_operation();
    }
    for (int first = 0; first < 3; ++first) {
      for (bool reverse : {false, true}) {
        KeyRange range{.prefix = Key(numbers, first), .after = std::nullopt, .reverse = reverse};
        if (below(2)) range.after = Key(numbers, first, below(12));
        const auto limit = static_cast<std::size_t>(below(14));
        CHECK(scanned(overlay, range, limit) == scanned(expected, range, limit));
      }
      for (int second = 0; second < 12; ++second)
        CHECK(overlay.get(Key(numbers, first, second)) == expected.get(Key(numbers, first, second)));
    }
    const KeyRange everything{.prefix = Key(numbers)};
    CHECK(scanned(overlay, everything, 1'000) == scanned(expected, everything, 1'000));
    overlay.keep_operation();
    REQUIRE(store.commit(overlay.batch()));
    CHECK(scanned(store, everything, 1'000) == scanned(expected, everything, 1'000));
  }
}

TEST_CASE("a dropped operation leaves nothing behind") {
  MemoryStore store;
  Overlay overlay(store);
  overlay.put(Key(numbers, 1, 1), "kept");
  overlay.keep_operation();
  overlay.put(Key(numbers, 1, 1), "dropped");
  overlay.erase(Key(numbers, 1, 1));
  overlay.put(Key(numbers, 1, 2), "dropped");
  overlay.drop_operation();
  CHECK(overlay.get(Key(numbers, 1, 1)) == "kept");
  CHECK(overlay.get(Key(numbers, 1, 2)) == std::nullopt);
}

TEST_CASE("what follows a savepoint is dropped alone, or kept") {
  std::mt19937 random(11);
  const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
  const KeyRange everything{.prefix = Key(numbers)};
  for (int round = 0; round < 200; ++round) {
    MemoryStore store;
    Overlay overlay(store);
    std::vector<std::vector<std::pair<std::string, std::string>>> seen;  // when each open savepoint was opened
    for (int i = 0; i < 60; ++i) {
      const Key key(numbers, below(2), below(6));
      switch (below(6)) {
        case 0:
          seen.push_back(scanned(overlay, everything, 1'000));
          overlay.open_savepoint();
          break;
        case 1:
          if (seen.empty()) break;
          overlay.drop_savepoint();
          CHECK(scanned(overlay, everything, 1'000) == seen.back());
          seen.pop_back();
          break;
        case 2: {
          if (seen.empty()) break;
          const auto before = scanned(overlay, everything, 1'000);
          overlay.keep_savepoint();
          CHECK(scanned(overlay, everything, 1'000) == before);
          seen.pop_back();
          break;
        }
        case 3: overlay.erase(key); break;
        default: overlay.put(key, std::to_string(i)); break;
      }
    }
    overlay.drop_operation();
    CHECK(scanned(overlay, everything, 1'000).empty());
  }
}

TEST_CASE("a row number is never given twice, whatever is dropped or restarted") {
  MemoryStore store;
  const ManualClock clock{Timestamp{}};
  std::int64_t last = 0;
  for (int start = 0; start < 5; ++start) {
    testing::TestTransaction transaction(store, clock);
    for (int i = 0; i < 1'500; ++i) {
      const auto row = transaction.next_row(numbers);
      CHECK(row > last);
      if (i % 7 == 3) {
        transaction.drop();
      } else if (i % 7 == 5) {
        REQUIRE(transaction.commit());
        last = row;
      }
    }
    REQUIRE(transaction.commit());
    last = transaction.next_row(numbers) - 1;
  }
}

TEST_CASE("rows are numbered from 1, and without a gap after a graceful stop") {
  MemoryStore store;
  for (std::int64_t expected = 1; expected < 4; ++expected) {
    Overlay overlay(store);
    RowCounters rows;
    CHECK(rows.next(numbers, overlay) == expected);
    overlay.keep_operation();
    REQUIRE(store.commit(overlay.batch()));
    WriteBatch stop;
    rows.write_exact(stop);
    REQUIRE(store.commit(stop));
  }
}
