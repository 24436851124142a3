#include "unit/store/store_contract.h"

#include <catch2/catch.hpp>

namespace signalbox::testing {

namespace {

using Texts = std::vector<std::string>;

Texts scanned(const Reader& reader, const KeyRange& range, std::size_t limit = 1'000) {
  Texts found;
  reader.scan(range, [&](const Key& key, std::string_view record) {
    std::string text;
    for (std::size_t i = 0; i < key.parts(); ++i) {
      text += (key.table().key[i] == KeyPart::Integer ? std::to_string(key.integer(i)) : key.text(i)) + "/";
    }
    found.push_back(text + std::string(record));
    return found.size() < limit;
  });
  return found;
}

void check_records(Store& store) {
  WriteBatch batch;
  const std::string binary("\0\x01\xff", 3);
  batch.put(Key(contract_texts, "binary"), binary);
  batch.put(Key(contract_texts, "empty"), "");
  batch.put(Key(contract_texts, "json"), R"({"a":"ü"})");
  batch.put(Key(contract_texts, std::string("zero\0byte", 9)), "z");
  REQUIRE(store.commit(batch));
  CHECK(store.get(Key(contract_texts, "binary")) == binary);
  CHECK(store.get(Key(contract_texts, "empty")) == "");
  CHECK(store.get(Key(contract_texts, "json")) == R"({"a":"ü"})");
  CHECK(store.get(Key(contract_texts, std::string("zero\0byte", 9))) == "z");
  CHECK(store.get(Key(contract_texts, "zero")) == std::nullopt);
}

void check_order(Store& store) {
  WriteBatch batch;
  for (int number : {5, -3, 0, 70'000}) batch.put(Key(contract_numbers, number), std::to_string(number));
  REQUIRE(store.commit(batch));
  const Key all(contract_numbers);
  CHECK(scanned(store, {.prefix = all}) == Texts{"-3/-3", "0/0", "5/5", "70000/70000"});
  CHECK(scanned(store, {.prefix = all, .reverse = true}) == Texts{"70000/70000", "5/5", "0/0", "-3/-3"});
  CHECK(scanned(store, {.prefix = all, .after = Key(contract_numbers, 0)}) == Texts{"5/5", "70000/70000"});
  CHECK(scanned(store, {.prefix = all, .after = Key(contract_numbers, 5), .reverse = true}) == Texts{"0/0", "-3/-3"});
  CHECK(scanned(store, {.prefix = all}, 1) == Texts{"-3/-3"});
}

void check_prefixes(Store& store) {
  WriteBatch batch;
  for (const char* name : {"a", "ab", "b"}) {
    for (int number : {1, 2}) {
      for (const char* word : {"x", "y"}) batch.put(Key(contract_mixed, name, number, word), "");
    }
  }
  REQUIRE(store.commit(batch));
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "a")}) == Texts{"a/1/x/", "a/1/y/", "a/2/x/", "a/2/y/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "a", 2)}) == Texts{"a/2/x/", "a/2/y/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "a"), .after = Key(contract_mixed, "a", 1)}) == Texts{"a/2/x/", "a/2/y/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "a"), .after = Key(contract_mixed, "a", 2), .reverse = true}) ==
        Texts{"a/1/y/", "a/1/x/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "a"), .after = Key(contract_mixed, "a", 1, "x")}) ==
        Texts{"a/1/y/", "a/2/x/", "a/2/y/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed), .after = Key(contract_mixed, "ab")}) ==
        Texts{"b/1/x/", "b/1/y/", "b/2/x/", "b/2/y/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "b", 2, "y")}) == Texts{"b/2/y/"});
  CHECK(scanned(store, {.prefix = Key(contract_mixed, "c")}).empty());
}

void check_changes(Store& store) {
  WriteBatch batch;
  batch.put(Key(contract_numbers, 5), "changed");
  batch.erase(Key(contract_numbers, 0));
  batch.erase(Key(contract_numbers, 12'345));
  REQUIRE(store.commit(batch));
  CHECK(store.get(Key(contract_numbers, 5)) == "changed");
  CHECK(store.get(Key(contract_numbers, 0)) == std::nullopt);
}

void check_readers(Store& store) {
  const auto reader = store.reader();
  CHECK(reader->get(Key(contract_numbers, 5)) == "changed");
  WriteBatch batch;
  batch.put(Key(contract_numbers, 5), "again");
  REQUIRE(store.commit(batch));
  CHECK(reader->get(Key(contract_numbers, 5)) == "again");

  Texts nested;  // a visitor may read, and scan the very same range
  reader->scan({.prefix = Key(contract_mixed, "a", 1)}, [&](const Key& outer, std::string_view) {
    reader->scan({.prefix = Key(contract_mixed, "a", 1)}, [&](const Key& inner, std::string_view) {
      nested.push_back(outer.text(2) + inner.text(2) + *reader->get(Key(contract_numbers, 5)));
      return true;
    });
    return true;
  });
  CHECK(nested == Texts{"xxagain", "xyagain", "yxagain", "yyagain"});
}

}  // namespace

void check_store_contract(Store& store) {
  CHECK(store.get(Key(contract_numbers, 1)) == std::nullopt);
  REQUIRE(store.commit(WriteBatch{}));
  check_records(store);
  check_order(store);
  check_prefixes(store);
  check_changes(store);
  check_readers(store);
}

}  // namespace signalbox::testing
