#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/output.h"
#include "signalbox/encoding.h"

namespace signalbox::cli {

namespace {

std::string letter(const Json& mail) {
  return "To:      " + member_text(mail, "to") + "\nSubject: " + member_text(mail, "subject") + "\nState:   " + member_text(mail, "state") +
         "\n\n" + member_text(mail, "text") + "\n";
}

}  // namespace

int mail(const Context& context, const std::optional<std::string>& id, int limit) {
  if (id) return print_answer(context, call(context.connection, "GET", "/v1/outbox/" + percent_encode(*id)), letter);
  return print_answer(context, call(context.connection, "GET", "/v1/outbox?limit=" + std::to_string(limit)), [](const Json& answer) {
    const Json* mails = answer.find("mail");
    if (!mails || mails->size() == 0) return std::string("no mail\n");
    std::string text;
    for (const auto& one : mails->elements()) text += "--- " + member_text(one, "id") + " ---\n" + letter(one);
    return text;
  });
}

int logs(const Context& context, const std::string& function, bool follow) {
  std::string cursor;
  for (;;) {
    const auto page = call(
        context.connection, "GET",
        "/v1/functions/" + percent_encode(function) + "/logs?limit=1000" + (cursor.empty() ? "" : "&cursor=" + percent_encode(cursor)));
    if (!page) return complain(page.error());
    for (const auto& line : page->find("lines")->elements()) {
      print(context.json ? line.text() + "\n" : member_text(line, "time") + " " + member_text(line, "text") + "\n");
    }
    std::fflush(stdout);
    const bool more = page->find("lines")->size() > 0;
    if (const Json* next = page->find("cursor")) cursor = plain_text(*next);
    if (!more && !follow) return exit_codes::ok;
    if (!more) std::this_thread::sleep_for(std::chrono::milliseconds{500});
  }
}

int queues(const Context& context) {
  return print_list(context, "/v1/queues?limit=1000", "queues",
                    {{"NAME", "name"}, {"MESSAGES", "messages"}, {"IN FLIGHT", "inFlight"}, {"DELAYED", "delayed"}, {"STACK", "stack"}});
}

int topics(const Context& context) {
  return print_list(context, "/v1/topics?limit=1000", "topics", {{"NAME", "name"}, {"SUBSCRIPTIONS", "subscriptions"}, {"ARN", "arn"}});
}

int functions(const Context& context) {
  return print_list(context, "/v1/functions?limit=1000", "functions",
                    {{"NAME", "name"},
                     {"RUNTIME", "runtime"},
                     {"HANDLER", "handler"},
                     {"TIMEOUT", "timeoutSeconds"},
                     {"MEMORY", "memoryMegabytes"},
                     {"STACK", "stack"}});
}

int schedules(const Context& context) {
  return print_list(context, "/v1/schedules?limit=1000", "schedules",
                    {{"NAME", "name"},
                     {"EXPRESSION", "expression"},
                     {"TIME ZONE", "timeZone"},
                     {"STATE", "state"},
                     {"NEXT", "nextAt"},
                     {"TARGET", "target"}});
}

int schedule_action(const Context& context, const std::string& name, const std::string& action) {
  if (name.empty()) return complain({exit_codes::usage, "which schedule? signalbox schedules " + action + " NAME"});
  return print_answer(
      context, call(context.connection, "POST", "/v1/schedules/" + percent_encode(name) + "/" + action, Json::empty_object()), sheet);
}

int keys(const Context& context) {
  return print_list(context, "/v1/keys", "keys", {{"ID", "id"}, {"CREATED", "createdAt"}, {"DESCRIPTION", "description"}});
}

int make_key(const Context& context, const std::string& description) {
  return print_answer(context, call(context.connection, "POST", "/v1/keys", json_object({{"description", description}})), sheet);
}

int delete_key(const Context& context, const std::string& id) {
  if (id.empty()) return complain({exit_codes::usage, "which key? signalbox keys delete ID"});
  return print_answer(context, call(context.connection, "DELETE", "/v1/keys/" + percent_encode(id)),
                      [&](const Json&) { return "deleted " + id + "\n"; });
}

namespace {

std::string print_changes(const Json& stack) {
  std::string text;
  if (const Json* changes = stack.find("changes")) {
    for (const auto& change : changes->elements())
      text += fmt::format("  {:<7} {}  {}\n", member_text(change, "action"), member_text(change, "resource"), member_text(change, "type"));
  }
  if (const Json* outputs = stack.find("outputs")) {
    for (const auto& output : outputs->members()) text += fmt::format("  {} = {}\n", output.name, output.value.as_string());
  }
  return text;
}

}  // namespace

int deploy(const Context& context, const std::string& given, const std::vector<std::string>& parameters, bool plan_only,
           const std::vector<std::string>& allow_unsupported) {
  std::error_code fault;
  const auto path = std::filesystem::canonical(given, fault);
  if (fault) return complain({exit_codes::usage, "cannot read '" + given + "': " + fault.message()});
  Json values = Json::empty_object();
  for (const auto& parameter : parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos) return complain({exit_codes::usage, "a parameter is NAME=VALUE, not '" + parameter + "'"});
    values = values.with(parameter.substr(0, equals), parameter.substr(equals + 1));
  }
  Json::Array types;
  for (const auto& type : allow_unsupported) types.emplace_back(type);
  const Json body =
      json_object({{"path", path.string()}, {"parameters", values}, {"planOnly", plan_only}, {"allowUnsupported", Json(std::move(types))}});
  return print_answer(context, call(context.connection, "POST", "/v1/stacks", body), [](const Json& answer) {
    std::string text;
    for (const auto& stack : answer.find("stacks")->elements())
      text += member_text(stack, "name") + ": " + member_text(stack, "result") + "\n" + print_changes(stack);
    return text;
  });
}

int destroy(const Context& context, const std::string& stack) {
  return print_answer(context, call(context.connection, "DELETE", "/v1/stacks/" + percent_encode(stack)), [](const Json& answer) {
    return member_text(answer, "name") + ": " + member_text(answer, "result") + "\n" + print_changes(answer);
  });
}

}  // namespace signalbox::cli
