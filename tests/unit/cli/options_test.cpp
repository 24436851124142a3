#include "cli/options.h"

#include <catch2/catch.hpp>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>

#include "cli/table.h"

using namespace signalbox;
using namespace std::chrono_literals;

TEST_CASE("durations have a unit") {
  CHECK(*cli::parse_duration("90d") == 90 * 24h);
  CHECK(*cli::parse_duration("12h") == 12h);
  CHECK(*cli::parse_duration("30min") == 30min);
  CHECK(*cli::parse_duration("45s") == 45s);
  for (const char* wrong : {"", "90", "d", "-1d", "1w", "1.5h"}) {
    const auto parsed = cli::parse_duration(wrong);
    REQUIRE(parsed.has_error());
    CHECK_THAT(parsed.error().message, Catch::Contains(std::string("'") + wrong + "'"));
  }
}

TEST_CASE("options are completed and checked") {
  cli::ServeOptions options;
  options.public_url = "https://flows.example.com/approvals/";
  REQUIRE(cli::complete(options).has_value());
  CHECK(*options.public_url == "https://flows.example.com/approvals");
  options.public_url = "flows.example.com";
  CHECK(cli::complete(options).error().where == "--public-url");
  options.public_url.reset();
  options.account = "12";
  CHECK(cli::complete(options).error().where == "--account");
}

TEST_CASE("a file gives what neither the command line nor a variable has given") {
  const std::string path = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") + "/signalbox-config-test.toml";
  std::ofstream(path) << "data = \"/from/file\"\nregion = \"eu-west-1\"\naccount = \"111111111111\"\nparameter = [\"A=1\", "
                         "\"B=2\"]\ninsecure = true\nfunction-workers = 7\n";
  ::setenv("SIGNALBOX_ACCOUNT", "222222222222", 1);
  cli::ServeOptions options;
  CLI::App command;
  cli::add_serve_options(command, options);
  command.parse("--data /from/line");
  ::unsetenv("SIGNALBOX_ACCOUNT");
  REQUIRE(cli::read_config_file(command, path).has_value());
  CHECK(options.data == "/from/line");
  CHECK(options.account == "222222222222");
  CHECK(options.region == "eu-west-1");
  CHECK(options.parameters == std::vector<std::string>{"A=1", "B=2"});
  CHECK(options.insecure);
  CHECK(options.function_workers == 7);

  for (const auto& [text, word] : {std::pair{"nonsense = 1\n", "'nonsense'"},
                                   {"verification = \"maybe\"\n", "maybe"},
                                   {"[section]\ndata = \"x\"\n", "section.data"}}) {
    CAPTURE(text);
    std::ofstream(path) << text;
    cli::ServeOptions fresh;
    CLI::App again;
    cli::add_serve_options(again, fresh);
    again.parse("");
    const auto read = cli::read_config_file(again, path);
    REQUIRE(read.has_error());
    CHECK_THAT(read.error().message, Catch::Contains(word));
  }
  std::remove(path.c_str());
  CHECK_THAT(cli::read_config_file(command, path).error().message, Catch::Contains(path));
}

TEST_CASE("a secret can stand in a file") {
  const std::string path = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") + "/signalbox-secret-test";
  std::ofstream(path) << "AKID:secret\r\nsecond line\n";
  ::setenv("SIGNALBOX_API_KEY_FILE", path.c_str(), 1);
  cli::ServeOptions options;
  REQUIRE(cli::complete(options).has_value());
  CHECK(options.api_key == "AKID:secret");
  options.api_key = "given";
  REQUIRE(cli::complete(options).has_value());
  CHECK(options.api_key == "given");
  ::setenv("SIGNALBOX_API_KEY_FILE", "/does/not/exist", 1);
  options.api_key.reset();
  CHECK_THAT(cli::complete(options).error().message, Catch::Contains("/does/not/exist"));
  ::unsetenv("SIGNALBOX_API_KEY_FILE");
  std::remove(path.c_str());
}

TEST_CASE("tables align by characters, not bytes") {
  const Json rows = json_array({json_object({{"a", "é"}, {"b", 1}}), json_object({{"a", "long"}})});
  CHECK(cli::table({{"A", "a"}, {"B", "b"}}, rows) == "A     B\né     1\nlong  -\n");
  CHECK(cli::table({{"A", "a"}}, Json::empty_array()) == "none\n");
}
