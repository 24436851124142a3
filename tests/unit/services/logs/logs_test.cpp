#include "signalbox/logs.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "store/memory_store.h"
#include "support/print_result.h"
#include "support/test_transaction.h"

namespace signalbox::logs {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> messages(const std::vector<StoredEvent>& events) {
  std::vector<std::string> out;
  for (const auto& event : events) out.push_back(event.message);
  return out;
}

using Texts = std::vector<std::string>;

struct Fixture {
  MemoryStore store;
  ManualClock clock{Timestamp{std::chrono::seconds{1'800'000'000}}};
  testing::TestTransaction transaction{store, clock};
};

}  // namespace

TEST_CASE("events are read in order of time, and of one moment in the order in which they came") {
  Fixture fixture;
  auto& transaction = fixture.transaction;
  const auto now = transaction.now();
  const auto group = create_group(transaction, {.name = "g"});
  REQUIRE(group);
  REQUIRE(append(transaction, "g", "s", {{now, "b1"}, {now, "b2"}, {now - 1s, "a"}}));
  REQUIRE(append(transaction, "g", "s", {{now, "b3"}}));
  const auto stream = find_stream(transaction, *group, "s");
  REQUIRE(stream);
  CHECK(messages(read_events(transaction, *group, *stream, {}, now)) == Texts{"a", "b1", "b2", "b3"});
  CHECK(messages(read_events(transaction, *group, *stream, {.limit = 2, .newest_first = true}, now)) == Texts{"b3", "b2"});
  CHECK(messages(read_events(transaction, *group, *stream, {.from = now}, now)) == Texts{"b1", "b2", "b3"});
  CHECK(messages(read_events(transaction, *group, *stream, {.until = now}, now)) == Texts{"a"});
  const Position first{now.time_since_epoch().count(), 1};
  CHECK(messages(read_events(transaction, *group, *stream, {.after = first}, now)) == Texts{"b2", "b3"});
  CHECK(messages(read_events(transaction, *group, *stream, {.before = first}, now)) == Texts{"a"});
  CHECK(stream->first_event_at == now - 1s);
  CHECK(stream->last_event_at == now);
}

TEST_CASE("what outlived its retention is not shown, and is removed") {
  Fixture fixture;
  auto& transaction = fixture.transaction;
  const auto now = transaction.now();
  auto group = create_group(transaction, {.name = "g", .retention_days = 1});
  REQUIRE(group);
  REQUIRE(append(transaction, "g", "mixed", {{now - 25h, "old"}, {now - 1h, "young"}}));
  REQUIRE(append(transaction, "g", "gone", {{now - 48h, "older"}}));
  const auto mixed = find_stream(transaction, *group, "mixed");
  CHECK(mixed->stored_bytes == 3 + 26 + 5 + 26);
  CHECK(messages(read_events(transaction, *group, *mixed, {}, now)) == Texts{"young"});
  CHECK(needs_expiry(transaction, now));
  while (expire(transaction, 1)) {
  }
  (void)expire(transaction, 100);
  CHECK_FALSE(needs_expiry(transaction, now));
  CHECK_FALSE(find_stream(transaction, *group, "gone"));
  CHECK(find_stream(transaction, *group, "mixed")->stored_bytes == 5 + 26);
  group->retention_days.reset();
  REQUIRE(update_group(transaction, *group));
  CHECK(messages(read_events(transaction, *group, *find_stream(transaction, *group, "mixed"), {}, now)) == Texts{"young"});
}

TEST_CASE("a deleted group leaves nothing behind") {
  Fixture fixture;
  auto& transaction = fixture.transaction;
  const auto group = create_group(transaction, {.name = "g"});
  REQUIRE(append(transaction, "g", "s", {{transaction.now(), "one"}, {transaction.now(), "two"}}));
  REQUIRE(delete_group(transaction, "g"));
  CHECK_FALSE(find_group(transaction, "g"));
  CHECK(needs_expiry(transaction, transaction.now()));
  while (expire(transaction, 1)) {
  }
  (void)expire(transaction, 100);
  std::size_t rows = 0;
  for (const auto* table : {&groups_table, &streams_table, &events_table, &garbage_table}) {
    transaction.scan(KeyRange{.prefix = Key(*table)}, [&](const Key&, std::string_view) { return ++rows, true; });
  }
  CHECK(rows == 0);
}

TEST_CASE("errors have the API's names") {
  Fixture fixture;
  auto& transaction = fixture.transaction;
  REQUIRE(create_group(transaction, {.name = "g"}));
  CHECK(create_group(transaction, {.name = "g"}).error().where == "ResourceAlreadyExistsException");
  CHECK(create_group(transaction, {.name = "a b"}).error().where == "InvalidParameterException");
  CHECK(append(transaction, "none", "s", {}).error().where == "ResourceNotFoundException");
  CHECK(delete_stream(transaction, "g", "none").error().message == "The specified log stream does not exist.");
}

}  // namespace signalbox::logs
