#include "services/functions/zip_archive.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "signalbox/encoding.h"
#include "support/print_result.h"
#include "support/temporary_directory.h"

namespace signalbox::functions {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t plenty = 1'000'000;

/// Made with Python's zipfile: `run.sh` (mode 0755, stored, "#!/bin/sh\n"), `lib/a.txt` (deflated, 300 times "a"), `link` (a link to `lib/a.txt`).
const std::string& sample() {
  static const std::string bytes = *base64_decode(
      "UEsDBBQAAAAAAAAAIVAdnfsECgAAAAoAAAAGAAAAcnVuLnNoIyEvYmluL3NoClBLAwQUAAAACAAAACFQCRmXiQcAAAAsAQAACQAAAGxpYi9hLnR4dEtMHAXEAgBQSwMEFA"
      "AAAAAAAAAhUAY34H4JAAAACQAAAAQAAABsaW5rbGliL2EudHh0UEsBAhQDFAAAAAAAAAAhUB2d+wQKAAAACgAAAAYAAAAAAAAAAAAAAO2BAAAAAHJ1bi5zaFBLAQIUAxQA"
      "AAAIAAAAIVAJGZeJBwAAACwBAAAJAAAAAAAAAAAAAACkgS4AAABsaWIvYS50eHRQSwECFAMUAAAAAAAAACFQBjfgfgkAAAAJAAAABAAAAAAAAAAAAAAA/6FcAAAAbGlua1"
      "BLBQYAAAAAAwADAJ0AAACHAAAAAAA=");
  return bytes;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string refusal(const std::string& archive, std::int64_t bytes_max = plenty) {
  const testing::TemporaryDirectory folder;
  const auto unpacked = unpack_zip(archive, folder.path(), bytes_max);
  REQUIRE_FALSE(unpacked.has_value());
  return unpacked.error().message;
}

std::string renamed(std::string archive, std::string_view from, std::string_view to) {
  REQUIRE(from.size() == to.size());
  for (auto at = archive.find(from); at != std::string::npos; at = archive.find(from, at + 1)) archive.replace(at, to.size(), to);
  return archive;
}

}  // namespace

TEST_CASE("files, permissions to be executed and links come out of a zip archive") {
  const testing::TemporaryDirectory folder;
  REQUIRE(unpack_zip(sample(), folder.path(), plenty));
  const fs::path root = folder.path();
  CHECK(content_of(root / "run.sh") == "#!/bin/sh\n");
  CHECK((fs::status(root / "run.sh").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK(content_of(root / "lib/a.txt") == std::string(300, 'a'));
  CHECK((fs::status(root / "lib/a.txt").permissions() & fs::perms::owner_exec) == fs::perms::none);
  CHECK(fs::read_symlink(root / "link") == "lib/a.txt");
}

TEST_CASE("what is no zip archive, or a damaged one, is refused") {
  CHECK(refusal("") == "Could not unzip uploaded file. Please check your file, then try to upload again. (it has no directory)");
  CHECK(refusal("no zip archive at all, but long enough").find("(it has no directory)") != std::string::npos);
  CHECK(refusal(sample().substr(40)).find("damaged") != std::string::npos);
  std::string damaged = sample();
  damaged[damaged.find("#!/bin/sh")] = '%';
  CHECK(refusal(damaged).find("(a checksum is wrong)") != std::string::npos);
  CHECK(refusal(sample(), 200) == "Unzipped size must be smaller than 200 bytes");
}

TEST_CASE("no name leads outside of the folder") {
  CHECK(refusal(renamed(sample(), "lib/a.txt", "../aa.txt")).find("(a name leads outside of it)") != std::string::npos);
  CHECK(refusal(renamed(sample(), "run.sh", "/un.sh")).find("(a name leads outside of it)") != std::string::npos);
}

}  // namespace signalbox::functions
