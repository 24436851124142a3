#pragma once
/// What `signalbox serve` can be told: on the command line, by SIGNALBOX_* variables, in a TOML file; in that order of precedence.

#include "rest/verification.h"
#include "signalbox/ids.h"
#include "signalbox/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace signalbox::cli {

struct ServeOptions {
  std::optional<std::string> config;  ///< a TOML file with any of the others
  std::string data = "signalbox-data";
  std::optional<std::string> stacks;
  std::vector<std::string> parameters;  ///< `STACK.NAME=VALUE` or `NAME=VALUE`: template parameters
  std::string listen = "127.0.0.1:8083";
  std::string public_listen = "127.0.0.1:8080";
  std::optional<std::string> public_url;  ///< default: http:// and the public listener's address
  std::string verification = "resume";
  std::optional<std::string> smtp;  ///< smtp[s]://[user:password@]host[:port]
  std::string mail_from = "signalbox@localhost";
  std::string region = "us-east-1";
  std::string account = "000000000000";
  std::string retention = "90d";  ///< of closed executions
  std::string outbox_retention = "30d";
  std::string log_retention = "30d";
  std::string log_format = "text";
  std::string log_level = "info";
  std::optional<std::string> api_key;  ///< `ID:SECRET`, or a secret alone
  bool make_api_key = false;           ///< make one at first start, print it once, keep it in DIR/api-key
  bool insecure = false;
  std::string iam = "off";  ///< off, warn or enforce: whether calls are checked against roles' policies
  std::vector<std::string> trusted_proxies;
  std::optional<std::string> node_layer;   ///< folder whose node_modules functions find, as the SDK on AWS
  std::size_t function_workers = 16;       ///< processes at most, over all functions
  bool allow_unsupported = false;          ///< accept definitions that use services which are not here
  std::optional<std::string> mock_config;  ///< path of a mock configuration file, as Step Functions Local has it
};

/// Adds the options to a CLI11 command; each says what it is for.
void add_serve_options(CLI::App& command, ServeOptions& options);
/// After parsing: takes what the file says for options that neither the command line nor a variable has given. Errors: InvalidArgument for a file that
/// cannot be read, unknown names and wrong values.
[[nodiscard]] Result<void> read_config_file(CLI::App& command, const std::string& path);
/// Then: secrets from *_FILE variables, values checked. Errors: InvalidArgument naming the option.
[[nodiscard]] Result<void> complete(ServeOptions& options);

/// `90d`, `12h`, `30min`, `45s`. Errors: InvalidArgument.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);
[[nodiscard]] bool is_loopback(std::string_view address);

}  // namespace signalbox::cli
