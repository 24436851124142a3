#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace signalbox::cli {

void add_serve_options(CLI::App& command, ServeOptions& o) {
  command.add_option("--config", o.config, "TOML file with any of these options, by their long names")->envname("SIGNALBOX_CONFIG");
  command.add_option("--data", o.data, "Directory of the data file, function code and logs; made if missing")
      ->envname("SIGNALBOX_DATA")
      ->capture_default_str();
  command.add_option("--stacks", o.stacks, "Folder of stacks to serve: each folder a template, or bare NAME.asl.json files")
      ->envname("SIGNALBOX_STACKS");
  command.add_option("--parameter", o.parameters, "Template parameter, as STACK.NAME=VALUE or NAME=VALUE for all stacks; repeatable")
      ->envname("SIGNALBOX_PARAMETER");
  command.add_option("--listen", o.listen, "Admin listener: REST, AWS API, health, metrics")
      ->envname("SIGNALBOX_LISTEN")
      ->capture_default_str();
  command.add_option("--public-listen", o.public_listen, "Public listener: verification links, subscription links, routes")
      ->envname("SIGNALBOX_PUBLIC_LISTEN")
      ->capture_default_str();
  command
      .add_option("--public-url", o.public_url, "How the world reaches the public listener; may carry a path prefix. Default: its address")
      ->envname("SIGNALBOX_PUBLIC_URL");
  command
      .add_option("--verification", o.verification,
                  "resume: opening a link decides; confirm: a page asks first, so mail scanners cannot decide")
      ->check(CLI::IsMember({"resume", "confirm"}))
      ->envname("SIGNALBOX_VERIFICATION")
      ->capture_default_str();
  command
      .add_option("--smtp", o.smtp,
                  "Mail server, smtp[s]://[user:password@]host[:port]; without it mail stays in the outbox (signalbox mail)")
      ->envname("SIGNALBOX_SMTP");
  command.add_option("--mail-from", o.mail_from, "Sender of mail")->envname("SIGNALBOX_MAIL_FROM")->capture_default_str();
  command.add_option("--region", o.region, "Region in ARNs; written into the data file when it is made")
      ->envname("SIGNALBOX_REGION")
      ->capture_default_str();
  command.add_option("--account", o.account, "Account in ARNs, 12 digits; written into the data file when it is made")
      ->envname("SIGNALBOX_ACCOUNT")
      ->capture_default_str();
  command.add_option("--retention", o.retention, "How long closed executions are kept, such as 90d or 12h; in whole hours, rounded up")
      ->envname("SIGNALBOX_RETENTION")
      ->capture_default_str();
  command.add_option("--outbox-retention", o.outbox_retention, "How long mail is kept in the outbox")
      ->envname("SIGNALBOX_OUTBOX_RETENTION")
      ->capture_default_str();
  command.add_option("--log-retention", o.log_retention, "How long function logs are kept")
      ->envname("SIGNALBOX_LOG_RETENTION")
      ->capture_default_str();
  command.add_option("--log-format", o.log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->envname("SIGNALBOX_LOG_FORMAT")
      ->capture_default_str();
  command.add_option("--log-level", o.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->envname("SIGNALBOX_LOG_LEVEL")
      ->capture_default_str();
  command
      .add_option("--api-key", o.api_key, "An API key to accept, ID:SECRET; better given by SIGNALBOX_API_KEY or SIGNALBOX_API_KEY_FILE")
      ->envname("SIGNALBOX_API_KEY");
  command.add_flag("--make-api-key", o.make_api_key, "Make an API key at first start, print it once, keep it in DIR/api-key")
      ->envname("SIGNALBOX_MAKE_API_KEY");
  command.add_flag("--insecure", o.insecure, "Listen beyond loopback without an API key")->envname("SIGNALBOX_INSECURE");
  command
      .add_option("--iam", o.iam,
                  "off: roles' policies are kept only; warn: what functions, assumed roles and state machines do beyond their roles' "
                  "policies is logged; enforce: it is "
                  "denied, as AWS does")
      ->check(CLI::IsMember({"off", "warn", "enforce"}))
      ->envname("SIGNALBOX_IAM")
      ->capture_default_str();
  command.add_option("--trusted-proxy", o.trusted_proxies, "Address or CIDR range whose X-Forwarded-For is believed; repeatable")
      ->envname("SIGNALBOX_TRUSTED_PROXY");
  command.add_option("--node-layer", o.node_layer, "Folder whose node_modules Node functions find, as they find the SDK on AWS")
      ->envname("SIGNALBOX_NODE_LAYER");
  command.add_option("--function-workers", o.function_workers, "Function processes at most, over all functions")
      ->check(CLI::Range(1, 1000))
      ->envname("SIGNALBOX_FUNCTION_WORKERS")
      ->capture_default_str();
  command
      .add_flag("--allow-unsupported", o.allow_unsupported, "Accept definitions that use services which are not here; such tasks then fail")
      ->envname("SIGNALBOX_ALLOW_UNSUPPORTED");
  command
      .add_option(
          "--mock-config", o.mock_config,
          "Mock configuration file of Step Functions Local: answers for the states of executions started with STATE-MACHINE-ARN#TESTCASE")
      ->envname("SIGNALBOX_MOCK_CONFIG");
}

namespace {

/// NAME_FILE holds the path of a file whose first line is the secret. The plain form wins.
Result<void> read_secret_file(std::optional<std::string>& secret, const char* variable) {
  const char* path = std::getenv(variable);
  if (secret || !path || !*path) return {};
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return error(ErrorCode::InvalidArgument, std::string("cannot read the file '") + path + "'", variable);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  secret = line;
  return {};
}

Result<void> check_account(const std::string& account) {
  const bool digits = account.size() == 12 && account.find_first_not_of("0123456789") == std::string::npos;
  if (digits) return {};
  return error(ErrorCode::InvalidArgument, "an account is 12 digits, not '" + account + "'", "--account");
}

/// What the command line or a variable has given stays as it is. CLI11 reads files for the program as a whole only, not for a subcommand.
void take_over(CLI::App& command, const CLI::ConfigItem& item) {
  if (item.name == "++" || item.name == "--") return;  // CLI11's marks around a section
  auto* option = item.parents.empty() ? command.get_option_no_throw("--" + item.name) : nullptr;
  if (!option) throw CLI::ConfigError("there is no option '" + item.fullname() + "'");
  if (!option->empty()) return;
  option->add_result(item.inputs);
  option->run_callback();
}

}  // namespace

Result<void> read_config_file(CLI::App& command, const std::string& path) {
  std::ifstream file(path);
  if (!file) return error(ErrorCode::InvalidArgument, "cannot read the file '" + path + "'", "--config");
  try {
    for (const auto& item : CLI::ConfigTOML().from_config(file)) take_over(command, item);
    return {};
  } catch (const CLI::Error& wrong) {
    return error(ErrorCode::InvalidArgument, path + ": " + wrong.what(), "--config");
  }
}

Result<void> complete(ServeOptions& options) {
  if (auto read = read_secret_file(options.api_key, "SIGNALBOX_API_KEY_FILE"); !read) return read;
  if (auto read = read_secret_file(options.smtp, "SIGNALBOX_SMTP_FILE"); !read) return read;
  // The name by which Step Functions Local knows it.
  if (const char* mocks = std::getenv("SFN_MOCK_CONFIG"); !options.mock_config && mocks && *mocks) options.mock_config = mocks;
  if (auto checked = check_account(options.account); !checked) return checked;
  for (const auto& [text, name] : {std::pair{&options.retention, "--retention"},
                                   {&options.outbox_retention, "--outbox-retention"},
                                   {&options.log_retention, "--log-retention"}}) {
    if (auto duration = parse_duration(*text); !duration) return error(duration.error().code, duration.error().message, name);
  }
  while (options.public_url && options.public_url->ends_with('/')) options.public_url->pop_back();
  if (options.public_url && !options.public_url->starts_with("http://") && !options.public_url->starts_with("https://")) {
    return error(ErrorCode::InvalidArgument, "a public URL begins with http:// or https://, not '" + *options.public_url + "'",
                 "--public-url");
  }
  return {};
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (fault == std::errc{} && count >= 0 && count < 1'000'000'000) {
    using namespace std::chrono;
    if (unit == "s") return seconds{count};
    if (unit == "min" || unit == "m") return seconds{minutes{count}};
    if (unit == "h") return seconds{hours{count}};
    if (unit == "d") return seconds{days{count}};
  }
  return error(ErrorCode::InvalidArgument, "'" + std::string(text) + "' is no duration; write 90d, 12h, 30min or 45s");
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address.starts_with("localhost:") || address.starts_with("[::1]:");
}

}  // namespace signalbox::cli
