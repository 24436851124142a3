#include "services/functions/sandbox.h"

#include <fmt/format.h>

namespace signalbox::functions {

namespace {

/// Of the system, what programs need to run, to resolve names and to check certificates; nothing that holds secrets.
const std::vector<std::string> system_files{"/usr",
                                            "/lib",
                                            "/lib32",
                                            "/lib64",
                                            "/bin",
                                            "/sbin",
                                            "/opt",
                                            "/proc",
                                            "/sys/fs/cgroup",
                                            "/sys/devices/system/cpu",
                                            "/nix/store",
                                            "/etc/ssl",
                                            "/etc/pki",
                                            "/etc/ca-certificates",
                                            "/etc/ca-certificates.conf",
                                            "/etc/crypto-policies",
                                            "/etc/resolv.conf",
                                            "/etc/hosts",
                                            "/etc/host.conf",
                                            "/etc/gai.conf",
                                            "/etc/nsswitch.conf",
                                            "/etc/passwd",
                                            "/etc/group",
                                            "/etc/localtime",
                                            "/etc/timezone",
                                            "/etc/ld.so.cache",
                                            "/etc/ld.so.conf",
                                            "/etc/ld.so.conf.d",
                                            "/etc/alternatives",
                                            "/etc/services",
                                            "/etc/protocols",
                                            "/etc/mime.types",
                                            "/etc/python3",
                                            "/etc/python3.11",
                                            "/run/systemd/resolve",
                                            "/run/resolvconf",
                                            "/run/NetworkManager/resolv.conf",
                                            "/dev/urandom",
                                            "/dev/random"};
const std::vector<std::string> devices{"/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm"};

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// `folders` of all layers, each followed by a colon: what the last layer has counts first, as if it were laid over the others.
std::string layer_paths(const Surroundings& surroundings, const FunctionConfig& config, const std::vector<std::string>& folders) {
  std::string paths;
  for (auto layer = config.layers.rbegin(); layer != config.layers.rend(); ++layer) {
    for (const auto& folder : folders) paths += surroundings.layout.code() + "/" + layer->code_hash + folder + ":";
  }
  return paths;
}

std::string without_colon(std::string paths) {
  if (!paths.empty()) paths.pop_back();
  return paths;
}

}  // namespace

std::vector<std::string> process_arguments(const Surroundings& surroundings, const Sandbox& sandbox) {
  auto family = runtime_family(sandbox.config.runtime);
  SIGNALBOX_ASSERT(family.has_value());
  switch (*family) {
    case RuntimeFamily::Node: {
      // As on AWS the heap's limit follows the function's memory, so that a leak ends in Node's own words where it can.
      auto heap_mb = std::max<std::int64_t>(64, sandbox.config.memory_mb * 9 / 10);
      return {sandbox.interpreter.program, fmt::format("--max-old-space-size={}", heap_mb),
              surroundings.layout.runtime() + "/node_bootstrap.cjs"};
    }
    case RuntimeFamily::Python: return {sandbox.interpreter.program, "-u", surroundings.layout.runtime() + "/python_bootstrap.py"};
    case RuntimeFamily::Provided: return {surroundings.layout.code() + "/" + sandbox.config.code_hash + "/bootstrap"};
  }
  return {};
}

std::vector<std::string> process_environment(const Surroundings& surroundings, const Sandbox& sandbox) {
  const auto& config = sandbox.config;
  auto code = surroundings.layout.code() + "/" + config.code_hash;
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : config.environment) variables[name] = surroundings.resolve ? surroundings.resolve(value) : value;
  // Where a user's own value wins, as on AWS.
  auto offer = [&](const char* name, std::string value) { variables.try_emplace(name, std::move(value)); };
  auto set = [&](const char* name, std::string value) { variables[name] = std::move(value); };
  auto interpreter_folder = sandbox.interpreter.program.substr(0, sandbox.interpreter.program.rfind('/'));
  const auto programs = layer_paths(surroundings, config, {"/bin"});
  offer("PATH",
        programs + (interpreter_folder.empty() ? "/usr/local/bin:/usr/bin:/bin" : interpreter_folder + ":/usr/local/bin:/usr/bin:/bin"));
  offer("LANG", "C.UTF-8");  // AWS has en_US.UTF-8, which is not installed everywhere
  offer("TZ", ":UTC");
  offer("HOME", sandbox.temporary);
  offer("TMPDIR", sandbox.temporary);
  offer("PYTHONDONTWRITEBYTECODE", "1");  // code is read-only
  offer("NODE_PATH", layer_paths(surroundings, config, {"/nodejs/node_modules"}) + surroundings.layout.node_modules());
  if (!config.layers.empty()) {
    offer("PYTHONPATH", without_colon(layer_paths(surroundings, config, {"/python", "/python/lib/" + config.runtime + "/site-packages"})));
    offer("LD_LIBRARY_PATH", without_colon(layer_paths(surroundings, config, {"/lib"})));
  }
  offer("AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE", "1");
  offer("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
  offer("AWS_EC2_METADATA_DISABLED", "true");
  if (!surroundings.endpoint_url.empty()) offer("AWS_ENDPOINT_URL", surroundings.endpoint_url);
  if (!surroundings.public_url.empty()) offer("SIGNALBOX_PUBLIC_URL", surroundings.public_url);
  set("_HANDLER", config.handler);
  set("AWS_REGION", surroundings.site.region);
  set("AWS_DEFAULT_REGION", surroundings.site.region);
  set("AWS_EXECUTION_ENV", "AWS_Lambda_" + config.runtime);
  set("AWS_LAMBDA_FUNCTION_NAME", config.name);
  set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(config.memory_mb));
  set("AWS_LAMBDA_FUNCTION_VERSION", shown_version(config));
  set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
  set("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + config.name);
  set("AWS_LAMBDA_LOG_STREAM_NAME", sandbox.log_stream);
  set("AWS_ACCESS_KEY_ID", config.key.id);
  set("AWS_SECRET_ACCESS_KEY", config.key.secret);
  set("AWS_LAMBDA_RUNTIME_API", sandbox.runtime_api);
  set("LAMBDA_TASK_ROOT", code);
  set("LAMBDA_RUNTIME_DIR", surroundings.layout.runtime());
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

FileAccess process_files(const Surroundings& surroundings, const Sandbox& sandbox) {
  FileAccess access{.read = system_files, .write = devices};
  access.read.push_back(surroundings.layout.code() + "/" + sandbox.config.code_hash);
  for (const auto& layer : sandbox.config.layers) access.read.push_back(surroundings.layout.code() + "/" + layer.code_hash);
  access.read.push_back(surroundings.layout.runtime());
  access.read.push_back(surroundings.layout.node_modules());
  if (!surroundings.node_layer.empty()) access.read.push_back(surroundings.node_layer);
  // An interpreter in `/` would open everything.
  if (sandbox.interpreter.prefix.size() > 1) access.read.push_back(sandbox.interpreter.prefix);
  access.write.push_back(sandbox.temporary);
  // Handlers write to /tmp by that name; where the daemon's own files lie below it, it stays closed.
  if (!is_below(surroundings.layout.root, "/tmp")) access.write.push_back("/tmp");
  return access;
}

}  // namespace signalbox::functions
