#include "store/memory_store.h"

#include <catch2/catch.hpp>

#include "unit/store/store_contract.h"

using namespace signalbox;

TEST_CASE("the store in memory keeps the contract") {
  MemoryStore store;
  testing::check_store_contract(store);
}

TEST_CASE("the store in memory cannot be backed up") {
  MemoryStore store;
  const auto result = store.backup("/tmp/x");
  REQUIRE(result.has_error());
  CHECK(result.error().code == ErrorCode::NotSupported);
}
