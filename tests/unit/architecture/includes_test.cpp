// What a module may include, read from its sources. (That every public header compiles alone is seen by the build: tests/CMakeLists.txt.)

#include "support/source_directory.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path root = signalbox::test::source_directory();

struct Rule {
  std::string forbidden;  ///< a text that must not stand in a line of the file
  std::string instead;    ///< what to do about it, said kindly
};

const std::vector<Rule> purity{
    {"boost/asio", "The core asks for things by returning a Command; whoever carries it out may use Asio."},
    {"boost/beast", "HTTP lives in src/http; the core returns Commands."},
    {"sqlite3.h", "The core's state is the fold of its history; what is stored is the engine's and the store's affair."},
    {"spdlog", "The core does not log: record a fact, or return an error, and let the engine say it."},
    {"signalbox/clock.h", "Time is an argument: use the `now` that step() got."},
    {"system_clock::now", "Time is an argument: use the `now` that step() got."},
    {"steady_clock", "Waiting is the engine's affair: say when, by next_due()."},
    {"std::random_device", "Randomness replays: draw from RandomSource, by the execution's own key."},
    {"random_bytes(", "Randomness replays: draw from RandomSource, by the execution's own key."},
    {"signalbox/store.h\"", "The core stores nothing. (The history codec alone knows StoreFailure, for damage.)"},
    {"signalbox/engine.h", "Dependencies point one way: the engine calls the core."},
    {"signalbox/transaction.h", "Dependencies point one way: the engine calls the core."},
};

/// A module may include its own headers and those of the modules before it.
const std::vector<std::string> order{"base", "json", "expr", "jsonata", "asl", "core", "engine", "services"};

std::vector<fs::path> sources_of(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h") files.push_back(entry.path());
  }
  return files;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("The pure modules see no I/O, clock, randomness or log") {
  REQUIRE(fs::exists(root / "src" / "core"));
  for (const std::string module : {"json", "expr", "jsonata", "asl", "core"}) {
    for (const auto& file : sources_of(root / "src" / module)) {
      for (const auto& line : lines_of(file)) {
        for (const auto& [forbidden, instead] : purity) {
          if (line.find(forbidden) == std::string::npos) continue;
          if (forbidden == "signalbox/store.h\"" && file.filename() == "history_codec.cpp") continue;
          if (forbidden == "steady_clock" && file.filename() == "deadline.h") continue;  // an expression's time limit
          FAIL_CHECK(fs::relative(file, root).string() << " mentions " << forbidden << ". " << instead);
        }
      }
    }
  }
}

TEST_CASE("Modules include only what stands before them") {
  REQUIRE(fs::exists(root / "src" / "core"));
  for (std::size_t place = 0; place < order.size(); ++place) {
    for (const auto& file : sources_of(root / "src" / order[place])) {
      for (const auto& line : lines_of(file)) {
        for (std::size_t later = place + 1; later < order.size(); ++later) {
          if (line.starts_with("#include \"" + order[later] + "/")) {
            FAIL_CHECK(fs::relative(file, root).string()
                       << " (" << order[place] << ") has: " << line << ". Dependencies point one way; what " << order[place] << " needs of "
                       << order[later] << " belongs into a header of include/signalbox, or further down.");
          }
        }
      }
    }
  }
}

}  // namespace
