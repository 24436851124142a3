#include <catch2/catch.hpp>

#include "services/objects/checksums.h"
#include "signalbox/objects.h"
#include "store/memory_store.h"
#include "support/test_transaction.h"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

struct Fixture {
  MemoryStore store;
  ManualClock clock{Timestamp{std::chrono::seconds(1'800'000'000)}};
  TestTransaction transaction{store, clock};
  std::vector<std::string> removed;
  Objects objects{[this](std::vector<ContentFile> files) {
    for (const auto& file : files) removed.push_back(file.name);
  }};

  Fixture() { REQUIRE(objects.create_bucket(transaction, "bucket").has_value()); }
  Result<ObjectRecord> put(const std::string& key, const std::string& file = "f", WriteCondition condition = {}) {
    return objects.put(transaction, {.bucket = "bucket",
                                     .key = key,
                                     .files = {{file, 3}},
                                     .bytes = 3,
                                     .etag = "e" + file,
                                     .attributes = {},
                                     .checksum = {},
                                     .condition = condition});
  }
  std::string list(ListObjects request) {
    request.bucket = "bucket";
    std::string text;
    for (;;) {
      const auto page = list_objects(transaction, request).value();
      for (const auto& object : page.objects) text += object.key + " ";
      for (const auto& prefix : page.common_prefixes) text += "<" + prefix + "> ";
      if (!page.truncated) return text;
      text += "| ";
      request.after = page.last;
    }
  }
};

}  // namespace

TEST_CASE("listing by prefix and delimiter, page by page") {
  Fixture f;
  for (const char* key : {"a", "b/", "b/1", "b/2", "b0", "c/x/1", "c/y/2", "d"}) REQUIRE(f.put(key).has_value());
  CHECK(f.list({.bucket = "bucket"}) == "a b/ b/1 b/2 b0 c/x/1 c/y/2 d ");
  CHECK(f.list({.bucket = "bucket", .prefix = "b/"}) == "b/ b/1 b/2 ");
  CHECK(f.list({.bucket = "bucket", .delimiter = "/"}) == "a b0 d <b/> <c/> ");
  CHECK(f.list({.bucket = "bucket", .delimiter = "/", .limit = 2}) == "a <b/> | b0 <c/> | d ");
  CHECK(f.list({.bucket = "bucket", .prefix = "c/", .delimiter = "/", .limit = 1}) == "<c/x/> | <c/y/> ");
  CHECK(f.list({.bucket = "bucket", .after = "b/1"}) == "b/2 b0 c/x/1 c/y/2 d ");
  CHECK(f.list({.bucket = "bucket", .prefix = "b/", .delimiter = "/", .limit = 1}) == "b/ | b/1 | b/2 ");
  CHECK(f.list({.bucket = "bucket", .limit = 3}) == "a b/ b/1 | b/2 b0 c/x/1 | c/y/2 d ");
}

TEST_CASE("what is replaced or removed is garbage after the commit, not before") {
  Fixture f;
  REQUIRE(f.put("k", "one").has_value());
  REQUIRE(f.put("k", "two").has_value());
  CHECK(f.removed.empty());
  REQUIRE(f.transaction.commit().has_value());
  CHECK(f.removed == std::vector<std::string>{"one"});
  REQUIRE(f.objects.remove(f.transaction, "bucket", "k").has_value());
  f.transaction.drop();
  CHECK(f.removed.size() == 1);
  CHECK(find_object(f.transaction, "bucket", "k").value().files.front().name == "two");
}

TEST_CASE("conditional writes") {
  Fixture f;
  CHECK(f.put("k", "one", {.if_match = "x"}).error().where == "NoSuchKey");
  REQUIRE(f.put("k", "one", {.if_none_match = true}).has_value());
  CHECK(f.put("k", "two", {.if_none_match = true}).error().where == "PreconditionFailed");
  CHECK(f.put("k", "two", {.if_match = "other"}).error().where == "PreconditionFailed");
  CHECK(f.put("k", "two", {.if_match = "eone"}).has_value());
}

// The check values of the catalogue of parametrised CRC algorithms.
TEST_CASE("checksums") {
  using objects::checksum_of;
  CHECK(checksum_of("CRC32", "123456789") == "y/Q5Jg==");
  CHECK(checksum_of("CRC32C", "123456789") == "4waSgw==");
  CHECK(checksum_of("CRC64NVME", "123456789") == "rosUhgp5mIg=");
  CHECK(checksum_of("SHA1", "abc") == "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
}

TEST_CASE("the checksum of a whole object follows from those of its parts") {
  for (const char* algorithm : {"CRC32", "CRC32C", "CRC64NVME"}) {
    UploadRecord upload;
    upload.checksum_algorithm = algorithm;
    upload.full_object_checksum = true;
    std::vector<PartRecord> parts;
    std::string whole;
    for (const auto& text : std::vector<std::string>{"the first part, ", "", "another", std::string(1000, 'x')}) {
      PartRecord part;
      part.file.bytes = static_cast<std::int64_t>(text.size());
      part.checksum = Checksum{algorithm, objects::checksum_of(algorithm, text), false};
      parts.push_back(part);
      whole += text;
    }
    CHECK(objects::checksum_of_parts(upload, parts)->value == objects::checksum_of(algorithm, whole));
  }
}
