#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/exit_codes.h"
#include "cli/serve.h"
#include "cli/version.h"

namespace signalbox::cli {

namespace {

constexpr const char* footer =
    "Exit codes: 0 done; 1 refused or failed; 2 wrong command line or bad input; 3 no daemon answers;\n"
    "4 (start --wait) the execution ended, but not as SUCCEEDED.\n";

/// Everything the commands read from the command line. Lives as long as the parser.
struct Arguments {
  Context context;
  ServeOptions serve;
  StartCommand start;
  ListCommand list;
  TokenCommand token;
  std::string id, name, folder, file, shell, action;
  bool plan_only = false;
  std::vector<std::string> allow_unsupported;
  std::optional<std::string> mail_id, error, cause;
  int mail_limit = 20;
  std::string data = "signalbox-data", description;
  std::vector<std::string> files, parameters;
  bool follow = false;
};

class CommandLine {
 public:
  CommandLine() : app_("Durable workflows that wait for a human, on your own machine.", "signalbox") {
    app_.require_subcommand(1);
    app_.footer(footer);
    app_.set_version_flag("--version", std::string("signalbox ") + program_version);
    add_daemon_commands();
    add_execution_commands();
    add_resource_commands();
    add_local_commands();
  }

  int run(int argc, char** argv) {
    const auto is_first = [&](const CLI::App* command) { return command->check_name(argv[1]); };
    if (argc > 1 && *argv[1] != '-' && app_.get_subcommands(is_first).empty()) {
      std::fprintf(stderr, "There is no command '%s'\nRun with --help for more information.\n", argv[1]);
      return exit_codes::usage;
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
      const int code = app_.exit(wrong);
      return code == 0 ? exit_codes::ok : exit_codes::usage;
    }
    return action_();
  }

 private:
  CLI::App* command(const char* name, const char* help, std::function<int()> action) {
    auto* sub = app_.add_subcommand(name, help);
    // Completed by itself, so that variables of commands that were not given do not overrule, in what they share, the command line of the one that was.
    sub->immediate_callback();
    sub->callback([this, action = std::move(action)] { action_ = action; });
    return sub;
  }

  /// A command that asks a daemon.
  CLI::App* client(const char* name, const char* help, std::function<int()> action) {
    auto* sub = command(name, help, std::move(action));
    add_client_options(*sub);
    return sub;
  }

  void add_client_options(CLI::App& sub) {
    sub.add_option("--endpoint", a_.context.connection.endpoint, "Admin listener of the daemon")
        ->envname("SIGNALBOX_ENDPOINT")
        ->capture_default_str();
    sub.add_option("--key", a_.context.connection.key, "API key, ID:SECRET")->envname("SIGNALBOX_KEY");
    sub.add_option("--key-file", a_.context.connection.key_file, "File with the API key, such as DIR/api-key")
        ->envname("SIGNALBOX_KEY_FILE");
    sub.add_flag("--json", a_.context.json, "Print JSON for programs");
  }

  void add_daemon_commands() {
    auto* serve_command = command("serve", "Run the daemon", [this] { return serve(*app_.get_subcommand("serve"), a_.serve); });
    add_serve_options(*serve_command, a_.serve);
    auto* deploy_command = client("deploy", "Deploy a template, a stack's folder, a folder of stacks, or CDK's cdk.out",
                                  [this] { return deploy(a_.context, a_.folder, a_.parameters, a_.plan_only, a_.allow_unsupported); });
    deploy_command->add_option("PATH", a_.folder, "File or folder, readable by the daemon at the same path")->required();
    deploy_command->add_option("--allow-unsupported", a_.allow_unsupported,
                               "Record resources of this type without effect instead of refusing them; repeatable");
    deploy_command->add_flag("--plan", a_.plan_only, "Only say what would be done");
    deploy_command->add_option("--parameter", a_.parameters, "Template parameter, NAME=VALUE or STACK.NAME=VALUE; repeatable");
    auto* destroy_command = client("destroy", "Remove a stack with all that it made, but what its template retains",
                                   [this] { return destroy(a_.context, a_.name); });
    destroy_command->add_option("STACK", a_.name, "Name of the stack")->required();
  }

  void add_execution_commands() {
    auto* start_command = client("start", "Start an execution", [this] { return start(a_.context, a_.start); });
    start_command->add_option("STATE_MACHINE", a_.start.state_machine, "Name of the state machine")->required();
    start_command->add_option("--input", a_.start.input, "JSON, @FILE, or - for standard input")->capture_default_str();
    start_command->add_option("--name", a_.start.name, "Name of the execution; the same name and input start only one");
    start_command->add_flag("--wait", a_.start.wait, "Wait for its end and show it");
    auto* list_command = client("list", "List executions, newest first", [this] { return list(a_.context, a_.list); });
    list_command->add_option("--state-machine", a_.list.state_machine, "Only of this state machine");
    list_command->add_option("--status", a_.list.status, "Only RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED");
    list_command->add_option("--limit", a_.list.limit, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
    with_id(client("show", "Show an execution", [this] { return show(a_.context, a_.id); }));
    with_id(client("history", "Show an execution's events", [this] { return history(a_.context, a_.id); }));
    with_id(client("explain", "Say why an execution is not moving", [this] { return explain(a_.context, a_.id); }));
    auto* stop_command = with_id(client("stop", "Stop an execution", [this] { return stop(a_.context, a_.id, a_.error, a_.cause); }));
    stop_command->add_option("--error", a_.error, "Error name to record");
    stop_command->add_option("--cause", a_.cause, "Cause to record");
    client("tokens", "List the task tokens that wait for an answer", [this] { return tokens(a_.context); });
    auto* resume_command = client("resume", "Answer a waiting task token", [this] { return resume(a_.context, a_.token); });
    resume_command->add_option("TOKEN", a_.token.token, "The task token")->required();
    resume_command->add_option("--output", a_.token.output, "Output: JSON, @FILE, or -")->capture_default_str();
    resume_command->add_flag("--fail", a_.token.fail, "Answer with a failure instead");
    resume_command->add_option("--error", a_.token.error, "With --fail: error name");
    resume_command->add_option("--cause", a_.token.cause, "With --fail: cause");
  }

  CLI::App* with_id(CLI::App* sub) {
    sub->add_option("ID", a_.id, "Id or ARN of the execution")->required();
    return sub;
  }

  void add_resource_commands() {
    client("machines", "List state machines", [this] { return machines(a_.context); });
    client("functions", "List functions", [this] { return functions(a_.context); });
    client("queues", "List queues", [this] { return queues(a_.context); });
    client("topics", "List topics", [this] { return topics(a_.context); });
    auto* schedules_command = client("schedules", "List schedules; pause or resume one", [this] {
      return a_.action.empty() ? schedules(a_.context) : schedule_action(a_.context, a_.name, a_.action);
    });
    schedules_command->add_option("ACTION", a_.action, "pause or resume")->check(CLI::IsMember({"pause", "resume"}));
    schedules_command->add_option("NAME", a_.name, "Name of the schedule");
    auto* mail_command =
        client("mail", "Show the mail in the outbox, newest first", [this] { return mail(a_.context, a_.mail_id, a_.mail_limit); });
    mail_command->add_option("ID", a_.mail_id, "One mail");
    mail_command->add_option("--limit", a_.mail_limit, "At most so many")->check(CLI::Range(1, 1000))->capture_default_str();
    auto* logs_command = client("logs", "Show a function's log", [this] { return logs(a_.context, a_.name, a_.follow); });
    logs_command->add_option("FUNCTION", a_.name, "Name of the function")->required();
    logs_command->add_flag("-f,--follow", a_.follow, "Go on showing what comes");
    auto* keys_command = client("keys", "List API keys; make or delete one", [this] {
      if (a_.action == "make") return make_key(a_.context, a_.name);
      if (a_.action == "delete") return delete_key(a_.context, a_.name);
      return keys(a_.context);
    });
    keys_command->add_option("ACTION", a_.action, "make: prints a new key, ID and secret, once; delete: ends one. Without it: the list")
        ->check(CLI::IsMember({"make", "delete"}));
    keys_command->add_option("ARGUMENT", a_.name, "For make: a description, such as whose it is; for delete: the key's id");
  }

  void add_local_commands() {
    auto* validate_command =
        command("validate", "Check definitions; needs no daemon", [this] { return validate(a_.context.json, a_.files); });
    validate_command->add_option("FILE", a_.files, "Definitions, JSON or YAML")->required();
    validate_command->add_flag("--json", a_.context.json, "Print JSON for programs");
    auto* backup_command =
        command("backup", "Copy the data file while the daemon runs", [this] { return backup(a_.context.json, a_.data, a_.file); });
    backup_command->add_flag("--json", a_.context.json, "Print JSON for programs");
    backup_command->add_option("FILE", a_.file, "Where to; must not exist")->required();
    backup_command->add_option("--data", a_.data, "The daemon's data directory")->envname("SIGNALBOX_DATA")->capture_default_str();
    auto* completion_command =
        command("completion", "Print a shell completion script", [this] { return print_completion(app_, a_.shell); });
    completion_command->add_option("SHELL", a_.shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command("version", "Print the version", [this] {
      return version(a_.context.json);
    })->add_flag("--json", a_.context.json, "Print JSON for programs");
  }

  CLI::App app_;
  Arguments a_;
  std::function<int()> action_;
};

}  // namespace

int run(int argc, char** argv) { return CommandLine().run(argc, argv); }

}  // namespace signalbox::cli
