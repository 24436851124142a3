#include "signalbox/store.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>

using namespace signalbox;

namespace {
constexpr Table texts{"texts", {KeyPart::Text}};
constexpr Table numbers{"numbers", {KeyPart::Integer}};
constexpr Table mixed{"mixed", {KeyPart::Text, KeyPart::Integer, KeyPart::Text}};
}  // namespace

TEST_CASE("numbers sort by value") {
  const std::vector<std::int64_t> ascending = {std::numeric_limits<std::int64_t>::min(), -256, -1, 0, 1, 255, 256, 1'000'000'000'000,
                                               std::numeric_limits<std::int64_t>::max()};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    CHECK(Key(numbers, ascending[i]).integer(0) == ascending[i]);
    if (i > 0) CHECK(Key(numbers, ascending[i - 1]).bytes() < Key(numbers, ascending[i]).bytes());
  }
}

TEST_CASE("texts sort by their bytes, zero bytes included") {
  using namespace std::string_literals;
  const std::vector<std::string> ascending = {""s,    "\0"s,   "\0\0"s, "\0\1"s, "\0a"s, "\1"s,   "a"s,
                                              "a\0"s, "a\0b"s, "a\1"s,  "aa"s,   "b"s,   "\xff"s, "\xff\xff"s};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    CHECK(Key(texts, ascending[i]).text(0) == ascending[i]);
    if (i > 0) CHECK(Key(texts, ascending[i - 1]).bytes() < Key(texts, ascending[i]).bytes());
  }
}

TEST_CASE("a key is read back from its bytes") {
  const Key key(mixed, "a", 7, std::string("b\0c", 3));
  const Key copy = Key::from_bytes(mixed, key.bytes());
  CHECK(copy.parts() == 3);
  CHECK(copy.text(0) == "a");
  CHECK(copy.integer(1) == 7);
  CHECK(copy.text(2) == std::string("b\0c", 3));
  CHECK(key.bytes().starts_with(Key(mixed, "a", 7).bytes()));
  CHECK_FALSE(key.bytes().starts_with(Key(mixed, "a", 8).bytes()));
  CHECK_FALSE(Key(mixed, "ab").bytes().starts_with(Key(mixed, "a").bytes()));
}

TEST_CASE("of two writes of a key the later one wins, merged batches too") {
  WriteBatch older, newer;
  older.put(Key(texts, "a"), "1");
  older.put(Key(texts, "b"), "1");
  newer.put(Key(texts, "b"), "2");
  newer.erase(Key(texts, "c"));
  newer.put(Key(numbers, 1), "n");
  older.merge(std::move(newer));
  const auto& writes = *older.writes(texts);
  REQUIRE(writes.size() == 3);
  CHECK(writes.at(Key(texts, "a").bytes()) == "1");
  CHECK(writes.at(Key(texts, "b").bytes()) == "2");
  CHECK(writes.at(Key(texts, "c").bytes()) == std::nullopt);
  CHECK(older.writes(numbers)->size() == 1);
  CHECK(newer.empty());
}
