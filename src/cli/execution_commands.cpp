#include <chrono>
#include <thread>

#include "cli/output.h"
#include "signalbox/encoding.h"

namespace signalbox::cli {

namespace {

std::string execution_path(const std::string& id) { return "/v1/executions/" + percent_encode(id); }

/// Asks again until the execution has ended: often at first, then once a second.
boost::system::result<Json, Failure> wait_for_end(const Context& context, const std::string& id) {
  for (auto pause = std::chrono::milliseconds{20};; pause = std::min(pause * 2, std::chrono::milliseconds{1000})) {
    auto execution = call(context.connection, "GET", execution_path(id));
    if (!execution || member_text(*execution, "status") != "RUNNING") return execution;
    std::this_thread::sleep_for(pause);
  }
}

Json failure_body(const std::optional<std::string>& error, const std::optional<std::string>& cause) {
  Json body = Json::empty_object();
  if (error) body = body.with("error", *error);
  if (cause) body = body.with("cause", *cause);
  return body;
}

}  // namespace

int start(const Context& context, const StartCommand& command) {
  const auto input = read_json_argument(command.input);
  if (!input) return complain(input.error());
  Json body = json_object({{"input", *input}});
  if (command.name) body = body.with("name", *command.name);
  const auto started =
      call(context.connection, "POST", "/v1/state-machines/" + percent_encode(command.state_machine) + "/executions", body);
  if (!started || !command.wait) return print_answer(context, started, sheet);
  const auto ended = wait_for_end(context, member_text(*started, "id"));
  const int printed = print_answer(context, ended, sheet);
  if (printed != exit_codes::ok) return printed;
  return member_text(*ended, "status") == "SUCCEEDED" ? exit_codes::ok : exit_codes::not_succeeded;
}

int list(const Context& context, const ListCommand& command) {
  std::string path = "/v1/executions?limit=" + std::to_string(command.limit);
  if (command.state_machine) path += "&stateMachine=" + percent_encode(*command.state_machine);
  if (command.status) path += "&status=" + percent_encode(*command.status);
  return print_list(context, path, "executions",
                    {{"ID", "id"},
                     {"STATE MACHINE", "stateMachine"},
                     {"STATUS", "status"},
                     {"STARTED", "startedAt"},
                     {"STOPPED", "stoppedAt"},
                     {"NAME", "name"}});
}

int show(const Context& context, const std::string& id) {
  return print_answer(context, call(context.connection, "GET", execution_path(id)), sheet);
}

int history(const Context& context, const std::string& id) {
  Json::Array events;
  std::string cursor;
  do {
    const auto page =
        call(context.connection, "GET", execution_path(id) + "/history?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page) return complain(page.error());
    for (const auto& event : page->find("events")->elements()) events.push_back(event);
    cursor = member_text(*page, "cursor");
  } while (!cursor.empty());
  return print_answer(context, json_object({{"events", Json(std::move(events))}}), [](const Json& answer) {
    return table({{"ID", "id"}, {"AFTER", "previousId"}, {"TIME", "timestamp"}, {"TYPE", "type"}, {"DETAILS", "details"}},
                 *answer.find("events"));
  });
}

int explain(const Context& context, const std::string& id) {
  return print_answer(context, call(context.connection, "GET", execution_path(id) + "/explain"),
                      [](const Json& answer) { return member_text(answer, "explanation") + "\n"; });
}

int stop(const Context& context, const std::string& id, const std::optional<std::string>& error, const std::optional<std::string>& cause) {
  return print_answer(context, call(context.connection, "POST", execution_path(id) + "/stop", failure_body(error, cause)), sheet);
}

int machines(const Context& context) {
  return print_list(context, "/v1/state-machines?limit=1000", "stateMachines",
                    {{"NAME", "name"}, {"TYPE", "type"}, {"STATUS", "status"}, {"CREATED", "createdAt"}, {"STACK", "stack"}});
}

int tokens(const Context& context) {
  return print_list(context, "/v1/tokens", "tokens",
                    {{"TOKEN", "token"},
                     {"STATE MACHINE", "stateMachine"},
                     {"STATE", "state"},
                     {"SINCE", "since"},
                     {"TIMES OUT", "timesOutAt"},
                     {"EXECUTION", "executionId"}});
}

int resume(const Context& context, const TokenCommand& command) {
  const std::string path = "/v1/tokens/" + percent_encode(command.token);
  const auto show_done = [](const Json& answer) { return "answered; execution " + member_text(answer, "executionId") + "\n"; };
  if (command.fail)
    return print_answer(context, call(context.connection, "POST", path + "/fail", failure_body(command.error, command.cause)), show_done);
  const auto output = read_json_argument(command.output);
  if (!output) return complain(output.error());
  return print_answer(context, call(context.connection, "POST", path + "/succeed", json_object({{"output", *output}})), show_done);
}

}  // namespace signalbox::cli
