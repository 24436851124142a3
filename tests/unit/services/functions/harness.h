#pragma once
/// Functions with real processes, for tests: a folder of code, a store in memory, an I/O loop run by the test itself.

#include "services/functions/functions.h"
#include "services/functions/service.h"
#include "signalbox/clock.h"
#include "store/memory_store.h"
#include "support/temporary_directory.h"
#include "support/test_transaction.h"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace signalbox::testing {

class FunctionHarness {
 public:
  using Files = std::map<std::string, std::string>;

  FunctionHarness() : FunctionHarness(functions::FunctionOptions{}) {}
  explicit FunctionHarness(functions::FunctionOptions options) {
    options.data_directory = directory_.path() + "/data";
    options.endpoint_url = "http://127.0.0.1:8083";
    options.public_url = "http://127.0.0.1:8080";
    auto started = service_.start(io_.get_executor(), store_.reader(), clock_, options);
    REQUIRE(started.has_value());
  }
  ~FunctionHarness() {
    service_.stop();
    io_.poll();
  }
  FunctionHarness(const FunctionHarness&) = delete;
  FunctionHarness& operator=(const FunctionHarness&) = delete;

  /// Stores the files as code and makes a function of it.
  void make(const std::string& name, const std::string& runtime, const std::string& handler, const Files& files,
            functions::FunctionConfig config = {}) {
    auto folder = directory_.path() + "/source-" + name;
    std::filesystem::remove_all(folder);
    for (const auto& [path, text] : files) {
      std::filesystem::create_directories(std::filesystem::path(folder + "/" + path).parent_path());
      std::ofstream(folder + "/" + path) << text;
      if (path == "bootstrap") std::filesystem::permissions(folder + "/" + path, std::filesystem::perms::owner_all);
    }
    auto code = service_.code().put_folder(folder);
    REQUIRE(code.has_value());
    config.name = name;
    config.runtime = runtime;
    config.handler = handler;
    config.code_hash = code->hash;
    config.code_bytes = code->bytes;
    TestTransaction transaction(store_, clock_);
    auto made = functions::find_function(transaction, name) ? functions::update_function(transaction, config)
                                                            : functions::create_function(transaction, config);
    INFO((made.has_value() ? "" : made.error().message));
    REQUIRE(made.has_value());
    REQUIRE(transaction.commit().has_value());
  }

  void invoke(const std::string& name, const std::string& payload, std::function<void(FunctionOutcome)> done) {
    service_.invoke({.function = name, .payload = payload, .request_id = random_uuid(), .log_tail = true}, std::move(done));
  }

  FunctionOutcome call(const std::string& name, const std::string& payload = "{}") {
    std::optional<FunctionOutcome> outcome;
    invoke(name, payload, [&](FunctionOutcome found) { outcome = std::move(found); });
    run_until([&] { return outcome.has_value(); });
    return *outcome;
  }

  template <class Condition>
  void run_until(Condition condition, std::chrono::seconds limit = std::chrono::seconds(20)) {
    auto end = std::chrono::steady_clock::now() + limit;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(100));
    }
    REQUIRE(condition());
  }

  /// Lines logged for a function so far.
  std::string log(const std::string& name) {
    std::string text;
    for (const auto& line : service_.logs().read(name, 0, 10'000).lines) text += line.text + "\n";
    return text;
  }

  functions::FunctionService& service() { return service_; }
  const std::string& directory() const { return directory_.path(); }
  boost::asio::io_context& io() { return io_; }

 private:
  TemporaryDirectory directory_;
  boost::asio::io_context io_;
  SystemClock clock_;
  MemoryStore store_;
  functions::FunctionService service_;
};

inline nlohmann::json parsed(const std::string& text) { return nlohmann::json::parse(text); }

}  // namespace signalbox::testing
