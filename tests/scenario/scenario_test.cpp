// Runs every file of tests/scenario. SIGNALBOX_UPDATE=1 rewrites what they expect; read the diff.

#include "scenario/runner.h"
#include "support/source_directory.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace signalbox::test {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::filesystem::path> scenario_files() {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_directory() / "tests/scenario")) {
    if (entry.path().extension() == ".txt") files.insert(entry.path());
  }
  return files;
}

/// The first line that differs: `line 12: found "…", expected "…"`; empty if none does.
std::string first_difference(const std::string& found, const std::string& expected) {
  std::istringstream left(found), right(expected);
  std::string found_line, expected_line;
  for (int number = 1;; ++number) {
    const bool more_left = static_cast<bool>(std::getline(left, found_line)),
               more_right = static_cast<bool>(std::getline(right, expected_line));
    if (!more_left && !more_right) return "";
    if (!more_left) found_line = "the end";
    if (!more_right) expected_line = "the end";
    if (found_line != expected_line) return "line " + std::to_string(number) + ":\nfound    " + found_line + "\nexpected " + expected_line;
  }
}

TEST_CASE("Every scenario leaves the trace that it claims") {
  const auto files = scenario_files();
  REQUIRE(files.size() >= 40);
  for (const auto& file : files) {
    INFO(file.string());
    const std::string expected = read(file);
    std::string found;
    try {
      found = run_scenario(expected);
    } catch (const std::exception& fault) {
      FAIL_CHECK(fault.what());
      continue;
    }
    if (std::getenv("SIGNALBOX_UPDATE") != nullptr) {
      std::ofstream(file) << found;
    } else {
      CHECK(first_difference(found, expected) == "");
    }
  }
}

}  // namespace
}  // namespace signalbox::test
