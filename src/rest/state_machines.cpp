#include "rest/request.h"
#include "rest/rest_api.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"
#include "signalbox/state_machine.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

Json summary(const StateMachineRecord& machine) {
  return present_members({{"name", machine.name},
                          {"arn", machine.arn},
                          {"type", machine.type == StateMachineType::Express ? "EXPRESS" : "STANDARD"},
                          {"status", machine.status == StateMachineStatus::Deleting ? "DELETING" : "ACTIVE"},
                          {"createdAt", format_rfc3339(machine.created_at)},
                          {"updatedAt", optional_time(machine.updated_at)},
                          {"stack", optional_text(machine.stack)}});
}

Json with_definition(const Reader& reader, const StateMachineRecord& machine) {
  const auto definition = definition_text(reader, machine.definition);
  return summary(machine)
      .with("roleArn", machine.role_arn)
      .with("tags", machine.tags)
      .with("definition", definition ? Json::from_stored(*definition) : Json());
}

/// `definition` may be an object or its text.
Result<std::string> read_definition(const Json& body) {
  const Json* definition = body.find("definition");
  if (!definition) return error(ErrorCode::InvalidArgument, "'definition' is missing", "/definition");
  if (definition->is_string()) return std::string(definition->as_string());
  if (definition->is_object()) return definition->text();
  return error(ErrorCode::InvalidArgument, "'definition' must be an object, or its text", "/definition");
}

Result<Json> read_tags(const Json& body) {
  const Json* tags = body.find("tags");
  if (!tags) return Json::empty_object();
  if (!tags->is_object()) return error(ErrorCode::InvalidArgument, "'tags' must be an object of strings", "/tags");
  for (const auto& tag : tags->members()) {
    if (!tag.value.is_string())
      return error(ErrorCode::InvalidArgument, "the tag '" + tag.name + "' must be a string", "/tags/" + tag.name);
  }
  return *tags;
}

Result<CreateStateMachine> read_create(const http::Request& request) {
  auto body = read_body(request, {"name", "definition", "roleArn", "tags"});
  if (!body) return body.error();
  auto name = required_text(*body, "name");
  if (!name) return name.error();
  auto definition = read_definition(*body);
  if (!definition) return definition.error();
  auto role = text_member(*body, "roleArn");
  if (!role) return role.error();
  auto tags = read_tags(*body);
  if (!tags) return tags.error();
  CreateStateMachine create;
  create.name = std::move(*name);
  create.definition = std::move(*definition);
  create.role_arn = role->value_or("");
  create.tags = std::move(*tags);
  return create;
}

Result<UpdateStateMachine> read_update(const http::Request& request) {
  auto body = read_body(request, {"definition", "roleArn"});
  if (!body) return body.error();
  UpdateStateMachine update;
  update.name = std::string(request.parameter("name"));
  auto role = text_member(*body, "roleArn");
  if (!role) return role.error();
  update.role_arn = std::move(*role);
  if (body->find("definition")) {
    auto definition = read_definition(*body);
    if (!definition) return definition.error();
    update.definition = std::move(*definition);
  }
  if (!update.definition && !update.role_arn) return error(ErrorCode::InvalidArgument, "give a 'definition' or a 'roleArn' to change");
  return update;
}

Error no_such_machine(std::string_view name) { return error(ErrorCode::NotFound, "there is no state machine '" + std::string(name) + "'"); }

awaitable<http::Response> create(Engine& engine, const Reader& reader, http::Request request) {
  auto create = read_create(request);
  if (!create) co_return problem(create.error());
  if (create->role_arn.empty()) create->role_arn = engine.site().role_arn("signalbox");
  std::function<Result<StateMachineRecord>(EngineTransaction&)> work = [site = engine.site(),
                                                                        wanted = std::move(*create)](EngineTransaction& transaction) {
    return create_state_machine(transaction, site, wanted);
  };
  auto made = co_await transact<StateMachineRecord>(engine, std::move(work));
  if (!made) co_return problem(made.error());
  auto response = answer(201, with_definition(reader, *made));
  response.headers.set("Location", "/v1/state-machines/" + percent_encode(made->name));
  co_return response;
}

awaitable<http::Response> list(const Reader& reader, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto machines = list_state_machines(reader, request.query_value("cursor").value_or(""), *limit + 1);
  Json::Array items;
  for (std::size_t i = 0; i < machines.size() && i < *limit; ++i) items.push_back(summary(machines[i]));
  const bool more = machines.size() > *limit;
  co_return answer(
      200, present_members({{"stateMachines", Json(std::move(items))}, {"cursor", more ? Json(machines[*limit - 1].name) : Json()}}));
}

awaitable<http::Response> get(const Reader& reader, http::Request request) {
  const auto machine = find_state_machine(reader, request.parameter("name"));
  if (!machine) co_return problem(no_such_machine(request.parameter("name")));
  co_return answer(200, with_definition(reader, *machine));
}

awaitable<http::Response> update(Engine& engine, const Reader& reader, http::Request request) {
  auto wanted = read_update(request);
  if (!wanted) co_return problem(wanted.error());
  std::function<Result<StateMachineRecord>(EngineTransaction&)> work = [wanted = std::move(*wanted)](EngineTransaction& transaction) {
    return update_state_machine(transaction, wanted);
  };
  auto updated = co_await transact<StateMachineRecord>(engine, std::move(work));
  if (!updated) co_return problem(updated.error());
  co_return answer(200, with_definition(reader, *updated));
}

awaitable<http::Response> remove(Engine& engine, const Reader& reader, http::Request request) {
  const std::string name(request.parameter("name"));
  if (!find_state_machine(reader, name)) co_return problem(no_such_machine(name));
  std::function<Result<void>(EngineTransaction&)> work = [name](EngineTransaction& transaction) -> Result<void> {
    delete_state_machine(transaction, name);
    return {};
  };
  auto deleted = co_await transact<void>(engine, std::move(work));
  if (!deleted) co_return problem(deleted.error());
  co_return http::Response{.status = 204};
}

Json to_json(const Diagnostic& diagnostic) {
  return present_members({{"severity", diagnostic.severity == Diagnostic::Severity::Error ? "ERROR" : "WARNING"},
                          {"code", diagnostic.code},
                          {"message", diagnostic.message},
                          {"location", optional_text(diagnostic.where)}});
}

awaitable<http::Response> validate(http::Request request) {
  auto body = read_body(request, {"definition"});
  if (!body) co_return problem(body.error());
  const auto definition = read_definition(*body);
  if (!definition) co_return problem(definition.error());
  const auto parsed = parse_definition(*definition);
  Json::Array diagnostics, unsupported;
  for (const auto& diagnostic : parsed.diagnostics) diagnostics.push_back(to_json(diagnostic));
  for (const auto& sentence : parsed.unsupported) unsupported.emplace_back(sentence);
  bool valid = true;
  for (const auto& diagnostic : parsed.diagnostics) valid = valid && diagnostic.severity != Diagnostic::Severity::Error;
  co_return answer(200, json_object({{"valid", valid},
                                     {"supported", unsupported.empty()},
                                     {"diagnostics", Json(std::move(diagnostics))},
                                     {"unsupported", Json(std::move(unsupported))}}));
}

}  // namespace

void add_state_machine_routes(http::Router& router, Engine& engine, const Reader& reader) {
  router.on("POST", "/v1/state-machines", [&](http::Request&& request) { return create(engine, reader, std::move(request)); });
  router.on("GET", "/v1/state-machines", [&](http::Request&& request) { return list(reader, std::move(request)); });
  router.on("GET", "/v1/state-machines/{name}", [&](http::Request&& request) { return get(reader, std::move(request)); });
  router.on("PUT", "/v1/state-machines/{name}", [&](http::Request&& request) { return update(engine, reader, std::move(request)); });
  router.on("DELETE", "/v1/state-machines/{name}", [&](http::Request&& request) { return remove(engine, reader, std::move(request)); });
  router.on("POST", "/v1/validate", [](http::Request&& request) { return validate(std::move(request)); });
}

}  // namespace signalbox::rest
