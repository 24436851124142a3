#pragma once
/// A real SMTP server (python3-aiosmtpd) as a child process, for tests.

#include "support/source_directory.h"

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace signalbox::testing {

/// A key and a certificate for localhost and 127.0.0.1, made once for the test program.
struct TestCertificate {
  std::string key, certificate;

  static const TestCertificate& get() {
    static const TestCertificate made;
    return made;
  }
  ~TestCertificate() { std::filesystem::remove_all(folder_); }

 private:
  TestCertificate() {
    std::string pattern = (std::filesystem::temp_directory_path() / "signalbox-tls-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()));
    folder_ = pattern;
    key = folder_ + "/key.pem";
    certificate = folder_ + "/certificate.pem";
    const auto command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost -keyout " +
        key + " -out " + certificate + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  std::string folder_;
};

class SmtpCatcher {
 public:
  explicit SmtpCatcher(nlohmann::json options = nlohmann::json::object()) {
    if (options.value("tls", "none") != "none") {
      options["certificate"] = TestCertificate::get().certificate;
      options["key"] = TestCertificate::get().key;
    }
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const auto text = options.dump();
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[1], STDOUT_FILENO);
      // It complains there of every handshake that a test lets fail.
      if (const int nowhere = open("/dev/null", O_WRONLY); nowhere >= 0) dup2(nowhere, STDERR_FILENO);
      close(ends[0]);
      close(ends[1]);
      // Debian's own interpreter: python3-aiosmtpd is installed for that one.
      const std::string server = (test::source_directory() / "tests/support/smtp_server.py").string();
      execl("/usr/bin/python3", "python3", server.c_str(), text.c_str(), nullptr);
      _exit(127);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
    port_ = next().at("port");
  }
  ~SmtpCatcher() { stop(); }
  SmtpCatcher(const SmtpCatcher&) = delete;
  SmtpCatcher& operator=(const SmtpCatcher&) = delete;

  void stop() {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = 0;
    if (output_) std::fclose(output_);
    output_ = nullptr;
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& rest = "") const { return "smtp://127.0.0.1:" + std::to_string(port_) + rest; }

  /// The next mail it took; waits for it.
  nlohmann::json next() {
    char* line = nullptr;
    std::size_t size = 0;
    const auto length = getline(&line, &size, output_);
    const std::string text(line ? line : "", length > 0 ? static_cast<std::size_t>(length) : 0);
    std::free(line);
    INFO("the SMTP server ended without a word");
    REQUIRE(length > 0);
    return nlohmann::json::parse(text);
  }

 private:
  pid_t child_ = 0;
  std::FILE* output_ = nullptr;
  int port_ = 0;
};

}  // namespace signalbox::testing
