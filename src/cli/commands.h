#pragma once
/// The command line: `signalbox COMMAND`. One function per command; each gives an exit code (exit_codes.h).

#include "cli/connection.h"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::cli {

/// What every client command shares.
struct Context {
  Connection connection;
  bool json = false;  ///< print the daemon's JSON instead of tables
};

struct StartCommand {
  std::string state_machine, input = "{}";
  std::optional<std::string> name;
  bool wait = false;
};
struct ListCommand {
  std::optional<std::string> state_machine, status;
  int limit = 50;
};
struct TokenCommand {
  std::string token, output = "{}";
  bool fail = false;
  std::optional<std::string> error, cause;
};

int start(const Context& context, const StartCommand& command);
int list(const Context& context, const ListCommand& command);
int show(const Context& context, const std::string& id);
int history(const Context& context, const std::string& id);
int explain(const Context& context, const std::string& id);
int stop(const Context& context, const std::string& id, const std::optional<std::string>& error, const std::optional<std::string>& cause);
int machines(const Context& context);
int tokens(const Context& context);
int resume(const Context& context, const TokenCommand& command);
int mail(const Context& context, const std::optional<std::string>& id, int limit);
int logs(const Context& context, const std::string& function, bool follow);
int queues(const Context& context);
int topics(const Context& context);
int functions(const Context& context);
int schedules(const Context& context);
int schedule_action(const Context& context, const std::string& name, const std::string& action);
int keys(const Context& context);
int make_key(const Context& context, const std::string& description);
int delete_key(const Context& context, const std::string& id);
int deploy(const Context& context, const std::string& path, const std::vector<std::string>& parameters, bool plan_only,
           const std::vector<std::string>& allow_unsupported);
int destroy(const Context& context, const std::string& stack);
/// Needs no daemon.
int validate(bool json, const std::vector<std::string>& files);
int backup(bool json, const std::string& data_directory, const std::string& file);
int completion(const std::string& shell);
int version(bool json);

/// Reads the command line and runs the command.
int run(int argc, char** argv);

}  // namespace signalbox::cli
