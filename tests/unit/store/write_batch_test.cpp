#include "signalbox/store.h"

#include <catch2/catch.hpp>

using namespace signalbox;

namespace {

constexpr Table numbers{"numbers", {KeyPart::Integer}};
constexpr Table names{"names", {KeyPart::Text}};

/// `1=a 2- …` of one table.
std::string text(const WriteBatch& batch, const Table& table) {
  std::string out;
  const auto* writes = batch.writes(table);
  if (!writes) return out;
  for (const auto& [key, record] : *writes) {
    const Key read = Key::from_bytes(table, key);
    out += (out.empty() ? "" : " ") + (table.key[0] == KeyPart::Integer ? std::to_string(read.integer(0)) : read.text(0)) +
           (record ? "=" + *record : "-");
  }
  return out;
}

}  // namespace

TEST_CASE("a later batch's writes win over those it is merged into") {
  WriteBatch batch, later;
  batch.put(Key(numbers, 1), "a");
  batch.put(Key(numbers, 2), "b");
  batch.erase(Key(numbers, 3));
  batch.put(Key(names, "kept"), "k");
  later.erase(Key(numbers, 2));
  later.put(Key(numbers, 3), "c");
  later.put(Key(numbers, 4), "d");
  batch.merge(std::move(later));
  CHECK(text(batch, numbers) == "1=a 2- 3=c 4=d");
  CHECK(text(batch, names) == "kept=k");
  CHECK(later.empty());
}

TEST_CASE("merging into an empty batch, and of an empty one, changes nothing else") {
  WriteBatch batch, later;
  later.put(Key(names, "n"), "1");
  batch.merge(std::move(later));
  batch.merge(WriteBatch());
  CHECK(text(batch, names) == "n=1");
}

TEST_CASE("a merged batch can be filled and merged again") {
  WriteBatch batch, operation;
  for (int i = 0; i < 3; ++i) {
    operation.put(Key(numbers, i), "first");
    operation.put(Key(numbers, i + 1), "second");
    batch.merge(std::move(operation));
    operation.clear();
  }
  CHECK(text(batch, numbers) == "0=first 1=first 2=first 3=second");
}
