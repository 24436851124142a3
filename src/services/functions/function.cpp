#include "services/functions/function.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace signalbox::functions {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t environment_bytes_max = 4096;  // of names and values together [aws quota]

/// Names that Lambda itself sets and refuses from users. [Lambda guide: Reserved environment variables]
constexpr std::array reserved_names{"_HANDLER",
                                    "_X_AMZN_TRACE_ID",
                                    "AWS_DEFAULT_REGION",
                                    "AWS_REGION",
                                    "AWS_EXECUTION_ENV",
                                    "AWS_LAMBDA_FUNCTION_NAME",
                                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                    "AWS_LAMBDA_FUNCTION_VERSION",
                                    "AWS_LAMBDA_INITIALIZATION_TYPE",
                                    "AWS_LAMBDA_LOG_GROUP_NAME",
                                    "AWS_LAMBDA_LOG_STREAM_NAME",
                                    "AWS_ACCESS_KEY",
                                    "AWS_ACCESS_KEY_ID",
                                    "AWS_SECRET_ACCESS_KEY",
                                    "AWS_SESSION_TOKEN",
                                    "AWS_LAMBDA_RUNTIME_API",
                                    "LAMBDA_TASK_ROOT",
                                    "LAMBDA_RUNTIME_DIR"};

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; }

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), is_name_character);
}

Error invalid(std::string where, std::string message) { return error(ErrorCode::InvalidArgument, std::move(message), std::move(where)); }

bool is_variable_name(std::string_view name) {
  if (name.size() < 2 || !std::isalpha(static_cast<unsigned char>(name[0]))) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; });
}

Result<void> check_environment(const std::map<std::string, std::string>& environment) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : environment) {
    if (!is_variable_name(name))
      return invalid(
          "environment",
          fmt::format("'{}' is not a name for an environment variable: at least two letters, digits and _, a letter first", name));
    if (std::find(reserved_names.begin(), reserved_names.end(), name) != reserved_names.end())
      return invalid(
          "environment",
          fmt::format("Lambda was unable to configure your environment variables because the environment variables you have provided "
                      "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}",
                      name));
    if (value.find('\0') != std::string::npos) return invalid("environment", fmt::format("the value of {} holds a NUL character", name));
    bytes += name.size() + value.size();
  }
  if (bytes > environment_bytes_max)
    return invalid("environment", fmt::format("Lambda was unable to configure your environment variables because the environment variables "
                                              "you have provided exceeded the {} bytes limit; they have {}",
                                              environment_bytes_max, bytes));
  return {};
}

/// `X.Y` from `nodejsX.Y` or `pythonX.Y`; nothing if it has another form.
std::optional<std::pair<int, int>> version_after(std::string_view runtime, std::string_view prefix) {
  if (!runtime.starts_with(prefix)) return std::nullopt;
  auto text = runtime.substr(prefix.size());
  int major = 0, minor = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), major);
  if (failure != std::errc{}) return std::nullopt;
  auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.empty() || rest == ".x") return std::pair{major, 0};
  if (rest[0] != '.') return std::nullopt;
  auto [last, second_failure] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), minor);
  if (second_failure != std::errc{} || last != rest.data() + rest.size()) return std::nullopt;
  return std::pair{major, minor};
}

std::vector<Layer> layers_of(const ordered_json& json) {
  std::vector<Layer> layers;
  for (const auto& layer : json) layers.push_back({.arn = layer.at("arn"), .code_hash = layer.at("codeHash"), .bytes = layer.at("bytes")});
  return layers;
}

}  // namespace

std::string pool_name(const FunctionConfig& config) { return config.version.empty() ? config.name : config.name + ":" + config.version; }
std::string shown_version(const FunctionConfig& config) { return config.version.empty() ? "$LATEST" : config.version; }

std::string to_record(const FunctionConfig& config) {
  auto layers = ordered_json::array();
  for (const auto& layer : config.layers) layers.push_back({{"arn", layer.arn}, {"codeHash", layer.code_hash}, {"bytes", layer.bytes}});
  ordered_json json{{"version", 1},
                    {"name", config.name},
                    {"description", config.description},
                    {"runtime", config.runtime},
                    {"handler", config.handler},
                    {"timeoutSeconds", config.timeout_seconds},
                    {"memoryMb", config.memory_mb},
                    {"environment", config.environment},
                    {"codeHash", config.code_hash},
                    {"codeBytes", config.code_bytes},
                    {"role", config.role},
                    {"stack", config.stack},
                    {"layers", std::move(layers)},
                    {"tags", config.tags},
                    {"keyId", config.key.id},
                    {"keySecret", config.key.secret},
                    {"revision", config.revision},
                    {"createdAt", config.created_at.time_since_epoch().count()},
                    {"modifiedAt", config.modified_at.time_since_epoch().count()}};
  if (config.reserved_concurrency) json["reservedConcurrency"] = *config.reserved_concurrency;
  if (!config.code_sha256.empty()) json["codeSha256"] = config.code_sha256;
  if (!config.version.empty()) json["functionVersion"] = config.version;
  if (config.last_version != 0) json["lastVersion"] = config.last_version;
  if (!config.settings.empty()) json["settings"] = config.settings;
  return json.dump();
}

FunctionConfig from_record(std::string_view record) {
  try {
    auto json = ordered_json::parse(record);
    if (json.at("version") != 1) throw StoreFailure("a function's record is of an unknown version");
    auto time = [&](const char* name) { return Timestamp{std::chrono::milliseconds{json.at(name).get<std::int64_t>()}}; };
    FunctionConfig config{.name = json.at("name"),
                          .description = json.at("description"),
                          .runtime = json.at("runtime"),
                          .handler = json.at("handler"),
                          .timeout_seconds = json.at("timeoutSeconds"),
                          .memory_mb = json.at("memoryMb"),
                          .environment = json.at("environment"),
                          .code_hash = json.at("codeHash"),
                          .code_bytes = json.at("codeBytes"),
                          .role = json.at("role"),
                          .stack = json.at("stack"),
                          .reserved_concurrency = std::nullopt,
                          .layers = layers_of(json.at("layers")),
                          .tags = json.at("tags"),
                          .key = {.id = json.at("keyId"), .secret = json.at("keySecret")},
                          .revision = json.at("revision"),
                          .created_at = time("createdAt"),
                          .modified_at = time("modifiedAt")};
    config.code_sha256 = json.value("codeSha256", "");
    config.version = json.value("functionVersion", "");
    config.last_version = json.value("lastVersion", std::int64_t{0});
    config.settings = json.value("settings", std::map<std::string, std::string>{});
    if (json.contains("reservedConcurrency")) config.reserved_concurrency = json["reservedConcurrency"].get<std::int64_t>();
    return config;
  } catch (const nlohmann::json::exception& failure) {
    throw StoreFailure(fmt::format("a function's record cannot be read: {}", failure.what()));
  }
}

Result<void> check(const FunctionConfig& config) {
  if (!is_name(config.name))
    return invalid("name", fmt::format("'{}' is not a function name: 1 to 64 letters, digits, - and _", config.name));
  auto family = runtime_family(config.runtime);
  if (!family) return family.error();
  if (config.handler.size() > 128 || config.handler.find_first_of(" \t\r\n") != std::string::npos)
    return invalid("handler", fmt::format("'{}' is not a handler: at most 128 characters without white space", config.handler));
  if (*family != RuntimeFamily::Provided && config.handler.find('.') == std::string::npos)
    return invalid("handler", fmt::format("'{}' is not a handler of {}: FILE.EXPORT is expected", config.handler, config.runtime));
  if (config.timeout_seconds < 1 || config.timeout_seconds > 900)
    return invalid("timeout", fmt::format("{} is not a timeout: 1 to 900 seconds", config.timeout_seconds));
  if (config.memory_mb < 128 || config.memory_mb > 10240)
    return invalid("memorySize", fmt::format("{} is not a memory size: 128 to 10240 MB", config.memory_mb));
  if (config.description.size() > 256) return invalid("description", "a description has at most 256 characters");
  if (config.reserved_concurrency && *config.reserved_concurrency < 0)
    return invalid("reservedConcurrency", fmt::format("{} is not a number of concurrent calls", *config.reserved_concurrency));
  return check_environment(config.environment);
}

Result<FunctionReference> parse_function_reference(std::string_view text) {
  auto refuse = [&] {
    return invalid("FunctionName",
                   fmt::format("'{}' names no function: a name, a partial ARN (ACCOUNT:function:NAME) or an ARN is expected", text));
  };
  auto rest = text;
  if (rest.starts_with("arn:")) {
    // arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
    auto marker = rest.find(":lambda:");
    auto resource = rest.find(":function:");
    if (marker == std::string_view::npos || resource == std::string_view::npos || resource < marker) return refuse();
    rest.remove_prefix(resource + 10);
  } else if (auto resource = rest.find(":function:"); resource != std::string_view::npos) {
    rest.remove_prefix(resource + 10);
  } else if (rest.starts_with("function:")) {
    rest.remove_prefix(9);
  }
  FunctionReference reference;
  auto colon = rest.find(':');
  reference.name = rest.substr(0, colon);
  if (colon != std::string_view::npos) reference.qualifier = rest.substr(colon + 1);
  auto qualifier_is_good =
      reference.qualifier == "$LATEST" || std::all_of(reference.qualifier.begin(), reference.qualifier.end(), is_name_character);
  if (!is_name(reference.name) || !qualifier_is_good || (colon != std::string_view::npos && reference.qualifier.empty())) return refuse();
  return reference;
}

Result<RuntimeFamily> runtime_family(std::string_view runtime) {
  if (version_after(runtime, "nodejs") &&
      (runtime.ends_with(".x") || runtime == "nodejs4.3" || runtime == "nodejs6.10" || runtime == "nodejs8.10"))
    return RuntimeFamily::Node;
  if (auto version = version_after(runtime, "python"); version && version->first == 3) return RuntimeFamily::Python;
  if (runtime == "provided" || runtime == "provided.al2" || runtime == "provided.al2023") return RuntimeFamily::Provided;
  return error(ErrorCode::NotSupported,
               fmt::format("the runtime '{}' is not offered; those that are: nodejs*.x, python3.*, provided, provided.al2, provided.al2023",
                           runtime),
               "runtime");
}

bool is_retired_runtime(std::string_view runtime) {
  if (auto version = version_after(runtime, "nodejs")) return version->first < 20;
  if (auto version = version_after(runtime, "python")) return *version < std::pair{3, 10};
  return runtime == "provided";
}

}  // namespace signalbox::functions
